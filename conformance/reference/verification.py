"""Verification: what comes of a CVM list, in the order the clause tells it.

# spec: emv-b3/10.5, emv-b3/10.5.1, emv-b3/10.5.2, emv-b3/annex-c3, emv-b4/6.3.4.5, jrt-0025.6/cvm-20

What card and person do is asked of a `Scene`: a made-up one in a property, the recorded one when a run is judged.
"""

from dataclasses import dataclass, field
from typing import Protocol

FAIL, PLAIN, ONLINE, PLAIN_SIGNED, ENCIPHERED, ENCIPHERED_SIGNED = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05
SIGNATURE, NOTHING, DOCUMENT = 0x1E, 0x1F, 0x20
OFFLINE = {PLAIN: False, PLAIN_SIGNED: False, ENCIPHERED: True, ENCIPHERED_SIGNED: True}  # method: is it enciphered?
SIGNED = (PLAIN_SIGNED, ENCIPHERED_SIGNED, SIGNATURE)
UNKNOWN, FAILED, SUCCESSFUL = 0, 1, 2

# Bits of TVR byte 3.
NOT_SUCCESSFUL, UNRECOGNISED, TRY_LIMIT, NO_PIN_PAD, NOT_ENTERED, ONLINE_ENTERED = 0x80, 0x40, 0x20, 0x10, 0x08, 0x04
# Bits of the second byte of the terminal capabilities, 9F33.
CAN_PLAIN, CAN_ONLINE, CAN_SIGNATURE, CAN_ENCIPHERED, CAN_NOTHING, CAN_DOCUMENT = 0x80, 0x40, 0x20, 0x10, 0x08, 0x01
AIP_VERIFICATION = 0x10  # byte 1 of 82
MISSING = 0x20  # byte 1 of the TVR: ICC data missing

ENTERED, BYPASSED, BROKEN = "entered", "bypassed", "broken"


class Ended(Exception):
    """The clause, or the cardholder, ends the transaction here."""


class Scene(Protocol):
    """Card, person and attendant during cardholder verification."""

    def counter(self) -> int | None:
        """The PIN tries left as the card tells by GET DATA; None when it does not."""

    def pin_key(self) -> bool:
        """Whether the key an offline PIN is enciphered under can be recovered."""

    def challenge(self) -> bool:
        """Whether the card gives a challenge of eight bytes."""

    def pin(self, kind: str) -> str:
        """A PIN is asked for, "offline" or "online": ENTERED, BYPASSED or BROKEN. Raises `Ended` on cancel."""

    def check(self) -> int:
        """The status word of VERIFY."""

    def document(self) -> bool | None:
        """Whether the identity document matches; None when the card's data name none and nobody is asked."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rules are read against. Amounts in minor units; `amount` is tag 9F02 and includes the cashback.

    `rules`: tag 8E, None when the card has none. `can`: the second byte of 9F33. `same_currency`: the transaction is in
    the application's currency. `online_pin`: online PINs are agreed with the acquirer of this application.
    """

    aip: int
    rules: bytes | None
    can: int
    terminal_type: str = "22"
    service: str = "purchase"
    amount: int = 0
    other: int = 0
    same_currency: bool = True
    online_pin: bool = True
    bypass_allowed: bool = True
    bypass_holds: bool = True
    asks_counter: bool = True

    @property
    def attended(self) -> bool:
        """Types x1 to x3 have an attendant."""
        return self.terminal_type[1] in ("1", "2", "3")

    @property
    def never_online(self) -> bool:
        """Types x3 and x6."""
        return self.terminal_type[1] in ("3", "6")


@dataclass(slots=True)
class Verified:
    """CVM Results (9F34), TVR byte 3, whether `ICC data missing` and the TSI bit are set, what was asked and shown."""

    results: bytes = b"\x3f\x00\x00"
    tvr: int = 0
    missing: bool = False
    performed: bool = False
    signature: bool = False
    prompts: list[str] = field(default_factory=list)
    verifies: int = 0
    shown: list[str] = field(default_factory=list)
    bypassed: bool = False


def verify(given: Setting, scene: Scene) -> Verified:
    """Cardholder verification from the AIP to the CVM results. Raises `Ended`."""
    done = Verified()
    if not given.aip & AIP_VERIFICATION:
        return done
    if given.rules is None or len(given.rules) == 8:  # a list without rules is as good as none
        done.missing = True
        return done
    if len(given.rules) < 8 or len(given.rules) % 2 == 1:
        raise Ended("the list is not well-formed")
    done.performed, done.results = True, b"\x3f\x00\x01"
    x = int.from_bytes(given.rules[0:4], "big")
    y = int.from_bytes(given.rules[4:8], "big")
    at = 8
    while at < len(given.rules):
        code, condition = given.rules[at], given.rules[at + 1]
        at += 2
        if not applies(given, code & 0x3F, condition, x, y):
            continue
        result = perform(given, code & 0x3F, scene, done)
        if result is not None:
            done.results = bytes([code, condition, result])
        if result in (SUCCESSFUL, UNKNOWN):
            return done
        if code & 0x3F == FAIL or not code & 0x40:
            break
    done.tvr |= NOT_SUCCESSFUL
    return done


