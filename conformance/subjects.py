"""Subjects by name, as a command line has them.

kernel                         our kernel in this process
driver:COMMAND ...             a terminal behind a driver that speaks on its standard input and output
driver+tcp:HOST:PORT           the same over TCP
"""

import shlex

from jinka.conformance.case import CaseError
from jinka.conformance.drivers.client import Driven
from jinka.conformance.drivers.connect import Child, Port
from jinka.conformance.subject import Kernel, Subject

KINDS = "kernel, driver:COMMAND or driver+tcp:HOST:PORT"


def subject(text: str) -> Subject:
    """The subject of that name. Nothing is started or opened before it is used. Raises `CaseError`."""
    kind, _, rest = text.partition(":")
    match kind:
        case "kernel" if not rest:
            return Kernel()
        case "driver" if words := _words(rest):
            return Driven(Child(tuple(words)))
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
