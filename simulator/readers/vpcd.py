"""Our card in a virtual PC/SC reader: vpcd, the driver of the vsmartcard project, listens and we are its card."""

import socket
import threading

from jinka.kernel.errors import MisuseError
from jinka.kernel.transports.framing import Wire
from jinka.simulator.readers.log import ApduLog
from jinka.simulator.readers.service import Machine, serve
from jinka.simulator.readers.tpdu import T0Face

_PATIENCE = 2.0  # seconds that a withdrawn card's thread is waited for; one that is stuck in the card is left behind


class VpcdClient:
    """A card and the slot it goes into: `port` of vpcd is the reader's slot 0, the next one its slot 1.

    `insert` and `withdraw` may be called again and again; in a `with` the card is inserted on entry. vpcd sees either
    at its next poll, up to 0.4 s later. `log` is the `ApduLog` of all insertions together. vpcd hands over in T=0 what
    it is given, so a card whose ATR leads to T=0 is played through `T0Face`.
    """

    def __init__(self, machine: Machine, host: str = "127.0.0.1", port: int = 35963) -> None:
        self.machine, self.host, self.port = machine, host, port
        self.log = ApduLog()
        self.fault: BaseException | None = None
        self._wire: Wire | None = None
        self._thread: threading.Thread | None = None

    def insert(self) -> None:
        """Puts the card in. Raises `OSError` when no vpcd listens."""
        if self.inserted:
            raise MisuseError("the card is in a slot already, or still busy with its last command")
        wire = Wire(socket.create_connection((self.host, self.port)))
        self._wire = wire
        self._thread = threading.Thread(target=self._play, args=(wire,), name=f"card {self.port}", daemon=True)
        self._thread.start()

    def withdraw(self) -> None:
        """Takes the card out, also in the middle of a command. Raises what went wrong inside the card, if anything."""
        if self._wire is not None:
            self._wire.close()
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault

    @property
    def inserted(self) -> bool:
        """False once the card was withdrawn, pulled itself out, or the reader went away."""
        return self._thread is not None and self._thread.is_alive()

    def wait_out(self, timeout: float) -> bool:
        """Waits until the card is out of the reader; False when it is still in after `timeout` seconds."""
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.inserted

    def __enter__(self) -> "VpcdClient":
        self.insert()
        return self

    def __exit__(self, *_: object) -> None:
        self.withdraw()

    def _play(self, wire: Wire) -> None:
        try:
            serve(T0Face(self.machine), wire, self.log)
        except BaseException as fault:  # a broken simulator must surface, in the thread that looks
            self.fault = fault
