"""Drives one step of the kernel on a made-up transaction, with a made-up card, person and host at the other end."""

from dataclasses import dataclass
from typing import Any

from jinka.conformance.reference.verification import BROKEN, BYPASSED, ENTERED, Ended
from jinka.kernel.apdu import Response
from jinka.kernel.config import Application, Config, Device, Hex, Options
from jinka.kernel.crypto.recover import PublicKey
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.fields import Aip
from jinka.kernel.effects import AskChoice, AskPin, Message, PinEntry, PinState, Random, Service, Tell, Transmit
from jinka.kernel.errors import Cancelled, JinkaError
from jinka.kernel.secret import Secret
from jinka.kernel.steps.transaction import Candidate, Request, Transaction
from jinka.kernel.steps.verify import verify_cardholder

AID = Hex.fromhex("A000000333010101")
KEY = PublicKey(b"\xff" * 95 + b"\x01", b"\x03")
CANCEL = "cancel"
_STATES = {ENTERED: PinState.ENTERED, BYPASSED: PinState.BYPASSED, BROKEN: PinState.NO_PIN_PAD}
_PIN = Secret(b"1234")
SHOWN = {Message.LAST_PIN_TRY: "last try", Message.INCORRECT_PIN: "wrong", Message.PIN_OK: "right"}


@dataclass(slots=True)
class Play:
    """One evening: what card and person do, in order. The last entry of a list is repeated."""

    tries: int | None = 3
    key: bool = True
    nonce: bool = True
    entries: tuple[str, ...] = (ENTERED,)
    statuses: tuple[int, ...] = (0x9000,)
    matches: bool | None = True
    at: int = 0
    checked: int = 0

    def counter(self) -> int | None:
        return self.tries

    def pin_key(self) -> bool:
        return self.key

    def challenge(self) -> bool:
        return self.nonce

    def pin(self, kind: str) -> str:
        entry = self.entries[min(self.at, len(self.entries) - 1)]
        self.at += 1
        if entry == CANCEL:
            raise Ended("cancelled")
        return entry

    def check(self) -> int:
        status = self.statuses[min(self.checked, len(self.statuses) - 1)]
        self.checked += 1
        return status

    def document(self) -> bool | None:
        return self.matches

    def again(self) -> "Play":
        """The same evening from its beginning."""
        return Play(self.tries, self.key, self.nonce, self.entries, self.statuses, self.matches)


@dataclass(slots=True)
class Seen:
    """What the kernel did."""

    tx: Transaction
    prompts: list[str]
    shown: list[str]
    verifies: int = 0
    ended: bool = False


def answer(effect: Any, play: Play, seen: Seen) -> Any:
    """What the world says to one effect."""
    if isinstance(effect, Transmit):
        match effect.command.ins:
            case 0xCA:
                left = play.counter()
                return Response(b"", 0x6A88) if left is None else Response(bytes((0x9F, 0x17, 1, left)))
            case 0x84:
                return Response(bytes(8)) if play.challenge() else Response(bytes(7))
            case 0x20:
                seen.verifies += 1
                return Response(b"", play.check())
        raise AssertionError(effect)
    if isinstance(effect, AskPin):
        seen.prompts.append(effect.kind.value)
        state = _STATES[play.pin(effect.kind.value)]
        return PinEntry(state, _PIN if state is PinState.ENTERED else None)
    if isinstance(effect, AskChoice):
        seen.prompts.append("document")
        return 0 if play.document() else None
    if isinstance(effect, Random):
        return bytes(effect.size)
    if isinstance(effect, Tell):
        seen.shown.append(SHOWN[effect.message])
    return None


def device(kind: str = "22", can: int = 0xF9) -> Device:
    return Device(type=kind, capabilities=Hex(bytes((0xE0, can, 0xC8))))


def configured(given: Any) -> Config:
    """The kernel's configuration for a reference's `Setting`."""
    return Config(
        device=device(given.terminal_type, given.can),
        applications=(Application(AID, online_pin=given.online_pin),),
        options=Options(
            pin_bypass=given.bypass_allowed, bypass_all=given.bypass_holds, get_pin_try_counter=given.asks_counter
        ),
    )


def verified(given: Any, play: Play, config: Config) -> Seen:
    """The kernel's cardholder verification for a reference's `Setting`."""
    tx = Transaction(config, Request(Service[given.service.upper()], given.amount, given.other))
    tx.chosen = Candidate(AID, config.applications[0], "", 1, False)
    tx.aip = Aip(given.aip << 8)
    keep = tx.store.keep
    if given.rules is not None:
        keep(tags.CVM_LIST, given.rules, "record 1.1")
    if given.same_currency:
        keep(tags.APPLICATION_CURRENCY, b"\x01\x56", "record 1.1")
    if play.matches is not None:
        keep(pboc.DOCUMENT_NUMBER, b"110101", "record 1.1")
        keep(pboc.DOCUMENT_TYPE, b"\x00", "record 1.1")
    tx.icc_key = KEY if play.key else None
    seen = Seen(tx, [], [])
    flow = verify_cardholder(tx)
    said: Any = None
    try:
        while True:
            effect = flow.send(said)
            try:
                said = answer(effect, play, seen)
            except Ended:
                flow.throw(Cancelled("cancelled"))
    except StopIteration:
        return seen
    except JinkaError:
        seen.ended = True
        return seen
