"""A power cut at any moment: the run is killed at one effect, before or after the world has acted on it.

Then everything comes back as it would: the ledger is opened again and pays its debts, the card is powered again.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinka.kernel import Outcome, Session, run
from jinka.kernel.acquirer import deliver, settle
from jinka.kernel.data import pboc
from jinka.kernel.effects import Effect, RecordKind
from jinka.kernel.journal import Ledger, open_ledger
from jinka.simulator.issuer.behaviour import Behaviour
from jinka.simulator.world import SimulatedWorld


class PowerCut(BaseException):
    """The process is gone."""


class Cut:
    """Passes effects on to a world and dies at number `at` (from 0), `after` the world has acted or before."""

    def __init__(self, world: Any, at: int, after: bool) -> None:
        self.world, self.at, self.after, self.count = world, at, after, 0

    def answer(self, effect: Effect[Any]) -> Any:
        number, self.count = self.count, self.count + 1
        if number == self.at and not self.after:
            raise PowerCut
        value = self.world.answer(effect)
        if number == self.at:
            raise PowerCut
        return value


class Shop:
    """Terminal, card, issuer and ledger file, and what the money of each says."""

    def __init__(self, path: Path, personality: str, account: str, behaviour: Behaviour | None = None) -> None:
        self.path, self.account = path, account
        self.ledger: Ledger = open_ledger(path)
        self.world = SimulatedWorld(personality, keeper=self.ledger, behaviour=behaviour)
        self.money = self.world.simulated.issuer.money
        self.start = self.account_balance, self.purse

    @property
    def account_balance(self) -> int:
        return self.money.balance(self.account)

    @property
    def purse(self) -> int | None:
        """The electronic cash on the card, as the card's own memory has it; None for a card without."""
        raw = self.world.card.memory().data.get(pboc.CASH_BALANCE)
        return int(raw.hex()) if raw is not None else None

    def cut(self, session: Callable[[], Session[Outcome]], at: int, *, after: bool) -> Outcome | None:
        """Runs until the power goes; the outcome when the run ended before."""
        try:
            return run(session(), Cut(self.world, at, after))
        except PowerCut:
            return None

    def come_back(self) -> None:
        """Restart: the ledger is opened as at a start, the host is there, the debts are paid, the batch is settled."""
        self.ledger.close()
        self.ledger = open_ledger(self.path)
        self.world.keeper = self.ledger
        self.world.insert()
        deliver(self.world.simulated, self.ledger)
        settle(self.world.simulated, self.ledger)

    def left(self, kind: RecordKind) -> tuple[Any, ...]:
        return self.ledger.owed(kind)

    def close(self) -> None:
        self.ledger.close()
