"""A run on the screen: what did not pass and why, or a table of the groups when that is too much to read; the totals."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from jinka.conformance.record import groups
from jinka.conformance.report.verdicts import VERDICTS, group
from jinka.conformance.runner import Result
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

COLOURS: Final = {"pass": "green", "fail": "red", "error": "bold red", "inconclusive": "yellow"}
# More findings than these are a table of groups: nobody reads them line by line on a screen.
MANY: Final = 60
_INDENT: Final = 13


def shown(
    results: Mapping[str, Sequence[Result]], known: Mapping[str, str], outside: int, seconds: float, out: Path | None
) -> None:
    """What a person wants to see of a run; `known` are written deviations, `outside` counts the cases that do not apply."""
    screen = Console(highlight=False)
    for name, held in results.items():
        open_ones = [result for result in held if result.mark.word != "pass"]
        if len(open_ones) > MANY:
            screen.print(_table(name, held))
            screen.print(Text("each of them: select a group with -s, or keep the run with --out and draw its page", "dim"))
        else:
            for result in open_ones:
                _finding(screen, result, name if len(results) > 1 else "", known.get(result.code, ""))
        counted = Counter(result.mark.word for result in held)
        words = "  ".join(f"[{COLOURS.get(word, 'bold')}]{count} {word}[/]" for word, count in counted.items())
        rate = len(held) * len(results) / seconds if seconds else 0.0
        left = f", {outside} do not apply" if outside else ""
        screen.print(f"[bold]{name}[/]  {words}  [dim]of {len(held)}{left}; {seconds:.1f} s, {rate:.0f} cases/s[/]")
    if out is not None:
        screen.print(f"[dim]{out}/run.json; a page of it: jinka conformance report {out}[/]")


def _finding(screen: Console, result: Result, name: str, deviation: str) -> None:
    colour = COLOURS.get(result.mark.word, "bold")
    head = Text.assemble((f"{result.mark.word:<{_INDENT}}", colour), f"{result.code:<12}", result.title)
    screen.print(head, Text(" ".join((name, *result.clauses)).strip(), "dim"))
    for entry in result.findings:
        line = Text.assemble(
            f"{entry.what}: ", (f"wanted {_said(entry.wanted)}", "green"), "  ", (f"seen {_said(entry.seen)}", colour)
        )
        screen.print(Padding(line, (0, 0, 0, _INDENT)))
    if deviation:
        screen.print(Padding(Text(f"deviation: {deviation}", "cyan"), (0, 0, 0, _INDENT)))


def _said(value: str) -> str:
    """A value with room to break between the names of its bits, and with a sign where it is empty."""
    return value.replace("|", " | ") or "–"


def _table(name: str, results: Iterable[Result]) -> Table:
    """The groups with their counts and the clauses whose cases failed, the commonest first."""
    held: dict[str, list[Result]] = {}
    for result in results:
        held.setdefault(group(result.code), []).append(result)
    marks = [mark for mark in VERDICTS if any(result.mark.word == mark for some in held.values() for result in some)]
    table = Table(title=name, title_justify="left", box=None, pad_edge=False)
    table.add_column("group")
    for mark in marks:
        table.add_column(VERDICTS[mark].en, justify="right", style=COLOURS.get(mark, "bold"))
    table.add_column("clauses that failed", style="dim")
    names = groups()
    for letters, some in held.items():
        counted = Counter(result.mark.word for result in some)
        broken = Counter(clause for result in some if result.mark.word == "fail" for clause in result.clauses)
        said = names.get(letters, {}).get("name", "")
        table.add_row(
            Text.assemble((letters, "bold"), f" {said}"), *(str(counted[mark] or "") for mark in marks),
            ", ".join(f"{clause} {count}" for clause, count in broken.most_common(4)) + (" …" if len(broken) > 4 else ""),
        )  # fmt: skip
    return table
