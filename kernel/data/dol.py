"""DOL: data object lists (EMV 4.4 Book 3 clause 5.4).

A list of tags and lengths that one side asks the other to fill. A value too long for its entry is cut: numeric ones on
the left, all others on the right. One too short is filled: numeric ones with 00 on the left, cn ones with FF on the
right, all others with 00 on the right (# spec: emv-b3/5.4). An unknown, constructed or absent object is all 00.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from jinka.kernel.data.dictionary import Dictionary
from jinka.kernel.data.formats import Format
from jinka.kernel.data.tlv import is_constructed
from jinka.kernel.errors import MalformedData

_CLAUSE = "emv-b3/5.4"


class Entry(NamedTuple):
    """One line of a list: the tag wanted and the length in bytes it must have."""

    tag: int
    length: int


@lru_cache(maxsize=256)
def parse(raw: bytes, what: str = "DOL") -> tuple[Entry, ...]:
    """Reads a list. Raises `MalformedData` when a tag has no length or is cut off."""
    entries = []
    at, size = 0, len(raw)
    while at < size:
        start = at
        tag = raw[at]
        at += 1
        if tag & 0x1F == 0x1F:
            while at < size:
                byte = raw[at]
                at += 1
                tag = tag << 8 | byte
                if byte < 0x80:
                    break
                if at - start >= 4:
                    raise MalformedData(f"tag of more than 4 bytes at offset {start}", path=what, clause=_CLAUSE)
            else:
                raise MalformedData(f"tag cut off at offset {start}", path=what, clause=_CLAUSE)
        if at >= size:
            raise MalformedData(f"no length for tag {tag:X} at offset {start}", path=what, clause=_CLAUSE)
        length = raw[at]
        if length >= 0x80:
            raise MalformedData(f"length {length:02X} for tag {tag:X} at offset {at}", path=what, clause=_CLAUSE)
        at += 1
        entries.append(Entry(tag, length))
    return tuple(entries)


def total(entries: tuple[Entry, ...]) -> int:
    """How many bytes the filled list has."""
    return sum(entry.length for entry in entries)


def fit(value: bytes, length: int, form: Format) -> bytes:
    """Cuts or fills one value to the length asked for."""
    if form is Format.N:
        return (bytes(length) + value)[len(value) :]
    return (value + (b"\xff" if form is Format.CN else b"\0") * length)[:length]


def fill(entries: tuple[Entry, ...], lookup: Callable[[int], bytes | None], dictionary: Dictionary) -> bytes:
    """Fills a list; `lookup` gives a tag's value or None."""
    parts = []
    for tag, length in entries:
        info = dictionary.get(tag)
        value = lookup(tag) if info is not None and not is_constructed(tag) else None
        if value is None or info is None:
            parts.append(bytes(length))
        else:
            parts.append(fit(value, length, info.format))
    return b"".join(parts)
