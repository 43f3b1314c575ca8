"""Subject: what is judged. Our kernel in this process, our kernel over a reader, or somebody else's behind a driver.

A subject says what it cannot show (`lacks`), and the judge calls an expectation that needs it inconclusive: what was not
seen is never guessed.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from jinka.conformance.case import CaseError, Run
from jinka.kernel import Command, Outcome, Response, Session, Terminal, run
from jinka.kernel.config import Config
from jinka.kernel.effects import AskChoice, AskPin, Effect, RecordKind, Remember, Tell, Transmit
from jinka.simulator.world import SimulatedWorld


class BenchError(Exception):
    """The bench failed, not the subject: a reader that is gone, a driver that hangs. The case is inconclusive."""


class Unable(BenchError):
    """The subject cannot be brought where a case wants it, such as a limit that cannot be set."""


class Show(Enum):
    """What a subject may be able to show or do. The names travel in the driver's protocol."""

    CONFIGURE = "configure"  # takes the terminal's data from the suite
    VERDICT = "verdict"  # says how a transaction ended
    ARC = "arc"  # authorisation response code, also its own
    TVR = "tvr"  # the final TVR, not only what a command carried
    TSI = "tsi"
    CVM = "cvm"  # CVM results
    SIGNATURE = "signature"  # whether one is wanted
    MESSAGES = "messages"  # what the display says
    PROMPTS = "prompts"  # PIN entry and questions go through the suite
    ONLINE = "online"  # authorisation requests go to the suite's host
    RECORDS = "records"  # what is stored: sale, reversal, advice
    JOURNAL = "journal"  # also what is kept against a power cut: intent, uncertain, closed
    TAGS = "tags"  # any data object of the finished transaction
    SCRIPTS = "scripts"  # issuer script results
    CLOCK = "clock"  # takes date and time from the suite
    RANDOM = "random"  # takes unpredictable numbers from the suite


@dataclass(slots=True)
class Evidence:
    """All that was seen of one transaction, in order: an observer of the world. `lacks` is what could not be seen."""

    effects: list[tuple[Effect[Any], Any]] = field(default_factory=list)
    lacks: frozenset[Show] = frozenset()
    _paired: tuple[int, list[tuple[Command, Response | None]]] = field(default=(0, []), init=False, repr=False, compare=False)

    def __call__(self, effect: Effect[Any], answer: Any) -> None:
        self.effects.append((effect, answer))

    @property
    def exchanges(self) -> list[tuple[Command, Response | None]]:
        """Commands with their responses; None for a command that was never answered."""
        if self._paired[0] != len(self.effects):
            pairs = [
                (effect.command, answer if isinstance(answer, Response) else None)
                for effect, answer in self.effects
                if isinstance(effect, Transmit)
            ]
            self._paired = len(self.effects), pairs
        return self._paired[1]

    def commands(self, ins: int) -> list[Command]:
        """The commands of one instruction; a repeat for 6Cxx counts once."""
        return [
            command
            for command, response in self.exchanges
            if command.ins == ins and (response is None or response.sw >> 8 != 0x6C)
        ]

    @property
    def told(self) -> list[str]:
        """The messages shown."""
        return [effect.message.name for effect, _ in self.effects if isinstance(effect, Tell)]

    @property
    def asked(self) -> list[str]:
        """The prompts: a PIN with its kind, or a question."""
        return [
            f"PIN {effect.kind.value}" if isinstance(effect, AskPin) else effect.question.name
            for effect, _ in self.effects
            if isinstance(effect, AskPin | AskChoice)
        ]

    @property
    def records(self) -> list[str]:
        """The kinds of what was remembered, counters left out."""
        kinds = [effect.record.kind for effect, _ in self.effects if isinstance(effect, Remember)]
        return [kind.value for kind in kinds if kind is not RecordKind.COUNTER]


class Seat(Protocol):
    """A subject made ready for one case: its terminal configured, the case's world around it."""

    def perform(self, wanted: Run, /) -> tuple[Outcome, Evidence]:
        """One transaction with the card as it stands in `stage`. Raises `JinkaError` when the bench fails."""
        ...


class Subject(Protocol):
    """Something that can be judged."""

    @property
    def name(self) -> str:
        """Short, for a column: kernel, pcsc, the driver's own name."""
        ...

    @property
    def title(self) -> str:
        """What it is, with its version."""
        ...

    @property
    def lacks(self) -> frozenset[Show]:
        """What it cannot show."""
        ...

    def seat(self, config: Config, stage: SimulatedWorld, /) -> AbstractContextManager[Seat]:
        """Ready for a case. `stage` is card, person and host; `config` what the terminal must be like."""
        ...

    def close(self) -> None:
        """Ends what was started or opened for it."""
        ...


class Kernel:
    """Our kernel, in this process, its card a function call away."""

    name = "kernel"
    title = "Jinka kernel in process"
    lacks: frozenset[Show] = frozenset()

    @contextmanager
    def seat(self, config: Config, stage: SimulatedWorld, /) -> Iterator[Seat]:
        """The kernel's terminal and the stage itself."""
        yield KernelSeat(Terminal(config), stage)

    def close(self) -> None:
        """Nothing to end."""


@dataclass(slots=True)
class KernelSeat:
    """Our terminal in the world `stage`."""

    till: Terminal
    stage: SimulatedWorld

    def perform(self, wanted: Run, /) -> tuple[Outcome, Evidence]:
        """One transaction, watched."""
        self.stage.observer = seen = Evidence()
        return run(session(self.till, wanted), self.stage), seen


class Wanted(Protocol):
    """The part of a run that a terminal is told."""

    @property
    def service(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def other(self) -> int: ...
    @property
    def forced_online(self) -> bool: ...
    @property
    def services(self) -> bool: ...


def session(till: Terminal, wanted: Wanted) -> Session[Outcome]:
    """The flow a run asks for."""
    match wanted.service:
        case "purchase":
            return till.purchase(wanted.amount, services=wanted.services, forced_online=wanted.forced_online)
        case "cash":
            return till.cash(wanted.amount, forced_online=wanted.forced_online)
        case "cashback":
            return till.cashback(wanted.amount, wanted.other, forced_online=wanted.forced_online)
        case "refund":
            return till.refund(wanted.amount)
        case "load":
            return till.load(wanted.amount)
        case "balance":
            return till.balance()
    raise CaseError(f"there is no service {wanted.service}")
