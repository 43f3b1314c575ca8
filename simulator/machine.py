"""Machine: what every application of a simulated card has in common.

A card never has the initiative: it is a table {(state, INS): handler} over plain state. `Memory` types are non-volatile
and outlive a reset, `Session` types are lost with it. A handler changes the working copies in its `Turn` and returns a
`Response`; they are kept when it returns and dropped when it raises `Refused`. Values inside are immutable, or dicts
that are replaced and never changed, so that a copy of the state is cheap and final.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar

from jinka.kernel.apdu import Command, Response

M = TypeVar("M")
S = TypeVar("S")


class Status:
    """Status words (ISO/IEC 7816-4 clause 5.6, EMV 4.4 Book 3 clause 6.3.5)."""

    OK = 0x9000
    FILE_INVALIDATED = 0x6283
    AUTHENTICATION_FAILED = 0x6300
    TRIES_LEFT = 0x63C0
    WRONG_LENGTH = 0x6700
    NO_SUCH_MESSAGING = 0x6882
    STATE = 0x6982
    BLOCKED_METHOD = 0x6983
    INVALIDATED_DATA = 0x6984
    CONDITIONS = 0x6985
    MESSAGING_WRONG = 0x6988
    WRONG_DATA = 0x6A80
    NOT_SUPPORTED = 0x6A81
    NO_FILE = 0x6A82
    NO_RECORD = 0x6A83
    WRONG_PARAMETERS = 0x6A86
    NO_DATA = 0x6A88
    UNKNOWN_INS = 0x6D00
    UNKNOWN_CLA = 0x6E00
    FAULT = 0x6F00


class Refused(Exception):
    """A command that is answered with this status word alone and leaves the card as it was."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


@dataclass(slots=True)
class Chip:
    """Non-volatile state of the whole card: blocked for good, random blocks drawn, memories by DF name."""

    blocked: bool = False
    drawn: int = 0
    memories: dict[bytes, Any] = field(default_factory=dict)


def copied(state: M) -> M:
    """A copy of plain state, a dataclass: what `copy.copy` gives, at a fifth of its time. A card makes four a command."""
    kind: Any = type(state)
    made: M = kind(*_values(kind)(state))
    return made


@cache
def _values(kind: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    names = [entry.name for entry in fields(kind)]
    if len(names) < 2:  # attrgetter gives one value bare
        return lambda state: tuple(getattr(state, name) for name in names)
    return attrgetter(*names)


@dataclass(slots=True)
class Turn(Generic[M, S]):
    """One command being executed: working copies of what it may change."""

    memory: M
    session: S
    chip: Chip
    seed: bytes = b""

    def random(self, size: int) -> bytes:
        """The card's random numbers: the seed decides them all."""
        drawn = b""
        while len(drawn) < size:
            self.chip.drawn += 1
            drawn += hashlib.sha256(self.seed + self.chip.drawn.to_bytes(8, "big")).digest()
        return drawn[:size]


Handler = Callable[[Any, Turn[Any, Any], Command], Response]


class Applet(ABC, Generic[M, S]):
    """One application of a card, immutable: what changes is in its memory and its session.

    `classes` says under which CLA bytes an INS is known. `table` says which handler answers it in which state; an INS
    that is known but not in this state is answered 6985.
    """

    classes: ClassVar[Mapping[int, frozenset[int]]]
    table: ClassVar[Mapping[tuple[Enum, int], Handler]]

    def __init__(self, name: bytes) -> None:
        self.name = name

    @abstractmethod
    def issue(self) -> M:
        """The memory as it leaves personalisation."""

    @abstractmethod
    def begin(self) -> S:
        """The session right after selection."""

    @abstractmethod
    def fci(self, memory: M) -> Response:
        """The answer to SELECT."""

    @abstractmethod
    def state(self, session: S) -> Enum:
        """Where in the table the session stands."""

    def run(self, turn: Turn[M, S], command: Command) -> Response:
        """Executes one command. Raises `Refused`."""
        if command.ins not in self.classes:
            known = any(command.cla in classes for classes in self.classes.values())
            raise Refused(Status.UNKNOWN_INS if known else Status.UNKNOWN_CLA)
        if command.cla not in self.classes[command.ins]:
            raise Refused(Status.UNKNOWN_CLA)
        handler = self.table.get((self.state(turn.session), command.ins))
        if handler is None:
            raise Refused(Status.CONDITIONS)
        return handler(self, turn, command)


def expect_parameters(command: Command, p1: int = 0, p2: int = 0) -> None:
    """Refuses other P1 P2 than these."""
    if (command.p1, command.p2) != (p1, p2):
        raise Refused(Status.WRONG_PARAMETERS)


def expect_length(command: Command, *lengths: int) -> None:
    """Refuses a data field of any other length than these."""
    if len(command.data) not in lengths:
        raise Refused(Status.WRONG_LENGTH)
