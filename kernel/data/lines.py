"""Lines: what can be said of a value, as data that a terminal screen, JSON and a web page can all show.

A `Description` has a one-line summary and lines; a `Line` points at the bytes (and bits) it speaks of. All words come
in English and Chinese. Values are never refused: what is wrong with one is told in `faults`.
"""

from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from typing import Any

from jinka.kernel.data.bits import Bits
from jinka.kernel.data.meanings import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One statement about a part of a value.

    `offset` and `length` say which bytes of the value; `bits` which of their bits, such as "8" or "8-7", counted from
    8 (left) to 1, empty for whole bytes. `on` is the state of a flag and None for everything else.
    """

    offset: int
    length: int
    name: Text
    value: Text
    bits: str = ""
    on: bool | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a data object means. `tag` is 0 for a value without one, such as the CVR. `sensitive` marks cardholder data
    that a log or report must not show whole: then `summary` and `lines` are already masked, `raw` is not."""

    tag: int
    name: Text
    raw: bytes
    summary: Text
    lines: tuple[Line, ...] = ()
    faults: tuple[Text, ...] = ()
    sensitive: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values for `json.dumps`; bytes in hexadecimal, `raw` left out when it is sensitive."""
        made = plain(self)
        assert isinstance(made, dict)  # noqa: S101
        if self.sensitive:
            del made["raw"]
        return made


def plain(value: Any) -> Any:
    """Nested dataclasses as dictionaries, lists, numbers and text."""
    if isinstance(value, Text):
        return {"en": value.en, "zh": value.zh}
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, Description) and value.sensitive:
        made = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        made["raw"] = ""
        return made
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


# Words that keep capitals when a bit's name becomes English.
_CAPITALS = "AC ATM CDA CVM DDA IC ICC ID MSD ODA PIN SDA TC TDOL XDA".split()
_WORDS = {word: word for word in _CAPITALS} | {"QPBOC": "qPBOC", "FDDA": "fDDA"}


@cache
def english(name: str) -> str:
    """The name of a bit as words: ODA_NOT_PERFORMED is 'ODA not performed'."""
    return " ".join(_WORDS.get(word, word.lower()) for word in name.split("_"))


YES, NO, _RESERVED = Text("yes", "是"), Text("no", "否"), Text("reserved", "保留")


def bit_lines(kind: type[Bits], raw: bytes, offset: int = 0) -> list[Line]:
    """Every bit a flag type declares, set or not, and the unknown ones that are set, in their order."""
    value, lines, known = int.from_bytes(raw, "big"), [], 0
    for name, member in kind.members.items():
        known |= int(member.value)
        on = bool(value & int(member.value))
        words = Text(english(name), member.text)
        lines.append(Line(offset + member.byte - 1, 1, words, YES if on else NO, str(member.number), on))
    rest = value & ~known
    for position in range(rest.bit_length()):
        if rest >> position & 1:
            at = offset + kind.size - 1 - position // 8
            lines.append(Line(at, 1, _RESERVED, YES, str(position % 8 + 1), True))
    return sorted(lines, key=lambda line: (line.offset, -int(line.bits)))


def bit_summary(lines: list[Line]) -> Text:
    """The bits that are set, in one line."""
    names = []
    for line in lines:
        if line.on and line.name is _RESERVED:
            names.append(Text(f"byte {line.offset + 1} bit {line.bits}", f"第{line.offset + 1}字节b{line.bits}"))
        elif line.on:
            names.append(line.name)
    return Text(", ".join(name.en for name in names) or "none", "、".join(name.zh for name in names) or "无")
