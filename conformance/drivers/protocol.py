"""Protocol 1 between the suite and a driver: JSON-RPC 2.0, one object a line, UTF-8, over stdio or TCP.

`DRIVER.md` tells it in order; here are the messages, for both sides. Byte strings are hexadecimal text, data objects are
`{"9F02": "000000001000"}`, amounts are whole minor units. Members and notifications a side does not know are passed over,
so that a later minor revision disturbs nobody; a change that would is another `VERSION`.
"""

from datetime import date
from enum import Enum
from typing import Any, TypeVar

import msgspec
from jinka.conformance.subject import Show
from jinka.kernel.config import Hex
from jinka.kernel.effects import Record, RecordKind
from jinka.kernel.errors import Cancelled, CardRemoved, JinkaError, LinkTimeout, ReaderError
from jinka.kernel.outcome import Outcome, Verdict

VERSION = 1

# JSON-RPC's own error codes, then ours.
UNREADABLE, NO_REQUEST, NO_METHOD, WRONG_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
OUT_OF_ORDER, UNABLE, OTHER_VERSION, ABORTED = -32000, -32001, -32002, -32003
CANCELLED, CARD_GONE, CARD_MUTE, READER_FAILED = -32010, -32020, -32021, -32022

# What a person or a card may do travels as an error and is an exception on either side.
FAULTS: dict[int, type[JinkaError]] = {
    CANCELLED: Cancelled,
    CARD_GONE: CardRemoved,
    CARD_MUTE: LinkTimeout,
    READER_FAILED: ReaderError,
}

T = TypeVar("T")


class RpcError(JinkaError):
    """An error answer: its code, a sentence, and whatever else belongs to it."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        self.code, self.data = code, data
        super().__init__(f"{message} ({code})")
        self.message = message


class Nothing(msgspec.Struct, frozen=True):
    """Params of a request that needs none."""


# --- the suite asks ---------------------------------------------------------------------------------------------


class Hello(msgspec.Struct, frozen=True):
    """`hello`: the first request on a line."""

    protocol: int
    suite: str


class Greeting(msgspec.Struct, frozen=True):
    """Its result. `can` names what the terminal shows or takes (`Show`), `card` how a card may come to it."""

    protocol: int
    name: str
    version: str
    can: list[str]
    card: list[str]

    @property
    def shows(self) -> frozenset[Show]:
        """Names that this suite does not know are passed over."""
        known = {show.value for show in Show}
        return frozenset(Show(name) for name in self.can if name in known)


class Configure(msgspec.Struct, frozen=True):
    """`configure`: what the terminal must be like from now on, with an empty memory (`terminal.py`)."""

    terminal: dict[str, Any]
    card: str = "rpc"
    reader: str = ""


class Configured(msgspec.Struct, frozen=True):
    """Its result. `unable` are the paths that could not be set, such as `applications.default_tdol`."""

    unable: list[str] = []


class Start(msgspec.Struct, frozen=True):
    """`start`: a transaction; the result, an `Ended`, comes when it is over."""

    type: str
    amount: int = 0
    other: int = 0
    currency: str = "0156"
    forced_online: bool = False
    services: bool = False

    @property
    def service(self) -> str:
        """The type, as a case calls it."""
        return self.type


class Ended(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it ended. What stands in `can` is there, null never means zero; the rest may be left out. A reversal that is
    not spoken of is owed when one was recorded."""

    verdict: str | None = None
    reason: str = ""
    arc: str | None = None
    tvr: str | None = None
    tsi: str | None = None
    cvm: str | None = None
    scripts: str | None = None
    signature: bool | None = None
    reversal: bool | None = None
    online: bool = False
    advice: bool = False
    fallback: bool = False
    balance: int | None = None
    approval_code: str = ""
    aid: str = ""
    label: str = ""
    pan: str = ""
    tags: dict[str, str] | None = None


# --- the driver asks --------------------------------------------------------------------------------------------


