"""The whole bench of the C core: measures, and keeps what it found in build/bench."""

import json
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jinka import native
from jinka.native import bind

from tests.bench.native import chart, library, snippets, table, tiers
from tests.bench.native.plan import plan
from tests.bench.native.result import Result, Verdict
from tests.bench.native.rounds import FULL, QUICK, measure


@dataclass
class Report:
    """Results, those of each implementation, and what they were taken on."""

    machine: dict[str, str] = field(default_factory=dict)
    peers: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    tiers: list[Result] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """For JSON. A verdict has the goal, the peer's name, the ratio, and whether it was met, and noisy."""
        data = asdict(self)
        for result, told in zip(self.results, data["results"], strict=True):
            told["verdicts"] = [
                {"goal": found.goal.ratio, "peer": found.peer.who, "ratio": found.ratio, "met": found.met,
                 "noisy": result.noisy(found)}
                for found in result.verdicts() if isinstance(found, Verdict)
            ]  # fmt: skip
        return data


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def run(quick: bool, only: str, cpu: str, step: Callable[[str], None]) -> Report:
    """`only`: operations with this in their names. `cpu`: ours under this name of JK_CPU, and libgcrypt held to the same.
    `step` is told what is measured next."""
    pace = QUICK if quick else FULL
    operations = [one for one in plan() if only.lower() in one.name.lower() and not (quick and one.slow)]
    texts = [one for one in snippets.SNIPPETS if only.lower() in one.name.lower()]
    step("compiling")
    sample, mine = library.timer(), library.ours(cpu)
    peers, missing = library.peers()
    less = tiers.without(cpu)
    if less is not None and (held := library.limited(less, cpu)) is not None:
        peers = [held, *(peer for peer in peers if peer.family != "gcrypt")]
    bind.start(cpu)
    machine = {"processor": processor(), "python": platform.python_version(), **native.implementation()}
    report = Report(machine, [peer.name for peer in peers], missing)
    for operation in operations:
        step(operation.name)
        report.results.append(measure(operation, mine, peers, pace, sample))
    known = snippets.names()
    for text in texts:
        step(text.name)
        report.results.append(snippets.measure(text, known, pace))
    if only.lower() in snippets.THREADS.lower():
        step(snippets.THREADS)
        report.results.append(snippets.threads(known, pace))
    if not cpu:
        small = [one for one in operations if not one.slow]
        report.tiers = tiers.tiers(small, QUICK, sample, lambda name: step(f"{name}, each implementation"))
    return report


def keep(report: Report, folder: Path) -> list[Path]:
    """native.json, .md, .csv, and .svg and .png where matplotlib is installed."""
    texts = {
        "native.json": json.dumps(report.as_data(), indent=1) + "\n",
        "native.md": table.markdown(report.results),
        "native.csv": table.comma_separated(report.results),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    pictures = [folder / "native.svg", folder / "native.png"]
    try:
        chart.draw(report.results, pictures)
    except ImportError:
        pictures = []
    return [*(folder / name for name in texts), *pictures]


def show(report: Report, kept: Sequence[Path]) -> None:
    """The tables on the screen."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(f"{report.machine['processor']}; peers: {', '.join(report.peers) or 'none'}", highlight=False)
    if report.missing:
        console.print(f"not found, so not compared: {', '.join(report.missing)} (JINKA_BENCH_PEERS=folder)", highlight=False)
    console.print(table.screen(report.results))
    for tier in table.tier_screens(report.tiers, native.available()):
        console.print(tier)
    for result in report.results:
        for note in result.notes:
            console.print(f"{result.name}: {note}", highlight=False)
    console.print("kept: " + " ".join(map(str, kept)), highlight=False)
