"""Explained: mutants that behave like the kernel, each with the reason, in survivors.toml.

    [[survivor]]
    file = "kernel/steps/decide.py"
    was = "_NONE = bytes(5)"            # the lines that differ, blanks folded, as the run prints them
    now = ["_NONE = bytes(6)"]          # left out: whatever becomes of those lines
    why = "Read as a number: a leading zero byte more changes nothing."
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.mutation.mutants import Mutant

KEPT = Path(__file__).parent / "survivors.toml"


class Reason(NamedTuple):
    """Why the mutants of some lines change nothing."""

    file: str
    was: str
    now: tuple[str, ...]
    why: str

    def covers(self, mutant: Mutant) -> bool:
        """Whether it speaks of this one."""
        return (mutant.file, mutant.was) == (self.file, self.was) and (not self.now or mutant.now in self.now)


def reasons(path: Path = KEPT) -> list[Reason]:
    """All that are written down."""
    table = tomllib.loads(path.read_text("utf-8"))
    return [Reason(one["file"], one["was"], tuple(one.get("now", ())), one["why"]) for one in table.get("survivor", ())]


def stale(known: Iterable[Reason], made: Iterable[Mutant]) -> list[Reason]:
    """Reasons for mutants that are not made any more, be it one of the several that they name."""
    changes = {(mutant.file, mutant.was, mutant.now) for mutant in made}
    lines = {(file, was) for file, was, _ in changes}
    return [
        one
        for one in known
        if (one.file, one.was) not in lines or any((one.file, one.was, now) not in changes for now in one.now)
    ]
