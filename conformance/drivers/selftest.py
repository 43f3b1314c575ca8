"""Self-test of a driver: `jinka conformance driver-check COMMAND`. A campaign begins when nothing here is broken. 驱动自检"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from jinka.conformance.drivers.checks import Check
    from jinka.conformance.drivers.client import Driven
    from jinka.conformance.drivers.probe import Probe

Word = Literal["ok", "broken", "skipped"]
_COLOURS = {"ok": "green", "broken": "red", "skipped": "yellow"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a check, and why."""

    name: str
    title: str
    title_zh: str
    word: Word
    why: str = ""
    seconds: float = 0.0


def examine(driven: "Driven") -> Iterator[Checked]:
    """All checks in order. Without a greeting or a plain purchase the rest is not tried: it would fail the same way."""
    from jinka.conformance.drivers.checks import CHECKS
    from jinka.conformance.drivers.probe import Probe

    probe = Probe(driven)
    for entry in CHECKS:
        began = perf_counter()
        word, why = _one(entry, probe)
        yield Checked(entry.name, entry.title, entry.title_zh, word, why, perf_counter() - began)
        if entry.name in ("hello", "purchase") and word == "broken":
            return


def _one(entry: "Check", probe: "Probe") -> tuple[Word, str]:
    from jinka.conformance.drivers.peer import LineFault
    from jinka.conformance.drivers.probe import Broken, Skipped
    from jinka.conformance.drivers.protocol import RpcError
    from jinka.conformance.subject import BenchError, Unable

    try:
        if missing := sorted(show.value for show in entry.needs - probe.can):
            return "skipped", f"the driver cannot {', '.join(missing)}"
        entry.look(probe)
    except (Unable, Skipped) as reason:
        return "skipped", str(reason)
    except (Broken, BenchError, LineFault, RpcError) as fault:
        return "broken", str(fault)
    return "ok", ""


def driver_check(
    command: Annotated[list[str], typer.Argument(help="The driver's command, or tcp:HOST:PORT.", metavar="COMMAND...")],
    patience: Annotated[float, typer.Option(help="Seconds of silence after which a driver hangs.")] = 10.0,
    reader: Annotated[str, typer.Option(help="READER@PORT: the card goes into this virtual reader.")] = "",
    machine: Annotated[bool, typer.Option("--json", help="The truth, as JSON.")] = False,
) -> int:
    """Check a driver itself before it is used: does it speak the protocol, does it mean what it says? 驱动自检

    Options of the driver stand behind `--`: driver-check -- my-driver --fast
    """
    from jinka.conformance.drivers.client import Driven, Patience
    from jinka.conformance.drivers.connect import Child, Port, Where
    from jinka.conformance.virtual import VirtualReader

    where: Where = Child(tuple(command))
    if len(command) == 1 and command[0].startswith("tcp:"):
        host, _, port = command[0][4:].rpartition(":")
        if not host or not port.isdecimal():
            raise typer.BadParameter(f"{command[0]} is not tcp:HOST:PORT")
        where = Port(host, int(port))
    place = VirtualReader.parse(reader) if reader else None
    driven = Driven(where, Patience(patience, patience, 6 * patience), place=place)
    try:
        found = list(examine(driven))
    finally:
        driven.close()
    broken = sum(one.word == "broken" for one in found)
    if machine:
        rows = [
            {"name": one.name, "title": one.title, "title_zh": one.title_zh, "result": one.word, "why": one.why}
            for one in found
        ]
        known = driven.known
        who = {"name": known.name, "version": known.version, "can": known.can, "card": known.card} if known else None
        print(json.dumps({"driver": who, "checks": rows, "broken": broken}, ensure_ascii=False, indent=1))
    else:
        _table(driven.title if driven.known else where.title, found)
    return 1 if broken else 0


def _table(title: str, found: list[Checked]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for one in found:
        words = Text(one.title if not one.why else f"{one.title}: {one.why}")
        table.add_row(Text(one.word, _COLOURS[one.word]), Text(one.name, "bold"), words)
    totals = ", ".join(f"{sum(one.word == word for one in found)} {word}" for word in _COLOURS)
    screen = Console(highlight=False)
    screen.print(table)
    screen.print(Text(f"{title}: {totals}", "dim"))
