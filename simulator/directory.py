"""Directory: the payment system environment, a list of the card's applications (EMV 4.4 Book 1 clause 12.2).

# spec: emv-b1/12.2.2, emv-b1/12.2.3
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

import msgspec
from jinka.kernel.apdu import Command, Response
from jinka.kernel.data import tags
from jinka.kernel.data.tlv import encode
from jinka.simulator.machine import Applet, Handler, Refused, Status, Turn, expect_length
from jinka.simulator.objects import Hex, Objects

PSE = b"1PAY.SYS.DDF01"
READ_RECORD = 0xB2


class DirectoryProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The directory of a personality. `fci` follows the SFI in A5; a record in `records` replaces the one made from
    the applications, byte for byte."""

    name: Hex = Hex(PSE)
    sfi: int = 1
    fci: Objects = Objects()
    blocked: bool = False
    records: dict[str, Hex] = {}


class Chosen(Enum):
    """The one state of a selected directory."""

    SELECTED = 1


@dataclass(slots=True)
class Nothing:
    """A directory has nothing to remember."""


def directory_entry(aid: bytes, shown: Objects) -> bytes:
    """One application template 61, with label, preferred name and priority as the application's FCI has them."""
    wanted = (tags.LABEL, tags.PREFERRED_NAME, tags.PRIORITY)
    rows = [(tag, value) for tag, value in shown if tag in wanted and value is not None]
    return encode(tags.APPLICATION_TEMPLATE, encode(tags.ADF_NAME, aid) + b"".join(encode(*row) for row in rows))


def _read_record(directory: "Directory", turn: Turn[Nothing, Nothing], command: Command) -> Response:
    expect_length(command, 0)
    if command.p1 == 0 or command.p2 & 7 != 4:
        raise Refused(Status.WRONG_PARAMETERS)
    if command.p2 >> 3 != directory.profile.sfi:
        raise Refused(Status.NO_FILE)
    if command.p1 > len(directory.records):
        raise Refused(Status.NO_RECORD)
    return Response(directory.records[command.p1 - 1])


class Directory(Applet[Nothing, Nothing]):
    """The environment as something to select; one application a record."""

    classes: ClassVar[Mapping[int, frozenset[int]]] = {READ_RECORD: frozenset({0x00})}
    table: ClassVar[Mapping[tuple[Enum, int], Handler]] = {(Chosen.SELECTED, READ_RECORD): _read_record}

    def __init__(self, profile: DirectoryProfile, entries: Sequence[bytes]) -> None:
        super().__init__(bytes(profile.name))
        self.profile = profile
        made = [encode(tags.RECORD_TEMPLATE, entry) for entry in entries]
        numbers = {int(number): bytes(raw) for number, raw in profile.records.items()}
        last = max([len(made), *numbers])
        self.records = [numbers.get(at, made[at - 1] if at <= len(made) else b"\x70\x00") for at in range(1, last + 1)]

    def issue(self) -> Nothing:
        """Nothing to keep."""
        return Nothing()

    def begin(self) -> Nothing:
        """Nothing to begin."""
        return Nothing()

    def state(self, session: Nothing) -> Chosen:
        """Always the same."""
        return Chosen.SELECTED

    def fci(self, memory: Nothing) -> Response:
        """6F with 84 and A5; an SFI written in `fci` takes the place of the real one."""
        shown = self.profile.fci
        own = b"" if tags.SFI in shown else encode(tags.SFI, bytes((self.profile.sfi,)))
        inside = encode(tags.DF_NAME, self.name) + encode(tags.FCI_PROPRIETARY, own + shown.encode({}))
        status = Status.FILE_INVALIDATED if self.profile.blocked else Status.OK
        return Response(encode(tags.FCI_TEMPLATE, inside), status)
