"""Objects: data objects and lists of them, with the place of every byte (EMV 4.4 Book 3 annex B and clause 5.4)."""

import re
from dataclasses import dataclass
from typing import Any

from jinka.kernel.data import dol, tlv
from jinka.kernel.data.describe import Description, describe, describe_bits
from jinka.kernel.data.dictionary import Dictionary
from jinka.kernel.data.lines import plain
from jinka.kernel.data.meanings import Text
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.errors import MalformedData, MisuseError

Octets = bytes | str


@dataclass(frozen=True, slots=True)
class Item:
    """One data object. The tag stands at `start`, the value from `body` to `end`, counted in the outermost bytes.

    `children` is what a template holds; `fault` says why a template could not be opened.
    """

    tag: int
    name: Text
    start: int
    body: int
    end: int
    value: bytes
    constructed: bool
    description: Description | None = None
    children: tuple["Item", ...] = ()
    fault: str = ""

    @property
    def length(self) -> int:
        """The length of the value in bytes."""
        return len(self.value)

    def to_json(self) -> Any:
        """Plain values for `json.dumps`."""
        return plain(self)


@dataclass(frozen=True, slots=True)
class TlvDecoding:
    """Data objects one after the other; `filler` are the offsets of bytes between them that mean nothing."""

    raw: bytes
    items: tuple[Item, ...]
    filler: tuple[int, ...] = ()

    def to_json(self) -> Any:
        """Plain values for `json.dumps`."""
        return plain(self)


@dataclass(frozen=True, slots=True)
class DolField:
    """One entry of a list: it stands at `start` in the list and its value at `at` in the filled bytes."""

    tag: int
    name: Text
    start: int
    length: int
    at: int
    description: Description | None = None


@dataclass(frozen=True, slots=True)
class DolDecoding:
    """A data object list; `total` is the number of bytes it wants."""

    raw: bytes
    fields: tuple[DolField, ...]
    total: int
    filled: bytes | None = None

    def to_json(self) -> Any:
        """Plain values for `json.dumps`."""
        return plain(self)


def octets(given: Octets) -> bytes:
    """Bytes, or hexadecimal text with blanks, colons, dashes, commas or a leading 0x. Raises `MisuseError`."""
    if not isinstance(given, str):
        return bytes(given)
    text = re.sub(r"0[xX]|[\s:,;_-]", "", given)
    odd = re.sub("[0-9A-Fa-f]", "", text)
    if odd:
        raise MisuseError(f"{odd[0]!r} is not a hexadecimal digit")
    if len(text) % 2:
        raise MisuseError(f"{len(text)} hexadecimal digits do not make whole bytes")
    return bytes.fromhex(text)


def decode_tlv(data: Octets, dictionary: Dictionary = PBOC) -> TlvDecoding:
    """Data objects with their meaning. Raises `MalformedData` when the outermost level is not TLV; a template whose
    content is not TLV stays closed and says so."""
    raw = octets(data)
    items = _items(raw, 0, tlv.MAX_DEPTH, dictionary)
    covered = {at for item in items for at in range(item.start, item.end)}
    return TlvDecoding(raw, items, tuple(at for at in range(len(raw)) if at not in covered))


def _items(raw: bytes, base: int, depth: int, dictionary: Dictionary) -> tuple[Item, ...]:
    if depth <= 0:
        raise MalformedData(f"templates nested deeper than {tlv.MAX_DEPTH}", clause="emv-b3/annex-b")
    made = []
    for node in tlv.scan(raw):
        children: tuple[Item, ...] = ()
        fault, told = "", None
        if node.constructed:
            try:
                children = _items(node.value, base + node.body, depth - 1, dictionary)
            except MalformedData as wrong:
                fault = wrong.reason
        else:
            told = describe(node.tag, node.value, dictionary)
        start, body = base + node.start, base + node.body
        made.append(
            Item(node.tag, _name(node.tag, dictionary), start, body, body + len(node.value), node.value,
                 node.constructed, told, children, fault)
        )  # fmt: skip
    return tuple(made)


def decode_dol(data: Octets, filled: Octets | None = None, dictionary: Dictionary = PBOC) -> DolDecoding:
    """A data object list and, when given, the bytes it was filled with. Raises `MalformedData` for a bad list and
    `MisuseError` when the filled bytes have another length than the list wants."""
    raw = octets(data)
    entries = dol.parse(raw)
    held, total = None if filled is None else octets(filled), dol.total(entries)
    if held is not None and len(held) != total:
        raise MisuseError(f"the list wants {total} bytes, {len(held)} were given")
    fields, start, at = [], 0, 0
    for tag, length in entries:
        value = None if held is None else held[at : at + length]
        told = None if value is None else describe(tag, value, dictionary)
        fields.append(DolField(tag, _name(tag, dictionary), start, length, at, told))
        start, at = start + len(tlv.tag_bytes(tag)) + 1, at + length
    return DolDecoding(raw, tuple(fields), total, held)


def decode_bits(name: str, value: Octets) -> Description:
    """The bits of a value by its name ("TVR", "AIP", "CVR" ...) or its tag ("95", "9F33" ...)."""
    return describe_bits(name, octets(value))


def _name(tag: int, dictionary: Dictionary) -> Text:
    info = dictionary.get(tag)
    return Text(info.name, info.zh) if info else Text("unknown data object", "未知数据对象")
