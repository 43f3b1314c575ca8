"""Parameters: the CA key and AID records a UnionPay host downloads, as TLV (JR/T 0025 terminal parameters).

A CA key record holds 9F06 RID, 9F22 index, DF05 expiry, DF06 hash, DF07 algorithm, DF02 modulus, DF04 exponent, DF03
checksum. An AID record holds 9F06 AID, DF01 selection, 9F08 version, DF11-DF13 action codes, 9F1B floor limit, DF15
threshold, DF16/DF17 percentages, DF14 default DDOL, DF18 online PIN, 9F7B electronic cash limit and DF19-DF22 for the
contactless interface.

Hosts differ. What is accepted beyond the rule is listed at `Reading` and `load_parameters`; each deviation that was
repaired becomes a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from os import PathLike
from pathlib import Path

from jinka.kernel import sanity
from jinka.kernel.config import Application, CaKey, Hex, KeyAlgorithm
from jinka.kernel.data import formats, tlv
from jinka.kernel.errors import ConfigError, MalformedData


@dataclass(frozen=True, slots=True)
class Reading:
    """How a host writes its records, where hosts disagree.

    asi00_is_partial: DF01 00 allows a longer DF name on the card and 01 asks for an exact match (else the reverse).
    floor_limit_bcd: 9F1B is BCD digits (else a binary number).
    df19_is_floor_limit: DF19 is the contactless floor limit and DF20 the transaction limit (else the reverse).
    """

    asi00_is_partial: bool = True
    floor_limit_bcd: bool = False
    df19_is_floor_limit: bool = True


@dataclass(frozen=True, slots=True)
class ContactlessLimits:
    """The contactless limits of an AID record, in minor units; None when the record does not hold one."""

    aid: Hex
    floor: int | None = None
    transaction: int | None = None
    cvm: int | None = None
    on_device: int | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a file of records holds; of two records for the same thing the last one is kept."""

    applications: tuple[Application, ...] = ()
    keys: tuple[CaKey, ...] = ()
    contactless: tuple[ContactlessLimits, ...] = ()
    warnings: tuple[str, ...] = ()


class _Record:
    """The objects of one record, and the place errors and warnings name."""

    def __init__(self, raw: bytes, file: str, place: str, warnings: list[str] | None) -> None:
        self.file, self.place = file, place
        self.warnings = warnings if warnings is not None else []
        try:
            self.held = {node.tag: node.value for node in tlv.scan(raw)}
        except MalformedData as fault:
            raise ConfigError(f"not TLV: {fault.reason}", file=file, key=place) from None

    def fault(self, tag: int, reason: str) -> ConfigError:
        return ConfigError(reason, file=self.file, key=" ".join(part for part in (self.place, f"{tag:04X}") if part))

    def warn(self, tag: int, reason: str) -> None:
        self.warnings.append(str(self.fault(tag, reason)))

    def need(self, tag: int, what: str) -> bytes:
        if tag not in self.held:
            raise self.fault(tag, f"the record has no {what}")
        return self.held[tag]

    def amount(self, tag: int) -> int | None:
        if tag not in self.held:
            return None
        try:
            return formats.number(self.held[tag])
        except MalformedData:
            raise self.fault(tag, "an amount in BCD is expected") from None

    def code(self, tag: int, length: int, default: bytes) -> Hex:
        value = self.held.get(tag, default)
        if len(value) != length:
            raise self.fault(tag, f"{length} bytes are expected, not {len(value)}")
        return Hex(value)

    def percentage(self, tag: int) -> int:
        value = self.held.get(tag, b"\0")
        if len(value) != 1 or not value.hex().isdigit():
            raise self.fault(tag, "a percentage of two BCD digits is expected")
        return formats.number(value)

    def flag(self, tag: int, default: int) -> bool:
        value = self.held.get(tag, bytes((default,)))
        if value not in (b"\0", b"\1"):
            raise self.fault(tag, f"00 or 01 is expected, not {value.hex().upper() or 'nothing'}")
        return value == b"\1"

    def refuse(self, problems: Iterator[tuple[str, str]], tags: dict[str, int]) -> None:
        for name, reason in problems:
            raise self.fault(tags.get(name, 0x9F06), reason)


def is_key(raw: bytes) -> bool:
    """Whether a record is one of a CA key: it has an index and no AID parameters."""
    try:
        return any(node.tag == 0x9F22 for node in tlv.scan(raw))
    except MalformedData:
        return False


def ca_key(
    raw: bytes, *, file: str = "", place: str = "", warnings: list[str] | None = None
) -> CaKey:
    """A CA key record. DF05 is 4 bytes of BCD or 8 ASCII digits, YYYYMMDD; all zeros or absent: it never expires.
    Raises `ConfigError`, also when the checksum is wrong."""
    record = _Record(raw, file, place, warnings)
    index = record.need(0x9F22, "key index")
    if len(index) != 1:
        raise record.fault(0x9F22, f"an index has 1 byte, not {len(index)}")
    algorithm = record.held.get(0xDF07, b"\x01")
    if algorithm not in (b"\x01", b"\x04"):
        raise record.fault(0xDF07, f"01 (RSA) or 04 (SM2) is expected, not {algorithm.hex().upper()}")
    sm2 = algorithm == b"\x04"
    modulus = record.need(0xDF02, "modulus")
    if not sm2 and len(modulus) == 64 and 0xDF04 not in record.held:
        raise record.fault(0xDF07, "the record looks like an SM2 key but says RSA")
    exponent = b"" if sm2 else record.need(0xDF04, "exponent").lstrip(b"\0")
    if not sm2 and exponent != record.held[0xDF04]:
        record.warn(0xDF04, "zeros before the exponent dropped")
    key = CaKey(
        rid=Hex(record.need(0x9F06, "RID")),
        index=index[0],
        modulus=Hex(modulus),
        exponent=Hex(exponent),
        algorithm=KeyAlgorithm.SM2 if sm2 else KeyAlgorithm.RSA,
        expiry=_expiry(record),
        checksum=Hex(record.held.get(0xDF03, b"")),
    )
    tags = {"rid": 0x9F06, "modulus": 0xDF02, "exponent": 0xDF04, "checksum": 0xDF03}
    record.refuse(sanity.key_problems(key), tags)
    for name, doubt in sanity.key_doubts(key):
        record.warn(tags[name], doubt)
    return key


