"""Replay: gives a recorded run's answers to a session and reports the first effect that differs.

A flow has no hidden inputs, so the same answers lead to the same effects; a difference means that the code, the
configuration or the journal changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from jinka.kernel.effects import Effect
from jinka.kernel.journal import codec
from jinka.kernel.session import Session

O = TypeVar("O")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a replay left the journal: `recorded` and `found` are redacted faces, None for the end of the run."""

    index: int
    recorded: Any
    found: Any

    def __str__(self) -> str:
        return f"effect {self.index}: recorded {_shown(self.recorded)}, found {_shown(self.found)}"


@dataclass(frozen=True, slots=True)
class Replayed(Generic[O]):
    """The result: the outcome when the flow ended, the number of equal effects, and the first difference."""

    outcome: O | None
    equal: int
    difference: Difference | None


def replay(session: "Session[O]", recorded: Iterable[tuple[Effect[Any], Any]]) -> "Replayed[O]":
    """Runs a fresh session on recorded answers. A fault that its flow does not handle leaves here, as it did then."""
    equal = 0
    try:
        for effect, answer in recorded:
            if session.pending is None:
                return Replayed(session.outcome, equal, Difference(equal, codec.redacted(effect), None))
            if codec.plain(session.pending) != codec.plain(effect):
                found = codec.redacted(session.pending)
                return Replayed(None, equal, Difference(equal, codec.redacted(effect), found))
            equal += 1
            if isinstance(answer, BaseException):
                session.fail(answer)
            else:
                session.answer(answer)
        if session.pending is not None:
            return Replayed(None, equal, Difference(equal, None, codec.redacted(session.pending)))
        return Replayed(session.outcome, equal, None)
    finally:
        session.close()


def _shown(face: Any) -> str:
    return "the end of the run" if face is None else str(face)
