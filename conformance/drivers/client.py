"""Client: the subject behind a driver.

The suite leads: `hello`, then for each case `configure` and one `start` a transaction. A driver that hangs is killed, one
that dies is started again for the next case; either is the bench's fault and says nothing about the terminal.
"""

import atexit
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jinka.conformance.case import Run
from jinka.conformance.drivers import protocol as p
from jinka.conformance.drivers.bench import Bench
from jinka.conformance.drivers.connect import Connection, Where
from jinka.conformance.drivers.peer import LineFault, Peer, Tap
from jinka.conformance.drivers.terminal import changed, tell
from jinka.conformance.stand import base_terminal
from jinka.conformance.subject import BenchError, Evidence, Show, Unable
from jinka.conformance.virtual import VirtualReader
from jinka.kernel import JinkaError, Outcome
from jinka.kernel.config import Config
from jinka.kernel.effects import RecordKind, Transmit
from jinka.kernel.station import Forgetful
from jinka.simulator.world import SimulatedWorld

SUITE = "jinka conformance"
_ALL = frozenset(Show)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for an answer to a short request, of silence while a transaction runs, and for a whole transaction."""

    answer: float = 10.0
    silence: float = 20.0
    transaction: float = 120.0


@dataclass
class Driven:
    """A terminal behind a driver. Made from plain data; the line is opened when it is first needed, and again after a
    fault, so a copy that travels to another process has its own. `place`: the card sits in a virtual reader, not at the
    other end of the line."""

    where: Where
    patience: Patience = field(default_factory=Patience)
    tap: Tap | None = None
    place: VirtualReader | None = None

    def __post_init__(self) -> None:
        self.bench = Bench()
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._greeting: p.Greeting | None = None
        atexit.register(_close, weakref.ref(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Driven, (self.where, self.patience, None, self.place)

    @property
    def way(self) -> str:
        """How the card comes to the terminal: over the line, or in a reader."""
        return "rpc" if self.place is None else "pcsc"

    @property
    def name(self) -> str:
        """The driver's own."""
        return self.greeting.name

    @property
    def title(self) -> str:
        """Name and version, and how it is reached."""
        return f"{self.greeting.name} {self.greeting.version} ({self.where.title})"

    @property
    def lacks(self) -> frozenset[Show]:
        """What the driver does not say it can."""
        return _ALL - self.greeting.shows

    @property
    def greeting(self) -> p.Greeting:
        """What the driver says of itself; the same on every line it opens."""
        if self._greeting is None:
            self.peer()
        if self._greeting is None:
            raise BenchError("no greeting")
        return self._greeting

    @property
    def known(self) -> p.Greeting | None:
        """The greeting, if there was one; asks nobody."""
        return self._greeting

    def peer(self) -> Peer:
        """The open line, after `hello`. Raises `BenchError`."""
        if self._peer is not None:
            return self._peer
        with self.careful("hello"):
            self._connection = self.where.open()
            self._peer = Peer(self._connection.line, self.bench.handlers, tap=self.tap)
            told = self._peer.call("hello", p.Hello(p.VERSION, SUITE), patience=self.patience.answer)
            version = told.get("protocol") if isinstance(told, dict) else None
            if version != p.VERSION:
                raise BenchError(f"the driver speaks protocol {version}, this suite speaks {p.VERSION}")
            greeting = p.from_plain(told, p.Greeting)
            if self._greeting not in (None, greeting):
                raise BenchError(f"another driver answers: {greeting.name} {greeting.version}")
            if self.way not in greeting.card:
                raise BenchError(f"the driver takes no card that way (card: {self.way}), only {', '.join(greeting.card)}")
            self._greeting = greeting
        return self._peer

    @contextmanager
    def careful(self, doing: str) -> Iterator[None]:
        """Whatever goes wrong inside ends the line; an error answer of the driver alone does not."""
        try:
            yield
        except Unable:
            raise
        except LineFault as fault:
            words = self._connection.last_words() if self._connection is not None else ""
            self.hang_up()
            raise BenchError(f"{doing}: {fault}" + (f" ({words})" if words else "")) from None
        except p.RpcError as fault:
            if doing == "hello":
                self.hang_up()
            raise BenchError(f"{doing}: {fault}") from fault
        except BaseException:
            self.hang_up()
            raise

    def hang_up(self) -> None:
        """Ends the line, and the driver when the suite started it."""
        connection, self._connection, self._peer = self._connection, None, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Says `bye` and ends the line."""
        if self._peer is not None:
            try:
                self._peer.call("bye", patience=2.0)
            except JinkaError:
                pass  # it is to end either way
        self.hang_up()
        if self.place is not None:
            self.place.withdraw()

    @contextmanager
    def seat(self, config: Config, stage: SimulatedWorld, /) -> Iterator["DrivenSeat"]:
        """Configured for a case. Raises `Unable` when the terminal cannot be made what the case wants."""
        peer = self.peer()
        keeper = stage.keeper
        told = tell(config, keeper.hot if isinstance(keeper, Forgetful) else ())
        differs = changed(told, tell(base_terminal()))
        if Show.CONFIGURE in self.lacks:
            if differs:
                raise Unable(f"the terminal is as it is; the case wants other {', '.join(sorted(differs))}")
            told = {}
        with self.careful("configure"):
            reader = "" if self.place is None else self.place.reader
            result = peer.call("configure", p.Configure(told, self.way, reader), patience=self.patience.answer)
            unable = set(p.from_plain(result, p.Configured).unable)
        if out := sorted(differs & unable):
            raise Unable(f"the terminal cannot be given other {', '.join(out)}")
        yield DrivenSeat(self, peer, stage)


@dataclass(slots=True)
class DrivenSeat:
    """A driven terminal, configured, and the stage of a case."""

    driven: Driven
    peer: Peer
    stage: SimulatedWorld

    def perform(self, wanted: Run, /) -> tuple[Outcome, Evidence]:
        """One transaction. What a driver promised to show and did not is added to what it lacks."""
        driven, bench = self.driven, self.driven.bench
        self.stage.observer = seen = Evidence(lacks=driven.lacks)
        asked = p.Start(
            wanted.service,
            wanted.amount,
            wanted.other,
            forced_online=wanted.forced_online,
            services=wanted.services,
        )
        if driven.place is not None:
            # What the reader hands over passes through the stage, so that it is seen in its turn.
            place = driven.place.insert(self.stage.card)
            place.through = lambda command: self.stage.answer(Transmit(command))
        bench.open(self.stage)
        try:
            with driven.careful("start"):
                result = self._start(asked, wanted)
                told = p.from_plain(result, p.Ended)
                outcome = p.outcome(told, wanted.service, wanted.amount, recorded=RecordKind.REVERSAL.value in seen.records)
        finally:
            bench.close()
            self.stage.observer = None
        seen.lacks |= {show for show, member in p.MEMBERS.items() if getattr(told, member) is None}
        return outcome, seen

    def _start(self, asked: p.Start, wanted: Run) -> Any:
        """The result of `start`; a driver that broke the protocol on the way has none."""
        patience, bench = self.driven.patience, self.driven.bench
        failed: p.RpcError | None = None
        result = None
        try:
            result = self.peer.call("start", asked, patience=patience.silence, limit=patience.transaction)
        except p.RpcError as fault:
            failed = fault
        if bench.fault is not None:
            raise p.RpcError(bench.fault.code, f"the driver broke the protocol: {bench.fault.message}")
        if failed is not None and failed.code == p.UNABLE:
            raise Unable(f"the terminal does no {wanted.service}: {failed.message}")
        if failed is not None:
            raise failed
        return result


def _close(held: "weakref.ref[Driven]") -> None:
    driven = held()
    if driven is not None:
        driven.close()
