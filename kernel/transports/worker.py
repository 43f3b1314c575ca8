"""One thread that does calls one after another, so that whoever asked can stop waiting.

A call into PC/SC has no time-out, and a card that stays silent holds it until somebody pulls the card. So the call is
made in here, and the caller waits as long as he likes. A thread that is left behind in such a call does one last thing
when the call comes back, such as closing the connection, and ends.
"""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

from jinka.kernel.errors import LinkTimeout

T = TypeVar("T")


class Worker:
    """A thread that starts with the first call. A daemon: it never keeps a process from ending."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    def call(self, job: Callable[[], T], timeout: float | None) -> T:
        """Runs `job` in the thread and returns what it returns or raises what it raises.

        `timeout` is in seconds, None for ever. After a `LinkTimeout` the thread is still at work: only `leave` makes
        sense then.
        """
        done: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

        def carry_out() -> None:
            try:
                done.put((job(), None))
            except BaseException as fault:  # carried over to the caller, whatever it is
                done.put((None, fault))

        self._start()
        self._jobs.put(carry_out)
        try:
            value, fault = done.get(timeout=timeout)
        except Empty:
            raise LinkTimeout(f"no answer within {timeout:g} s") from None
        if fault is not None:
            try:
                raise fault
            finally:
                del fault  # a frame and its own exception would keep one another alive
        return value  # type: ignore[return-value]  # None only where T is None

    def leave(self, last: Callable[[], object], patience: float = 0.0) -> bool:
        """Has the thread do `last` when it gets there, and end.

        Waits up to `patience` seconds for that; true when it did.
        """

        def final() -> None:
            try:
                last()
            finally:
                self._jobs.put(None)

        self._start()
        self._jobs.put(final)
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _start(self) -> None:
        if self._thread.ident is None:
            self._thread.start()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
