"""Machine: what electronic cash adds to a debit/credit application (JR/T 0025.13).

# spec: jrt0025-13/6, jrt0025-13/7, jrt0025-13/8

At GET PROCESSING OPTIONS the card chooses: electronic cash or ordinary debit/credit. A TC then takes the amount off the
balance; anything but a TC is ordinary debit/credit. A load is an issuer script: PUT DATA of the new balance.
"""

from jinka.kernel.data import pboc, tags
from jinka.kernel.data.fields import Cryptogram
from jinka.kernel.data.formats import numeric
from jinka.simulator.cards.cash.profile import CashProfile
from jinka.simulator.cards.cash.purse import PURSES, by_balance, purse_for, value
from jinka.simulator.cards.credit import log, risk
from jinka.simulator.cards.credit.machine import Credit
from jinka.simulator.cards.credit.memory import Memory, Session
from jinka.simulator.machine import Refused, Status, Turn

SUPPORTED = b"\x01"
PUTTABLE = frozenset(tag for purse in PURSES for tag in purse[1:])


class Cash(Credit):
    """Debit/credit with electronic cash."""

    def __init__(self, profile: CashProfile) -> None:
        super().__init__(profile)
        self.cash_afl = bytes(profile.cash_afl)
        self.pure = profile.pure

    def locate(self, turn: Turn[Memory, Session]) -> bytes:
        """Electronic cash when the terminal offers it, the currency has a purse, and amount and limits allow it."""
        session, data = turn.session, turn.memory.data
        session.purse = None
        purse = purse_for(data, session.values.get(tags.CURRENCY, b""))
        if purse is None or session.values.get(pboc.CASH_INDICATOR) != SUPPORTED or turn.memory.blocked:
            return super().locate(turn)
        spent = risk.amount(session)
        balance, single = value(data, purse.balance) or 0, value(data, purse.single)
        if not self.cash_afl or spent > balance or (single is not None and spent > single):
            return super().locate(turn)
        session.purse = purse.balance
        return self.cash_afl

    def decide_first(self, turn: Turn[Memory, Session], asked: Cryptogram) -> Cryptogram:
        """In electronic cash the counters do not matter: the balance does. All else is ordinary debit/credit."""
        memory, session = turn.memory, turn.session
        if session.purse is None or self.profile.first != "asked":
            if self.profile.first not in ("asked", "TC"):
                session.purse = None
            if self.pure and session.purse is None and asked is Cryptogram.TC:
                return Cryptogram.AAC
            return super().decide_first(turn, asked)
        if memory.blocked:
            return Cryptogram.AAC
        purse = by_balance(session.purse)
        covered = (
            purse is not None
            and session.values.get(tags.CURRENCY) == memory.data.get(purse.currency)
            and risk.amount(session) <= (value(memory.data, purse.balance) or 0)
        )
        if asked is not Cryptogram.TC or not covered:
            session.purse = None
        return Cryptogram.ARQC if asked is Cryptogram.TC and not covered else asked

    def approved(self, turn: Turn[Memory, Session]) -> None:
        """Takes the amount off the balance, or counts an ordinary offline approval."""
        memory, session = turn.memory, turn.session
        if session.purse is None:
            super().approved(turn)
            return
        rest = (value(memory.data, session.purse) or 0) - risk.amount(session)
        if rest < 0:
            raise Refused(Status.CONDITIONS)
        memory.data = {**memory.data, session.purse: numeric(rest, 6)}

    def discretionary(self, turn: Turn[Memory, Session]) -> bytes:
        """Identifier 01 and the low five bytes of the balance in use, or of the first purse."""
        if self.profile.idd != 1:
            return super().discretionary(turn)
        return b"\x01" + turn.memory.data.get(turn.session.purse or pboc.CASH_BALANCE, bytes(6))[-5:]

    def logs(self, memory: Memory) -> dict[int, tuple[bytes, ...]]:
        """The load log beside the transaction log."""
        entry = self.profile.discretionary.get(pboc.LOAD_LOG_ENTRY)
        return {**super().logs(memory), **({entry[0]: memory.load_log} if entry else {})}

    def may_put(self, tag: int) -> bool:
        """Balances and limits of the purses too."""
        return tag in PUTTABLE or super().may_put(tag)

    def put(self, turn: Turn[Memory, Session], tag: int, value_put: bytes) -> None:
        """A new balance must be a number within the limit; it leaves a line in the load log."""
        memory = turn.memory
        if tag in PUTTABLE and not value_put.hex().isdigit():
            raise Refused(Status.WRONG_DATA)
        purse = by_balance(tag)
        if purse is not None:
            most = value(memory.data, purse.limit)
            if most is not None and int(value_put.hex()) > most:
                raise Refused(Status.WRONG_DATA)
            self._log_load(turn, tag, memory.data[tag], value_put)
        super().put(turn, tag, value_put)

    def _log_load(self, turn: Turn[Memory, Session], tag: int, old: bytes, new: bytes) -> None:
        """P1 P2 of the PUT DATA, balance before and after, then what DF4F asks for."""
        memory = turn.memory
        entry = self.profile.discretionary.get(pboc.LOAD_LOG_ENTRY)
        form = memory.data.get(pboc.LOAD_LOG_FORMAT)
        if entry and len(entry) == 2 and form:
            record = tag.to_bytes(2, "big") + old + new + log.line(turn, form)
            memory.load_log = log.pushed(memory.load_log, record, entry[1])
