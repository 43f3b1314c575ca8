"""Virtual: the card of a case in a virtual PC/SC reader (pcscd with vpcd), for our kernel or for a driven terminal.

pcsc                           vpcd as it installs itself: the slot "Virtual PCD 00 00", at port 35963
pcsc:READER@PORT               another reader and port
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jinka.conformance.case import CaseError, Run
from jinka.conformance.subject import BenchError, Evidence, Seat, Show, session
from jinka.kernel import Command, JinkaError, LinkFault, Outcome, Response, Terminal, run
from jinka.kernel.config import Config
from jinka.kernel.effects import Slot
from jinka.simulator.card import Card
from jinka.simulator.readers.vpcd import VpcdClient
from jinka.simulator.world import SimulatedWorld

READER, PORT = "Virtual PCD 00 00", 35963  # as vpcd installs itself: a reader with two slots, this the first
SOON = 5.0  # seconds for a reader to see that a card came or went
APDU_TIMEOUT = 10.0

Answer = Callable[[Command], Response]


class Place:
    """What sits in the reader: the card of the case at hand. `answer` may be led through a stage, which then sees it."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.through: Answer | None = None
        self.pulled = False

    @property
    def atr(self) -> bytes:
        """The card's."""
        return self.card.atr

    def power_on(self) -> object:
        """A cold reset."""
        return self.card.power_on()

    def reset(self) -> object:
        """A warm reset."""
        return self.card.reset()

    def power_off(self) -> None:
        """The power goes."""
        self.card.power_off()

    def answer(self, command: Command, /) -> Response:
        """One command. A card that leaves at it is out of the reader, however soon its thread ends."""
        try:
            return self.card.answer(command) if self.through is None else self.through(command)
        except LinkFault:
            self.pulled = True
            raise


@dataclass
class VirtualReader:
    """A reader of pcscd that vpcd plays. The card stays in it from case to case; only the one who answers changes."""

    reader: str = READER
    port: int = PORT
    _client: VpcdClient | None = field(default=None, repr=False)
    _place: Place | None = field(default=None, repr=False)
    _atr: bytes = b""
    _before: int = 0

    @property
    def heard(self) -> list[tuple[Command, Response]]:
        """What the reader and the card said to each other since `insert`, as the reader sends it."""
        return [] if self._client is None else self._client.log.lines[self._before :]

    @classmethod
    def parse(cls, text: str) -> "VirtualReader":
        """READER@PORT, either part left out or not. Raises `CaseError`."""
        name, _, port = text.partition("@")
        if port and not port.isdecimal():
            raise CaseError(f"{port!r} is no port")
        return cls(name or READER, int(port or PORT))

    def insert(self, card: Card) -> Place:
        """The card in the reader. Raises `BenchError` when there is no such reader."""
        from jinka.kernel.transports.pcsc import PcscReader

        try:
            held = self._place
            if self._client is None or held is None or held.pulled or not self._client.inserted or card.atr != self._atr:
                self.withdraw()
                PcscReader(self.reader).wait_for_removal(SOON)
                held = self._place = Place(card)
                self._atr = card.atr
                self._client = VpcdClient(held, port=self.port)
                self._client.insert()
            held.card, held.through = card, None
            self._before = len(self._client.log.lines)
            PcscReader(self.reader).wait_for_card(SOON)
        except (OSError, JinkaError) as fault:
            raise BenchError(f"{self.reader}: {fault}") from None
        return held

    def withdraw(self) -> None:
        """Takes the card out."""
        client, self._client = self._client, None
        if client is not None:
            client.withdraw()


@dataclass
class Pcsc:
    """Our kernel, its card behind pcscd and vpcd."""

    place: VirtualReader

    name = "pcsc"
    lacks: frozenset[Show] = frozenset()

    @property
    def title(self) -> str:
        """What it is."""
        return f"Jinka kernel over PC/SC ({self.place.reader})"

    @contextmanager
    def seat(self, config: Config, stage: SimulatedWorld, /) -> Iterator[Seat]:
        """The kernel's terminal; its card goes into the reader for every transaction."""
        yield PcscSeat(Terminal(config), stage, self.place)

    def close(self) -> None:
        """Takes the card out."""
        self.place.withdraw()


@dataclass(slots=True)
class PcscSeat:
    """Our terminal in the world `stage`, whose card is in `place`."""

    till: Terminal
    stage: SimulatedWorld
    place: VirtualReader

    def perform(self, wanted: Run, /) -> tuple[Outcome, Evidence]:
        """One transaction, watched."""
        from jinka.kernel.transports.pcsc import PcscReader

        self.place.insert(self.stage.card)
        self.stage.observer = seen = Evidence()
        reader = PcscReader(self.place.reader, apdu_timeout=APDU_TIMEOUT)
        try:
            with reader.session(SOON) as card:
                self.stage.slots[Slot.CARD] = card
                return run(session(self.till, wanted), self.stage), seen
        except LinkFault as fault:
            raise BenchError(f"{self.place.reader}: {fault}") from None
