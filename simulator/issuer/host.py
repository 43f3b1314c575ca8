"""IssuerHost: the host without a wire. Answers `GoOnline` in the same process, with the same issuer behind.

It also takes reversals, advices and batches the way the host link does, so that a simulated world can settle.
"""

from collections.abc import Iterable

from jinka.kernel.data import tags
from jinka.kernel.effects import Authorisation, OnlineRequest, Record, Service, Unreachable
from jinka.kernel.secret import Secret
from jinka.simulator.issuer.behaviour import UNDECIDED, UNUSABLE, Behaviour, Fault, Plan
from jinka.simulator.issuer.issuer import Asked, Issuer

_TERMINAL = "local"


class IssuerHost:
    """`behaviour` is for every request; `then` is a queue for the first ones. Both may be changed at any time through
    `plan`."""

    def __init__(
        self, issuer: Issuer | None = None, behaviour: Behaviour | None = None, then: Iterable[Behaviour] = ()
    ) -> None:
        self.issuer = issuer or Issuer()
        self.plan = Plan(behaviour, then)
        self.reachable = True

    def authorise(self, request: OnlineRequest) -> Authorisation | Unreachable:
        """Decides a request, or fails in the way that was wished."""
        wish = self.plan.next()
        if wish.fault is Fault.REFUSE or not self.reachable:
            return Unreachable("connection refused", sent=False)
        if wish.fault in UNDECIDED:
            return Unreachable(f"simulated: {wish.fault.value}", sent=True)
        answered = self.issuer.authorise(_asked(request), wish)
        if wish.fault in UNUSABLE:
            return Unreachable(f"simulated: {wish.fault.value}", sent=True)
        if wish.fault is Fault.MALFORMED_CHIP:
            return Authorisation(answered.arc, approval_code=answered.approval_code)
        return Authorisation(
            answered.arc, answered.issuer_data, answered.scripts, answered.approval_code, answered.amount,
            answered.balance,
        )  # fmt: skip

    def reverse(self, record: Record) -> bool:
        """Takes a request back; false while the host is not reachable."""
        return self.reachable and self.issuer.reverse(_key(record.reference)) in ("00", "25")

    def advise(self, record: Record) -> bool:
        """Takes an advice."""
        return self.reachable and self.issuer.advise(_kept(record)) == "00"

    def upload(self, record: Record) -> bool:
        """Takes a sale of a batch."""
        return self.reachable and self.issuer.capture(_kept(record)) == "00"

    def settle(self, batch: int, totals: tuple[int, int, int, int]) -> bool | None:
        """Compares the totals; None while the host is not reachable."""
        return self.issuer.money.settle(f"{_TERMINAL}/{batch}", _TERMINAL, totals) if self.reachable else None


def _key(reference: str) -> str:
    return f"{_TERMINAL}/{reference}"


def _asked(request: OnlineRequest) -> Asked:
    return Asked(
        _key(request.reference), request.service, request.amount, request.pan, request.pan_sequence, request.expiry[:4],
        request.pin_block, dict(request.chip),
    )  # fmt: skip


def _kept(record: Record) -> Asked:
    """A ledger's record as a request."""
    chip = dict(record.chip)
    amount = record.get("amount")
    return Asked(
        _key(record.reference),
        Service.__members__.get(str(record.get("service")), Service.PURCHASE),
        int(chip.get(tags.AMOUNT, bytes(6)).hex() if amount is None else amount),
        record.pan or Secret(b""),
        chip=chip,
    )
