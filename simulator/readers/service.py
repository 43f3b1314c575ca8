"""What a reader does to a card, word by word: the card's end of vpcd's wire, for both directions of the connection."""

from collections.abc import Callable
from typing import Protocol

from jinka.kernel.apdu import Command, Response
from jinka.kernel.errors import LinkFault, MisuseError
from jinka.kernel.transports.framing import GET_ATR, POWER_OFF, POWER_ON, RESET, Wire

WRONG_LENGTH = b"\x67\x00"


class Machine(Protocol):
    """A card that can be put into a reader. `answer` may raise a `LinkFault`: the card is pulled at that point."""

    @property
    def atr(self) -> bytes:
        """The answer to reset; a reader may ask for it before it gives power."""
        ...

    def power_on(self) -> object:
        """A cold reset."""
        ...

    def reset(self) -> object:
        """A warm reset."""
        ...

    def power_off(self) -> object:
        """The power goes: what is volatile is lost. May come twice, and without a word before."""
        ...

    def answer(self, command: Command, /) -> Response:
        """One command in, one response out."""
        ...


Heard = Callable[[Command, Response], None]


def serve(machine: Machine, wire: Wire, heard: Heard) -> None:
    """Plays the card until the peer goes or the card is pulled; then the wire is closed and the card without power.

    Never silent: whatever the machine raises, the wire is closed first, since vpcd waits for ever for an answer. An
    error that is not a `LinkFault` is a fault of the simulator and is raised on.
    """
    try:
        while True:
            reply = _reply(machine, wire.receive(), heard)
            if reply is not None:
                wire.send(reply)
    except (EOFError, OSError, LinkFault):
        pass  # out of the reader, one way or the other
    finally:
        wire.close()
        machine.power_off()


def _reply(machine: Machine, payload: bytes, heard: Heard) -> bytes | None:
    if payload == GET_ATR:
        return machine.atr
    if payload in (POWER_OFF, POWER_ON, RESET):
        {POWER_OFF: machine.power_off, POWER_ON: machine.power_on, RESET: machine.reset}[payload]()
        return None
    try:
        command = Command.parse(payload)
    except MisuseError:
        return WRONG_LENGTH  # an extended or broken APDU
    response = machine.answer(command)
    heard(command, response)
    return bytes(response)
