"""Exchange: one command and its whole answer, over any transport.

61xx, 6Cxx and GET RESPONSE are handled here once (ISO/IEC 7816-4 clause 5.1.3; EMV 4.4 Book 1 clause 9.3.1 and annex
A), so that a reader that shows them and one that hides them behave alike. A hostile card can make this loop only a
bounded number of times. # spec: emv-b1/9.3.1
"""

from dataclasses import replace

from jinka.kernel.apdu import Command, Response
from jinka.kernel.card.status import OK, warning
from jinka.kernel.effects import Slot, Transmit
from jinka.kernel.errors import MalformedData

MAX_PIECES = 32
MAX_DATA = 256


async def exchange(command: Command, slot: Slot = Slot.CARD) -> Response:
    """Sends a command and returns data and final status word. Raises `MalformedData` when the card does not come to an
    end or sends more than a short APDU can carry."""
    response = await Transmit(command, slot)
    sw = response.sw
    if sw >> 8 == 0x6C:
        response = await Transmit(
            Command(command.cla, command.ins, command.p1, command.p2, command.data, sw & 0xFF or 256), slot
        )
        sw = response.sw
    if sw >> 8 == 0x61:
        response = await _collect(response, slot)
    elif warning(sw) and command.data and command.le is not None and not response.data:
        response = await _behind_warning(response, slot)
    if len(response.data) > MAX_DATA:
        raise MalformedData(f"{len(response.data)} bytes of response data", path=f"INS {command.ins:02X}")
    return response


async def _behind_warning(response: Response, slot: Slot) -> Response:
    """T=0 hands out the data behind a warning by GET RESPONSE; the warning stays the status. A card that has none, or
    does not know the command, leaves the warning alone. # spec: emv-b1/annex-a"""
    more = await Transmit(Command(0x00, 0xC0, 0x00, 0x00, b"", 256), slot)
    if more.sw >> 8 == 0x6C:
        more = await Transmit(Command(0x00, 0xC0, 0x00, 0x00, b"", more.sw & 0xFF or 256), slot)
    if more.sw >> 8 == 0x61:
        more = await _collect(more, slot)
    return replace(response, data=more.data) if more.sw == OK or warning(more.sw) else response


async def _collect(response: Response, slot: Slot) -> Response:
    data = response.data
    sw = response.sw
    for _ in range(MAX_PIECES):
        if sw >> 8 != 0x61:
            return Response(data, sw, response.elapsed)
        response = await Transmit(Command(0x00, 0xC0, 0x00, 0x00, b"", sw & 0xFF or 256), slot)
        if response.sw >> 8 == 0x6C:
            response = await Transmit(Command(0x00, 0xC0, 0x00, 0x00, b"", response.sw & 0xFF or 256), slot)
        data += response.data
        sw = response.sw
        if len(data) > MAX_DATA:
            break
    raise MalformedData("GET RESPONSE does not come to an end", path="GET RESPONSE", clause="emv-b1/9.3.1")
