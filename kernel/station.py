"""Station: the stock world, put together from a card reader, a person, a host and a memory.

Five small protocols; anything that has the methods will do. The clock and the random source are here because nothing
below the driver may reach for them.
"""

import os
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from jinka.kernel.apdu import Command, Response
from jinka.kernel.effects import (
    AskChoice,
    AskPin,
    Authorisation,
    Effect,
    GoOnline,
    Memory,
    Now,
    OnlineRequest,
    PinEntry,
    PinState,
    Random,
    Reached,
    Recall,
    Record,
    RecordKind,
    Remember,
    Slot,
    Tell,
    Transmit,
    Unreachable,
)
from jinka.kernel.errors import CardRemoved, MisuseError


class CardSlot(Protocol):
    """A card behind some wire. Raises a `LinkFault` when it does not answer."""

    def transmit(self, command: Command, /) -> Response:
        """Sends one command APDU and returns the response as the card gave it, 61xx and 6Cxx included."""
        ...


class Person(Protocol):
    """The cardholder and the attendant. Raises `Cancelled` when they cancel."""

    def ask_pin(self, asked: AskPin, /) -> PinEntry:
        """Takes a PIN."""
        ...

    def ask_choice(self, asked: AskChoice, /) -> int | None:
        """Takes a choice: an index into the options, or None."""
        ...

    def tell(self, told: Tell, /) -> None:
        """Shows a message."""
        ...


class Host(Protocol):
    """The acquirer."""

    def authorise(self, request: OnlineRequest, /) -> Authorisation | Unreachable:
        """Asks for an authorisation."""
        ...


class Keeper(Protocol):
    """The terminal's memory."""

    def remember(self, record: Record, /) -> None:
        """Keeps a record; durable when it returns."""
        ...

    def recall(self, asked: Recall, /) -> Record | None:
        """Finds a record."""
        ...


class Nobody:
    """An unattended terminal without PIN pad or display: takes the first choice, shows nothing."""

    def ask_pin(self, asked: AskPin, /) -> PinEntry:
        """There is no PIN pad."""
        return PinEntry(PinState.NO_PIN_PAD)

    def ask_choice(self, asked: AskChoice, /) -> int | None:
        """Takes the first option."""
        return 0 if asked.options else None

    def tell(self, told: Tell, /) -> None:
        """Shows nothing."""


class NoHost:
    """A terminal without a line."""

    def authorise(self, request: OnlineRequest, /) -> Authorisation | Unreachable:
        """Never reaches anybody."""
        return Unreachable("no host configured", sent=False)


class Forgetful:
    """A memory in RAM: counters and split sales work, nothing outlives the process. For tests and first steps: it keeps
    the last thousand records and no promise about money."""

    def __init__(self) -> None:
        self.records: deque[Record] = deque(maxlen=1000)
        self._counters: dict[str, Record] = {}
        self._sales: dict[tuple[bytes, int | None], Record] = {}
        self.hot: set[tuple[bytes, int | None]] = set()

    def remember(self, record: Record, /) -> None:
        """Appends the record."""
        if record.get("counter"):
            self._counters[str(record.get("counter"))] = record
            return
        self.records.append(record)
        if record.get("amount") is not None and record.pan is not None:
            psn = record.get("pan_sequence")
            card = record.pan.reveal(), psn if isinstance(psn, int) else None
            self._sales.pop(card, None)
            self._sales[card] = record
            if len(self._sales) > 1000:
                del self._sales[next(iter(self._sales))]

    def recall(self, asked: Recall, /) -> Record | None:
        """Finds a counter, the last sale of a card, or a hot card."""
        if asked.memory is Memory.COUNTER:
            return self._counters.get(asked.name)
        pan = asked.pan.reveal() if asked.pan is not None else b""
        if asked.memory is Memory.LAST_SALE:
            found = self._sales.get((pan, asked.pan_sequence))
            return found if found is not None and found.kind is RecordKind.SALE else None
        hot = {(pan, asked.pan_sequence), (pan, None)} & self.hot
        return Record(RecordKind.CLOSED, "hot") if hot else None


Observer = Callable[[Effect[Any], Any], None]


class Station:
    """A world made of parts. Every part but the card has a default that does nothing surprising.

    `observer` sees every effect with its answer (or the exception raised), for a trace; it must not keep secrets.
    """

    def __init__(
        self,
        card: CardSlot | None = None,
        *,
        person: Person | None = None,
        host: Host | None = None,
        keeper: Keeper | None = None,
        sams: Mapping[Slot, CardSlot] | None = None,
        clock: Callable[[], datetime] = datetime.now,
        random: Callable[[int], bytes] = os.urandom,
        observer: Observer | None = None,
    ) -> None:
        self.slots: dict[Slot, CardSlot] = dict(sams or {})
        if card is not None:
            self.slots[Slot.CARD] = card
        self.person: Person = person or Nobody()
        self.host: Host = host or NoHost()
        self.keeper: Keeper = keeper or Forgetful()
        self.clock, self.random, self.observer = clock, random, observer
        self._answers: dict[type, Callable[[Any], Any]] = {
            Transmit: self._transmit,
            AskPin: lambda asked: self.person.ask_pin(asked),
            AskChoice: lambda asked: self.person.ask_choice(asked),
            Tell: lambda told: self.person.tell(told),
            GoOnline: lambda asked: self.host.authorise(asked.request),
            Remember: lambda asked: self.keeper.remember(asked.record),
            Recall: lambda asked: self.keeper.recall(asked),
            Random: lambda asked: self.random(asked.size),
            Now: lambda asked: self.clock(),
            Reached: lambda reached: None,
        }

    def answer(self, effect: Effect[Any], /) -> Any:
        """Answers one effect from the part it belongs to."""
        handler = self._answers.get(type(effect))
        if handler is None:
            raise MisuseError(f"nobody here answers {type(effect).__name__}")
        if self.observer is None:
            return handler(effect)
        try:
            value = handler(effect)
        except BaseException as fault:
            self.observer(effect, fault)
            raise
        self.observer(effect, value)
        return value

    def _transmit(self, asked: Transmit) -> Response:
        card = self.slots.get(asked.slot)
        if card is None:
            raise CardRemoved(f"no card in slot {asked.slot.name}")
        return card.transmit(asked.command)
