"""A card's T=0 side, for readers that hand over T=0 commands as they are (ISO/IEC 7816-3 clause 12.2).

In T=0 a command carries data or asks for data, never both, and P3 must be the very length. So an answer to a command
with data is announced by 61xx and fetched by GET RESPONSE, and a wrong P3 is answered 6Cxx. A machine that does so by
itself passes through here unchanged; for one that only knows whole APDUs, this does it.
"""

from dataclasses import replace

from jinka.kernel.apdu import Command, Response
from jinka.kernel.card.atr import Atr
from jinka.kernel.errors import MalformedData
from jinka.simulator.readers.service import Machine

_GET_RESPONSE = b"\x00\xc0\x00\x00"


class T0Face:
    """The machine as a T=0 reader finds it. What it holds back is lost with the next command or reset."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._held = Response()
        self._header = b""  # the command that may fetch it: GET RESPONSE, or the same again after 6Cxx

    @property
    def atr(self) -> bytes:
        """The machine's own."""
        return self._machine.atr

    def power_on(self) -> None:
        """A cold reset."""
        self._header = b""
        self._machine.power_on()

    def reset(self) -> None:
        """A warm reset."""
        self._header = b""
        self._machine.reset()

    def power_off(self) -> None:
        """The power goes."""
        self._header = b""
        self._machine.power_off()

    def answer(self, command: Command, /) -> Response:
        """One T=0 command. Whole APDUs are answered whole, and any when the ATR does not lead to T=0."""
        if not _speaks_t0(self._machine.atr) or (command.data and command.le is not None):
            return self._machine.answer(command)
        header, self._header = self._header, b""
        if header and command.header == header and not command.data:
            return self._fetch(header, command.le or 256)
        if command.data:
            response = self._machine.answer(replace(command, le=256))
            return self._hold(response, _GET_RESPONSE, 0x61)
        response = self._machine.answer(command)
        return response if len(response.data) == (command.le or 256) else self._hold(response, command.header, 0x6C)

    def _hold(self, response: Response, header: bytes, sw1: int) -> Response:
        size = len(response.data)
        if not 0 < size <= 256:  # nothing to hold; or a broken card, whose answer is the terminal's affair
            return response
        self._held, self._header = response, header
        return Response(sw=sw1 << 8 | size & 0xFF)

    def _fetch(self, header: bytes, wanted: int) -> Response:
        held = self._held
        if wanted == len(held.data):
            return held
        if wanted > len(held.data) or header != _GET_RESPONSE:
            return self._hold(held, header, 0x6C)
        rest = self._hold(Response(held.data[wanted:], held.sw), header, 0x61)
        return Response(held.data[:wanted], rest.sw)


def _speaks_t0(atr: bytes) -> bool:
    try:
        return Atr.parse(atr).chosen == 0
    except MalformedData:
        return False
