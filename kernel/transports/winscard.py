"""The PC/SC calls, typed, with one table that says whose fault a result code is.

This is the only file that touches pyscard, through its flat `smartcard.scard` functions: they hand back result codes,
so that nothing of pyscard's own exceptions or object lives can leak. Imported when first used: a terminal without a
PC/SC reader needs neither pyscard nor a daemon.
"""

from typing import Any

from jinka.kernel.errors import CardRemoved, ConfigError, LinkFault, LinkTimeout, ReaderError

T0, T1 = 1, 2  # SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1, also the names of the protocol headers
RESET, UNPOWER = 1, 2  # what becomes of the card on reconnect and disconnect
LEAVE = 0
PRESENT, MUTE, EMPTY = 0x20, 0x200, 0x10  # reader states
UNAVAILABLE = 0x0C  # SCARD_STATE_UNKNOWN or SCARD_STATE_UNAVAILABLE
_EXCLUSIVE = 1  # no other program may slip a command in between ours

CANCELLED, TIMED_OUT = 0x80100002, 0x8010000A
NO_READERS, PROTO_MISMATCH = 0x8010002E, 0x8010000F
_GONE = {
    0x8010000C,  # SCARD_E_NO_SMARTCARD: the slot is empty
    0x80100016,  # SCARD_E_NOT_TRANSACTED: pulled in mid-command, before the next poll saw it
    0x80100066,  # SCARD_W_UNRESPONSIVE_CARD: no answer to reset
    0x80100067,  # SCARD_W_UNPOWERED_CARD
    0x80100069,  # SCARD_W_REMOVED_CARD: seen by the poll
}


def library() -> Any:
    """pyscard's flat functions. Raises `ConfigError` when pyscard or libpcsclite is not installed."""
    try:
        import smartcard.scard as scard
    except ImportError as fault:
        raise ConfigError(f"a PC/SC reader needs pyscard: pip install 'jinka[pcsc]' ({fault})") from fault
    return scard


def fault_of(code: int, doing: str) -> LinkFault:
    """The fault a result code stands for. `code` is taken as 32 bits, whatever its sign."""
    code &= 0xFFFFFFFF
    text = f"{doing}: {library().SCardGetErrorMessage(code)} ({code:08X})"
    if code in _GONE:
        return CardRemoved(text)
    return LinkTimeout(text) if code == TIMED_OUT else ReaderError(text)


def _check(code: int, doing: str) -> None:
    if code:
        raise fault_of(code, doing)


class Context:
    """A line to the PC/SC service. `close` may be called twice."""

    def __init__(self) -> None:
        self._scard = library()
        code, self._context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_SYSTEM)
        _check(code, "PC/SC service")
        self._open = True

    def readers(self) -> list[str]:
        """The names of the readers."""
        code, names = self._scard.SCardListReaders(self._context, [])
        if code & 0xFFFFFFFF == NO_READERS:
            return []
        _check(code, "list of readers")
        return [str(name) for name in names]

    def status(self, reader: str, known: int = 0, milliseconds: int = 0) -> tuple[int, bytes]:
        """State and ATR of a reader as soon as it is not `known` any more; 0 for at once. `LinkTimeout` otherwise."""
        code, states = self._scard.SCardGetStatusChange(self._context, milliseconds, [(reader, known)])
        _check(code, reader)
        _, state, atr = states[0]
        if state & UNAVAILABLE:
            raise ReaderError(f"{reader}: the reader is gone")
        return int(state), bytes(atr)

    def cancel(self) -> None:
        """Ends a `status` that waits in another thread."""
        self._scard.SCardCancel(self._context)

    def connect(self, reader: str, protocols: int) -> "Handle":
        """Powers the card up when it is not yet, and takes it for this program alone."""
        code, card, active = self._scard.SCardConnect(self._context, reader, _EXCLUSIVE, protocols)
        _check(code, reader)
        return Handle(self._scard, card, reader, int(active))

    def close(self) -> None:
        """Gives the line back."""
        if self._open:
            self._open = False
            self._scard.SCardReleaseContext(self._context)


class Handle:
    """A powered card. `active` is the protocol in use, `T0` or `T1`."""

    def __init__(self, scard: Any, card: Any, reader: str, active: int) -> None:
        self._scard, self._card, self._reader, self.active = scard, card, reader, active
        self._gone = False

    def transmit(self, raw: bytes) -> bytes:
        """One APDU or T=0 TPDU there and back. Waits as long as the reader does."""
        code, answer = self._scard.SCardTransmit(self._card, self.active, list(raw))
        self._check(code)
        if not answer:  # what some drivers say, with a result code of success, when the card leaves in mid-command
            self._gone = True
            raise CardRemoved(f"{self._reader}: the card left without an answer")
        return bytes(answer)

    def reconnect(self, protocols: int, what: int) -> bool:
        """Resets the card (`RESET`, `UNPOWER`) or not (`LEAVE`) and agrees on a protocol; False when it cannot."""
        code, active = self._scard.SCardReconnect(self._card, _EXCLUSIVE, protocols, what)
        if code & 0xFFFFFFFF == PROTO_MISMATCH:
            return False
        self._check(code)
        self.active = int(active)
        return True

    def disconnect(self) -> None:
        """Powers the card down, unless it left: pcscd takes note of that at its next poll, and if told before to power
        down an empty slot it misses a card that comes in between."""
        self._scard.SCardDisconnect(self._card, LEAVE if self._gone else UNPOWER)

    def _check(self, code: int) -> None:
        self._gone = self._gone or code & 0xFFFFFFFF in _GONE
        _check(code, self._reader)
