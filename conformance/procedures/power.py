"""Power: the terminal's power goes at every moment after the first cryptogram, and comes back.

A cut is our own affair to make: another subject than our kernel in this process is inconclusive here.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding
from jinka.conformance.procedures.bench import Perform
from jinka.conformance.procedures.parameters import own
from jinka.conformance.stand import terminal, world
from jinka.conformance.subject import Evidence, session
from jinka.kernel import Terminal, run
from jinka.kernel.acquirer import deliver, settle
from jinka.kernel.effects import Effect, RecordKind, Transmit
from jinka.kernel.journal import open_ledger
from jinka.simulator.world import SimulatedWorld

GENERATE = 0xAE
# What is cut is a flow, not a disk: in memory, where the system has a place for that, no commit waits for one.
PLACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  a name of its own is made in it
KEPT = (RecordKind.SALE, RecordKind.REVERSAL, RecordKind.UNCERTAIN, RecordKind.INTENT)


class _Gone(BaseException):
    """The power is gone; no flow may catch it."""


@dataclass(slots=True)
class _Cut:
    """A world that dies at effect number `at` after the first GENERATE AC was sent, when it has acted or before."""

    stage: SimulatedWorld
    at: int
    after: bool
    count: int = -1

    def answer(self, effect: Effect[Any], /) -> Any:
        """Passes the effect on, or dies."""
        if self.count >= 0 or (isinstance(effect, Transmit) and effect.command.ins == GENERATE):
            self.count += 1
        here = self.count == self.at
        if here and not self.after:
            raise _Gone
        value = self.stage.answer(effect)
        if here:
            raise _Gone
        return value


@own
def power_cut(case: Case, perform: Perform, /, *, account: str, least: int) -> list[Finding]:
    """The power goes at every effect from the first GENERATE AC on, before and after it. Back again, the terminal keeps a
    sale or a reversal, never both; the debts paid, `account` has moved by the amount if there was a sale, else not at all.
    At least `least` moments must have been there to try."""
    found: list[Finding] = []
    tried = 0
    for after in (False, True):
        at = 0
        while (wrong := _once(case, account, at, after)) is not None:
            found += wrong
            at += 1
        tried += at
    if tried < least:
        found.append(Finding("moments for a cut", f"{least} at least", str(tried)))
    perform.seen.append(_whole(case))
    return found


def _whole(case: Case) -> Any:
    """The transaction without a cut, for a report to show."""
    stage = world(case)
    stage.observer = seen = Evidence()
    return run(session(Terminal(terminal(case)), case.runs[0]), stage), seen


def _once(case: Case, account: str, at: int, after: bool) -> list[Finding] | None:
    """One cut; None when the transaction ended before it."""
    with TemporaryDirectory(dir=PLACE) as folder:
        path, stage = Path(folder, "ledger"), world(case)
        money, till, wanted = stage.simulated.issuer.money, Terminal(terminal(case)), case.runs[0]
        before = money.balance(account)
        cut = _Cut(stage, at, after)
        with open_ledger(path) as ledger:
            stage.keeper = ledger
            try:
                run(session(till, wanted), cut)
            except _Gone:
                pass
            else:
                return None
        with open_ledger(path) as ledger:
            kept = [kind for kind in KEPT for _ in ledger.owed(kind)]
            deliver(stage.simulated, ledger)
            settle(stage.simulated, ledger)
        moved = before - money.balance(account)
        where = f"power cut {'after' if after else 'before'} effect {at + 1}"
        words = ", ".join(kind.value for kind in kept) or "nothing"
        if len(kept) > 1 or RecordKind.INTENT in kept:
            return [Finding(f"{where}: kept", "a sale or a reversal", words)]
        owed = wanted.amount if kept == [RecordKind.SALE] else 0
        if RecordKind.UNCERTAIN not in kept and moved != owed:
            return [Finding(f"{where}, {words} kept: the account moved by", str(owed), str(moved))]
        return []
