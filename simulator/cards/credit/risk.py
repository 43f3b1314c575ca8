"""Risk: card action analysis at the first and the second GENERATE AC (JR/T 0025.5 clause 13, JR/T 0025.6).

# spec: jrt0025-5/13, emv-b3/9.3

Limits a card does not have are not checked. The application default action 9F52 says what else to do; its bits follow
the layout that PBOC shares with other debit/credit applications of its age and are not confirmed by a published text.
"""

from typing import TYPE_CHECKING

from jinka.kernel.data import pboc, tags
from jinka.kernel.data.bits import Bits, bit
from jinka.kernel.data.fields import Cryptogram, Tvr
from jinka.simulator.cards.credit.memory import Memory, Session
from jinka.simulator.machine import Turn

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit

UNABLE = (b"Y3", b"Z3")
MANDATORY = 0x80


class DefaultAction(Bits, size=4):
    """Application default action, tag 9F52, shorter values being filled with zeros."""

    ONLINE_AFTER_FAILED_AUTHENTICATION = bit(1, 8)
    DECLINE_AFTER_FAILED_AUTHENTICATION = bit(1, 7)
    DECLINE_WITHOUT_AUTHENTICATION = bit(1, 6)
    ADVICE_WHEN_DECLINED = bit(1, 5)
    ADVICE_WHEN_TRIES_EXCEEDED = bit(1, 4)
    ADVICE_WHEN_AUTHENTICATION_FAILED = bit(1, 3)
    NEW_CARD_ONLINE = bit(1, 2)
    NEW_CARD_DECLINE_OFFLINE = bit(1, 1)
    BLOCK_WHEN_TRIES_EXCEEDED = bit(2, 8)
    DECLINE_WHEN_TRIES_EXCEEDED = bit(2, 7)
    ONLINE_WHEN_TRIES_EXCEEDED = bit(2, 6)
    TRIES_EXCEEDED_DECLINE_OFFLINE = bit(2, 5)
    ONLINE_AFTER_FAILED_SCRIPT = bit(2, 4)
    DECLINE_AND_BLOCK_WHEN_TRIES_EXCEEDED = bit(2, 3)


def default_action(memory: Memory) -> DefaultAction:
    """What 9F52 holds now."""
    return DefaultAction.parse(memory.data.get(pboc.DEFAULT_ACTION, b"").ljust(4, b"\0")[:4])


def number(memory: Memory, tag: int) -> int | None:
    """A limit of 6 bytes (BCD) or 1 byte (binary); None when the card has none."""
    raw = memory.data.get(tag)
    if raw is None:
        return None
    if len(raw) == 1:
        return raw[0]
    return int(raw.hex()) if raw.hex().isdigit() else None


def amount(session: Session) -> int:
    """The amount of the transaction; what is no number counts as none."""
    text = session.values.get(tags.AMOUNT, b"\0").hex()
    return int(text) if text.isdigit() else 0


def _exceeds(value: int, limit: int | None) -> bool:
    return limit is not None and value > limit


def domestic_currency(turn: Turn[Memory, Session]) -> bool:
    """Whether the transaction is in the card's own currency."""
    return turn.session.values.get(tags.CURRENCY) == turn.memory.data.get(pboc.CARD_CURRENCY)


def domestic_country(turn: Turn[Memory, Session]) -> bool:
    """Whether the terminal stands in the issuer's country; without 9F57 the card cannot tell and says yes."""
    own = turn.memory.data.get(pboc.ISSUER_COUNTRY_INTERNAL)
    return own is None or turn.session.values.get(tags.TERMINAL_COUNTRY) == own


def offline_row(memory: Memory) -> int:
    """Transactions since the last online one, this one included."""
    return max(memory.atc - memory.last_online_atc, 0)


def lower_exceeded(turn: Turn[Memory, Session]) -> bool:
    """Whether a lower limit of offline transactions in a row or in sum would be exceeded: go online."""
    memory = turn.memory
    checks = [_exceeds(offline_row(memory), number(memory, pboc.LOWER_LIMIT_INTERNAL))]
    if domestic_currency(turn):
        checks.append(_exceeds(memory.offline_amount + amount(turn.session), number(memory, pboc.CUMULATIVE_LIMIT)))
    else:
        checks.append(_exceeds(memory.foreign_currency + 1, number(memory, pboc.OFFLINE_LIMIT_CURRENCY)))
    if not domestic_country(turn):
        checks.append(_exceeds(memory.foreign_country + 1, number(memory, pboc.OFFLINE_LIMIT_COUNTRY)))
    return any(checks)


