"""Exchange: commands and responses in words (ISO/IEC 7816-4 clause 5.1; EMV 4.4 Book 3 clause 6.5)."""

from dataclasses import dataclass
from typing import Any

from jinka.kernel.apdu import Command
from jinka.kernel.data import meanings, structures, tags
from jinka.kernel.data.describe import Description, Line, describe
from jinka.kernel.data.dictionary import Dictionary
from jinka.kernel.data.fields import Cryptogram
from jinka.kernel.data.lines import plain
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.decode.objects import DolDecoding, Octets, TlvDecoding, decode_dol, decode_tlv, octets
from jinka.kernel.errors import CardFault, MisuseError


@dataclass(frozen=True, slots=True)
class CommandDecoding:
    """A command. `lines` speak of the header and the data field; `case` is 1 to 4. A PIN block is never shown: `raw`
    is then masked with zeros and `secret` is true. `objects`, `dol` or `meaning` hold what the data field is made of.
    `script` marks a command of an issuer script, whose data field ends in a MAC."""

    raw: bytes
    name: Text
    case: int
    lines: tuple[Line, ...]
    data: bytes = b""
    objects: TlvDecoding | None = None
    dol: DolDecoding | None = None
    meaning: Description | None = None
    script: bool = False
    secret: bool = False

    def to_json(self) -> Any:
        """Plain values for `json.dumps`."""
        return plain(self)


@dataclass(frozen=True, slots=True)
class ResponseDecoding:
    """A response. `objects` is its data as TLV, `parts` the fields of a format 1 template (80) in order; both are
    empty when the data is neither, and `fault` says why."""

    data: bytes
    sw: int
    status: Text
    objects: TlvDecoding | None = None
    parts: tuple[Description, ...] = ()
    fault: str = ""

    def to_json(self) -> Any:
        """Plain values for `json.dumps`."""
        return plain(self)


def decode_apdu(command: Octets | Command, dol: Octets | None = None, dictionary: Dictionary = PBOC) -> CommandDecoding:
    """A short command APDU. `dol` is the list the data field was filled by: the PDOL for GET PROCESSING OPTIONS, a CDOL
    for GENERATE AC, the DDOL for INTERNAL AUTHENTICATE. Raises `MisuseError` for what is no APDU."""
    read = command if isinstance(command, Command) else Command.parse(octets(command))
    raw = bytes(read)
    name = meanings.command(read.cla, read.ins) or Text("unknown command", "未知命令")
    secret = read.ins == 0x20 and bool(read.data) and not read.cla & 0x80
    if secret:
        raw = read.header + bytes((len(read.data),)) + bytes(len(raw) - 5)
    lines = [Line(0, 1, Text("class", "类别"), _class(read.cla)), Line(1, 1, Text("instruction", "指令"), name)]
    lines += _parameters(read)
    if read.data:
        lines.append(Line(4, 1, Text("Lc", "数据长度"), structures.octets(len(read.data))))
    if read.le is not None:
        lines.append(Line(len(raw) - 1, 1, Text("Le", "期望长度"), structures.octets(read.le)))
    case = 1 + (read.le is not None) + 2 * bool(read.data)
    script = bool(read.cla & 0x04) and read.ins in _SCRIPTED and len(read.data) >= 4
    if script:
        at = 5 + len(read.data) - 4
        lines.append(Line(at, 4, Text("MAC", "报文鉴别码(MAC)"), same(read.data[-4:].hex().upper())))
    if secret:
        return CommandDecoding(raw, name, case, tuple(lines), secret=True)
    objects, filled, meaning = _data(read, dol, dictionary, script)
    return CommandDecoding(raw, name, case, tuple(lines), read.data, objects, filled, meaning, script)


_SCRIPTED = frozenset((0x16, 0x18, 0x1E, 0x24, 0xDA, 0xDC, 0xD6, 0xE2))


def _class(cla: int) -> Text:
    if cla & 0x0C == 0x04:
        return Text(f"{cla:02X}, secure messaging", f"{cla:02X},安全报文")
    if cla & 0x0C == 0x0C:
        return Text(f"{cla:02X}, secure messaging with header", f"{cla:02X},安全报文(含命令头)")
    return Text(f"{cla:02X}, proprietary", f"{cla:02X},专用") if cla & 0x80 else same(f"{cla:02X}")


