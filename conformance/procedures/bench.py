"""Bench: the hands of a procedure. `perform()` runs one transaction and gives its outcome and all that was seen.

outcome, seen = perform(card={"5F24": "260531"}, amount=9999)     # a new card, terminal and memory with these changes
outcome, seen = perform(again=True)                               # the same once more: same card, same memory
outcome, seen = perform(again=True, card={"5F34": "02"})          # another card in the same terminal
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import msgspec
from jinka.conformance.case import Case, CaseError
from jinka.conformance.judge import Finding
from jinka.conformance.stand import behaviour, card, terminal, world
from jinka.conformance.statement import Statement
from jinka.conformance.subject import Evidence, Kernel, Seat, Show, Subject
from jinka.kernel import Outcome, Verdict
from jinka.kernel.config import Config
from jinka.kernel.data.fields import Tvr
from jinka.simulator.card import Card
from jinka.simulator.world import SimulatedWorld

IN_RUN = ("service", "amount", "other", "forced_online", "services")
MERGED = ("card", "terminal", "person")

Seen = tuple[Outcome, Evidence]


# A case that is a loop: name(case, perform, /, **with) gives everything that is not as it must be.
Procedure = Callable[..., list[Finding]]


class Unseen(Exception):
    """A procedure needs something that the subject does not show."""


def tvr(seen: Seen) -> Tvr:
    """The final TVR. Raises `Unseen`."""
    if Show.TVR in seen[1].lacks:
        raise Unseen("TVR")
    return Tvr.parse(seen[0].tvr)


def verdict(seen: Seen) -> Verdict:
    """How it ended. Raises `Unseen`."""
    if Show.VERDICT in seen[1].lacks:
        raise Unseen("verdict")
    return seen[0].verdict


class Perform:
    """Transactions on a subject, with changes to the case. Close it in the end."""

    def __init__(self, case: Case, subject: Subject | None = None, statement: Statement | None = None) -> None:
        self.case, self.statement = case, statement
        self.subject: Subject = subject or Kernel()
        self.seen: list[Seen] = []
        self._held = ExitStack()
        self._seat: Seat | None = None
        self._changed = case
        self.stage: SimulatedWorld | None = None

    @property
    def ours(self) -> bool:
        """Whether the subject is our kernel in this process: the only one whose loading of parameters can be looked at."""
        return isinstance(self.subject, Kernel)

    def __call__(
        self, *, again: bool = False, config: Config | None = None, swap: Callable[[Card], Card] | None = None, **changes: Any
    ) -> Seen:
        """One transaction. `config` replaces the terminal's configuration as a whole; `swap` gives the card that takes the
        place of the case's own."""
        case = _with(self._changed if again else self.case, changes)
        if not again or self._seat is None or self.stage is None:
            self.close()
            self.stage = world(case)
            made = config or terminal(case, self.statement)
            self._seat = self._held.enter_context(self.subject.seat(made, self.stage))
        elif "card" in changes or "faults" in changes or "personality" in changes:
            self.stage.insert(card(case))
        if swap is not None:
            self.stage.card = swap(self.stage.card)
        if "host" in changes:
            self.stage.simulated.plan.default = behaviour(case)
        self._changed = case
        self.stage.insert()
        result = self._seat.perform(case.runs[0])
        self.seen = [*self.seen[-20:], result]  # what a report may show: not all of a long loop
        return result

    def close(self) -> None:
        """Lets the subject go."""
        self._held.close()
        self._held = ExitStack()
        self._seat = None


def _with(case: Case, changes: dict[str, Any]) -> Case:
    """The case with fields of itself and of its only run changed; tables are merged."""
    made: dict[str, Any] = {}
    run = case.runs[0]
    for key, value in changes.items():
        if key in IN_RUN:
            run = msgspec.structs.replace(run, **{key: value})
        elif key in case.__struct_fields__:
            made[key] = {**getattr(case, key), **value} if key in MERGED else value
        else:
            raise CaseError(f"{case.code}: a case has no {key}")
    return msgspec.structs.replace(case, runs=[run], **made)
