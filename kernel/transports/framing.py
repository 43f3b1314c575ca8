"""The wire of vpcd: a length of two bytes, big-endian, then as many bytes, over TCP and in both directions.

A payload of one byte is a word of the reader: 00 power off, 01 power on, 02 reset, none of them answered; 04 asks for
the ATR. Every other payload is a command APDU, answered with a response APDU.
"""

import socket
from time import monotonic

from jinka.kernel.errors import MisuseError

POWER_OFF, POWER_ON, RESET, GET_ATR = b"\x00", b"\x01", b"\x02", b"\x04"

_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux


class Wire:
    """A connected socket that carries payloads. One thread may receive while another closes."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, payload: bytes) -> None:
        """Sends 0 to 65535 bytes, length and payload in one piece. Raises `OSError` when the peer is gone."""
        if len(payload) > 0xFFFF:
            raise MisuseError(f"{len(payload)} bytes do not fit a frame")
        self._socket.sendall(len(payload).to_bytes(2, "big") + payload)

    def receive(self, timeout: float | None = None) -> bytes:
        """The next payload. Raises `TimeoutError` when it is not complete after `timeout` seconds, `EOFError` when the
        peer closed."""
        deadline = None if timeout is None else monotonic() + timeout
        return self._exactly(int.from_bytes(self._exactly(2, deadline), "big"), deadline)

    def close(self) -> None:
        """Closes, and wakes a thread that is receiving. May be called twice."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the peer was faster
        self._socket.close()

    def _exactly(self, size: int, deadline: float | None) -> bytes:
        data = b""
        while len(data) < size:
            left = None if deadline is None else deadline - monotonic()
            if left is not None and left <= 0:
                raise TimeoutError("the frame is not complete")
            self._socket.settimeout(left)
            piece = self._socket.recv(size - len(data))
            if not piece:
                raise EOFError("closed by the peer")
            # vpcd sends length and payload apart, and waits for our acknowledgement in between: a delayed one costs
            # 40 ms a command. The option does not last, so it is set after every single piece.
            if _QUICKACK is not None:
                self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
            data += piece
        return data
