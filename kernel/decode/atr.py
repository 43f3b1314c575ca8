"""ATR: every byte of an answer to reset in words (ISO/IEC 7816-3 clause 8, EMV 4.4 Book 1 clause 8.3).

`card/atr.py` decides what a terminal does with an ATR; here even a bad one is shown as far as it can be read.
"""

from dataclasses import dataclass
from typing import Any

from jinka.kernel.card.atr import Atr
from jinka.kernel.data.lines import plain
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.decode.objects import Octets, octets
from jinka.kernel.errors import MalformedData


@dataclass(frozen=True, slots=True)
class AtrByte:
    """One character: its offset, its name such as "TA1", its value and what that says."""

    offset: int
    name: str
    value: int
    meaning: Text


@dataclass(frozen=True, slots=True)
class AtrDecoding:
    """An answer to reset. `protocols` are those offered, in the card's order; `chosen` the one an EMV terminal speaks.

    `faults` say why it is not a well-formed ATR. `emv_cold` and `emv_warm` say why an EMV terminal turns it down after
    a cold or a warm reset; empty when it must take it. `tck` is whether the check byte is right, None without one.
    """

    raw: bytes
    characters: tuple[AtrByte, ...]
    historical: bytes
    historical_text: str
    protocols: tuple[int, ...]
    chosen: int | None
    tck: bool | None
    faults: tuple[str, ...] = ()
    emv_cold: str = ""
    emv_warm: str = ""

    def to_json(self) -> Any:
        """Plain values for `json.dumps`."""
        return plain(self)


_FI = {0: 372, 1: 372, 2: 558, 3: 744, 4: 1116, 5: 1488, 6: 1860, 9: 512, 10: 768, 11: 1024, 12: 1536, 13: 2048}
_DI = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 32, 7: 64, 8: 12, 9: 20}
_GLOBAL = 15


def decode_atr(atr: Octets) -> AtrDecoding:
    """An answer to reset, byte by byte. Raises `MalformedData` for fewer than 2 bytes only: other faults are told."""
    raw = octets(atr)
    if len(raw) < 2:
        raise MalformedData(f"an ATR has at least 2 bytes, not {len(raw)}", path="ATR", clause="iso7816-3/8.2")
    convention = {0x3B: Text("direct convention", "正向约定"), 0x3F: Text("inverse convention", "反向约定")}
    read = [
        AtrByte(0, "TS", raw[0], convention.get(raw[0], Text("neither 3B nor 3F", "既非3B也非3F"))),
        AtrByte(1, "T0", raw[1], _follows("1", raw[1] >> 4, f"K = {raw[1] & 15}")),
    ]
    at, protocols, checked = _interface(raw, read)
    count = raw[1] & 15
    historical = raw[at : at + count]
    read += [AtrByte(at + n, f"T{n + 1}", byte, _character(byte)) for n, byte in enumerate(historical)]
    at += len(historical)
    tck = None
    if checked and at < len(raw):
        total = 0
        for byte in raw[1 : at + 1]:
            total ^= byte
        tck = total == 0
        words = Text("check byte, right", "校验字节,正确") if tck else Text("check byte, wrong", "校验字节,错误")
        read.append(AtrByte(at, "TCK", raw[at], words))
        at += 1
    extra = Text("more bytes than announced", "超出声明的字节")
    read += [AtrByte(place, "?", raw[place], extra) for place in range(at, len(raw))]
    printable = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in historical)
    offered = tuple(dict.fromkeys(protocols)) or (0,)
    try:
        good = Atr.parse(raw)
    except MalformedData as fault:
        return AtrDecoding(raw, tuple(read), historical, printable, offered, None, tck, (fault.reason,),
                           fault.reason, fault.reason)  # fmt: skip
    return AtrDecoding(raw, tuple(read), historical, printable, offered, good.chosen, tck, (),
                       good.emv_fault(), good.emv_fault(warm=True))  # fmt: skip


def _interface(raw: bytes, read: list[AtrByte]) -> tuple[int, list[int], bool]:
    """Reads TA1 to the last TDi; gives the offset behind them, the protocols named, and whether a TCK must follow."""
    at, present, number, protocol = 2, raw[1] >> 4, 1, None
    protocols: list[int] = []
    checked = False
    while True:
        td = None
        for letter, there in zip("ABCD", (present & 1, present & 2, present & 4, present & 8), strict=True):
            if not there or at >= len(raw):
                continue
            byte = raw[at]
            read.append(AtrByte(at, f"T{letter}{number}", byte, _meaning(letter, number, byte, protocol)))
            td = byte if letter == "D" else td
            at += 1
        if td is None:
            return at, protocols, checked
        present, number, protocol = td >> 4, number + 1, td & 15
        checked = checked or protocol != 0
        if protocol != _GLOBAL:
            protocols.append(protocol)


def _follows(number: str, present: int, rest: str) -> Text:
    names = [f"T{letter}{number}" for place, letter in enumerate("ABCD") if present >> place & 1]
    return Text(f"{' '.join(names) or 'nothing'} to follow, {rest}", f"后续{' '.join(names) or '无'},{rest}")


def _meaning(letter: str, number: int, byte: int, protocol: int | None) -> Text:
    """What an interface byte says; from the third round on that depends on the protocol named before it."""
    if letter == "D":
        return _follows(str(number + 1), byte >> 4, f"T = {byte & 15}")
    if number == 1:
        return _first(letter, byte)
    if number == 2:
        return _second(letter, byte)
    if protocol == _GLOBAL and letter == "A":
        classes = "".join(name for name, bit in zip("ABC", (1, 2, 4), strict=True) if byte & bit)
        return Text(f"voltage classes {classes or 'none'}", f"电压类别{classes or '无'}")
    if protocol == 1 and letter == "A":
        return Text(f"IFSC {byte}", f"IFSC {byte}")
    if protocol == 1 and letter == "B":
        return same(f"BWI {byte >> 4}, CWI {byte & 15}")
    if protocol == 1 and letter == "C":
        return Text("CRC", "CRC校验") if byte & 1 else Text("LRC", "LRC校验")
    return Text(f"for T = {protocol}", f"用于T = {protocol}")


def _first(letter: str, byte: int) -> Text:
    if letter == "A":
        fi, di = _FI.get(byte >> 4, 0), _DI.get(byte & 15, 0)
        return same(f"Fi {fi or 'RFU'}, Di {di or 'RFU'}")
    if letter == "B":
        return Text("no VPP", "不使用VPP") if not byte else Text("VPP wanted (obsolete)", "要求VPP(已废止)")
    if byte == 255:
        return Text("shortest guard time", "最短保护时间")
    return Text(f"extra guard time {byte} etu", f"额外保护时间{byte} etu")


def _second(letter: str, byte: int) -> Text:
    if letter == "A":
        fixed = Text("may not change", "不可改变") if byte & 0x80 else Text("may change", "可改变")
        rates = Text("implicit rates", "隐含参数") if byte & 0x10 else Text("rates of TA1", "采用TA1参数")
        spoken = f"T = {byte & 15}"
        return Text(f"specific mode, {spoken}, {fixed.en}, {rates.en}", f"专用模式,{spoken},{fixed.zh},{rates.zh}")
    if letter == "B":
        return Text("VPP wanted (obsolete)", "要求VPP(已废止)")
    return Text(f"T=0 waiting time integer {byte}", f"T=0等待时间整数{byte}")


def _character(byte: int) -> Text:
    return same(chr(byte) if 0x20 <= byte < 0x7F else "historical")
