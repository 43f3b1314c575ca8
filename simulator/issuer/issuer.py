"""Issuer: decides. The same object stands behind the host process and behind the in-process host."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from jinka.kernel.crypto import pinblock
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.data import tags
from jinka.kernel.effects import Service
from jinka.kernel.errors import JinkaError
from jinka.kernel.secret import Secret
from jinka.simulator.issuer import chip as cards
from jinka.simulator.issuer.behaviour import Behaviour
from jinka.simulator.issuer.book import Account, Book, load_book
from jinka.simulator.issuer.chip import CardSession
from jinka.simulator.issuer.money import APPROVED, DECLINED, MARKED, PIN_TRIES, REVERSED, Money, Posting
from jinka.simulator.issuer.scripts import Script, cash_script

APPROVAL = ("00", "08", "10", "11", "16")
_LOADS = frozenset({Service.LOAD, Service.LOAD_OTHER_ACCOUNT, Service.LOAD_CASH})
_SPENDING = frozenset({Service.PURCHASE, Service.CASH, Service.CASHBACK})
_CASH_CODE = 0x9F74  # its presence in field 55 says that a sale was paid from electronic cash


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it comes to the issuer. `key` names the message; amounts in minor units; `pin_block` is field 52
    under the PIN zone key of its algorithm."""

    key: str
    service: Service
    amount: int
    pan: Secret
    pan_sequence: int | None = None
    expiry: str = ""
    pin_block: Secret | None = None
    chip: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """The decision: response code, tag 91, whole script templates, approval code, and amounts where they matter."""

    arc: str
    issuer_data: bytes = b""
    scripts: tuple[bytes, ...] = ()
    approval_code: str = ""
    amount: int | None = None
    balance: int | None = None


@cache
def _stock() -> Book:
    """The book of the package, read once: it never changes."""
    return load_book()


