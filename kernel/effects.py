"""Effects: the closed list of what a flow may ask of the world.

`await` in this kernel is NOT asyncio. A flow is an `async def` coroutine that awaits one of the effects below; the
driver answers it with `send`, or throws a `LinkFault` or `Cancelled` in at that point. `await` was chosen over `yield
from` because `mypy --strict` with `unused-awaitable` turns a forgotten `await` into an error and types every answer,
while a forgotten `yield from` silently skips a step: in a payment kernel a skipped cardholder verification is the worst
bug there is. Running a flow under asyncio by mistake is refused by asyncio at once.

Effects are plain frozen data: no call-backs, handles or open files, so that a run can be journalled, replayed and
played by a person at the REPL. A new effect touches every world and needs a written reason.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar, cast

from jinka.kernel.apdu import Command, Response
from jinka.kernel.secret import Secret

R = TypeVar("R")


class Effect(Generic[R]):
    """Something a flow asks for; `await` gives the answer, of type R."""

    __slots__ = ()

    def __await__(self) -> "Generator[Effect[Any], Any, R]":
        return cast(R, (yield self))


class Slot(Enum):
    """Where a card sits: the cardholder's slot or one of the SAM slots."""

    CARD = 0
    SAM1 = 1
    SAM2 = 2
    SAM3 = 3
    SAM4 = 4


@dataclass(frozen=True, slots=True)
class Transmit(Effect[Response]):
    """One command APDU to the card in `slot`. 61xx, 6Cxx and chaining are handled above, in `card/exchange.py`."""

    command: Command
    slot: Slot = Slot.CARD


# --- the cardholder and the attendant ---------------------------------------------------------------------------


class PinKind(Enum):
    """Who will check the PIN: the card or the issuer."""

    OFFLINE = "offline"
    ONLINE = "online"


class PinState(Enum):
    """How a PIN entry ended. A cancel of the whole transaction is the exception `Cancelled`."""

    ENTERED = "entered"
    BYPASSED = "bypassed"
    NO_PIN_PAD = "no pin pad"


@dataclass(frozen=True, slots=True)
class PinEntry:
    """The answer to `AskPin`.

    `pin` is the digits in ASCII (4 to 12) for an offline PIN; for an online PIN it is the block as the PIN pad
    enciphered it, which the kernel hands on unread.
    """

    state: PinState
    pin: Secret | None = None


@dataclass(frozen=True, slots=True)
class AskPin(Effect[PinEntry]):
    """Ask for a PIN. `tries` is what the card says is left (None: unknown); `pan` lets a PIN pad build a format 0
    block (ISO 9564-1) for an online PIN; `amount` in minor units is shown beside the prompt. `language`: see `Tell`."""

    kind: PinKind
    tries: int | None = None
    pan: Secret | None = None
    amount: int = 0
    language: str = ""


class Question(Enum):
    """What an `AskChoice` is about."""

    APPLICATION = "choose an application"
    CONFIRM = "use this application?"
    IDENTITY_DOCUMENT = "does the identity document match?"
    REFERRAL = "the issuer asks for a call: approve?"
    SIGNATURE = "does the signature match?"


@dataclass(frozen=True, slots=True)
class Option:
    """One line to choose from: the text to show and, for an application, its AID."""

    label: str
    aid: bytes = b""


@dataclass(frozen=True, slots=True)
class AskChoice(Effect[int | None]):
    """Ask the person in front; the answer is the index of an option, or None for "none of these". `language`: see
    `Tell`."""

    question: Question
    options: tuple[Option, ...]
    language: str = ""


class Message(Enum):
    """The standard messages of EMV 4.4 Book 4 clause 11.2; the words are the face's affair."""

    WELCOME = 0x14
    AMOUNT = 0x01
    APPROVED = 0x03
    DECLINED = 0x07
    NOT_ACCEPTED = 0x0C
    CARD_ERROR = 0x06
    PROCESSING = 0x16
    PROCESSING_ERROR = 0x0F
    ENTER_PIN = 0x09
    INCORRECT_PIN = 0x0A
    PIN_OK = 0x0B
    LAST_PIN_TRY = 0x22
    TRY_AGAIN = 0x13
    INSERT_CARD = 0x12
    REMOVE_CARD = 0x10
    USE_CHIP_READER = 0x11
    USE_MAGSTRIPE = 0x1C
    CALL_YOUR_BANK = 0x05
    CANCEL_OR_ENTER = 0x02
    PLEASE_WAIT = 0x0E
    CARD_BLOCKED = 0x23
    SIGN = 0x1A


@dataclass(frozen=True, slots=True)
class Tell(Effect[None]):
    """Show a message; `detail` is a value the words may need, such as the tries left. `language` (ISO 639, two small
    letters) is the one the cardholder prefers among those the terminal has (EMV 4.4 Book 4 clause 11.1); empty leaves
    it to the face."""

    message: Message
    detail: int | None = None
    language: str = ""


# --- the host ---------------------------------------------------------------------------------------------------


