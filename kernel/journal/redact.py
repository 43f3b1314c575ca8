"""Redact: masks card numbers, track data and names in bytes that are about to be shown or written.

Aware of TLV: the shape stays readable, values of sensitive objects become `*`, a PAN keeps first six and last four.
Data that is not TLV is searched for what looks like a PAN or a track instead; when in doubt it masks too much.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from jinka.kernel.data import tlv
from jinka.kernel.data.formats import truncated_pan
from jinka.kernel.errors import MalformedData

_PAN, _TRACK2 = 0x5A, 0x57
# Objects whose value is never written anywhere: tracks, discretionary track data, names, PAN, plain or enciphered PIN.
NEVER_STORED = frozenset({_PAN, _TRACK2, 0x56, 0x5F20, 0x9F0B, 0x9F1F, 0x9F20, 0x99, 0x9F61, 0xDF812A, 0xDF812B})

# Objects whose digits are known to be something else: labels, amounts, dates, cryptograms, certificates, lists.
_FREE = frozenset(
    {0x9F02, 0x9F03, 0x9F26, 0x9F10, 0x9F37, 0x9F36, 0x95, 0x9A, 0x9B, 0x9C, 0x9F34, 0x9F33, 0x9F35, 0x82, 0x94, 0x84,
     0x4F, 0x9F06, 0x90, 0x92, 0x93, 0x9F46, 0x9F48, 0x9F4B, 0x8C, 0x8D, 0x8E, 0x9F38, 0x9F79, 0x9F77, 0x9F78, 0x9F6D,
     0x50, 0x9F12, 0x9F4E, 0x91, 0x8A, 0x9F1E, 0x9F41, 0x9F0D, 0x9F0E, 0x9F0F, 0x9F63}
)  # fmt: skip

# 12 to 19 digits on end, in the hexadecimal face of the bytes (BCD) or in their ASCII face.
_DIGITS = re.compile(r"\d{12,19}")
_ASCII_DIGITS = re.compile(rb"\d{12,19}")


def shown(data: bytes) -> str:
    """Bytes as hexadecimal text fit for a trace: TLV when they are TLV through and through, else masked by looks."""
    try:
        trees = tlv.tree(data)
    except MalformedData:
        return masked(data)
    if not trees:
        return masked(data)
    # Bytes that are TLV by chance may hold a PAN across tag, length and value: what is not known to be free is masked
    # as one text.
    runs = groupby(_parts(data, trees, 0, len(data)), _is_free)
    texts = ((free, "".join(text for _, text in run)) for free, run in runs)
    return "".join(text if free else _starred_runs(text) for free, text in texts)


def masked(data: bytes) -> str:
    """Any bytes as hexadecimal text in which no run of 12 or more digits survives, be it BCD or ASCII."""
    hidden = _ASCII_DIGITS.sub(lambda found: b"\xff" * len(found[0]), data)
    text = hidden.hex().upper()
    return _starred_runs(_starred(text, data, hidden))


def objects(chip: tuple[tuple[int, bytes], ...]) -> list[list[str]]:
    """Data objects as [tag, value] in hexadecimal, sensitive ones masked."""
    return [[f"{tag:X}", _value(tag, value)] for tag, value in chip]


def _starred_runs(text: str) -> str:
    return _DIGITS.sub(lambda found: "*" * len(found[0]), text)


def _starred(text: str, data: bytes, hidden: bytes) -> str:
    return "".join(
        text[2 * at : 2 * at + 2] if data[at] == hidden[at] else "**" for at in range(len(data))
    )


def _is_free(part: tuple[bool, str]) -> bool:
    return part[0]


def _parts(data: bytes, trees: tuple[tlv.Tree, ...], at: int, end: int) -> Iterator[tuple[bool, str]]:
    """Everything from `at` to `end` in order, heads and filler as they stand, each part with whether its digits are
    known to be harmless or are hidden already: offsets in the text are offsets in the data."""
    for node, children in trees:
        yield False, data[at : node.body].hex().upper()
        at = node.end
        if node.constructed and children:
            yield from _parts(data, children, node.body, at)
        else:
            yield node.tag in _FREE or node.tag == _PAN, _value(node.tag, node.value)
    yield False, data[at:end].hex().upper()


def _value(tag: int, value: bytes) -> str:
    """The value of one data object. Cryptograms and amounts are left alone: they are not card numbers, though a run
    of their digits may look like one."""
    if tag == _PAN:
        digits = value.hex().upper().rstrip("F")
        return truncated_pan(digits).ljust(2 * len(value), "F")
    if tag in NEVER_STORED:
        return "*" * (2 * len(value))
    return masked(value) if tag not in _FREE else value.hex().upper()