def _expiry(record: _Record) -> date | None:
    raw = record.held.get(0xDF05, b"")
    text = raw.decode("ascii", "replace") if len(raw) == 8 else raw.hex()
    if not text.strip("0"):
        return None
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise record.fault(0xDF05, "a date YYYYMMDD is expected, in 4 bytes of BCD or 8 ASCII digits")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise record.fault(0xDF05, f"there is no day {text}") from None


def application(
    raw: bytes,
    reading: Reading = Reading(),
    *,
    file: str = "",
    place: str = "",
    warnings: list[str] | None = None,
) -> tuple[Application, ContactlessLimits]:
    """An AID record. A DF14 that is only `9F37` gets the length it lacks. Raises `ConfigError`."""
    record = _Record(raw, file, place, warnings)
    held = record.held
    floor = held.get(0x9F1B, bytes(4))
    if len(floor) != 4 or (reading.floor_limit_bcd and not floor.hex().isdigit()):
        raise record.fault(0x9F1B, f"{'8 digits of BCD' if reading.floor_limit_bcd else '4 bytes'} are expected")
    if 0x9F1B in held and not reading.floor_limit_bcd and floor.hex().isdigit() and int(floor.hex()) >= 100_000:
        record.warn(0x9F1B, f"{floor.hex()} is read as a binary number; if the host sends BCD, set floor_limit_bcd")
    ddol = held.get(0xDF14, b"\x9f\x37\x04")
    if ddol == b"\x9f\x37":
        record.warn(0xDF14, "9F37 without its length is read as 9F3704")
        ddol = b"\x9f\x37\x04"
    aid = Hex(record.need(0x9F06, "AID"))
    made = Application(
        aid=aid,
        partial=record.flag(0xDF01, 0) is not reading.asi00_is_partial,
        version=record.code(0x9F08 if 0x9F08 in held else 0x9F09, 2, b"\x00\x30"),
        floor_limit=int(floor.hex()) if reading.floor_limit_bcd else int.from_bytes(floor, "big"),
        threshold=int.from_bytes(record.code(0xDF15, 4, bytes(4)), "big"),
        target=record.percentage(0xDF17),
        max_target=record.percentage(0xDF16),
        tac_default=record.code(0xDF11, 5, bytes(5)),
        tac_online=record.code(0xDF12, 5, bytes(5)),
        tac_denial=record.code(0xDF13, 5, bytes(5)),
        default_ddol=Hex(ddol),
        online_pin=record.flag(0xDF18, 1),
        cash_limit=record.amount(0x9F7B),
    )
    record.refuse(
        sanity.application_problems(made),
        {"target": 0xDF17, "max_target": 0xDF16, "default_ddol": 0xDF14, "cash_limit": 0x9F7B},
    )
    low, high = record.amount(0xDF19), record.amount(0xDF20)
    if not reading.df19_is_floor_limit:
        low, high = high, low
    return made, ContactlessLimits(aid, low, high, record.amount(0xDF21), record.amount(0xDF22))


def load_parameters(path: str | PathLike[str], reading: Reading = Reading()) -> Parameters:
    """Reads a text file with one record per line, in hexadecimal of either case.

    Empty lines and what follows a `#` are skipped; blanks, quotes and a comma at the end are dropped, because such
    lists are copied from programs. CA key and AID records may be mixed. Raises `ConfigError` with the line number.
    """
    gathered = _Lists()
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError as fault:
        raise ConfigError(fault.strerror or str(fault), file=str(path)) from None
    except UnicodeDecodeError as fault:
        raise ConfigError(f"not UTF-8 at byte {fault.start}", file=str(path)) from None
    for number, line in enumerate(lines, 1):
        text, place = line.partition("#")[0].strip(" \t,;\"'"), f"line {number}"
        if not text:
            continue
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            raise ConfigError("not hexadecimal digits in pairs", file=str(path), key=place) from None
        gathered.take(raw, reading, str(path), place)
    return Parameters(
        tuple(gathered.applications.values()),
        tuple(gathered.keys.values()),
        tuple(gathered.contactless.values()),
        tuple(gathered.warnings),
    )


@dataclass(slots=True)
class _Lists:
    applications: dict[bytes, Application] = field(default_factory=dict)
    keys: dict[tuple[bytes, int, int], CaKey] = field(default_factory=dict)
    contactless: dict[bytes, ContactlessLimits] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def take(self, raw: bytes, reading: Reading, file: str, place: str) -> None:
        if is_key(raw):
            key = ca_key(raw, file=file, place=place, warnings=self.warnings)
            self.keys[bytes(key.rid), key.index, key.algorithm] = key
            return
        made, limits = application(raw, reading, file=file, place=place, warnings=self.warnings)
        if made.aid in self.applications:
            self.warnings.append(f"{file}: {place}: AID {made.aid.hex().upper()} occurs again; the last record is used")
        self.applications[bytes(made.aid)] = made
        self.contactless[bytes(made.aid)] = limits