class Service(Enum):
    """What the cardholder came for; the value is tag 9C, the first two digits of the ISO 8583 processing code."""

    PURCHASE = 0x00
    CASH = 0x01
    CASHBACK = 0x09
    REFUND = 0x20
    BALANCE = 0x31
    LOAD = 0x60
    LOAD_OTHER_ACCOUNT = 0x62
    LOAD_CASH = 0x63


@dataclass(frozen=True, slots=True)
class OnlineRequest:
    """What goes to the acquirer for an authorisation. Amounts in minor units; `chip` is field 55 as (tag, value)."""

    reference: str
    service: Service
    amount: int
    other_amount: int
    currency: int
    pan: Secret
    pan_sequence: int | None
    expiry: str
    track2: Secret | None
    entry_mode: str
    pin_block: Secret | None
    chip: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The issuer's answer: `arc` is tag 8A (2 ASCII characters), `issuer_data` tag 91, `scripts` whole 71/72
    templates in the order received. Amounts in minor units."""

    arc: str
    issuer_data: bytes = b""
    scripts: tuple[bytes, ...] = ()
    approval_code: str = ""
    amount: int | None = None
    balance: int | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No usable answer. `sent` says that the request may have reached the host: then it must be reversed."""

    reason: str
    sent: bool


@dataclass(frozen=True, slots=True)
class GoOnline(Effect["Authorisation | Unreachable"]):
    """Ask the issuer. The stock answer is `jinka.kernel.acquirer`."""

    request: OnlineRequest


# --- memory -----------------------------------------------------------------------------------------------------


class RecordKind(Enum):
    """What a record means for the money.

    INTENT: an online request is about to leave; until it is closed, a restart owes the host a reversal.
    REVERSAL: the host may have approved what did not happen: it must be told. SALE: money moved, capture it.
    ADVICE: the host wants to know. CLOSED: nothing is owed. COUNTER: a number to keep.
    UNCERTAIN: card and terminal may differ; the fields say what is known.
    """

    INTENT = "intent"
    REVERSAL = "reversal"
    SALE = "sale"
    ADVICE = "advice"
    CLOSED = "closed"
    COUNTER = "counter"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Record:
    """Something to keep across a power cut.

    `reference` names the transaction; a later record of the same reference supersedes an earlier one. `fields` are
    plain values; `chip` holds data objects as (tag, value), never a PIN, track 2 or a whole PAN: `pan` travels as a
    Secret from which a ledger keeps first six, last four and a keyed hash.
    """

    kind: RecordKind
    reference: str
    fields: tuple[tuple[str, int | str], ...] = ()
    chip: tuple[tuple[int, bytes], ...] = ()
    pan: Secret | None = None

    def get(self, name: str) -> int | str | None:
        """The field of that name, or None."""
        for key, value in self.fields:
            if key == name:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Remember(Effect[None]):
    """Keep a record. It is durable before the answer comes: what moves money waits for it."""

    record: Record


class Memory(Enum):
    """What can be recalled."""

    COUNTER = "counter"      # key: the counter's name; the record's field "value"
    LAST_SALE = "last sale"  # key: PAN and PSN; the record's field "amount", for split sales
    HOT_LIST = "hot list"    # key: PAN and PSN; a record when the card is on the exception file


@dataclass(frozen=True, slots=True)
class Recall(Effect[Record | None]):
    """Look something up. `name` for a counter; `pan` and `pan_sequence` for what is kept by card."""

    memory: Memory
    name: str = ""
    pan: Secret | None = None
    pan_sequence: int | None = None


# --- hidden inputs, made visible --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Random(Effect[bytes]):
    """`size` unpredictable bytes; `purpose` says what for, so that a test can fix one and not another."""

    size: int
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Now(Effect[datetime]):
    """The terminal's date and time, local."""


class Step(Enum):
    """Milestones of a transaction, in order (EMV 4.4 Book 3 clause 8)."""

    START = "start"
    SELECTED = "application selected"
    INITIATED = "application initiated"
    READ = "records read"
    AUTHENTICATED = "offline data authentication"
    RESTRICTED = "processing restrictions"
    VERIFIED = "cardholder verification"
    RISK_MANAGED = "terminal risk management"
    DECIDED = "terminal action analysis"
    FIRST_AC = "first GENERATE AC"
    ONLINE = "online processing"
    ISSUER_AUTHENTICATED = "issuer authentication"
    SCRIPTS_BEFORE = "issuer scripts before the final GENERATE AC"
    SECOND_AC = "second GENERATE AC"
    SCRIPTS_AFTER = "issuer scripts after the final GENERATE AC"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a trace shows at a milestone: TVR (5 bytes), TSI (2), CVM results (3) and a word of explanation."""

    tvr: bytes = bytes(5)
    tsi: bytes = bytes(2)
    cvm_results: bytes = bytes(3)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reached(Effect[None]):
    """A milestone, for the trace, the REPL and the conformance suite. The driver answers at once."""

    step: Step
    snapshot: Snapshot = field(default_factory=Snapshot)
