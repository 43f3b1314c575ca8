"""Probe: a driven terminal put through one transaction at a time, for the checks of the driver itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinka.conformance.case import Case, Expect, Run
from jinka.conformance.drivers import protocol as p
from jinka.conformance.drivers.client import SUITE, Driven
from jinka.conformance.drivers.peer import Line, Peer
from jinka.conformance.stand import terminal, world
from jinka.conformance.subject import Evidence, Show
from jinka.kernel import Command, Outcome, Response
from jinka.kernel.data import dol, tags
from jinka.kernel.effects import AskPin, PinEntry, Slot
from jinka.kernel.station import CardSlot, Person
from jinka.simulator.human import Human
from jinka.simulator.personality import Personality
from jinka.simulator.world import Clock

GENERATE = 0xAE
_BASE = Run(Expect("approved"))
_ONLINE = {"application.tac_online": "FFFFFFFFFF"}


class Broken(Exception):
    """What a check found wrong with the driver."""


class Skipped(Exception):
    """Why a check could not be made."""


def that(holds: object, wrong: str) -> None:
    """Raises `Broken` unless it holds."""
    if not holds:
        raise Broken(wrong)


@dataclass(frozen=True, slots=True)
class Seen:
    """A finished transaction and the card it was made with."""

    outcome: Outcome
    evidence: Evidence
    card: Personality
    log: list[str]

    @property
    def generate(self) -> list[Command]:
        """The GENERATE ACs."""
        return self.evidence.commands(GENERATE)

    def carried(self, number: int = 1) -> dict[int, bytes]:
        """The values in the data of a GENERATE AC, taken apart by the card's list."""
        if len(self.generate) < number:
            raise Broken(f"GENERATE AC {number} never came")
        profile: Any = self.card.applications[0]
        values, at = {}, 0
        for tag, length in dol.parse(bytes(profile.find(tags.CDOL1 if number == 1 else tags.CDOL2))):
            values[tag] = self.generate[number - 1].data[at : at + length]
            at += length
        return values

    def asked(self, kind: type) -> list[tuple[Any, Any]]:
        """Effects of a kind with their answers."""
        return [(effect, answer) for effect, answer in self.evidence.effects if isinstance(effect, kind)]

    @property
    def cryptogram(self) -> bytes:
        """The application cryptogram of the first GENERATE AC, as the card answered it in either format."""
        data = next(
            (
                response.data
                for command, response in self.evidence.exchanges
                if command.ins in (GENERATE, 0xC0) and response is not None and response.data[:1] in (b"\x80", b"\x77")
            ),
            b"",
        )
        at = data.find(b"\x9f\x26\x08")
        return data[5:13] if data[:1] == b"\x80" else data[at + 3 : at + 11]


class Hooked:
    """A card that lets something happen when it is asked to initiate the application."""

    def __init__(self, slot: CardSlot, hook: Callable[[], None]) -> None:
        self._slot, self._hook = slot, hook

    def transmit(self, command: Command, /) -> Response:
        """Hands the command over, after the hook where it is time."""
        if command.ins == 0xA8:
            self._hook()
        return self._slot.transmit(command)


class HookedHuman(Human):
    """A person in front of whom something happens while the PIN is entered."""

    hook: Callable[[], None]

    def ask_pin(self, asked: AskPin, /) -> PinEntry:
        """Enters the PIN, after the hook."""
        self.hook()
        return super().ask_pin(asked)


class Probe:
    """The driver under check."""

    def __init__(self, driven: Driven) -> None:
        self.driven = driven

    @property
    def can(self) -> frozenset[Show]:
        """What the driver says it can."""
        return self.driven.greeting.shows

    @contextmanager
    def line(self, *, greeted: bool = True) -> Iterator[tuple[Peer, Line]]:
        """A fresh line of one's own, the other one closed first: a driver serves one suite at a time."""
        driven = self.driven
        driven.hang_up()
        connection = driven.where.open()
        try:
            peer = Peer(connection.line, {})
            if greeted:
                peer.call("hello", p.Hello(p.VERSION, SUITE), patience=driven.patience.answer)
            yield peer, connection.line
        finally:
            connection.close()

    def pay(
        self,
        *,
        online: bool = False,
        hook: Callable[[], None] | None = None,
        clock: datetime | None = None,
        run: dict[str, Any] | None = None,
        **case: Any,
    ) -> Seen:
        """One transaction of the base card and terminal with changes, as a case has them."""
        return self.pay_often([run or {}], online=online, hook=hook, clock=clock, **case)[0]

    def pay_often(
        self,
        runs: list[dict[str, Any]],
        *,
        online: bool = False,
        hook: Callable[[], None] | None = None,
        clock: datetime | None = None,
        **case: Any,
    ) -> list[Seen]:
        """Transactions one after the other, with one card and one memory."""
        case["terminal"] = {**(_ONLINE if online else {}), **(case.get("terminal") or {})}
        wanted = [Run(_BASE.expect, **run) for run in runs]
        made = Case(code="DRV-000", id="drv", title="", clauses=[], runs=wanted, **case)
        stage = world(made)
        if clock is not None:
            stage.clock = Clock(clock)
        person: Person = stage.person
        if hook is not None and self.driven.place is not None:
            if Show.PROMPTS not in self.can or not isinstance(person, Human):
                raise Skipped("nothing happens on the line on the way")
            stage.person = held = HookedHuman(pin=person.pin, pin_cipher=person.pin_cipher)
            held.hook = hook
        found = []
        with self.driven.seat(terminal(made), stage) as seat:
            for one in wanted:
                stage.insert()
                if hook is not None and self.driven.place is None:
                    stage.slots[Slot.CARD] = Hooked(stage.slots[Slot.CARD], hook)
                outcome, evidence = seat.perform(one)
                found.append(Seen(outcome, evidence, stage.card.personality, self.driven.bench.logged))
        return found
