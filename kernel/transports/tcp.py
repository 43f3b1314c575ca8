"""A card served by another process or another machine, over the wire of `framing`.

For remote readers, for tests, and for a simulated card that must outlive the process that pays with it.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from jinka.kernel.apdu import Command, Response
from jinka.kernel.card.atr import Atr
from jinka.kernel.errors import CardRemoved, LinkTimeout, ReaderError
from jinka.kernel.transports.framing import GET_ATR, POWER_OFF, POWER_ON, RESET, Wire

APDU_TIMEOUT = 10.0  # seconds
POWER_TIMEOUT = 5.0  # seconds to connect, and to get the ATR
_LONGEST = 258  # a short R-APDU: 256 bytes and SW1 SW2


class TcpCard:
    """A card slot at `host`:`port`. Connects and powers the card up at once; close it, or use it in a `with`.

    Time-outs in seconds. Raises `ReaderError` when nobody listens, `CardRemoved` when there is no card at the other
    end, `MalformedData` for a bad ATR.
    """

    def __init__(
        self, host: str, port: int, *, apdu_timeout: float = APDU_TIMEOUT, power_timeout: float = POWER_TIMEOUT
    ) -> None:
        self.name = f"{host}:{port}"
        self.apdu_timeout, self.power_timeout = apdu_timeout, power_timeout
        self._ended = ""
        try:
            connected = socket.create_connection((host, port), power_timeout)
        except OSError as fault:
            raise ReaderError(f"{self.name}: {fault}") from fault
        self._wire = Wire(connected)
        try:
            self.atr: Atr = self._power(POWER_ON)
        except BaseException:
            self.close()
            raise

    def transmit(self, command: Command) -> Response:
        """One command as a whole APDU; 61xx and 6Cxx come back as they are. `elapsed` in seconds includes the network.

        A `LinkTimeout` ends the connection: an answer that comes late must not be taken for the next one.
        """
        start = perf_counter()
        answer = self._ask(bytes(command), self.apdu_timeout)
        elapsed = perf_counter() - start
        if not 2 <= len(answer) <= _LONGEST:
            self._end("a response of impossible length")
            raise ReaderError(f"{self.name}: a response of {len(answer)} bytes")
        return Response.parse(answer, elapsed)

    def reset(self) -> Atr:
        """Resets the card, warm, and returns the new ATR."""
        self.atr = self._power(RESET)
        return self.atr

    def close(self) -> None:
        """Powers the card down and closes the connection. May be called twice."""
        if not self._ended:
            try:
                self._wire.send(POWER_OFF)
            except OSError:
                pass  # the other end is gone, and with it the card's power
            self._end("the session is closed")

    def __enter__(self) -> "TcpCard":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _power(self, word: bytes) -> Atr:
        with self._faults():
            self._wire.send(word)
        raw = self._ask(GET_ATR, self.power_timeout)
        if not raw:
            raise CardRemoved(f"{self.name}: no card")
        return Atr.parse(raw)

    def _ask(self, payload: bytes, timeout: float) -> bytes:
        with self._faults():
            self._wire.send(payload)
            return self._wire.receive(timeout)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Says what went wrong in the kernel's words, and ends the connection when something did."""
        if self._ended:
            raise CardRemoved(f"{self.name}: {self._ended}")
        try:
            yield
        except TimeoutError as fault:
            self._end("given up after a time-out")
            raise LinkTimeout(f"{self.name}: no answer in time") from fault
        except (EOFError, ConnectionError) as fault:
            self._end("the card was withdrawn")
            raise CardRemoved(f"{self.name}: {fault}") from fault
        except OSError as fault:
            self._end("the connection failed")
            raise ReaderError(f"{self.name}: {fault}") from fault

    def _end(self, why: str) -> None:
        self._ended = why
        self._wire.close()
