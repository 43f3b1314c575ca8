"""`jinka conformance`: run the cases, list them, check them."""

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

_SELECT = typer.Option("--select", "-s", help="Codes, ids or groups, or their beginnings: CVM, TAA-00, cvm/under.")


def register(app: typer.Typer) -> None:
    """Adds the judge to the command line."""
    judge = typer.Typer(no_args_is_help=True, help="Cases for a terminal kernel. 一致性测试")
    judge.command("run")(run)
    judge.command("list")(show)
    judge.command("lint")(lint)
    app.add_typer(judge, name="conformance")


def _chosen(select: list[str]) -> "list[object]":
    from jinka.conformance.case import load_catalogue

    cases = load_catalogue()
    return [
        case for case in cases if not select or any(case.code.startswith(word) or case.id.startswith(word) for word in select)
    ]


def run(
    select: Annotated[list[str], _SELECT] = [],  # noqa: B006  typer reads the default
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Processes.")] = 1,
    machine: Annotated[bool, typer.Option("--json", help="The truth, as JSON.")] = False,
    xml: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML.")] = None,
) -> int:
    """Run the cases against this kernel."""
    from jinka.conformance.judge import Mark
    from jinka.conformance.runner import junit, run_cases
    from rich.console import Console
    from rich.progress import track
    from rich.text import Text

    cases = _chosen(select)
    began = perf_counter()
    found = run_cases(cases, jobs)  # type: ignore[arg-type]
    quiet = machine or not sys.stderr.isatty()
    results = list(found if quiet else track(found, total=len(cases), console=Console(stderr=True), transient=True))
    seconds = perf_counter() - began
    if xml is not None:
        xml.write_text(junit(results), "utf-8")
    passed = sum(result.mark is Mark.PASS for result in results)
    if machine:
        print(json.dumps({"cases": [result.to_json() for result in results], "passed": passed}, ensure_ascii=False, indent=1))
        return 0 if passed == len(results) else 1
    out = Console(highlight=False)
    for result in results:
        if result.mark is Mark.PASS:
            continue
        out.print(
            Text(f"{result.mark.name:<6}{result.code:<12}", "red"), Text(result.title), Text(" ".join(result.clauses), "dim")
        )
        for entry in result.findings:
            out.print(
                Text(f"        {entry.what}: "), Text(f"wanted {entry.wanted}", "green"), Text(f"seen {entry.seen}", "red")
            )
    rate = len(results) / seconds if seconds else 0.0
    out.print(Text(f"{passed} of {len(results)} pass", "bold green" if passed == len(results) else "bold red"),
              Text(f"{seconds:.1f} s, {rate:.0f} cases/s", "dim"))  # fmt: skip
    return 0 if passed == len(results) else 1


def show(select: Annotated[list[str], _SELECT] = []) -> None:  # noqa: B006
    """List the cases with their clauses."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    for case in _chosen(select):
        table.add_row(getattr(case, "code", ""), getattr(case, "title", ""), " ".join(getattr(case, "clauses", ())))
    Console(highlight=False).print(table)


def lint() -> int:
    """Check every case and the register of clauses."""
    from jinka.conformance.case import CaseError, load_catalogue, load_clauses

    try:
        cases = load_catalogue()
    except CaseError as fault:
        print(f"jinka: {fault}", file=sys.stderr)
        return 2
    used = {clause for case in cases for clause in case.clauses}
    bare = sorted(set(load_clauses()) - used)
    print(f"{len(cases)} cases, {len(used)} clauses" + (f"; without a case: {', '.join(bare)}" if bare else ""))
    return 0
