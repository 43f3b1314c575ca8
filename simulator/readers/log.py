"""The APDU log of a simulated reader, which a test can wait on."""

import threading

from jinka.kernel.apdu import Command, Response


class ApduLog:
    """What went over the wire, oldest first. Filled by the card's thread; read and waited on by any other."""

    def __init__(self) -> None:
        self._lines: list[tuple[Command, Response]] = []
        self._grown = threading.Condition()

    def __call__(self, command: Command, response: Response) -> None:
        """Adds a line."""
        with self._grown:
            self._lines.append((command, response))
            self._grown.notify_all()

    @property
    def lines(self) -> list[tuple[Command, Response]]:
        """A copy of all lines."""
        with self._grown:
            return list(self._lines)

    def wait(self, count: int, timeout: float) -> bool:
        """Waits until there are at least `count` lines; False when there are not after `timeout` seconds."""
        with self._grown:
            return self._grown.wait_for(lambda: len(self._lines) >= count, timeout)
