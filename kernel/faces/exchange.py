"""Exchange: a command and its response, redacted, each byte with what it means.

What leaves here can be shown: a PIN, plain or enciphered, track data and a cardholder's name are stars, a PAN keeps
first six and last four digits. Stars stand where the bytes stood, so offsets fit the redacted text as well.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jinka.kernel.apdu import Command, Response
from jinka.kernel.data import meanings, structures, tags
from jinka.kernel.data.describe import Description, describe
from jinka.kernel.data.formats import Format
from jinka.kernel.data.lines import Line
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.decode import DolField, Item, decode_apdu, decode_dol, decode_response
from jinka.kernel.errors import CardFault, MisuseError
from jinka.kernel.journal import redact

VERIFY, CHANGE_PIN, SELECT, PROCESS, GENERATE, AUTHENTICATE, GET_RESPONSE, PUT_DATA, UPDATE = (
    0x20, 0x24, 0xA4, 0xA8, 0xAE, 0x88, 0xC0, 0xDA, 0xDC
)  # fmt: skip
_MAC = 4
_DATA = Text("data", "数据")
_WITHHELD = Text("withheld", "不显示")


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes and what they mean: from `start` to `end`, the value from `body` on. `tag` is "" for a plain field;
    `value` is redacted hexadecimal text; `lines` speak of single bytes and bits of the value."""

    start: int
    body: int
    end: int
    tag: str
    name: Text
    value: str
    summary: Text
    lines: tuple[Line, ...] = ()
    faults: tuple[Text, ...] = ()
    children: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One way of an exchange: a label for the arrow, the redacted bytes (empty when it has none) and their parts."""

    label: Text
    hex: str = ""
    parts: tuple[Part, ...] = ()


def object_part(tag: int, value: bytes, start: int, body: int) -> Part:
    """A data object by its tag, wherever it stands."""
    shown = value.hex().upper() if _words(tag, value) else redact.objects(((tag, value),))[0][1]
    told = describe(tag, value)
    summary, lines = _fit(told, shown)
    return Part(start, body, body + len(value), f"{tag:X}", told.name, shown, summary, lines, told.faults)


def _words(tag: int, value: bytes) -> bool:
    """Whether a value is plain words, such as a label, which look like a card number only in hexadecimal."""
    info, text = PBOC.get(tag), value.decode("latin-1")
    if info is None or tag in redact.NEVER_STORED or info.format not in (Format.A, Format.AN, Format.ANS):
        return False
    return text.isascii() and text.isprintable() and not re.search(r"\d{12}", text)


def _fit(told: Description, shown: str) -> tuple[Text, tuple[Line, ...]]:
    """Words for a value of which `shown` is the redacted text: where stars stand, words of its own are masked too."""
    if "*" in shown and not told.sensitive:
        return same(shown), ()
    return told.summary, tuple(line for line in told.lines if line.on is not False)


class Reader:
    """Reads the exchanges of one transaction in order: it remembers the lists (PDOL, CDOL, DDOL) that say what later
    command data is made of."""

    def __init__(self) -> None:
        self._lists: dict[int, bytes] = {}
        self._generated = 0
        self._last: Command | None = None

    def read(self, command: Command, response: Response | None) -> tuple[Sheet, Sheet | None]:
        """The two ways of one exchange; no second one when the card did not answer."""
        if command.ins == SELECT:
            self._lists, self._generated = {}, 0
        sent = self._command(command)
        if command.ins == GENERATE:
            self._generated += 1
        if command.ins != GET_RESPONSE:
            self._last = command
        return sent, None if response is None else self.answered(self._last or command, response)

    # --- commands -------------------------------------------------------------------------------------------------

    def _command(self, command: Command) -> Sheet:
        told = decode_apdu(command)
        inner = self._data(command)
        shown = list(told.raw.hex().upper())
        for place in range(len(command.data) * 2):
            shown[10 + place] = "*"
        for leaf in _leaves(inner):
            shown[2 * leaf.body : 2 * leaf.end] = leaf.value
            shown[2 * leaf.start : 2 * leaf.body] = command_bytes(command, leaf.start, leaf.body)
        parts = []
        for line in sorted(told.lines, key=lambda one: one.offset):
            end = line.offset + line.length
            if line.offset >= 5 and command.data and line.offset < 5 + len(command.data):
                continue
            text = "".join(shown[2 * line.offset : 2 * end])
            parts.append(Part(line.offset, line.offset, end, "", line.name, text, line.value))
        if command.data:
            end = 5 + len(command.data)
            if len(inner) == 1 and inner[0].start == 5 and inner[0].end == end:
                parts.append(inner[0])
            else:
                words = structures.octets(len(command.data))
                parts.append(Part(5, 5, end, "", _DATA, "".join(shown[10 : 2 * end]), words, children=tuple(inner)))
        parts.sort(key=lambda part: part.start)
        return Sheet(self.title(command), "".join(shown), tuple(parts))

    def _data(self, command: Command) -> Sequence[Part]:
        """The data field in parts; what is in none of them is not shown."""
        data, ins = command.data, command.ins
        if not data or command.sensitive:
            return []
        if ins in (VERIFY, CHANGE_PIN) or (command.cla & 0x04 and len(data) >= _MAC):
            return _script_data(command)
        if ins == SELECT:
            return [object_part(tags.DF_NAME, data, 5, 5)]
        if ins == 0x82:
            return [object_part(tags.ISSUER_AUTHENTICATION_DATA, data, 5, 5)]
        if ins == PROCESS:
            return self._processing(command)
        wanted = {GENERATE: tags.CDOL2 if self._generated else tags.CDOL1, AUTHENTICATE: tags.DDOL}.get(ins)
        filled = self._filled(wanted, data, 5) if wanted is not None else None
        if filled is None and ins == AUTHENTICATE and len(data) == 4:
            return [object_part(tags.UNPREDICTABLE_NUMBER, data, 5, 5)]
        return filled if filled is not None else [opaque(data, 5)]

    def _processing(self, command: Command) -> Sequence[Part]:
        """Template 83 with the values the PDOL asked for."""
        data = command.data
        if len(data) < 2 or data[0] != 0x83 or data[1] != len(data) - 2:
            return [opaque(data, 5)]
        inner = self._filled(tags.PDOL, data[2:], 7) if len(data) > 2 else []
        children = tuple(inner if inner is not None else [opaque(data[2:], 7)])
        shown = "".join(child.value for child in children)
        words = structures.octets(len(data) - 2)
        return [Part(5, 7, 5 + len(data), "83", Text("Command template", "命令模板"), shown, words, children=children)]

    def _filled(self, wanted: int, data: bytes, at: int) -> list[Part] | None:
        """The values of a list, None when the list is not known or does not fit."""
        raw = self._lists.get(wanted)
        if raw is None:
            return None
        try:
            fields: tuple[DolField, ...] = decode_dol(raw, data).fields
        except (MisuseError, CardFault):
            return None
        return [
            object_part(field.tag, data[field.at : field.at + field.length], at + field.at, at + field.at)
            for field in fields
            if field.length
        ]

    def title(self, command: Command) -> Text:
        """The command in a few words."""
        name = meanings.command(command.cla, command.ins) or Text(f"INS {command.ins:02X}", f"INS {command.ins:02X}")
        short = Text(name.en, name.zh.partition("(")[0])
        one, two = command.p1, command.p2
        if command.ins == SELECT and command.p1 == 4:
            return _with(short, same(describe(tags.DF_NAME, command.data).summary.en))
        if command.ins in (0xB2, UPDATE):
            return _with(short, Text(f"SFI {two >> 3} record {one}", f"SFI {two >> 3} 记录{one}"))
        if command.ins == GENERATE:
            kind = {0x00: "AAC", 0x40: "TC", 0x80: "ARQC"}.get(one & 0xC0, "RFU")
            return _with(short, same(kind + (" + CDA" if one & 0x10 else "")))
        if command.ins in (0xCA, PUT_DATA):
            return _with(short, structures.named(one << 8 | two, PBOC))
        if command.ins == VERIFY:
            return _with(short, Text("enciphered PIN", "密文PIN") if two & 0x08 else Text("plain PIN", "明文PIN"))
        return short

    # --- responses ------------------------------------------------------------------------------------------------

    def answered(self, asked: Command | None, response: Response) -> Sheet:
        """A response; `asked` is the command it answers, None when nobody knows."""
        size = len(response.data)
        told = decode_response(response.data, response.sw, asked)
        items = told.objects.items if told.objects is not None else ()
        self._learn(items)
        if told.parts and items:
            inner = [self._format_1(items[0], told.parts)]
        elif items:
            inner = [item_part(item) for item in items]
        else:
            inner = [opaque(response.data, 0)] if size else []
        shown = ["*"] * (2 * size)
        filler = told.objects.filler if told.objects is not None else ()
        for at in filler:
            shown[2 * at : 2 * at + 2] = "00"
        _uncover(shown, response.data, inner)
        sw = f"{response.sw:04X}"
        parts = (*inner, Part(size, size, size + 2, "", Text("status word", "状态字"), sw, told.status))
        held = inner[0].tag if len(inner) == 1 and inner[0].tag else ""
        label = Text(f"{sw} {told.status.en}", f"{sw} {told.status.zh}")
        if response.sw == 0x9000:
            label = same(f"{sw} · {held}" if held else sw)
        return Sheet(label, "".join(shown) + sw, parts)

    def _format_1(self, item: Item, told: Iterable[Description]) -> Part:
        """Template 80: fields without tags."""
        at, children = item.body, []
        for description in told:
            children.append(object_part(description.tag, description.raw, at, at))
            at += len(description.raw)
        shown = "".join(child.value for child in children).ljust(2 * item.length, "*")
        words = structures.octets(item.length)
        return Part(item.start, item.body, item.end, f"{item.tag:X}", item.name, shown, words, children=tuple(children))

    def _learn(self, items: Iterable[Item]) -> None:
        for item in items:
            if item.tag in (tags.PDOL, tags.CDOL1, tags.CDOL2, tags.DDOL):
                self._lists.setdefault(item.tag, item.value)
            self._learn(item.children)


def command_bytes(command: Command, start: int, end: int) -> str:
    """Some bytes of a command as hexadecimal digits."""
    return bytes(command)[start:end].hex().upper()


def _with(name: Text, rest: Text) -> Text:
    return Text(f"{name.en} {rest.en}", f"{name.zh} {rest.zh}")


def item_part(item: Item) -> Part:
    """A data object of a response with all that is in it."""
    if not item.constructed:
        return object_part(item.tag, item.value, item.start, item.body)
    children = tuple(item_part(child) for child in item.children)
    faults = (same(item.fault),) if item.fault else ()
    if item.fault:
        children = (opaque(item.value, item.body),)
    words = structures.octets(item.length)
    return Part(item.start, item.body, item.end, f"{item.tag:X}", item.name, "", words, (), faults, children)


def opaque(data: bytes, at: int) -> Part:
    """Bytes of which nothing is known, masked where they look like a card number."""
    shown = redact.masked(data)
    return Part(at, at, at + len(data), "", _DATA, shown, same(shown))


def _script_data(command: Command) -> Sequence[Part]:
    """A PIN is withheld whether enciphered or not; of other script commands the value and the MAC are shown."""
    data, end = command.data, 5 + len(command.data)
    if not command.cla & 0x04:
        return [Part(5, 5, end, "", Text("PIN data", "PIN数据"), "*" * (2 * len(data)), _WITHHELD)]
    at = end - _MAC
    name = Text("MAC", "报文鉴别码(MAC)")
    mac = Part(at, at, end, "", name, command_bytes(command, at, end), structures.octets(_MAC))
    value = data[:-_MAC]
    if not value:
        return [mac]
    if command.ins == PUT_DATA:
        return [object_part(command.p1 << 8 | command.p2, value, 5, 5), mac]
    if command.ins == UPDATE:
        shown = redact.shown(value)
        if len(shown) == 2 * len(value):
            return [Part(5, 5, at, "", _DATA, shown, structures.octets(len(value))), mac]
    return [Part(5, 5, at, "", _DATA, "*" * (2 * len(value)), _WITHHELD), mac]


def _leaves(parts: Iterable[Part]) -> Iterable[Part]:
    for part in parts:
        if part.children:
            yield Part(part.start, part.body, part.body, part.tag, part.name, "", part.summary)
            yield from _leaves(part.children)
        else:
            yield part


def _uncover(shown: list[str], data: bytes, parts: Iterable[Part]) -> None:
    """Puts tags and lengths as they are and values as they may be shown into a text of stars."""
    for leaf in _leaves(parts):
        shown[2 * leaf.start : 2 * leaf.body] = data[leaf.start : leaf.body].hex().upper()
        shown[2 * leaf.body : 2 * leaf.end] = leaf.value
