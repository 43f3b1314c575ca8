"""`jinka conformance mutants`: does the suite catch what is wrong?"""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jinka.conformance.mutants.trial import Trial

_SELECT = typer.Option("--select", "-s", help="Names, clauses or sides, or their beginnings: denial, emv-b3/10.5, card.")


def mutants(
    select: Annotated[list[str], _SELECT] = [],  # noqa: B006  typer reads the default
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Processes.")] = 1,
    machine: Annotated[bool, typer.Option("--json", help="The truth, as JSON.")] = False,
) -> int:
    """Run deliberately wrong kernels, cards and hosts: each must be caught. 变异测试"""
    from jinka.conformance.mutants.mutant import MutantError
    from jinka.conformance.mutants.trial import registry, trials
    from rich.console import Console
    from rich.progress import track

    words = tuple(select) or ("",)
    wanted = [one for one in registry().values() if any(text.startswith(words) for text in (one.name, one.clause, one.side))]
    found = trials(wanted, jobs=jobs)
    quiet = machine or not sys.stderr.isatty()
    try:
        done = list(found if quiet else track(found, "mutants", len(wanted), console=Console(stderr=True), transient=True))
    except MutantError as fault:
        print(f"jinka: {fault}", file=sys.stderr)
        return 2
    unsound = sorted({code for one in done for code in one.unsound})
    if machine:
        rows = [
            {"name": one.mutant.name, "clause": one.mutant.clause, "caught": one.caught, "by": list(one.by)} for one in done
        ]
        print(json.dumps({"mutants": rows}, ensure_ascii=False, indent=1))
    else:
        _print(done, unsound)
    if unsound:
        print(f"jinka: not passed without any mutant: {', '.join(unsound)}", file=sys.stderr)
    return 0 if done and not unsound and all(one.caught for one in done) else 1


def _print(done: "list[Trial]", unsound: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("mutant", "clause", "caught", "by"):
        table.add_column(head, no_wrap=head != "by")
    taken = sum(max((len(text) for text in column), default=0) for column in zip(*(_left(one) for one in done), strict=True))
    room = max(out.width - taken - len("caught") - 6, 16)
    for one in done:
        clause = Text(one.mutant.clause, "cyan")
        if one.caught:
            table.add_row(one.mutant.name, clause, Text("yes", "green"), Text(_fitted(one.by, room), "dim"))
        else:
            table.add_row(one.mutant.name, clause, Text("NO", "bold red"), Text(" ".join(one.mutant.by), "red"))
    out.print(table)
    for one in done:
        if not one.caught:
            out.print(Text(f"{one.mutant.name}: {one.mutant.gist} {one.mutant.gist_zh}", "red"))
    caught = sum(one.caught for one in done)
    good = caught == len(done) > 0 and not unsound
    out.print(Text(f"{caught} of {len(done)} caught", "bold green" if good else "bold red"))


def _left(one: "Trial") -> tuple[str, str]:
    return one.mutant.name, one.mutant.clause


def _fitted(codes: tuple[str, ...], room: int) -> str:
    """As many codes as fit, and how many more there are."""
    for shown in range(len(codes), 1, -1):
        text = " ".join(codes[:shown]) + (f" +{len(codes) - shown}" if shown < len(codes) else "")
        if len(text) <= room:
            return text
    return codes[0] + (f" +{len(codes) - 1}" if len(codes) > 1 else "")
