"""A card in a PC/SC reader.

    with PcscReader("ACS").session(timeout=30) as card:
        run(session, Station(card, sams={Slot.SAM1: PcscReader("SAM").open()}))

The protocol is chosen here from the ATR, because PC/SC left alone takes T=1 of a card that offers both, and EMV wants
the first offered. Every call is made by a `Worker`, so that a silent card costs a `LinkTimeout` and not the terminal.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, perf_counter
from typing import TypeVar

from jinka.kernel.apdu import Command, Response
from jinka.kernel.card.atr import Atr
from jinka.kernel.errors import CardRemoved, LinkTimeout, MalformedData, MisuseError, ReaderError
from jinka.kernel.transports import winscard
from jinka.kernel.transports.winscard import Context, Handle
from jinka.kernel.transports.worker import Worker

T = TypeVar("T")

APDU_TIMEOUT = 10.0  # seconds; a card signs with RSA-1984 in about one
POWER_TIMEOUT = 5.0  # seconds for power-up, reset and protocol choice together
_GRACE = 2.0  # seconds that a daemon may take beyond the time it was given
_LONGEST = 258  # a short R-APDU: 256 bytes and SW1 SW2
_BITS = {0: winscard.T0, 1: winscard.T1}


def wire_form(command: Command, protocol: int) -> bytes:
    """The bytes a reader must be given for a command.

    T=1 carries the APDU as it is. T=0 carries header and P3: case 1 with P3 = 00, case 4 without its Le, which the card
    answers with 61xx (ISO/IEC 7816-3 clause 12.2). A reader that works with whole APDUs takes this form as well.

    # spec: emv-b1/9.3.1
    """
    if protocol != 0:
        return bytes(command)
    if command.data:
        return command.header + bytes((len(command.data),)) + command.data
    return command.header + bytes(((command.le or 0) & 0xFF,))


class PcscReader:
    """A reader by name: the whole name, or a part that only one reader has; "" for the only or first reader.

    `apdu_timeout` and `power_timeout` are in seconds. `emv` also turns down cards whose ATR is well-formed but not what
    EMV asks for; leave it off for a SAM. Nothing is opened before the first call.
    """

    def __init__(
        self,
        name: str = "",
        *,
        apdu_timeout: float = APDU_TIMEOUT,
        power_timeout: float = POWER_TIMEOUT,
        emv: bool = False,
    ) -> None:
        self.wanted, self.apdu_timeout, self.power_timeout, self.emv = name, apdu_timeout, power_timeout, emv

    @staticmethod
    def names() -> list[str]:
        """The readers there are, in the order of the PC/SC service. `ReaderError` when there is no service."""
        return _briefly(lambda context: context.readers())

    @property
    def name(self) -> str:
        """The whole name. Raises `ReaderError` when there is no such reader or more than one."""
        names = self.names()
        if self.wanted in names:
            return self.wanted
        found = [name for name in names if self.wanted in name]
        if len(found) == 1 or (found and not self.wanted):
            return found[0]
        raise ReaderError(f"{len(found)} readers match {self.wanted!r}; there are: {', '.join(names) or 'none'}")

    def present(self) -> bool:
        """True when there is a card in the reader."""
        name = self.name
        return bool(_briefly(lambda context: context.status(name)[0]) & winscard.PRESENT)

    def wait_for_card(self, timeout: float | None = None) -> bytes:
        """Waits for a card and returns its ATR, empty when it does not answer to reset. `LinkTimeout` after `timeout`
        seconds, None for ever. Returns at once when a card is in."""
        return self._wait(lambda state: bool(state & winscard.PRESENT), timeout, "a card")

    def wait_for_removal(self, timeout: float | None = None) -> None:
        """Waits until the reader is empty."""
        self._wait(lambda state: bool(state & winscard.EMPTY), timeout, "the card to be taken")

    def open(self) -> "PcscCard":
        """Powers the card up. Raises `CardRemoved` when there is none or it is mute, `MalformedData` for an ATR that is
        bad even after one warm reset, `ReaderError` when another program has the card."""
        return PcscCard(self.name, self.apdu_timeout, self.power_timeout, self.emv)

    @contextmanager
    def session(self, timeout: float | None = 0.0) -> Iterator["PcscCard"]:
        """Waits up to `timeout` seconds for a card, opens it, and powers it down at the end."""
        if timeout != 0.0:
            self.wait_for_card(timeout)
        with self.open() as card:
            yield card

    def _wait(self, wanted: Callable[[int], bool], timeout: float | None, what: str) -> bytes:
        name = self.name
        deadline = None if timeout is None else monotonic() + timeout

        def until(context: Context) -> bytes:
            state, atr = context.status(name)
            while not wanted(state):
                left = 3600.0 if deadline is None else deadline - monotonic()
                if left <= 0:
                    raise LinkTimeout(f"{name}: waited {timeout:g} s for {what}")
                try:
                    state, atr = context.status(name, state, int(left * 1000) + 1)
                except LinkTimeout:
                    continue  # the deadline above decides
            return atr

        return _briefly(until, None if timeout is None else timeout + _GRACE)


def _briefly(job: Callable[[Context], T], timeout: float | None = POWER_TIMEOUT) -> T:
    """Does one thing over a PC/SC line of its own. An interrupt by the person at the keyboard ends a wait."""
    worker, lines = Worker("pcsc"), list[Context]()

    def on_line() -> T:
        lines.append(Context())
        return job(lines[0])

    try:
        return worker.call(on_line, timeout)
    except BaseException:
        for line in lines:
            line.cancel()
        raise
    finally:
        worker.leave(lambda: _close_all(lines), _GRACE)


def _close_all(lines: list[Context]) -> None:
    """Gives lines back."""
    for line in lines:
        line.close()


class PcscCard:
    """A powered card: `atr`, `protocol` (0 or 1), `transmit`. Close it, or use it in a `with`."""

    def __init__(self, name: str, apdu_timeout: float, power_timeout: float, emv: bool) -> None:
        self.name, self.apdu_timeout, self.power_timeout, self.emv = name, apdu_timeout, power_timeout, emv
        self._worker = Worker(f"pcsc {name}")
        self._context: Context | None = None
        self._handle: Handle | None = None
        self._ended = ""
        try:
            self.atr: Atr = self._call(self._power_up, power_timeout)
        except BaseException:
            self.close()
            raise

    @property
    def protocol(self) -> int:
        """0 for T=0, 1 for T=1."""
        return 0 if self._card().active == winscard.T0 else 1

    def transmit(self, command: Command) -> Response:
        """One command; 61xx and 6Cxx come back as they are. `elapsed` is the time the reader took, in seconds.

        Raises `LinkTimeout` after `apdu_timeout` seconds, which ends the session: the answer that may still come then
        belongs to nobody.
        """
        if self._ended:
            raise CardRemoved(f"{self.name}: {self._ended}")
        card = self._card()
        raw = wire_form(command, self.protocol)

        def timed() -> tuple[bytes, float]:
            start = perf_counter()
            return card.transmit(raw), perf_counter() - start

        answer, elapsed = self._call(timed, self.apdu_timeout)
        if not 2 <= len(answer) <= _LONGEST:
            raise ReaderError(f"{self.name}: a response of {len(answer)} bytes")
        return Response.parse(answer, elapsed)

    def reset(self, *, cold: bool = False) -> Atr:
        """Resets the card, warm or with a power cycle, and returns the new ATR; the protocol is chosen anew."""
        self.atr = self._call(lambda: self._again(winscard.UNPOWER if cold else winscard.RESET), self.power_timeout)
        return self.atr

    def close(self) -> None:
        """Powers the card down. May be called twice, and never waits long for a reader that does not answer."""
        if not self._ended:
            self._ended = "the session is closed"
            self._worker.leave(self._let_go, _GRACE)

    def __enter__(self) -> "PcscCard":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, job: Callable[[], T], timeout: float) -> T:
        if self._ended:
            raise CardRemoved(f"{self.name}: {self._ended}")
        try:
            return self._worker.call(job, timeout)
        except LinkTimeout:
            self._ended = "given up after a time-out"
            self._worker.leave(self._let_go)
            raise

    def _card(self) -> Handle:
        if self._handle is None:
            raise MisuseError(f"{self.name}: the session is closed")
        return self._handle

    def _line(self) -> Context:
        if self._context is None:
            raise MisuseError(f"{self.name}: the session is closed")
        return self._context

    # --- what follows runs in the worker ----------------------------------------------------------------------

    def _power_up(self) -> Atr:
        self._context = Context()
        state, raw = self._context.status(self.name)
        if not state & winscard.PRESENT:
            raise CardRemoved(f"{self.name}: no card")
        if state & winscard.MUTE:
            raise CardRemoved(f"{self.name}: the card does not answer to reset")
        try:
            atr = self._judged(raw)
        except MalformedData:
            self._handle = self._context.connect(self.name, winscard.T0 | winscard.T1)
            return self._again(winscard.RESET)
        self._handle = self._context.connect(self.name, _BITS[atr.chosen])
        return atr

    def _again(self, what: int) -> Atr:
        card = self._card()
        agreed = card.reconnect(card.active, what)
        # After a refusal the handle is of no use until it reconnects: the reader is asked, not the handle.
        atr = self._judged(self._line().status(self.name)[1], warm=what == winscard.RESET)
        wanted = _BITS[atr.chosen]
        if agreed and card.active == wanted:
            return atr
        if not card.reconnect(wanted, winscard.RESET if agreed else winscard.LEAVE):
            raise ReaderError(f"{self.name}: the reader does not speak T={atr.chosen} with this card")
        return atr

    def _judged(self, raw: bytes, *, warm: bool = False) -> Atr:
        atr = Atr.parse(raw)
        fault = atr.emv_fault(warm=warm) if self.emv else ""
        if not fault and atr.chosen not in _BITS:
            fault = f"T={atr.chosen} is asked for; only T=0 and T=1 are known"
        if fault:
            raise MalformedData(fault, path="ATR", clause="emv-b1/8.3.3")
        return atr

    def _let_go(self) -> None:
        if self._handle is not None:
            self._handle.disconnect()
        if self._context is not None:
            self._context.close()
