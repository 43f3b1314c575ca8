"""Debts: pays the ledger's debts to the host. Reversals go first, and before any further financial message."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from jinka.kernel.effects import Authorisation, OnlineRequest, Record, RecordKind, Unreachable

Totals = tuple[int, int, int, int]
_PAGE = 100
BATCH_LIMIT = 999  # sales in one settlement: the count in field 48 has three digits


class HostLine(Protocol):
    """The errands a host takes: `AcquirerLink`, or a simulated host. True means taken for good."""

    def authorise(self, request: OnlineRequest, /) -> Authorisation | Unreachable:
        """Asks for an authorisation."""
        ...

    def reverse(self, record: Record, /) -> bool:
        """Takes a request back."""
        ...

    def advise(self, record: Record, /) -> bool:
        """Tells what happened."""
        ...

    def upload(self, record: Record, /) -> bool:
        """Hands over a sale."""
        ...

    def settle(self, batch: int, totals: Totals, /) -> bool | None:
        """Compares totals; None without an answer."""
        ...


class Debts(Protocol):
    """The ledger, as far as its debts go."""

    def owed(self, kind: RecordKind, limit: int = ..., /) -> tuple[Record, ...]:
        """Open entries of a kind, oldest first."""
        ...

    def taken(self) -> int:
        """How many sales were handed over into the open batch."""
        ...

    def pending(self) -> int | None:
        """The batch being settled, if any."""
        ...

    def freeze(self) -> int:
        """Begins to settle what was handed over."""
        ...

    def frozen(self, limit: int = ..., after: str = ..., /) -> tuple[Record, ...]:
        """Sales of the batch being settled."""
        ...

    def attempted(self, reference: str, /) -> int:
        """Counts a try."""
        ...

    def acknowledged(self, reference: str, /) -> None:
        """The host has it."""
        ...

    def settled(self) -> int:
        """The batch being settled is closed."""
        ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the host took, and whether everything of that kind is gone."""

    reversals: int = 0
    advices: int = 0
    reversals_left: bool = False
    advices_left: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a batch. `balanced` None: it did not come to the comparison, or there was no answer to it; settling
    again goes on where it stopped. False: the host has other totals; the batch waits, and those behind it, until an
    attendant has found out why and says `ledger.settled()`. `more`: there are sales for another batch."""

    uploaded: int
    totals: Totals
    balanced: bool | None
    more: bool = False


def deliver(link: HostLine, ledger: Debts, *, attempts: int = 3) -> Delivered:
    """Sends reversals, then advices. One that the host does not take after `attempts` tries stays owed and stops the
    rest of its kind: a line that is down is not tried a hundred times."""
    reversals, left = _send(ledger, RecordKind.REVERSAL, link.reverse, attempts)
    if left:
        return Delivered(reversals, reversals_left=True, advices_left=bool(ledger.owed(RecordKind.ADVICE, 1)))
    advices, advices_left = _send(ledger, RecordKind.ADVICE, link.advise, attempts)
    return Delivered(reversals, advices, advices_left=advices_left)


def settle(link: HostLine, ledger: Debts, *, attempts: int = 3) -> Settlement:
    """Delivers, hands over up to 999 sales, compares totals, and closes the batch when both sides agree. A settlement
    whose answer was lost is finished first: the same batch with the same totals."""
    delivered = deliver(link, ledger, attempts=attempts)
    if delivered.reversals_left:
        return Settlement(0, (0, 0, 0, 0), None)
    uploaded, batch = 0, ledger.pending()
    if batch is None:
        room = BATCH_LIMIT - ledger.taken()
        uploaded, left = _send(ledger, RecordKind.SALE, link.upload, attempts, room)
        if left:
            return Settlement(uploaded, (0, 0, 0, 0), None)
        batch = ledger.freeze()
    said = totals(ledger)
    balanced = link.settle(batch, said)
    if balanced:
        ledger.settled()
    return Settlement(uploaded, said, balanced, bool(ledger.owed(RecordKind.SALE, 1)))


def totals(ledger: Debts) -> Totals:
    """Debit amount and count, credit amount and count of the batch being settled. Refunds are credits."""
    debits = credits = debit_count = credit_count = 0
    after = ""
    while page := ledger.frozen(_PAGE, after):
        after = page[-1].reference
        for record in page:
            amount = int(record.get("amount") or 0)
            if record.get("service") == "REFUND":
                credits, credit_count = credits + amount, credit_count + 1
            else:
                debits, debit_count = debits + amount, debit_count + 1
    return debits, debit_count, credits, credit_count


class Desk:
    """The host as a terminal should see it: no financial message leaves while a reversal is owed."""

    def __init__(self, link: HostLine, ledger: Debts, *, attempts: int = 3) -> None:
        self._link, self._ledger, self._attempts = link, ledger, attempts

    def authorise(self, request: OnlineRequest) -> Authorisation | Unreachable:
        """Delivers reversals, then asks. With a reversal still owed the request is not sent."""
        _, left = _send(self._ledger, RecordKind.REVERSAL, self._link.reverse, self._attempts)
        if left:
            return Unreachable("an earlier reversal is not delivered", sent=False)
        return self._link.authorise(request)


def _send(
    ledger: Debts, kind: RecordKind, errand: Callable[[Record], bool], attempts: int, most: int = 10**9
) -> tuple[int, bool]:
    """Sends up to `most` entries of a kind; the number taken, and whether one was not taken."""
    taken = 0
    while page := ledger.owed(kind, min(_PAGE, most - taken)):
        for record in page:
            if not _insist(ledger, record, errand, attempts):
                return taken, True
            ledger.acknowledged(record.reference)
            taken += 1
    return taken, False


def _insist(ledger: Debts, record: Record, errand: Callable[[Record], bool], attempts: int) -> bool:
    for _ in range(attempts):
        ledger.attempted(record.reference)
        if errand(record):
            return True
    return False
