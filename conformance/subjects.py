"""Subjects by name, as a command line has them.

kernel                         our kernel in this process
pcsc, pcsc:READER@PORT         our kernel, its card in a virtual PC/SC reader (virtual.py)
driver:COMMAND ...             a terminal behind a driver that speaks on its standard input and output
driver+tcp:HOST:PORT           the same over TCP
driver+pcsc:COMMAND ...        a driven terminal with a PC/SC reader of its own: the card is in the virtual reader
"""

import shlex

from jinka.conformance.case import CaseError
from jinka.conformance.drivers.client import Driven
from jinka.conformance.drivers.connect import Child, Port
from jinka.conformance.subject import Kernel, Subject
from jinka.conformance.virtual import Pcsc, VirtualReader

KINDS = "kernel, pcsc[:READER@PORT], driver:COMMAND, driver+pcsc:COMMAND or driver+tcp:HOST:PORT"


def subject(text: str) -> Subject:
    """The subject of that name. Nothing is started or opened before it is used. Raises `CaseError`."""
    kind, _, rest = text.partition(":")
    match kind:
        case "kernel" if not rest:
            return Kernel()
        case "pcsc":
            return Pcsc(VirtualReader.parse(rest))
        case "driver" if words := _words(rest):
            return Driven(Child(tuple(words)))
        case "driver+pcsc" if words := _words(rest):
            return Driven(Child(tuple(words)), place=VirtualReader())
        case "driver+tcp":
            host, _, port = rest.rpartition(":")
            if host and port.isdecimal():
                return Driven(Port(host, int(port)))
    raise CaseError(f"{text!r} is no subject: {KINDS}")


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as fault:
        raise CaseError(f"{text!r}: {fault}") from None
