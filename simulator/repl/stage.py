"""Stage: one transaction under the hands of a person, effect by effect, forward and back.

Going back replays the flow and puts the simulated card, the terminal's random source and clock back to where they were;
the issuer's books stay as they are, as they would.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random as Generator
from typing import Any

from jinka.kernel import Outcome, Session
from jinka.kernel.apdu import Response
from jinka.kernel.effects import (
    AskChoice,
    AskPin,
    Authorisation,
    Effect,
    GoOnline,
    Now,
    PinEntry,
    PinKind,
    PinState,
    Random,
    Reached,
    Recall,
    Remember,
    Tell,
    Transmit,
    Unreachable,
)
from jinka.kernel.errors import Cancelled, CardRemoved, LinkFault, LinkTimeout, MisuseError
from jinka.kernel.faces.story import Story
from jinka.kernel.secret import Secret
from jinka.simulator.card import CardState
from jinka.simulator.world import Clock, SimulatedWorld

FAULTS = {"removed": CardRemoved, "timeout": LinkTimeout, "cancel": Cancelled}


@dataclass(frozen=True, slots=True)
class Moment:
    """What of the world goes back when the flow does."""

    card: CardState
    generator: Any
    clock: datetime


class Stage:
    """A session, its world and its story."""

    def __init__(self, session: Session[Outcome], world: SimulatedWorld) -> None:
        self.session, self.world, self.story = session, world, Story()
        self._moments: list[Moment] = []

    @property
    def pending(self) -> Effect[Any] | None:
        """The effect that waits; None when the transaction has ended."""
        return self.session.pending

    def step(self) -> None:
        """The simulated world answers the pending effect."""
        self._mark()
        effect = self.session.pending
        assert effect is not None  # noqa: S101  _mark has looked
        try:
            answer = self.world.answer(effect)
        except (LinkFault, Cancelled) as fault:
            self._fail(effect, fault)
        else:
            self._give(effect, answer)

    def run(self) -> None:
        """The simulated world answers until the end."""
        while self.session.pending is not None:
            self.step()

    def answer(self, words: str) -> None:
        """A person answers. Raises `MisuseError` when the words do not fit what was asked."""
        effect = self.session.pending
        value = said(effect, words, self.world)
        self._mark()
        self._give(effect, value)

    def fail(self, name: str) -> None:
        """A fault instead of an answer: removed, timeout or cancel."""
        if name not in FAULTS:
            raise MisuseError(f"a fault is one of {', '.join(FAULTS)}")
        self._mark()
        self._fail(self.session.pending, FAULTS[name]())

    def back(self, steps: int) -> None:
        """Undoes so many answers."""
        self.session.back(steps)
        moment = self._moments[-steps]
        del self._moments[-steps:]
        self.world.card.restore(moment.card)
        _generator(self.world).setstate(moment.generator)
        if isinstance(self.world.clock, Clock):
            self.world.clock.now = moment.clock
        self.story = Story()
        for effect, value, fault in self.session.history:
            self.story(effect, value if fault is None else fault)

    def _mark(self) -> None:
        """Keeps the moment before an answer."""
        if self.session.pending is None:
            raise MisuseError("the transaction has ended; pay starts another")
        clock = self.world.clock.now if isinstance(self.world.clock, Clock) else datetime.min
        self._moments.append(Moment(self.world.card.snapshot(), _generator(self.world).getstate(), clock))

    def _give(self, effect: Any, answer: Any) -> None:
        self.session.answer(answer)
        self._tell(effect, answer)

    def _fail(self, effect: Any, fault: BaseException) -> None:
        self.session.fail(fault)
        self._tell(effect, fault)

    def _tell(self, effect: Any, answer: Any) -> None:
        self.story(effect, answer)
        if self.session.outcome is not None:
            self.story.end(self.session.outcome)


def _generator(world: SimulatedWorld) -> Generator:
    owner = getattr(world.random, "__self__", None)
    if not isinstance(owner, Generator):
        raise MisuseError("the world's random source cannot be put back")
    return owner


def said(effect: Effect[Any] | None, words: str, world: SimulatedWorld) -> Any:
    """What a person typed, as the answer the effect wants. Raises `MisuseError`, without the words where they may be a
    PIN."""
    match effect:
        case Transmit():
            return Response.parse(_octets(words))
        case AskPin():
            return _pin(effect, words, world)
        case AskChoice():
            if words == "none":
                return None
            if words.isdigit() and 0 < int(words) <= len(effect.options):
                return int(words) - 1
            raise MisuseError(f"a number from 1 to {len(effect.options)}, or none")
        case GoOnline():
            if words in ("unreachable", "timeout"):
                return Unreachable("by hand", sent=words == "timeout")
            if len(words) != 2:
                raise MisuseError("a response code such as 00 or 51, unreachable, or timeout")
            return Authorisation(words)
        case Random():
            raw = _octets(words)
            if len(raw) != effect.size:
                raise MisuseError(f"{effect.size} bytes are wanted")
            return raw
        case Now():
            try:
                return datetime.fromisoformat(words)
            except ValueError:
                raise MisuseError("a time such as 2026-06-01T09:30:00") from None
        case Tell() | Remember() | Recall() | Reached():
            return None
    raise MisuseError("nothing is waiting for an answer")


def _pin(asked: AskPin, words: str, world: SimulatedWorld) -> PinEntry:
    if words == "bypass":
        return PinEntry(PinState.BYPASSED)
    if words == "nopad":
        return PinEntry(PinState.NO_PIN_PAD)
    if not (words.isdigit() and 4 <= len(words) <= 12):
        raise MisuseError("4 to 12 digits, bypass, or nopad")
    cipher = getattr(world.person, "pin_cipher", None)
    pin = Secret(words.encode("ascii"))
    if asked.kind is PinKind.ONLINE:
        if cipher is None:
            return PinEntry(PinState.NO_PIN_PAD)
        pin = cipher(pin, asked.pan or Secret(b""))
    return PinEntry(PinState.ENTERED, pin)


def _octets(words: str) -> bytes:
    try:
        return bytes.fromhex(words)
    except ValueError:
        raise MisuseError("hexadecimal digits are wanted here") from None