class Issuer:
    """`state`: the file its books are kept in, None for memory. `pin_algorithm`: that of the PIN zone key."""

    def __init__(
        self, book: Book | None = None, *, state: Path | None = None, pin_algorithm: Algorithm = Algorithm.TDES
    ) -> None:
        self.book = book or _stock()
        self._state = state
        self.pin_algorithm = pin_algorithm

    @cached_property
    def money(self) -> Money:
        """The books, opened when they are first needed: most worlds never go online."""
        return Money(self.book, self._state)

    def close(self) -> None:
        """Closes the books."""
        if "money" in vars(self):
            self.money.close()

    @property
    def zone_key(self) -> tuple[Algorithm, Secret]:
        """What an acquirer translates PIN blocks to."""
        return self.pin_algorithm, self.book.zone[self.pin_algorithm]

    def authorise(self, asked: Asked, behaviour: Behaviour | None = None) -> Answered:
        """Decides one request and books it. A repeated key gets the same code and moves nothing."""
        wish = behaviour or Behaviour()
        account = self.book.find(asked.pan.reveal().decode("latin-1"))
        if account is None:
            return Answered("14")
        session = cards.open_session(self.book, account, asked.pan_sequence, asked.chip)
        before = self.money.find(asked.key)
        if before is not None:
            arc = "12" if before.state in (REVERSED, MARKED) else before.arc
            again = (cash_script(self.money.cash_balance(account.name)),) if before.cash_delta and arc != "12" else ()
            return self._answer(arc, asked, account, session, wish, again)
        arc = wish.code or self._decide(asked, account, session, wish)
        amount = asked.amount if wish.amount is None else wish.amount
        arc, delta, cash_delta, scripts = self._effect(arc, asked, account, amount)
        state = APPROVED if arc in APPROVAL else DECLINED
        posting = Posting(asked.key, account.name, asked.service.name, amount, delta, cash_delta, state, arc)
        self.money.post(posting)
        return self._answer(arc, asked, account, session, wish, scripts)

    def reverse(self, key: str) -> str:
        """Takes a request back. "00", or "25" when it never came; both mean that nothing is booked."""
        return "00" if self.money.reverse(key) else "25"

    def advise(self, asked: Asked) -> str:
        """Takes note of an advice."""
        account = self.book.find(asked.pan.reveal().decode("latin-1"))
        self.money.advise(asked.key, account.name if account is not None else "", asked.amount)
        return "00"

    def capture(self, asked: Asked) -> str:
        """A sale in a batch: an online one is marked, an offline one is booked, electronic cash against the purse."""
        account = self.book.find(asked.pan.reveal().decode("latin-1"))
        if account is None:
            return "14"
        before = self.money.find(asked.key)
        if before is None:
            sign = +1 if asked.service is Service.REFUND else -1
            purse = _CASH_CODE in asked.chip
            delta, cash_delta = (0, sign * asked.amount) if purse else (sign * asked.amount, 0)
            posting = Posting(asked.key, account.name, asked.service.name, asked.amount, delta, cash_delta, APPROVED)
            self.money.post(posting)
        elif before.state != APPROVED:
            return "12"
        self.money.capture(asked.key)
        return "00"

    def _decide(self, asked: Asked, account: Account, session: CardSession | None, wish: Behaviour) -> str:
        """The response code, in the order an issuer checks: account, card, PIN, velocity, funds."""
        if account.status != "00":
            return account.status
        if asked.expiry and asked.expiry != account.expiry:
            return "54"
        if wish.check and tags.CRYPTOGRAM in asked.chip and (session is None or not cards.verify(session, asked.chip)):
            return "05"
        if asked.pin_block is not None and (code := self._check_pin(asked.pin_block, account)) != "00":
            return code
        if account.velocity and self.money.approvals(account.name) >= account.velocity:
            return "65"
        spends = asked.service in _SPENDING or asked.service in (Service.LOAD, Service.LOAD_OTHER_ACCOUNT)
        if spends and self.money.balance(account.name) < asked.amount:
            return "51"
        return "00"

    def _check_pin(self, block: Secret, account: Account) -> str:
        """Field 52. The third wrong PIN blocks it: 75 until a script unblocks the card and the issuer its counter."""
        tries = self.money.tries(account.name)
        if tries == 0:
            return "75"
        try:
            right = pinblock.decipher(*self.zone_key, block, account.pan) == account.pin
        except JinkaError:
            right = False
        self.money.set_tries(account.name, PIN_TRIES if right else tries - 1)
        return "00" if right else "55"

    def _effect(
        self, arc: str, asked: Asked, account: Account, amount: int
    ) -> tuple[str, int, int, tuple[Script, ...]]:
        """What an approval does to account and purse, and the script that a load needs."""
        if arc not in APPROVAL or asked.service is Service.BALANCE:
            return arc, 0, 0, ()
        if asked.service in _LOADS:
            return self._load(arc, asked, account, amount)
        return arc, amount if asked.service is Service.REFUND else -amount, 0, ()

    def _load(
        self, arc: str, asked: Asked, account: Account, amount: int
    ) -> tuple[str, int, int, tuple[Script, ...]]:
        """The new balance is absolute: what the card says it holds, else what the books say, plus the amount."""
        data = cards.IssuerData.parse(asked.chip.get(tags.IAD, b""))
        if data is not None and data.cash_balance is not None:
            self.money.set_cash_balance(account.name, data.cash_balance)
        new = self.money.cash_balance(account.name) + amount
        if new > account.cash_limit:
            return "61", 0, 0, ()
        delta = 0 if asked.service is Service.LOAD_CASH else -amount
        return arc, delta, amount, (cash_script(new),)

    def _answer(
        self,
        arc: str,
        asked: Asked,
        account: Account,
        session: CardSession | None,
        wish: Behaviour,
        scripts: tuple[Script, ...],
    ) -> Answered:
        approved = arc in APPROVAL
        wanted = (*scripts, *wish.scripts)
        return Answered(
            arc,
            _issuer_data(session, arc, wish) if session is not None else b"",
            tuple(script.write(session) for script in wanted) if session is not None else (),
            approval_code=f"{sum(asked.key.encode()) % 1_000_000:06d}" if approved else "",
            amount=wish.amount if approved else None,
            balance=self.money.balance(account.name) if approved and asked.service is Service.BALANCE else None,
        )


def _issuer_data(session: CardSession, arc: str, wish: Behaviour) -> bytes:
    if wish.issuer_data == "none":
        return b""
    right = session.issuer_data(arc)
    if wish.issuer_data == "right":
        return right
    if wish.issuer_data == "wrong":
        return bytes((right[0] ^ 0xFF,)) + right[1:]
    return bytes.fromhex(wish.issuer_data)