class Pin(msgspec.Struct, frozen=True, omit_defaults=True):
    """`pin`: a person enters a PIN. `pan` is needed for an online PIN, whose block the suite's PIN pad makes."""

    kind: str
    tries: int | None = None
    pan: str = ""
    amount: int = 0
    language: str = ""


class PinEntered(msgspec.Struct, frozen=True):
    """Its result: `entered`, `bypassed` or `no pin pad`; digits for the card or a block for the host."""

    state: str
    pin: str = ""
    block: str = ""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line to choose from."""

    label: str
    aid: str = ""


class Choose(msgspec.Struct, frozen=True, omit_defaults=True):
    """`choose`: a question to the person in front, by the names of `effects.Question`."""

    question: str
    options: list[Line]
    language: str = ""


class Chosen(msgspec.Struct, frozen=True):
    """Its result: an index, or null for none of them."""

    index: int | None


class Online(msgspec.Struct, frozen=True, omit_defaults=True):
    """`online`: an authorisation request. `chip` is field 55."""

    type: str
    amount: int
    chip: dict[str, str]
    other: int = 0
    currency: str = "0156"
    pan: str = ""
    pan_sequence: int | None = None
    expiry: str = ""
    track2: str = ""
    entry_mode: str = "051"
    pin_block: str = ""
    reference: str = ""


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """Its result: `arc` with what may come with it (91; whole 71 and 72 templates), or why the host was not reached
    and whether the request had left."""

    arc: str = ""
    issuer_data: str = ""
    scripts: list[str] = []
    approval_code: str = ""
    amount: int | None = None
    balance: int | None = None
    unreachable: str = ""
    sent: bool = False


class CardReset(msgspec.Struct, frozen=True, omit_defaults=True):
    """`card/reset`: power, or a warm reset. Result `Atr`."""

    cold: bool = True


class Atr(msgspec.Struct, frozen=True):
    """Answer to reset."""

    atr: str


class CardTransmit(msgspec.Struct, frozen=True, omit_defaults=True):
    """`card/transmit`: one short command APDU. Result: the response as the card gave it, 61xx and 6Cxx included."""

    apdu: str


class CardAnswered(msgspec.Struct, frozen=True):
    """A response APDU and the card's time in seconds."""

    apdu: str
    elapsed: float = 0.0


class ClockRead(msgspec.Struct, frozen=True):
    """Result of `clock`: local time, ISO 8601."""

    now: str


class RandomAsked(msgspec.Struct, frozen=True, omit_defaults=True):
    """`random`: so many unpredictable bytes, and what for: the tag, `9F37`, or a word."""

    size: int
    purpose: str = ""


class RandomDrawn(msgspec.Struct, frozen=True):
    """Its result."""

    bytes: str


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """`tell`: a message on the display, by the names of `effects.Message`; `language` is what it is shown in."""

    message: str
    detail: int | None = None
    language: str = ""


class Recorded(msgspec.Struct, frozen=True, omit_defaults=True):
    """`record`: something is stored: `sale`, `reversal` or `advice`; our own kernel tells more."""

    kind: str
    reference: str = ""
    fields: dict[str, int | str] = {}
    chip: dict[str, str] = {}


class Stage(msgspec.Struct, frozen=True, omit_defaults=True):
    """`reached`: a stage of the transaction is done, by the names of `effects.Step`. For the story told afterwards."""

    step: str
    tvr: str = ""
    tsi: str = ""
    cvm: str = ""
    note: str = ""


class Logged(msgspec.Struct, frozen=True, omit_defaults=True):
    """`log`: a line for whoever looks for a fault."""

    text: str


# --- values -----------------------------------------------------------------------------------------------------


def to_plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_plain(entry) for entry in value]
    return value


def from_plain(value: Any, kind: type[T]) -> T:
    """And back. Raises `RpcError` that names the member."""
    try:
        return msgspec.convert(value, kind, dec_hook=_hook)
    except msgspec.ValidationError as fault:
        raise RpcError(WRONG_PARAMS, str(fault)) from None


