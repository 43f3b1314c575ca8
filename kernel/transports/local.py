"""A card in this very process: the wire of the simulator."""

from typing import Protocol

from jinka.kernel.apdu import Command, Response


class Machine(Protocol):
    """Anything that answers commands, such as a simulated card."""

    def answer(self, command: Command, /) -> Response:
        """One command in, one response out. May raise `CardRemoved`."""
        ...


class LocalCard:
    """A card slot around a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def transmit(self, command: Command) -> Response:
        """Hands the command over, as bytes and back, so that what does not fit a wire does not fit here."""
        return self.machine.answer(Command.parse(bytes(command)))
