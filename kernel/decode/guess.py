"""Guess: what bytes without a label most likely are, and why."""

from dataclasses import dataclass
from typing import Any

from jinka.kernel.apdu import Command
from jinka.kernel.card.atr import Atr
from jinka.kernel.data import dol, meanings, tlv
from jinka.kernel.data.dictionary import Dictionary
from jinka.kernel.data.lines import plain
from jinka.kernel.data.meanings import Text
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.decode.atr import AtrDecoding, decode_atr
from jinka.kernel.decode.exchange import CommandDecoding, ResponseDecoding, decode_apdu, decode_response
from jinka.kernel.decode.objects import DolDecoding, Octets, TlvDecoding, decode_dol, decode_tlv, octets
from jinka.kernel.errors import CardFault, MisuseError

Decoding = TlvDecoding | DolDecoding | CommandDecoding | ResponseDecoding | AtrDecoding


@dataclass(frozen=True, slots=True)
class Guess:
    """The most likely reading. `kind` is "atr", "command", "response", "tlv", "dol" or "unknown" (then `decoding` is
    None); `others` names further kinds the bytes could be."""

    kind: str
    reason: Text
    raw: bytes
    decoding: Decoding | None
    others: tuple[str, ...] = ()

    def to_json(self) -> Any:
        """Plain values for `json.dumps`."""
        return plain(self)


def decode_any(given: Octets, dictionary: Dictionary = PBOC) -> Guess:
    """Decodes bytes as whatever fits them best. Raises `MisuseError` when they are not hexadecimal or empty."""
    raw = octets(given)
    if not raw:
        raise MisuseError("there is nothing to decode")
    fits = [(kind, reason) for kind, reason in _candidates(raw, dictionary) if reason is not None]
    if not fits:
        return _broken(raw, dictionary)
    kind, reason = fits[0]
    return Guess(kind, reason, raw, _decode(kind, raw, dictionary), tuple(other for other, _ in fits[1:]))


def _broken(raw: bytes, dictionary: Dictionary) -> Guess:
    """What bytes were meant to be that fit nothing: an ATR with a fault, or data objects that are cut off."""
    if raw[0] in (0x3B, 0x3F) and 2 <= len(raw) <= 33 and raw[0] not in dictionary:
        told = decode_atr(raw)
        why = "; ".join(told.faults)
        return Guess("atr", Text(f"begins with TS, but: {why}", f"以TS开头,但是:{why}"), raw, told)
    try:
        tlv.scan(raw)
        why = ""
    except CardFault as fault:
        why = str(fault)
    reason = Text(f"fits no form known here; as data objects: {why}", f"不符合任何已知格式;按TLV解析:{why}")
    return Guess("unknown", reason, raw, None)


def _decode(kind: str, raw: bytes, dictionary: Dictionary) -> Decoding:
    if kind == "atr":
        return decode_atr(raw)
    if kind == "command":
        return decode_apdu(raw, dictionary=dictionary)
    if kind == "response":
        return decode_response(raw[:-2], int.from_bytes(raw[-2:], "big"), dictionary=dictionary)
    return decode_tlv(raw, dictionary) if kind == "tlv" else decode_dol(raw, dictionary=dictionary)


def _candidates(raw: bytes, dictionary: Dictionary) -> list[tuple[str, Text | None]]:
    """Every kind with the reason for it, or None; the most telling first."""
    known, answer = _tlv(raw, dictionary, strict=True), _response(raw)
    good = raw.endswith(b"\x90\x00")  # as TLV this would be an empty issuer certificate: nobody sends one
    return [
        ("atr", _atr(raw)),
        ("response", answer if good else None),
        ("tlv", known),
        ("command", _command(raw)),
        ("response", None if good else answer),
        ("dol", _dol(raw, dictionary)),
        ("tlv", None if known else _tlv(raw, dictionary, strict=False)),
    ]


def _atr(raw: bytes) -> Text | None:
    try:
        Atr.parse(raw)
    except CardFault:
        return None
    return Text("begins with TS and has exactly the length T0 announces", "以TS开头,长度与T0声明一致")


def _tlv(raw: bytes, dictionary: Dictionary, *, strict: bool) -> Text | None:
    """`strict`: the first tag must be a known one with a length it may have."""
    try:
        nodes = tlv.scan(raw)
    except CardFault:
        return None
    if not nodes or (strict and (raw[0] == 0 or any(node.tag not in dictionary for node in nodes[:1]))):
        return None
    if strict and not nodes[0].constructed and not dictionary.fits(nodes[0].tag, nodes[0].value):
        return None
    if strict:
        return Text("data objects to the last byte, the first of a known tag", "数据对象恰好占满,首个标签已知")
    return Text("data objects to the last byte", "数据对象恰好占满全部字节")


def _command(raw: bytes) -> Text | None:
    try:
        read = Command.parse(raw)
    except MisuseError:
        return None
    name = meanings.command(read.cla, read.ins)
    if name is None or read.cla & 0x70:
        return None
    return Text(f"the header of {name.en} with a length that fits", f"{name.zh}命令头,长度相符")


def _response(raw: bytes) -> Text | None:
    if len(raw) < 2:
        return None
    sw = int.from_bytes(raw[-2:], "big")
    if sw != 0x9000 and not (sw >> 8 in (0x61, 0x6C) or sw in meanings.STATUS or sw & 0xFFF0 == 0x63C0):
        return None
    if len(raw) > 2:
        try:
            tlv.scan(raw[:-2])
        except CardFault:
            return None
    return Text(f"ends in the status word {sw:04X}", f"以状态字{sw:04X}结尾")


def _dol(raw: bytes, dictionary: Dictionary) -> Text | None:
    try:
        entries = dol.parse(raw)
    except CardFault:
        return None
    if not entries or any(tlv.is_constructed(entry.tag) or entry.tag not in dictionary for entry in entries):
        return None
    return Text("known tags, each with a length", "均为已知标签,各带长度")
