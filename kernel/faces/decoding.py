"""Decoding: whatever a person pastes, as parts with offsets, for the screen and as JSON. Cardholder data is masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jinka.kernel.apdu import Command, Response
from jinka.kernel.data import lines, structures
from jinka.kernel.data.describe import BITS, describe
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.decode import decode_any, decode_atr, decode_bits, decode_dol, decode_tlv, octets
from jinka.kernel.errors import MisuseError
from jinka.kernel.faces.exchange import Part, Reader, Sheet, item_part, object_part

FORMS = ("tlv", "dol", "apdu", "response", "atr")
_NAMES = {
    "tlv": Text("data objects", "数据对象(TLV)"),
    "dol": Text("data object list", "数据对象列表(DOL)"),
    "apdu": Text("command", "命令APDU"),
    "response": Text("response", "响应APDU"),
    "atr": Text("answer to reset", "复位应答(ATR)"),
    "unknown": Text("unknown", "未知"),
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """`kind` says how the bytes were read, `reason` why when that was a guess, `others` what else they could be."""

    kind: str
    name: Text
    sheet: Sheet
    reason: Text | None = None
    others: tuple[str, ...] = ()

    def to_json(self) -> Any:
        """JSON values."""
        return lines.plain(self)


def decode(text: str, form: str = "") -> Decoded:
    """Decodes hexadecimal text as `form`: one of `FORMS`, the name of a bit field such as "tvr", a tag such as "9F10",
    or empty for the best guess. Raises `MisuseError` or `MalformedData`."""
    raw = octets(text)
    if not raw:
        raise MisuseError("there is nothing to decode")
    key = form.lower()
    if key in ("", "auto", "any"):
        guess = decode_any(raw)
        kind = {"command": "apdu"}.get(guess.kind, guess.kind)
        sheet = _sheet(kind, raw) if kind != "unknown" else Sheet(_NAMES[kind], raw.hex().upper())
        others = tuple({"command": "apdu"}.get(other, other) for other in guess.others)
        return Decoded(kind, _NAMES[kind], sheet, guess.reason, others)
    if key in FORMS:
        return Decoded(key, _NAMES[key], _sheet(key, raw))
    if key.upper() in BITS or key.upper() in ("CVR", "CID"):
        told = decode_bits(form, raw)
        name = _bits_name(key.upper(), told.name)
        part = Part(0, 0, len(raw), "", name, raw.hex().upper(), told.summary, told.lines, told.faults)
        return Decoded(key, name, Sheet(name, raw.hex().upper(), (part,)))
    try:
        tag = int(key, 16)
    except ValueError:
        known = ", ".join((*FORMS, *sorted(name.lower() for name in BITS if not name[0].isdigit()), "cvr", "cid"))
        raise MisuseError(f"nothing is known under {form!r}; known: {known}, or a tag such as 9F10") from None
    part = object_part(tag, raw, 0, 0)
    return Decoded(f"{tag:X}", describe(tag, raw).name, Sheet(part.name, part.value, (part,)))


def _bits_name(key: str, told: Text) -> Text:
    """The full name of a bit field that was asked for by its short one."""
    if key in ("CVR", "CID", "TAC", "IAC"):
        return same(key)
    tag = next((int(name, 16) for name, kind in BITS.items() if name[0].isdigit() and kind is BITS[key]), 0)
    info = PBOC.get(tag)
    return Text(info.name, info.zh) if info is not None else told


def _sheet(kind: str, raw: bytes) -> Sheet:
    if kind == "apdu":
        return Reader().read(Command.parse(raw), None)[0]
    if kind == "response":
        return Reader().answered(None, Response.parse(raw))
    if kind == "atr":
        return _atr(raw)
    if kind == "dol":
        return _dol(raw)
    parts = tuple(item_part(item) for item in decode_tlv(raw).items)
    shown = "".join(_shown(raw, parts, 0, len(raw)))
    return Sheet(_NAMES["tlv"], shown, parts)


def _shown(raw: bytes, parts: Iterable[Part], start: int, end: int) -> Iterable[str]:
    """The bytes as they may be shown: values from the parts, everything around them as it is."""
    at = start
    for part in parts:
        yield raw[at : part.body].hex().upper()
        if part.children:
            yield from _shown(raw, part.children, part.body, part.end)
        else:
            yield part.value
        at = part.end
    yield raw[at:end].hex().upper()


def _dol(raw: bytes) -> Sheet:
    told = decode_dol(raw)
    parts = tuple(
        Part(field.start, field.start, field.start + len(f"{field.tag:X}") // 2 + 1, f"{field.tag:X}", field.name,
             "", structures.octets(field.length))
        for field in told.fields
    )  # fmt: skip
    total = Part(len(raw), len(raw), len(raw), "", Text("together", "合计"), "", structures.octets(told.total))
    return Sheet(_NAMES["dol"], raw.hex().upper(), (*parts, total))


def _atr(raw: bytes) -> Sheet:
    told = decode_atr(raw)
    parts = [
        Part(one.offset, one.offset, one.offset + 1, "", same(one.name), f"{one.value:02X}",
             Text(f"{one.value:02X}  {one.meaning.en}", f"{one.value:02X}  {one.meaning.zh}"))
        for one in told.characters
    ]  # fmt: skip
    end = len(raw)

    def add(name: Text, words: Text) -> None:
        parts.append(Part(end, end, end, "", name, "", words))

    add(Text("protocols", "协议"), same(", ".join(f"T={number}" for number in told.protocols)))
    if told.historical_text:
        add(Text("historical bytes", "历史字节"), same(told.historical_text))
    cold, warm = Text("EMV, cold reset", "EMV冷复位"), Text("EMV, warm reset", "EMV热复位")
    for name, why in ((cold, told.emv_cold), (warm, told.emv_warm)):
        add(name, Text(f"refused: {why}", f"拒绝:{why}") if why else Text("accepted", "接受"))
    return Sheet(_NAMES["atr"], raw.hex().upper(), tuple(parts))
