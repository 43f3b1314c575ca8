"""Transaction: what the steps of one transaction read and write."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from jinka.kernel.config import Application, Config, Device, Options
from jinka.kernel.crypto.recover import PublicKey
from jinka.kernel.data import dol, formats, tags
from jinka.kernel.data.dictionary import Dictionary, Source
from jinka.kernel.data.fields import Aip, Cid, Cryptogram, Tsi, Tvr
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.data.store import Store
from jinka.kernel.effects import Authorisation, Message, Option, RecordKind, Service, Snapshot, Tell, Unreachable
from jinka.kernel.errors import MissingData
from jinka.kernel.secret import Secret


@dataclass(frozen=True, slots=True)
class Request:
    """What the merchant asks for. Amounts in minor units; `amount` includes `other_amount` (the cashback).

    `services`: services rather than goods, for the usage control. `forced_online`: the attendant forces it online.
    """

    service: Service
    amount: int = 0
    other_amount: int = 0
    services: bool = False
    forced_online: bool = False


class Candidate(NamedTuple):
    """An application both sides support. `aid` is the card's full DF name; `priority` 1 is highest, 0 is none."""

    aid: bytes
    application: Application
    label: str
    priority: int
    confirm: bool

    def option(self) -> Option:
        """The line a person chooses from."""
        return Option(self.label, self.aid)


class Oda(Enum):
    """Offline data authentication methods."""

    NONE = "none"
    SDA = "SDA"
    DDA = "DDA"
    CDA = "CDA"


@dataclass(slots=True)
class Answer:
    """What a GENERATE AC gave: `cid`, `atc` (2 bytes), `cryptogram` (8), `iad` (0-32). `forged` says that the CDA
    signature asked for with it is missing or wrong."""

    cid: Cid
    atc: bytes
    cryptogram: bytes
    iad: bytes
    forged: bool = False

    @property
    def kind(self) -> Cryptogram:
        """AAC, TC or ARQC."""
        return self.cid.type


@dataclass(slots=True)
class Transaction:
    """One transaction from the entry of the amount to the outcome. The fields stand in the order they are filled.

    `open` is the kind of the record that a restart would find unclosed: INTENT or UNCERTAIN. `static` is None when a
    flagged record cannot be part of the static data. `cash_balance` is the electronic cash balance before, in minor
    units. `language` is what persons are spoken to: the terminal's first one until a card prefers another.
    """

    config: Config
    request: Request
    dictionary: Dictionary = field(default_factory=lambda: PBOC)
    store: Store = field(init=False)
    now: datetime = datetime.min
    sequence: int = 0
    reference: str = ""

    language: str = field(init=False)
    candidates: list[Candidate] = field(default_factory=list)
    chosen: Candidate | None = None
    tvr: Tvr = Tvr(0)
    tsi: Tsi = Tsi(0)
    cvm_results: bytes = b"\x3f\x00\x00"
    pdol_data: bytes = b""
    aip: Aip = Aip(0)
    afl: bytes = b""
    pan: str = ""
    expiry: date = date.min
    static: bytes | None = b""

    oda: Oda = Oda.NONE
    issuer_key: PublicKey | None = None
    icc_key: PublicKey | None = None
    signature: bool = False
    pin_block: Secret | None = None
    bypassed: bool = False
    cash: bool = False
    cash_balance: int | None = None

    asked: Cryptogram = Cryptogram.AAC
    cdol1_data: bytes = b""
    first: Answer | None = None
    second: Answer | None = None
    reply: Authorisation | Unreachable | None = None
    online: bool = False
    approved_online: bool = False
    arc: str = ""
    script_results: bytes = b""
    advice: bool = False
    reversed: bool = False
    open: RecordKind | None = None

    def __post_init__(self) -> None:
        self.store = Store(self.dictionary)
        self.language = self.device.languages[0] if self.device.languages else ""

    @property
    def device(self) -> Device:
        """The terminal itself."""
        return self.config.device

    @property
    def options(self) -> Options:
        """The terminal's declared behaviour."""
        return self.config.options

    @property
    def application(self) -> Application:
        """The terminal's parameters for the application chosen; an empty set before selection."""
        return self.chosen.application if self.chosen is not None else _NONE

    @property
    def today(self) -> date:
        """The terminal's date."""
        return self.now.date()

    def value(self, tag: int) -> bytes | None:
        """A data object as it stands now: what a DOL is filled from."""
        if tag == tags.TVR:
            return bytes(self.tvr)
        if tag == tags.TSI:
            return bytes(self.tsi)
        if tag == tags.CVM_RESULTS:
            return self.cvm_results
        return self.store.get(tag)

    def need(self, tag: int, where: str = "records") -> bytes:
        """A mandatory data object. Raises `MissingData`."""
        found = self.store.get(tag)
        if found is None:
            raise MissingData(tag, where)
        return found

    def fill(self, raw: bytes, what: str) -> bytes:
        """Fills a data object list with the values of now."""
        return dol.fill(dol.parse(raw, what), self.value, self.dictionary)

    def put_terminal(self, tag: int, value: bytes) -> None:
        """Sets terminal data."""
        self.store.put(tag, value, Source.TERMINAL, "terminal")

    def tell(self, message: Message, detail: int | None = None) -> Tell:
        """A message in the transaction's language."""
        return Tell(message, detail, self.language)

    def prefer(self, languages: bytes | None) -> None:
        """Takes the first language of a card's list 5F2D that the terminal has, in either case of letters.

        # spec: emv-b4/11.1. A list that names none of them, or is none, changes nothing.
        """
        text = (languages or b"").decode("ascii", "replace").lower()
        wanted = [text[at : at + 2] for at in range(0, len(text), 2)]
        self.language = next((code for code in wanted if code in self.device.languages), self.language)

    def snapshot(self, note: str = "") -> Snapshot:
        """What a trace shows of this moment."""
        return Snapshot(bytes(self.tvr), bytes(self.tsi), self.cvm_results, note)

    @property
    def granted(self) -> int:
        """The amount that counts: what was asked for, or the smaller one that the issuer approved."""
        reply = self.reply
        part = reply.amount if isinstance(reply, Authorisation) and self.approved_online else None
        return min(part, self.request.amount) if part is not None and 0 < part else self.request.amount

    @property
    def pan_sequence(self) -> int | None:
        """The PAN sequence number, None when the card has none."""
        raw = self.store.get(tags.PAN_SEQUENCE)
        return formats.number(raw, "5F34") if raw is not None else None

    @property
    def secret_pan(self) -> Secret:
        """The PAN for the host and the ledger, in ASCII digits."""
        return Secret(self.pan.encode())


_NONE = Application(aid=b"")  # type: ignore[arg-type]