def upper_exceeded(turn: Turn[Memory, Session]) -> bool:
    """Whether an upper limit would be exceeded: decline when the issuer cannot be reached."""
    memory = turn.memory
    row = _exceeds(offline_row(memory), number(memory, pboc.UPPER_LIMIT_INTERNAL))
    total = memory.offline_amount + amount(turn.session)
    return row or (domestic_currency(turn) and _exceeds(total, number(memory, pboc.CUMULATIVE_UPPER_LIMIT)))


def new_card(memory: Memory) -> bool:
    """Whether the card has never been online."""
    return memory.last_online_atc == 0


def first(card: "Credit", turn: Turn[Memory, Session], asked: Cryptogram) -> Cryptogram:
    """What the first GENERATE AC answers: never more than was asked, except as the profile forces it."""
    memory = turn.memory
    action = default_action(memory)
    if memory.pin_tries == 0 and DefaultAction.DECLINE_AND_BLOCK_WHEN_TRIES_EXCEEDED in action:
        memory.blocked = memory.blocked_by_tries = True
    if memory.blocked:
        return Cryptogram.AAC
    if card.profile.first == "online":
        return Cryptogram.AAC if asked is Cryptogram.AAC else Cryptogram.ARQC
    if card.profile.first != "asked":
        return Cryptogram[card.profile.first]
    if asked is Cryptogram.AAC:
        return asked
    if memory.pin_tries == 0 and DefaultAction.DECLINE_WHEN_TRIES_EXCEEDED in action:
        return Cryptogram.AAC
    online = (
        memory.online_pending
        or lower_exceeded(turn)
        or (memory.authentication_failed and DefaultAction.ONLINE_AFTER_FAILED_AUTHENTICATION in action)
        or (memory.script_failed and DefaultAction.ONLINE_AFTER_FAILED_SCRIPT in action)
        or (new_card(memory) and DefaultAction.NEW_CARD_ONLINE in action)
        or (memory.pin_tries == 0 and DefaultAction.ONLINE_WHEN_TRIES_EXCEEDED in action)
    )
    return Cryptogram.ARQC if online else asked


def second(card: "Credit", turn: Turn[Memory, Session], asked: Cryptogram) -> Cryptogram:
    """What the second GENERATE AC answers: TC or AAC."""
    memory, session = turn.memory, turn.session
    action = default_action(memory)
    if memory.blocked:
        return Cryptogram.AAC
    if card.profile.second not in ("asked", "online"):
        return Cryptogram[card.profile.second]
    if asked is not Cryptogram.TC:
        return Cryptogram.AAC
    if session.unable_online:
        tries = memory.pin_tries == 0 and DefaultAction.TRIES_EXCEEDED_DECLINE_OFFLINE in action
        new = new_card(memory) and DefaultAction.NEW_CARD_DECLINE_OFFLINE in action
        return Cryptogram.AAC if upper_exceeded(turn) or tries or new else Cryptogram.TC
    if session.authenticated is False and DefaultAction.DECLINE_AFTER_FAILED_AUTHENTICATION in action:
        return Cryptogram.AAC
    missing = session.authenticated is None and mandatory(memory)
    if missing and DefaultAction.DECLINE_WITHOUT_AUTHENTICATION in action:
        return Cryptogram.AAC
    return Cryptogram.TC


def mandatory(memory: Memory) -> bool:
    """Whether 9F56 makes issuer authentication mandatory."""
    return bool(memory.data.get(pboc.ISSUER_AUTHENTICATION_INDICATOR, b"\0")[0] & MANDATORY)


def count_offline(turn: Turn[Memory, Session]) -> None:
    """An offline approval in the card's counters."""
    memory = turn.memory
    if domestic_currency(turn):
        memory.offline_amount += amount(turn.session)
    else:
        memory.foreign_currency += 1
    if not domestic_country(turn):
        memory.foreign_country += 1


def count_declined(turn: Turn[Memory, Session]) -> None:
    """An offline decline: the issuer shall know when an authentication of the card had failed."""
    raw = turn.session.values.get(tags.TVR, bytes(5))
    tvr = Tvr.parse(raw) if len(raw) == 5 else Tvr(0)
    turn.memory.sda_failed = Tvr.SDA_FAILED in tvr
    turn.memory.dda_failed = bool(tvr & (Tvr.DDA_FAILED | Tvr.CDA_FAILED))


def settle_online(turn: Turn[Memory, Session]) -> None:
    """After the second GENERATE AC of a transaction the issuer has answered."""
    memory, session = turn.memory, turn.session
    memory.online_pending = False
    memory.authentication_failed = session.authenticated is False
    memory.authentication_missing = session.authenticated is None and mandatory(memory)
    if memory.authentication_failed or memory.authentication_missing:
        return
    memory.last_online_atc = memory.atc
    memory.offline_amount = memory.foreign_currency = memory.foreign_country = 0
    memory.sda_failed = memory.dda_failed = False
