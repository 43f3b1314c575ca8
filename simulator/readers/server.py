"""Our card behind a TCP port of its own: the other end of `jinka.kernel.transports.tcp.TcpCard`.

The card lives here, in this process, and the one who pays with it may come, die in the middle of a command and come
again: what a card forgets without power it has then forgotten, and what it wrote it still has.
"""

import socket
import threading

from jinka.kernel.transports.framing import GET_ATR, Wire
from jinka.simulator.readers.log import ApduLog
from jinka.simulator.readers.service import Machine, serve


class CardServer:
    """Serves one card to one client at a time; the next waits until the first is gone and the card has lost power.

    `port` 0 takes a free one, which `port` then tells. Starts in a `with` or with `start`. `log` is the `ApduLog` of
    all clients together. A card that is pulled in mid-command is back for the next client; `withdraw` and `insert` move
    it while the server goes on.
    """

    def __init__(self, machine: Machine, host: str = "127.0.0.1", port: int = 0) -> None:
        self.machine = machine
        self.log = ApduLog()
        self.fault: BaseException | None = None
        self._listener = socket.create_server((host, port))
        self.host, self.port = self._listener.getsockname()[:2]
        self._turn = threading.Lock()
        self._wire: Wire | None = None
        self._inserted, self._open = True, True
        self._thread = threading.Thread(target=self._accept, name=f"card server {self.port}", daemon=True)

    def start(self) -> None:
        """Begins to listen in a thread."""
        self._thread.start()

    def insert(self) -> None:
        """Puts the card back; the next client finds it."""
        with self._turn:
            self._inserted = True

    def withdraw(self) -> None:
        """Takes the card out: the client's connection is closed, and until `insert` clients find no card."""
        with self._turn:
            self._inserted = False
            if self._wire is not None:
                self._wire.close()

    def close(self) -> None:
        """Stops. Raises what went wrong inside the card, if anything."""
        with self._turn:
            self._open = False
            if self._wire is not None:
                self._wire.close()
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        except OSError:
            pass  # not every system lets a listener be shut down; closing is enough there
        self._listener.close()
        if self._thread.ident is not None:
            self._thread.join(2.0)
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault

    def __enter__(self) -> "CardServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while self._open:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            try:
                wire = Wire(client)
                with self._turn:
                    self._wire = wire
                    inserted = self._inserted
                    if not self._open:
                        wire.close()
                if inserted:
                    serve(self.machine, wire, self.log)
                else:
                    _empty(wire)
            except OSError:
                pass  # the client was gone before it was served
            except BaseException as fault:  # a broken simulator must surface, in the thread that looks
                self.fault = fault


def _empty(wire: Wire) -> None:
    """A slot without a card: an ATR of no bytes, and nothing else is answered but by closing."""
    try:
        while (payload := wire.receive()) == GET_ATR or len(payload) == 1:
            if payload == GET_ATR:
                wire.send(b"")
    except (EOFError, OSError):
        pass  # the client left
    finally:
        wire.close()
