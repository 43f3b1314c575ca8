"""Session: one running flow that can be answered, failed, looked at and stepped back.

A coroutine cannot be copied, so "back" starts the flow again and feeds it the recorded answers: a flow has no hidden
inputs, so it comes to the same point. "back" rewinds the flow, not the world: nothing is transmitted again.
"""

from collections.abc import Callable, Coroutine
from types import CodeType
from typing import Any, Generic, TypeVar

from jinka.kernel.effects import Effect
from jinka.kernel.errors import MisuseError

O = TypeVar("O")
Flow = Callable[[], Coroutine[Effect[Any], Any, O]]


class Session(Generic[O]):
    """Holds a flow at its pending effect.

    `pending` is the effect waiting for an answer, None when the flow has ended; then `outcome` is its result. A fault
    that the flow did not handle leaves `answer` or `fail` as an exception and ends the session (`ended` is true,
    `outcome` None).
    """

    def __init__(self, flow: "Flow[O]") -> None:
        self._flow = flow
        self.history: list[tuple[Effect[Any], Any, BaseException | None]] = []
        self._start()

    def _start(self) -> None:
        self.outcome: O | None = None
        self.ended = False
        self.pending: Effect[Any] | None = None
        self._coroutine = self._flow()
        self._advance(None, None)

    def answer(self, value: Any) -> None:
        """Gives the pending effect its answer and runs on to the next one."""
        self._step(value, None)

    def fail(self, fault: BaseException) -> None:
        """Throws a fault in at the pending effect."""
        self._step(None, fault)

    def _step(self, value: Any, fault: BaseException | None) -> None:
        if self.pending is None:
            raise MisuseError("the flow has ended: nothing is waiting for an answer")
        self.history.append((self.pending, value, fault))
        self._advance(value, fault)

    def _advance(self, value: Any, fault: BaseException | None) -> None:
        self.pending = None
        try:
            self.pending = self._coroutine.send(value) if fault is None else self._coroutine.throw(fault)
        except StopIteration as stop:
            self.outcome, self.ended = stop.value, True
        except BaseException:
            self.ended = True
            raise

    def back(self, steps: int = 1) -> None:
        """Goes back by so many answered effects, replaying the answers before them."""
        if not 0 < steps <= len(self.history):
            raise MisuseError(f"cannot go back {steps} of {len(self.history)} steps")
        kept = self.history[:-steps]
        self.close()
        self.history = []
        self._start()
        for _, value, fault in kept:
            self._step(value, fault)

    def close(self) -> None:
        """Abandons the flow."""
        self._coroutine.close()

    @property
    def where(self) -> tuple[str, ...]:
        """The chain of coroutines the flow is in, outermost first, such as ('purchase', 'verify_cardholder')."""
        names: list[str] = []
        at: Any = self._coroutine
        while isinstance(code := getattr(at, "cr_code", None), CodeType):
            names.append(code.co_name)
            at = at.cr_await
        return tuple(names)
