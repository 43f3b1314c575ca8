"""Line: frames over TCP or TLS. Two bytes of length, big-endian, then TPDU, header and message.

Every failure is a `HostFault` that says whether the request may have reached the host. From the first byte handed to
the socket on, it may have.
"""

import contextlib
import socket
import ssl
import time

from jinka.kernel.acquirer.config import HostConfig
from jinka.kernel.acquirer.messages import LARGEST
from jinka.kernel.errors import LinkFault


class HostFault(LinkFault):
    """No usable answer from the host. `sent`: the request may have reached it."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        self.reason, self.sent = reason, sent
        super().__init__(reason)


class Line:
    """A connection to the host, opened when it is needed."""

    def __init__(self, config: HostConfig) -> None:
        self._config = config
        self._prefix = config.tpdu + config.header
        self._socket: socket.socket | None = None
        self._deadline = 0.0

    def send(self, message: bytes) -> None:
        """Sends one message and starts the time for its answer. Raises `HostFault`."""
        line = self._open()
        frame = self._prefix + message
        self._deadline = time.monotonic() + self._config.answer_timeout
        line.settimeout(self._config.answer_timeout)
        try:
            line.sendall(len(frame).to_bytes(2, "big") + frame)
        except OSError as fault:
            self.close()
            raise HostFault(f"sending failed: {_reason(fault)}", sent=True) from None

    def receive(self) -> bytes:
        """The next message, without TPDU and header. Raises `HostFault` at the deadline of the last `send`."""
        size = int.from_bytes(self._read(2), "big")
        if not len(self._prefix) < size <= LARGEST:
            self.close()
            raise HostFault(f"a frame of {size} bytes", sent=True)
        return self._read(size)[len(self._prefix) :]

    def rest(self) -> None:
        """After an exchange that went well: keeps or closes the connection, as configured."""
        if not self._config.keep_open:
            self.close()

    def close(self) -> None:
        """Closes the connection; what still comes on it is never read."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

    def _open(self) -> socket.socket:
        if self._socket is not None and _hung_up(self._socket):
            self.close()
        if self._socket is None:
            try:
                self._socket = self._connect()
            except (OSError, ssl.SSLError) as fault:
                raise HostFault(f"no connection: {_reason(fault)}", sent=False) from None
        return self._socket

    def _connect(self) -> socket.socket:
        config = self._config
        plain = socket.create_connection((config.address, config.port), config.connect_timeout)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not config.tls:
                return plain
            context = ssl.create_default_context(cafile=config.ca_file or None)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            return context.wrap_socket(plain, server_hostname=config.address)
        except BaseException:
            plain.close()
            raise

    def _read(self, size: int) -> bytes:
        if self._socket is None:
            raise HostFault("the connection is closed", sent=True)
        data = b""
        while len(data) < size:
            left = self._deadline - time.monotonic()
            try:
                if left <= 0:
                    raise TimeoutError
                self._socket.settimeout(left)
                part = self._socket.recv(size - len(data))
            except OSError as fault:
                self.close()
                raise HostFault(f"no answer: {_reason(fault)}", sent=True) from None
            if not part:
                self.close()
                raise HostFault("the host closed the connection", sent=True)
            data += part
        return data


def _hung_up(line: socket.socket) -> bool:
    """Whether an idle connection has ended meanwhile. Late answers waiting on it are left for `receive` to skip."""
    line.setblocking(False)
    try:
        if isinstance(line, ssl.SSLSocket):
            return False  # no way to look without reading: a dead one shows as a failed send
        return line.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _reason(fault: OSError) -> str:
    """Words for an error of the socket: its kind, never its arguments."""
    return "timed out" if isinstance(fault, TimeoutError) else fault.strerror or type(fault).__name__
