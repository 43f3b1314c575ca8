"""The results in words: on a screen, and as Markdown and CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tests.bench.native.result import Figure, Result, Verdict

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS = ("operation", "ours", "peer", "its", "ratio", "goal", "")


def shown(result: Result, figure: Figure | None) -> str:
    """Three digits, with a unit."""
    if figure is None:
        return "-"
    if result.size and figure.cycles:
        return f"{digits(figure.cycles / result.size)} c/B"
    unit, size = next(((unit, size) for unit, size in (("ns", 1), ("us", 1e3)) if figure.ns < 999.5 * size), ("ms", 1e6))
    return f"{digits(figure.ns / size)} {unit}"


def digits(value: float) -> str:
    """1.23, 12.3, 123."""
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}"


def times(ratio: float) -> str:
    return f"{digits(ratio)}x"


def lines(results: Sequence[Result]) -> Iterator[tuple[Result, tuple[str, ...]]]:
    """A line for each goal. A ratio that noise may have decided has a ~."""
    for result in results:
        for number, found in enumerate(result.verdicts()):
            name = "" if number else result.name
            mine = "" if number else shown(result, result.ours) if result.ours else "not built"
            if isinstance(found, Verdict):
                who = found.peer.who + (", constant time" if found.goal.over == "constant time" else "")
                ratio = times(found.ratio) + ("~" if result.noisy(found) else " ")
                yield result, (name, mine, who, shown(result, found.peer), ratio, times(found.goal.ratio),
                               "met" if found.met else "not yet")  # fmt: skip
            else:
                yield result, (name, mine, f"no {found.over}" if result.ours else "", "", "", times(found.ratio), "")


def screen(results: Sequence[Result]) -> "Table":
    from rich.table import Table

    table = Table(title="Jinka's C core: the peer's time over ours", caption="~ half of the rounds lie more than 5 % apart")
    for title in COLUMNS:
        table.add_column(title, justify="right" if title in ("ours", "its", "ratio", "goal") else "left", no_wrap=True)
    group = ""
    for result, line in lines(results):
        if group not in ("", result.group):
            table.add_section()
        group = result.group
        style = {"met": "green", "not yet": "yellow"}.get(line[-1], "dim")
        table.add_row(*line[:-3], f"[{style}]{line[-3]}[/]", line[-2], f"[{style}]{line[-1]}[/]")
    return table


def tier_screens(results: Sequence[Result], names: Sequence[str]) -> Iterator["Table"]:
    """A table for each algorithm, a column for each of its implementations. A ratio stands where libgcrypt, held to the same
    features, has the operation."""
    from rich.table import Table

    for group in dict.fromkeys(result.group for result in results):
        rows = [(result, mine) for result in results if result.group == group and (mine := implementations(result))]
        here = [name for name in names if any(name in mine for _, mine in rows)]
        if not here:
            continue
        table = Table(title=f"{group} under JK_CPU; the ratio is to libgcrypt held to the same")
        for title in ("operation", *here):
            table.add_column(title, justify="left" if title == "operation" else "right", no_wrap=True)
        for result, mine in rows:
            cells = []
            for name in here:
                held = next((peer for peer in result.peers if peer.who.endswith(f" {name}")), None)
                ratio = f" {times(held.ns / mine[name].ns):>6}" if held and name in mine else ""
                cells.append(shown(result, mine[name]) + ratio if name in mine else "")
            table.add_row(result.name, *cells)
        yield table


def implementations(result: Result) -> dict[str, Figure]:
    """Ours by name, of a result of tiers.py."""
    return {peer.who: peer for peer in result.peers} | ({"portable": result.ours} if result.ours else {})


def markdown(results: Sequence[Result]) -> str:
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(line for _, line in lines(results))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def comma_separated(results: Sequence[Result]) -> str:
    """Every figure, not only those that decide: nanoseconds for a message, core cycles for it, spread as a part."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("operation", "who", "ns", "cycles", "spread"))
    for result in results:
        for figure in (result.ours, *result.peers):
            if figure is not None:
                row = (f"{figure.ns:.2f}", f"{figure.cycles:.2f}", f"{figure.spread:.3f}")
                writer.writerow((result.name, "Jinka" if figure is result.ours else figure.who, *row))
    return out.getvalue()