def applies(given: Setting, method: int, condition: int, x: int, y: int) -> bool:
    """Whether the second byte of a rule is satisfied; one that is not understood is not."""
    cash = given.service == "cash"
    cashback = given.service == "cashback" or given.other > 0
    if condition == 0:
        return True
    if condition == 1:
        return cash and not given.attended
    if condition == 2:
        return not (cash or cashback)
    if condition == 3:
        return method == FAIL or possible(given, method)
    if condition == 4:
        return cash and given.attended
    if condition == 5:
        return cashback
    if condition > 9 or not given.same_currency:
        return False
    limit = x if condition < 8 else y
    return given.amount < limit if condition % 2 == 0 else given.amount > limit


def possible(given: Setting, method: int) -> bool:
    """Whether the terminal has the method."""
    wanted = {
        PLAIN: CAN_PLAIN, ONLINE: CAN_ONLINE, PLAIN_SIGNED: CAN_PLAIN | CAN_SIGNATURE, ENCIPHERED: CAN_ENCIPHERED,
        ENCIPHERED_SIGNED: CAN_ENCIPHERED | CAN_SIGNATURE, SIGNATURE: CAN_SIGNATURE, NOTHING: CAN_NOTHING,
        DOCUMENT: CAN_DOCUMENT,
    }.get(method)  # fmt: skip
    if wanted is None or wanted & ~given.can:
        return False
    if method == ONLINE:
        return given.online_pin and not given.never_online
    if method in SIGNED or method == DOCUMENT:
        return given.attended
    return True


def perform(given: Setting, method: int, scene: Scene, done: Verified) -> int | None:
    """The third byte of the CVM results; None for a method that was not performed."""
    if method == FAIL:
        return FAILED
    if method not in (*OFFLINE, ONLINE, SIGNATURE, NOTHING, DOCUMENT):
        done.tvr |= UNRECOGNISED
        return None
    if not possible(given, method):
        without = method in OFFLINE and not given.can & (CAN_PLAIN | CAN_ENCIPHERED)
        if method == ONLINE or without:
            done.tvr |= NO_PIN_PAD
        return None
    if method == NOTHING:
        return SUCCESSFUL
    if method == DOCUMENT:
        matches = scene.document()
        if matches is not None:
            done.prompts.append("document")
        return SUCCESSFUL if matches else FAILED
    if method != SIGNATURE:
        if done.bypassed and given.bypass_holds:
            return FAILED
        entered = online(given, scene, done) if method == ONLINE else offline(given, OFFLINE[method], scene, done)
        if not entered:
            return FAILED
    done.signature = method in SIGNED
    return UNKNOWN if method in SIGNED or method == ONLINE else SUCCESSFUL


def online(given: Setting, scene: Scene, done: Verified) -> bool:
    """An online PIN: entered or not is all a terminal can say."""
    if ask(given, "online", scene, done):
        done.tvr |= ONLINE_ENTERED
        return True
    return False


def ask(given: Setting, kind: str, scene: Scene, done: Verified) -> bool:
    """Asks for a PIN; False when none was entered, which has its bit."""
    done.prompts.append(kind)
    entry = scene.pin(kind)
    if entry == BROKEN:
        done.tvr |= NO_PIN_PAD
    elif entry == BYPASSED:
        if not given.bypass_allowed:
            raise Ended("no PIN, and no bypass here")
        done.bypassed = True
        done.tvr |= NOT_ENTERED
    return entry == ENTERED


def offline(given: Setting, enciphered: bool, scene: Scene, done: Verified) -> bool:
    """An offline PIN: until the card accepts it, or will not hear another."""
    if enciphered and not scene.pin_key():
        return False
    left = scene.counter() if given.asks_counter else None
    while True:
        if left == 0:
            done.tvr |= TRY_LIMIT
            return False
        if left == 1:
            done.shown.append("last try")
        if not ask(given, "offline", scene, done):
            return False
        if enciphered and not scene.challenge():
            return False
        done.verifies += 1
        status = scene.check()
        if status == 0x9000:
            done.shown.append("right")
            return True
        if status in (0x6983, 0x6984):
            left = 0
        elif status >> 4 == 0x63C:
            left = status & 15
            if left:
                done.shown.append("wrong")
        else:
            return False
