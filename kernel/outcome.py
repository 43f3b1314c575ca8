"""Outcome: how a transaction ended. A declined card is an outcome, not an exception."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """The end of a transaction (EMV 4.4 Book 3 clause 10.11, Book 4 clause 6.3)."""

    APPROVED = "approved"
    DECLINED = "declined"
    NOT_ACCEPTED = "not accepted"      # no common application, or none left
    TERMINATED = "terminated"          # a card fault or a rule ended it before a decision
    CANCELLED = "cancelled"
    CARD_REMOVED = "card removed"
    COMPLETED = "completed"            # nothing to approve: a query or a log


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole result.

    `amount` is what was asked for, or the part of it that the issuer approved.
    `tvr`, `tsi` and `cvm_results` are the final values of tags 95, 9B and 9F34. `online` says whether the host was
    reached. `data` holds the data objects of the transaction as (tag, value) for receipt, batch and host, without
    track data or a clear PAN: `pan` is truncated to first six and last four digits. `reversal` is set when a reversal
    was recorded. `records` are the lines of a card's log, newest first. `balance` is what the host or the card tells,
    `balance_before` the electronic cash balance before. `fallback` says that magnetic stripe fallback is allowed (a
    technical chip failure). `language` is the one the cardholder was spoken to. Amounts in minor units.
    """

    verdict: Verdict
    reason: str = ""
    service: str = ""
    amount: int = 0
    other_amount: int = 0
    currency: int = 0
    aid: bytes = b""
    label: str = ""
    pan: str = ""
    reference: str = ""
    online: bool = False
    arc: str = ""
    approval_code: str = ""
    tvr: bytes = bytes(5)
    tsi: bytes = bytes(2)
    cvm_results: bytes = bytes(3)
    signature: bool = False
    reversal: bool = False
    advice: bool = False
    fallback: bool = False
    script_results: bytes = b""
    language: str = ""
    balance: int | None = None
    balance_before: int | None = None
    data: tuple[tuple[int, bytes], ...] = ()
    records: tuple[tuple[tuple[int, bytes], ...], ...] = ()

    @property
    def approved(self) -> bool:
        """Whether the merchant may hand over the goods."""
        return self.verdict is Verdict.APPROVED
