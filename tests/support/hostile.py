"""A card that lies: one response of a run is changed before the kernel sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from jinka.kernel import Outcome, Session, run
from jinka.kernel.apdu import Command, Response
from jinka.kernel.errors import CardFault

Change = Callable[[Response], Response]

# A purchase needs some 25 commands; 8 GET RESPONSE loops, a 255-record AFL and a PSE of 64 records are the worst cases.
MOST_COMMANDS = 600


@dataclass
class Liar:
    """Wraps a card slot; the response number `at` (from 0) goes through `change`."""

    card: object
    at: int = -1
    change: Change = lambda response: response
    seen: list[tuple[Command, Response]] = field(default_factory=list)

    def transmit(self, command: Command) -> Response:
        assert len(self.seen) < MOST_COMMANDS, "the kernel does not come to an end"
        response = self.card.transmit(command)
        if len(self.seen) == self.at:
            response = self.change(response)
        self.seen.append((command, response))
        return response


def end(session: Callable[[], Session[Outcome]], world: object) -> Outcome | CardFault:
    """Runs to the end: an outcome or a typed card fault, and nothing else."""
    try:
        return run(session(), world)
    except CardFault as fault:
        return fault


def truncated(length: int) -> Change:
    return lambda response: Response(response.data[:length], response.sw)


def flipped(byte: int, bit: int) -> Change:
    def change(response: Response) -> Response:
        if not response.data:
            return response
        data = bytearray(response.data)
        data[byte % len(data)] ^= 1 << bit
        return Response(bytes(data), response.sw)

    return change


def extended(tail: bytes) -> Change:
    return lambda response: Response(response.data + tail, response.sw)


def status(sw: int) -> Change:
    return lambda response: Response(b"" if sw != 0x9000 else response.data, sw)


def replaced(data: bytes, sw: int) -> Change:
    return lambda response: Response(data, sw)
