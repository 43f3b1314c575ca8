"""Profile: a debit/credit application as a personality describes it, and the same with something changed.

Records and other data objects are tables of tag = value, see `simulator/objects.py`. PAN and sequence number are those
of 5A and 5F34 in the records; keys are derived from them.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_type_hints

import msgspec
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.formats import digits
from jinka.kernel.data.tlv import encode
from jinka.kernel.errors import ConfigError, MalformedData
from jinka.simulator.objects import REMOVED, Hex, Objects, read_tag

Asked = Literal["asked", "online", "AAC", "TC", "ARQC"]
P = TypeVar("P", bound="Profile")
IN_FCI = frozenset({tags.LABEL, tags.PREFERRED_NAME, tags.PRIORITY, tags.CODE_TABLE, tags.LANGUAGES, tags.PDOL})
IN_DISCRETIONARY = frozenset({tags.LOG_ENTRY, pboc.LOAD_LOG_ENTRY, pboc.SEGMENT_APPLICATION})
BY_GET_DATA = frozenset(
    {tags.LOG_FORMAT, pboc.LOAD_LOG_FORMAT, pboc.CARD_CURRENCY, pboc.DEFAULT_ACTION, pboc.OFFLINE_LIMIT_CURRENCY,
     pboc.CUMULATIVE_LIMIT, pboc.ISSUER_AUTHENTICATION_INDICATOR, pboc.ISSUER_COUNTRY_INTERNAL,
     pboc.LOWER_LIMIT_INTERNAL, pboc.UPPER_LIMIT_INTERNAL, pboc.CUMULATIVE_UPPER_LIMIT, pboc.AVAILABLE_OFFLINE,
     pboc.CARD_PROCESSES, pboc.CARD_CVM_LIMIT, pboc.RESET_THRESHOLD, pboc.OFFLINE_LIMIT_COUNTRY,
     pboc.CASH_BALANCE_LIMIT, pboc.CASH_SINGLE_LIMIT, pboc.CASH_BALANCE, pboc.SECOND_CURRENCY,
     pboc.SECOND_RESET_THRESHOLD, pboc.SECOND_BALANCE_LIMIT, pboc.SECOND_SINGLE_LIMIT, pboc.SECOND_BALANCE}
)  # fmt: skip
COUNTERS = {tags.ATC: "atc", tags.LAST_ONLINE_ATC: "last_online_atc", tags.PIN_TRY_COUNTER: "pin_tries"}
CERTIFICATES = ("issuer_cert", "icc_cert", "pin_cert", "ssad", "sdad", "combined")


class Signing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which keys of `simulator/data/authority.toml` sign what, and the plain fields of the certificates.

    `identifier`: 4 bytes, empty for the first eight digits of the PAN. Expiry dates are MMYY, serials 3 bytes, `code`
    is the data authentication code. `dynamic_number`: bytes in the ICC dynamic number (2 to 8).
    """

    authority: int = 0xF2
    issuer: str = "issuer-1152"
    icc: str = "icc-1024"
    pin: str = ""
    identifier: Hex = Hex()
    issuer_expiry: Hex = Hex.fromhex("1249")
    issuer_serial: Hex = Hex.fromhex("000001")
    icc_expiry: Hex = Hex.fromhex("1249")
    icc_serial: Hex = Hex.fromhex("000002")
    code: Hex = Hex.fromhex("DAC1")
    dynamic_number: int = 8


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything personalisation puts into a debit/credit application.

    `df_name`: what 84 says, empty for the AID. `fci`: the objects in A5, `discretionary` those in BF0C.
    `raw`: whole records by "sfi.number", byte for byte, in place of those in `records`; empty bytes: no such record.
    `data`: what GET DATA and PUT DATA reach. `hidden`: tags GET DATA denies.
    `gpo_format`, `gac_format`, `internal_format`: 1 or 2. `algorithm`: of the application cryptogram.
    `idd`: id of the issuer discretionary data in the IAD, 0 for none (1: cash balance, 2: cumulative amount).
    `first`, `second`: what GENERATE AC answers, allowed or not; "online" is ARQC unless AAC was asked.
    `combined`: what a CDA answer says: `cid`, `cryptogram`, `digest` inside the signature, `extra` objects outside.
    `accepts_arpc`: False rejects every issuer authentication. `stale`: signatures from before a change, by AFL.
    """

    aid: Hex
    aip: Hex
    afl: Hex
    records: dict[str, Objects]
    fci: Objects = Objects()
    discretionary: Objects = Objects()
    df_name: Hex = Hex()
    raw: dict[str, Hex] = {}
    data: Objects = Objects()
    hidden: Objects = Objects()
    gpo_format: int = 1
    gac_format: int = 1
    internal_format: int = 1
    pin: str = "1234"
    pin_tries: int = 3
    pin_limit: int = 3
    atc: int = 9
    last_online_atc: int = 8
    algorithm: Literal["tdes", "sm4"] = "tdes"
    dki: int = 0x01
    cvn: int = 0x01
    idd: int = 0
    first: Asked = "asked"
    second: Asked = "asked"
    accepts_arpc: bool = True
    blocked: bool = False
    sign: Signing = Signing()
    issuer_cert: dict[str, Hex] = {}
    icc_cert: dict[str, Hex] = {}
    pin_cert: dict[str, Hex] = {}
    ssad: dict[str, Hex] = {}
    sdad: dict[str, Hex] = {}
    combined: dict[str, Hex] = {}
    stale: list[dict[int, bytes]] | None = None

    @property
    def shown(self) -> Objects:
        """The FCI objects, from which a directory entry is made."""
        return self.fci

    @property
    def pan(self) -> str:
        """The PAN of 5A, or of 57 when there is no 5A."""
        number, track = self.find(tags.PAN), self.find(tags.TRACK2)
        try:
            return digits(number) if number else track.hex().partition("d")[0] if track else ""
        except MalformedData:
            return ""

    @property
    def sequence(self) -> int | None:
        """The PAN sequence number of 5F34, None when absent or not a number."""
        raw = self.find(tags.PAN_SEQUENCE)
        return int(raw.hex()) if raw and raw.hex().isdigit() else None

    def find(self, tag: int) -> bytes | None:
        """The value of a data object in any record."""
        for objects in self.records.values():
            value = objects.get(tag)
            if value is not None:
                return value
        return None

    def record(self, key: str, signed: Mapping[int, bytes]) -> bytes | None:
        """A whole record with its template, None when there is none; `key` is "sfi.number"."""
        if key in self.raw:
            return bytes(self.raw[key]) or None
        objects = self.records.get(key)
        return None if objects is None else encode(tags.RECORD_TEMPLATE, objects.encode(signed))

    def afls(self) -> tuple[bytes, ...]:
        """Every AFL the application may give; each has static data and signatures of its own."""
        return (bytes(self.afl),)

    def keys(self) -> list[str]:
        """All records there are, as "sfi.number"."""
        return [*self.records, *(key for key in self.raw if key not in self.records)]

    def applet(self) -> Any:
        """The application machine."""
        from jinka.simulator.cards.credit.machine import Credit

        return Credit(self)

    def changed(self: P, changes: Mapping[str, Any], *, resign: bool = True) -> P:
        """The same application with data objects, records, certificate fields or settings changed."""
        made = self
        for key, value in changes.items():
            made = made._with(key, value)
        if not resign:
            from jinka.simulator.cards.credit.signing import signatures

            made = msgspec.structs.replace(made, stale=[dict(signed) for signed in signatures(self)])
        return made

    def _with(self: P, key: str, value: Any) -> P:
        value = None if value == REMOVED else value
        head, _, tail = key.partition(".")
        if head == "record" and tail:
            return msgspec.structs.replace(self, raw={**self.raw, tail: Hex() if value is None else Hex.read(value)})
        if head in CERTIFICATES and tail:
            return msgspec.structs.replace(self, **{head: {**getattr(self, head), tail: Hex.read(value)}})
        if head == "sign" and tail:
            return msgspec.structs.replace(self, sign=_set(self.sign, tail, value))
        if key in self.__struct_fields__:
            changed: P = _set(self, key, value)
            return changed
        return self._with_object(read_tag(key), None if value is None else Hex.read(value))

    def _with_object(self: P, tag: int, value: bytes | None) -> P:
        """A data object changed wherever it stands, or added where its like stands."""
        replace = msgspec.structs.replace
        if tag in (tags.AIP, tags.AFL, tags.DF_NAME):
            name = {tags.AIP: "aip", tags.AFL: "afl", tags.DF_NAME: "df_name"}[tag]
            return replace(self, **{name: Hex(value or b"")})
        if tag in COUNTERS:
            if value is None:
                return replace(self, hidden=self.hidden.with_value(tag, b""))
            return replace(self, **{COUNTERS[tag]: int.from_bytes(value, "big")})
        places: dict[str, Any] = {
            name: getattr(self, name).with_value(tag, value)
            for name in ("fci", "discretionary", "data")
            if tag in getattr(self, name)
        }
        if records := {key: row.with_value(tag, value) for key, row in self.records.items() if tag in row}:
            places["records"] = {**self.records, **records}
        if places or value is None:
            return replace(self, **places)
        if tag in IN_FCI:
            return replace(self, fci=self.fci.with_value(tag, value))
        if tag in IN_DISCRETIONARY:
            return replace(self, discretionary=self.discretionary.with_value(tag, value))
        if tag in BY_GET_DATA:
            return replace(self, data=self.data.with_value(tag, value))
        home = self._home()
        return replace(self, records={**self.records, home: self.records[home].with_value(tag, value)})

    def _home(self) -> str:
        """The record for an object that stands nowhere yet: the first one under signature, else the first one."""
        for at in range(0, len(self.afl) - 3, 4):
            key = f"{self.afl[at] >> 3}.{self.afl[at + 1]}"
            if self.afl[at + 3] and key in self.records:
                return key
        return next(iter(self.records))


def _set(struct: Any, name: str, value: Any) -> Any:
    """A field by name, its value checked against the field's type."""
    from jinka.simulator.personality import decode

    hints = get_type_hints(type(struct))
    if name not in hints:
        raise ConfigError(f"there is no field {name}", key=name)
    return msgspec.structs.replace(struct, **{name: decode(value, hints[name], key=name)})


def read(table: Mapping[str, Any]) -> Profile:
    """Decodes an [[application]] of this kind. Raises `ConfigError`."""
    from jinka.simulator.personality import decode

    return decode(dict(table), Profile, key="application")
