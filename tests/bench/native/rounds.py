"""Timing C: the libraries take turns, A, B, C, A, B, C, so that a change of the machine's load meets all of them.

An answer is the median of a library's samples in one turn, a figure the median of its answers. In single messages the
output is the next input: what is timed is how long an answer takes, not how many fit side by side.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.native.library import Library
from tests.bench.native.plan import Operation
from tests.bench.native.result import Figure, Result, spread
from tests.bench.native.work import Work

SAMPLE_NS = 80_000


@dataclass(frozen=True)
class Pace:
    """Turns for every library, and the time of one, which has at least three samples."""

    turns: int
    turn_ns: int


FULL, QUICK = Pace(15, 6_000_000), Pace(5, 1_500_000)


@dataclass
class Runner:
    """One library's part in an operation."""

    library: Library
    call: Any
    work: Work
    calls: int = 1
    """So many are a sample."""
    ns: list[float] = field(default_factory=list)
    cycles: list[float] = field(default_factory=list)

    def first(self, length: int) -> bytes | None:
        """The answer to a fresh input, None if this library cannot."""
        self.work.reset()
        if not self.call.prepare(self.work.struct):
            return None
        self.call.once(self.work.struct)
        return self.work.answer(length)

    def settle(self, sample: Any) -> None:
        """Finds how many calls are a sample."""
        while (took := sample(self.call, self.work.struct, self.calls).ns * self.calls) < SAMPLE_NS / 2:
            self.calls *= 2
        self.calls = max(1, round(self.calls * SAMPLE_NS / took))

    def turn(self, sample: Any, turn_ns: int) -> None:
        taken: list[Any] = []
        end = time.perf_counter_ns() + turn_ns
        while len(taken) < 3 or time.perf_counter_ns() < end:
            taken.append(sample(self.call, self.work.struct, self.calls))
        self.ns.append(statistics.median(one.ns for one in taken))
        self.cycles.append(statistics.median(one.cycles for one in taken))

    def figure(self) -> Figure:
        """For one message."""
        count = self.work.struct.count
        ns, cycles = statistics.median(self.ns) / count, statistics.median(self.cycles) / count
        return Figure(self.library.name, ns, spread(self.ns), cycles, self.library.constant_time)


def runners(operation: Operation, library: Library, beside: Sequence[str]) -> list[Runner]:
    """What a library has of the operation's call and of those beside it."""
    found = []
    for name in (operation.call, *beside):
        if name in library.calls:
            many = name.endswith(("_batch", "_one_key"))
            found.append(Runner(library, library.calls[name], Work(name, operation.size, operation.count if many else 1)))
    return found


def measure(operation: Operation, mine: Library, peers: Sequence[Library], pace: Pace, sample: Any) -> Result:
    """The operation by our library and every peer that has it. A peer with another answer is left out, and noted."""
    result = Result(operation.name, operation.goals, operation.size if operation.bulk else 0)
    ready: list[Runner] = []
    wanted: bytes | None = None
    for library in (mine, *peers):
        for runner in runners(operation, library, () if library is mine else operation.beside):
            same = runner.call is library.calls.get(operation.call)
            answer = runner.first(operation.answer if same else 0)
            if answer is None:
                continue
            if same and wanted is None:
                wanted = answer
            elif same and answer != wanted:
                result.notes.append(f"{library.name} has another answer")
                continue
            ready.append(runner)
    for runner in ready:
        runner.settle(sample)
    for _ in range(pace.turns):
        for runner in ready:
            runner.turn(sample, pace.turn_ns)
    best: dict[str, Figure] = {}
    for runner in ready:
        figure = runner.figure()
        if runner.library is mine:
            result.ours = figure
        elif figure.who not in best or figure.ns < best[figure.who].ns:
            best[figure.who] = figure
    result.peers = list(best.values())
    return result