def _hook(kind: type, value: Any) -> Any:
    if kind is Hex:
        try:
            return Hex.fromhex(value)
        except (TypeError, ValueError):
            raise ValueError(f"hexadecimal text is expected, not {value!r}") from None
    raise NotImplementedError(kind)


def unhex(text: str) -> bytes:
    """Hexadecimal text. Raises `RpcError`."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise RpcError(WRONG_PARAMS, f"hexadecimal text is expected, not {text[:40]!r}") from None


def named(kind: type[T], name: str) -> T:
    """A member of an enumeration, by name or by value. Raises `RpcError`."""
    members: Any = kind
    found = members.__members__.get(name)
    if found is None:
        found = next((member for member in members if member.value == name), None)
    if found is None:
        raise RpcError(WRONG_PARAMS, f"there is no {members.__name__.lower()} {name!r}")
    return found  # type: ignore[no-any-return]


def objects(held: dict[str, str]) -> tuple[tuple[int, bytes], ...]:
    """Data objects from hexadecimal texts."""
    return tuple((int.from_bytes(unhex(tag), "big"), unhex(text)) for tag, text in held.items())


def shown(held: tuple[tuple[int, bytes], ...]) -> dict[str, str]:
    """Data objects as hexadecimal texts."""
    return {f"{tag:X}": value.hex().upper() for tag, value in held}


# What an outcome must have for a driver that says it can show it.
MEMBERS = {
    Show.VERDICT: "verdict",
    Show.ARC: "arc",
    Show.TVR: "tvr",
    Show.TSI: "tsi",
    Show.CVM: "cvm",
    Show.SIGNATURE: "signature",
    Show.SCRIPTS: "scripts",
    Show.TAGS: "tags",
}


def ended(outcome: Outcome) -> Ended:
    """Our kernel's outcome as a driver tells it."""
    return Ended(
        verdict=outcome.verdict.value,
        reason=outcome.reason,
        arc=outcome.arc,
        tvr=to_plain(outcome.tvr),
        tsi=to_plain(outcome.tsi),
        cvm=to_plain(outcome.cvm_results),
        scripts=to_plain(outcome.script_results),
        signature=outcome.signature,
        reversal=outcome.reversal,
        online=outcome.online,
        advice=outcome.advice,
        fallback=outcome.fallback,
        balance=outcome.balance,
        approval_code=outcome.approval_code,
        aid=to_plain(outcome.aid),
        label=outcome.label,
        pan=outcome.pan,
        tags=shown(outcome.data),
    )


def outcome(told: Ended, service: str, amount: int, *, recorded: bool = False) -> Outcome:
    """What a driver tells as an outcome; `recorded` says that a reversal was.

    What it does not tell is empty: `Evidence.lacks` says so to the judge."""
    return Outcome(
        Verdict.COMPLETED if told.verdict is None else named(Verdict, told.verdict),
        reason=told.reason,
        service=service,
        amount=amount,
        arc=told.arc or "",
        tvr=_sized(told.tvr, 5, "tvr"),
        tsi=_sized(told.tsi, 2, "tsi"),
        cvm_results=_sized(told.cvm, 3, "cvm"),
        script_results=unhex(told.scripts or ""),
        signature=bool(told.signature),
        reversal=recorded if told.reversal is None else told.reversal,
        online=told.online,
        advice=told.advice,
        fallback=told.fallback,
        balance=told.balance,
        approval_code=told.approval_code,
        aid=unhex(told.aid),
        label=told.label,
        pan=told.pan,
        data=objects(told.tags or {}),
    )


def _sized(text: str | None, size: int, name: str) -> bytes:
    value = bytes(size) if text is None else unhex(text)
    if len(value) != size:
        raise RpcError(WRONG_PARAMS, f"{name} has {size} bytes, not {len(value)}")
    return value


def record(told: Recorded) -> Record:
    """A stored record from its notification."""
    return Record(named(RecordKind, told.kind), told.reference, tuple(told.fields.items()), objects(told.chip))
