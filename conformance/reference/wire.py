"""Wire: what the commands and responses of a transaction say, read without any help of the kernel.

# spec: emv-b3/annex-b, emv-b3/5.4, emv-b3/6.5.8, emv-b3/10.2, emv-b1/9.3.1

Tags are hexadecimal texts here ("9F37"). What cannot be read raises `Unreadable`: then there is nothing to compare.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

SELECT, READ_RECORD, OPTIONS, GET_RESPONSE = 0xA4, 0xB2, 0xA8, 0xC0
INTERNAL, GENERATE, GET_DATA, VERIFY, CHALLENGE, EXTERNAL = 0x88, 0xAE, 0xCA, 0x20, 0x84, 0x82


class Unreadable(Exception):
    """Bytes that are not what the format says."""


class Item(NamedTuple):
    """A data object, with the bytes it was written in."""

    tag: str
    value: bytes
    written: bytes


def _behind_tag(raw: bytes, at: int) -> int:
    """Where the tag that begins at `at` is over; behind the end when it is cut off."""
    if raw[at] & 0x1F == 0x1F:
        at += 1
        while at < len(raw) and raw[at] & 0x80:
            at += 1
    return at + 1


@lru_cache(maxsize=256)
def items(raw: bytes) -> tuple[Item, ...]:
    """The data objects of one level; 00 and FF between them are filler."""
    found, at = [], 0
    while at < len(raw):
        if raw[at] in (0x00, 0xFF):
            at += 1
            continue
        start, at = at, _behind_tag(raw, at)
        tag = raw[start:at].hex().upper()
        if at >= len(raw):
            raise Unreadable(f"{tag} without a length")
        size = raw[at]
        at += 1
        if size > 0x7F:
            more = size & 0x7F
            if not 1 <= more <= 3 or at + more > len(raw):
                raise Unreadable(f"the length of {tag}")
            size = int.from_bytes(raw[at : at + more], "big")
            at += more
        if at + size > len(raw):
            raise Unreadable(f"{tag} is longer than what holds it")
        found.append(Item(tag, raw[at : at + size], raw[start : at + size]))
        at += size
    return tuple(found)


def pick(raw: bytes, *path: str) -> bytes | None:
    """The value of the object at the end of a path of templates, None when it is not there."""
    for tag in path:
        held = [item.value for item in items(raw) if item.tag == tag]
        if not held:
            return None
        raw = held[0]
    return raw


def listed(wanted: bytes, values: bytes) -> dict[str, bytes]:
    """The values of a filled data object list, by tag."""
    found, at, place = {}, 0, 0
    while at < len(wanted):
        start, at = at, _behind_tag(wanted, at)
        if at >= len(wanted):
            raise Unreadable("a data object list ends in a tag")
        size = wanted[at]
        found[wanted[start:at].hex().upper()] = values[place : place + size]
        place += size
        at += 1
    return found


def names(wanted: bytes) -> list[str]:
    """The tags of a data object list."""
    return list(listed(wanted, b""))


class Turn(NamedTuple):
    """A command and its whole answer. `raw` is the command as sent first; `sw` None: there was no answer."""

    raw: bytes
    answer: bytes
    sw: int | None

    @property
    def ins(self) -> int:
        """The instruction."""
        return self.raw[1]

    @property
    def p1(self) -> int:
        """The first parameter."""
        return self.raw[2]

    @property
    def data(self) -> bytes:
        """The data field of a short command."""
        return self.raw[5 : 5 + self.raw[4]] if len(self.raw) > 5 else b""


def turns(exchanges: Iterable[tuple[bytes, bytes | None]]) -> Iterator[Turn]:
    """Commands with their answers, pieces fetched by GET RESPONSE put together, repeats for 6Cxx once."""
    held: Turn | None = None
    for command, response in exchanges:
        sw = int.from_bytes(response[-2:], "big") if response is not None else None
        answer = response[:-2] if response is not None else b""
        if held is not None and command[1] == GET_RESPONSE and held.sw is not None and held.sw >> 8 in (0x61, 0x6C):
            # A 6Cxx to GET RESPONSE itself only says how to ask again.
            held = Turn(held.raw, held.answer + answer, sw if sw is not None and sw >> 8 != 0x6C else held.sw)
            continue
        if held is not None and held.sw is not None and held.sw >> 8 == 0x6C and command[:4] == held.raw[:4]:
            held = Turn(held.raw, answer, sw)
            continue
        if held is not None:
            yield held
        held = Turn(command, answer, sw)
    if held is not None:
        yield held


@dataclass(slots=True)
class Dialogue:
    """A transaction as the wire shows it, from the final selection on.

    `static`: the records to be authenticated, None when one of them cannot be; `objects`: the data objects of the
    records; `later`: every turn after the last GET PROCESSING OPTIONS that opened the application.
    """

    name: bytes = b""
    pdol: bytes = b""
    pdol_data: bytes = b""
    aip: bytes = b""
    afl: bytes = b""
    static: bytes | None = b""
    objects: dict[str, bytes] = field(default_factory=dict)
    later: list[Turn] = field(default_factory=list)

    def sent(self, ins: int) -> list[Turn]:
        """The turns of one instruction."""
        return [turn for turn in self.later if turn.ins == ins]

    @property
    def rid(self) -> bytes:
        """The registered application provider identifier."""
        return self.name[:5]

    @property
    def pan(self) -> str:
        """The digits of 5A."""
        return self.objects.get("5A", b"").hex().rstrip("f")


def read(exchanges: Iterable[tuple[bytes, bytes | None]]) -> Dialogue:
    """Puts a dialogue together. Raises `Unreadable` when the application was not opened or its records do not read."""
    held = Dialogue()
    name = pdol = b""
    for turn in turns(exchanges):
        if turn.ins == SELECT and turn.sw == 0x9000:
            name = pick(turn.answer, "6F", "84") or turn.data
            pdol = pick(turn.answer, "6F", "A5", "9F38") or b""
        elif turn.ins == OPTIONS and turn.sw == 0x9000:
            held = Dialogue(name, pdol, pick(turn.data, "83") or b"")
            held.aip, held.afl = opened(turn.answer)
        else:
            held.later.append(turn)
    if not held.afl:
        raise Unreadable("the application was not opened")
    collect(held)
    return held


def opened(answer: bytes) -> tuple[bytes, bytes]:
    """AIP and AFL in either format."""
    plain = pick(answer, "80")
    if plain is not None:
        return plain[:2], plain[2:]
    aip, afl = pick(answer, "77", "82"), pick(answer, "77", "94")
    if aip is None or afl is None:
        raise Unreadable("no AIP or no AFL")
    return aip, afl


def collect(held: Dialogue) -> None:
    """The data objects and the static data out of the records the AFL names, in its order."""
    records = {(turn.raw[3] >> 3, turn.p1): turn.answer for turn in held.sent(READ_RECORD) if turn.sw == 0x9000}
    static, whole = b"", True
    for at in range(0, len(held.afl) - 3, 4):
        sfi, first, last, signed = held.afl[at] >> 3, held.afl[at + 1], held.afl[at + 2], held.afl[at + 3]
        for number in range(first, last + 1):
            if (sfi, number) not in records:
                raise Unreadable(f"record {sfi}.{number} was not read")
            record = records[sfi, number]
            authenticated = number < first + signed
            if sfi > 10:
                whole = whole and (not authenticated or record[:1] == b"\x70")
                static += record if authenticated else b""
                continue
            inside = pick(record, "70")
            if inside is None:
                raise Unreadable(f"record {sfi}.{number} is no template 70")
            static += inside if authenticated else b""
            for item in items(inside):
                if item.value:
                    held.objects.setdefault(item.tag, item.value)
    held.static = static if whole else None