def _parameters(read: Command) -> list[Line]:
    """P1 and P2, one line each or one for both."""
    one, two, ins = read.p1, read.p2, read.ins
    first, second = Text("P1", "P1"), Text("P2", "P2")
    if ins == 0xA4:
        by = {4: Text("by name", "按名称"), 0: Text("by file identifier", "按文件标识符")}
        which = {0: Text("first or only", "第一个或仅有一个"), 2: Text("next", "下一个")}
        return [Line(2, 1, first, _or_hex(by, one)), Line(3, 1, second, _or_hex(which, two))]
    if ins in (0xB2, 0xDC):
        return [
            Line(2, 1, Text("record", "记录号"), same(str(one))),
            Line(3, 1, Text("SFI", "短文件标识符"), same(str(two >> 3)), "8-4"),
        ]
    if ins == 0xAE:
        signed = {0x10: Text(" with CDA", "并请求CDA"), 0x08: Text(" with XDA", "并请求XDA")}.get(one & 0x18, same(""))
        kind = structures.CRYPTOGRAMS[Cryptogram(one & 0xC0)]
        return [Line(2, 1, Text("cryptogram wanted", "请求的密文"), Text(kind.en + signed.en, kind.zh + signed.zh))]
    if ins in (0xCA, 0xDA):
        tag = one << 8 | two
        return [Line(2, 2, Text("data object", "数据对象"), structures.named(tag, PBOC))]
    if ins == 0x20:
        kinds = {0x80: Text("plain PIN", "明文PIN"), 0x88: Text("enciphered PIN", "密文PIN")}
        return [Line(3, 1, Text("PIN", "PIN"), _or_hex(kinds, two))]
    return [Line(2, 1, first, same(f"{one:02X}")), Line(3, 1, second, same(f"{two:02X}"))]


def _or_hex(table: dict[int, Text], code: int) -> Text:
    return table.get(code, same(f"{code:02X}"))


def _data(
    read: Command, dol: Octets | None, dictionary: Dictionary, script: bool
) -> tuple[TlvDecoding | None, DolDecoding | None, Description | None]:
    if not read.data or script:
        return None, None, None
    if read.ins == 0xA4 and read.p1 == 0x04:
        return None, None, describe(tags.DF_NAME, read.data, dictionary)
    if read.ins == 0x82:
        return None, None, describe(tags.ISSUER_AUTHENTICATION_DATA, read.data, dictionary)
    objects, listed = None, read.data
    if read.ins == 0xA8:
        try:
            objects = decode_tlv(read.data, dictionary)
            listed = objects.items[0].value if objects.items and objects.items[0].tag == 0x83 else b""
        except CardFault:
            objects = None
    if dol is None or read.ins not in (0xA8, 0xAE, 0x88):
        return objects, None, None
    return objects, decode_dol(dol, listed, dictionary), None


def decode_response(
    data: Octets,
    sw: int = 0x9000,
    command: Octets | Command | None = None,
    dictionary: Dictionary = PBOC,
) -> ResponseDecoding:
    """The data and status word of a response. `command` tells what a format 1 template (80) is made of. Raises
    `MisuseError` for a status word that does not fit two bytes."""
    if not 0 <= sw <= 0xFFFF:
        raise MisuseError(f"a status word has two bytes, not {sw:X}")
    raw, status = octets(data), meanings.status(sw)
    if not raw:
        return ResponseDecoding(raw, sw, status)
    ins = None if command is None else _instruction(command)
    if ins in (0x84, 0xC0, 0xB0):
        return ResponseDecoding(raw, sw, status, fault="not TLV by the rule of its command")
    try:
        objects = decode_tlv(raw, dictionary)
    except CardFault as fault:
        return ResponseDecoding(raw, sw, status, fault=str(fault))
    items = objects.items
    parts: tuple[Description, ...] = ()
    if len(items) == 1 and items[0].tag == tags.RESPONSE_FORMAT_1:
        parts = _format_1(items[0].value, ins, dictionary)
    return ResponseDecoding(raw, sw, status, objects, parts)


def _instruction(command: Octets | Command) -> int:
    return command.ins if isinstance(command, Command) else Command.parse(octets(command)).ins


def _format_1(value: bytes, ins: int | None, dictionary: Dictionary) -> tuple[Description, ...]:
    """The fields of a format 1 template: what they are depends on the command that was answered."""
    layouts = {
        0xA8: ((tags.AIP, 2), (tags.AFL, None)),
        0xAE: ((tags.CID, 1), (tags.ATC, 2), (tags.CRYPTOGRAM, 8), (tags.IAD, None)),
        0x88: ((tags.SIGNED_DYNAMIC_DATA, None),),
    }
    made, at = [], 0
    for tag, length in layouts.get(ins or 0, ()):
        part = value[at : len(value) if length is None else at + length]
        if part:
            made.append(describe(tag, part, dictionary))
        at += len(part)
    return tuple(made)
