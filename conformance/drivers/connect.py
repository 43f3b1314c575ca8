"""Connect: how the suite comes to a driver: a child process it starts, or a TCP port it calls."""

import os
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from typing import IO, Protocol

from jinka.conformance.drivers.peer import Line, LineClosed

_GRACE = 2.0  # seconds a driver has to end by itself
_CALLING = 10.0  # seconds to reach a TCP driver


class Connection(Protocol):
    """An open line. `close` ends it for good, whatever the other side does."""

    line: Line

    def close(self) -> None:
        """Gives the line up; a child that does not end by itself is killed."""
        ...

    def last_words(self) -> str:
        """What the driver complained about, for whoever looks for a fault."""
        ...


class Where(Protocol):
    """A driver that can be reached. Plain data: it may go to another process."""

    @property
    def title(self) -> str:
        """What a person calls it."""
        ...

    def open(self) -> Connection:
        """Reaches it. Raises `LineClosed`."""
        ...


@dataclass(frozen=True, slots=True)
class Child:
    """A command that speaks the protocol on its standard input and output."""

    command: tuple[str, ...]

    @property
    def title(self) -> str:
        """The command."""
        return " ".join(self.command)

    def open(self) -> "ChildConnection":
        """Starts it, in a process group of its own."""
        errors = tempfile.TemporaryFile()
        try:
            process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
            )
        except OSError as fault:
            errors.close()
            raise LineClosed(f"{self.command[0]}: {fault.strerror}") from None
        return ChildConnection(process, errors)


class ChildConnection:
    """A running child."""

    def __init__(self, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        self._process, self._errors = process, errors
        if process.stdin is None or process.stdout is None:
            raise LineClosed("the driver has no standard input and output")
        self.line = Line(process.stdout.fileno(), process.stdin.fileno())

    def last_words(self) -> str:
        """How it ended and the last of what it wrote to standard error."""
        try:
            code: int | None = self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            code = None
        if self._errors.closed:
            return ""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - 400))
        text = " ".join(self._errors.read().decode("utf-8", "replace").split())
        ended = "" if code is None else f"exit code {code}"
        return ": ".join(part for part in (ended, text) if part)

    def close(self) -> None:
        """Closes its standard input, waits a moment, kills its process group."""
        process = self._process
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass  # what was still to be written has no reader
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)  # what the child may have started, too
        except ProcessLookupError:
            pass
        process.wait()
        self._errors.close()


@dataclass(frozen=True, slots=True)
class Port:
    """A driver that listens, for one suite at a time."""

    host: str
    port: int

    @property
    def title(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    def open(self) -> "PortConnection":
        """Calls it."""
        try:
            return PortConnection(socket.create_connection((self.host, self.port), _CALLING))
        except OSError as fault:
            raise LineClosed(f"{self.title}: {fault.strerror or fault}") from None


class PortConnection:
    """A socket."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self.line = Line(connected.fileno(), connected.fileno())

    def last_words(self) -> str:
        """A socket has none."""
        return ""

    def close(self) -> None:
        """Hangs up."""
        self._socket.close()
