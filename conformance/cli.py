"""`jinka conformance`: run the cases, look at runs, say why a case does not apply, list and check the catalogue."""

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from jinka.conformance.cards.cli import card
from jinka.conformance.drivers.selftest import driver_check
from jinka.conformance.mutants.cli import mutants
from jinka.conformance.report.cli import report

if TYPE_CHECKING:
    from jinka.conformance.case import Case
    from jinka.conformance.runner import Result
    from jinka.conformance.statement import Statement

_SELECT = typer.Option("--select", "-s", help="Codes, ids or groups, or their beginnings: CVM, TAA-00, cvm/under.")
_STATEMENT = typer.Option("--statement", "--ics", help="What the terminal states it can do (TOML); ours if not given.")


def register(app: typer.Typer) -> None:
    """Adds the judge to the command line."""
    judge = typer.Typer(no_args_is_help=True, help="Cases for a terminal kernel. 一致性测试")
    for command, name in ((run, "run"), (why, "why"), (diff, "diff"), (show, "list"), (lint, "lint"), (traced, "trace"),
                          (report, "report")):  # fmt: skip
        judge.command(name)(command)
    judge.command("card")(card)
    judge.command("mutants")(mutants)
    judge.command("driver-check")(driver_check)
    app.add_typer(judge, name="conformance")


@contextmanager
def _plain() -> Iterator[None]:
    """Faults of the suite's own files as one line and exit code 2."""
    from jinka.conformance.case import CaseError
    from jinka.conformance.record import RecordError
    from jinka.conformance.statement import StatementError
    from jinka.conformance.subject import BenchError

    try:
        yield
    except (BenchError, CaseError, RecordError, StatementError) as fault:
        print(f"jinka: {fault}", file=sys.stderr)
        raise typer.Exit(2) from None


def _chosen(select: Sequence[str]) -> "list[Case]":
    from jinka.conformance.case import load_catalogue

    return [
        case
        for case in load_catalogue()
        if not select or any(case.code.startswith(word) or case.id.startswith(word) for word in select)
    ]


def _stated(path: Path | None) -> "Statement":
    from jinka.conformance.statement import OURS, load_statement

    return load_statement(path or OURS)


def run(
    select: Annotated[list[str], _SELECT] = [],  # noqa: B006  typer reads the default
    subject: Annotated[list[str], typer.Option(help="Whom to judge; more than once for columns.")] = ["kernel"],  # noqa: B006
    statement: Annotated[Path | None, _STATEMENT] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Processes.")] = 1,
    out: Annotated[Path | None, typer.Option(help="A new folder for run.json and the evidence.")] = None,
    times: Annotated[int, typer.Option("--times", help="Run each case so often; one that differs is inconclusive.")] = 1,
    failed: Annotated[Path | None, typer.Option(help="Only what did not pass in that run.")] = None,
    machine: Annotated[bool, typer.Option("--json", help="run.json on standard output.")] = False,
    xml: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML.")] = None,
) -> int:
    """Run the cases that apply against this kernel, or against other subjects."""
    from jinka.conformance import record
    from jinka.conformance.report.junit import junit
    from jinka.conformance.report.screen import shown
    from jinka.conformance.runner import named, run_cases
    from jinka.conformance.stand import why_not
    from jinka.conformance.statement import settled

    with _plain():
        chosen, stated = _chosen(select), _stated(statement)
        gc.freeze()  # what is loaded by now stays: the collector need not look through it a thousand times
        if failed is not None:
            bad = {code for (_, code), mark in record.marks(record.load_run(failed)).items() if mark != "pass"}
            chosen = [case for case in chosen if case.code in bad]
        reasons = [(case, reason) for case in chosen if (reason := why_not(case, stated)) is not None]
        outside = {case.code for case, _ in reasons}
        cases = [case for case in chosen if case.code not in outside]
        folder = record.Folder(out) if out is not None else None
        started, began = datetime.now(UTC), perf_counter()
        results: dict[str, list[Result]] = {}
        subjects = [named(text) for text in subject]
        for text, held in zip(subject, subjects, strict=True):
            found = run_cases(cases, jobs, text, stated, keep=folder is not None, times=times)
            results[held.name] = []
            for case, result in zip(cases, _tracked(found, len(cases), held.name, machine), strict=True):
                if folder is not None:
                    folder.keep(held.name, case, result)
                results[held.name].append(result)
            held.close()
        seconds = perf_counter() - began
    known = {
        result.code: words
        for held in results.values()
        for result in held
        if result.mark.word == "fail" and (words := settled(result.code, stated, started.date()))
    }
    whole = record.compose(
        cases, results, subjects=subjects, statement=stated, excluded=reasons, started=started, seconds=seconds, jobs=jobs,
        kept=folder is not None, known=known,
    )  # fmt: skip
    if folder is not None:
        folder.close(whole)
    if xml is not None:
        xml.write_text(junit(whole), "utf-8")
    good = all(
        result.mark.word in ("pass", "inconclusive") or result.code in known for held in results.values() for result in held
    )
    if machine:
        print(json.dumps(whole, ensure_ascii=False, indent=1))
    else:
        shown(results, known, len(reasons), seconds, out)
    return 0 if good else 1


def _tracked(found: "Iterator[Result]", total: int, name: str, quiet: bool) -> "Iterator[Result]":
    """With a progress bar, where somebody watches."""
    if quiet or not sys.stderr.isatty():
        yield from found
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(found, name, total=total, console=Console(stderr=True), transient=True)


def why(
    code: Annotated[str, typer.Argument(help="Code of a case, or its beginning.")],
    statement: Annotated[Path | None, _STATEMENT] = None,
    machine: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """Say whether a case applies, and why not."""
    from jinka.conformance.record import unwritten
    from jinka.conformance.stand import why_not
    from rich.console import Console
    from rich.text import Text

    with _plain():
        stated = _stated(statement)
        found: dict[str, dict[str, str]] = {}
        for case in _chosen([code]):
            reason = why_not(case, stated)
            state = {"applies": "no", "reason": reason.en, "reason_zh": reason.zh} if reason else {"applies": "yes"}
            found[case.code] = {"title": case.title, "title_zh": case.title_zh, **state}
    for name, words in unwritten().items():
        if name.startswith(code):
            found[name] = {"applies": "not written", "reason": words}
    if machine:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        screen = Console(highlight=False)
        for name, held in found.items():
            colour = {"yes": "green", "no": "yellow"}.get(held["applies"], "red")
            screen.print(Text.assemble((f"{name:<12}", "bold"), (f"{held['applies']:<12}", colour), held.get("title", "")),
                         Text(held.get("reason", ""), "dim"))  # fmt: skip
        if not found:
            screen.print(f"no case begins with {code}")
    return 0 if found else 2


def diff(
    before: Annotated[Path, typer.Argument(help="A run's folder or its run.json.")],
    after: Annotated[Path, typer.Argument()],
    machine: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """Compare two runs: broken, fixed, changed, new, gone, same. Exit code 1 when something is broken."""
    from jinka.conformance import record
    from rich.console import Console
    from rich.text import Text

    with _plain():
        found = record.compare(record.load_run(before), record.load_run(after))
    if machine:
        rows: dict[str, Any] = {
            kind: [dict(zip(("subject", "code", "before", "after"), row, strict=True)) for row in held]
            for kind, held in found.items()
        }
        print(json.dumps(rows, indent=1))
    else:
        screen = Console(highlight=False)
        for kind, held in found.items():
            colour = {"broken": "red", "fixed": "green"}.get(kind, "cyan")
            for subject, code, was, now in held if kind != "same" else ():
                screen.print(Text.assemble((f"{kind:<9}", colour), f"{code:<12}", (f"{subject}  ", "dim"), f"{was} -> {now}"))
        screen.print("  ".join(f"{len(held)} {kind}" for kind, held in found.items()))
    return 1 if found["broken"] else 0


def show(
    select: Annotated[list[str], _SELECT] = [],  # noqa: B006
    machine: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """List the cases with their clauses."""
    from rich.console import Console
    from rich.table import Table

    with _plain():
        cases = _chosen(select)
    if machine:
        rows = [{"code": case.code, "id": case.id, "title": case.title, "clauses": case.clauses} for case in cases]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    table = Table(box=None, pad_edge=False, show_header=False)
    for case in cases:
        table.add_row(case.code, case.title, " ".join(case.clauses))
    Console(highlight=False).print(table)
    return 0


def lint() -> int:
    """Check every case, the register of clauses, and that every row of the plan is a case or listed with its reason."""
    from jinka.conformance.case import load_catalogue, load_clauses
    from jinka.conformance.coverage import gaps

    with _plain():
        cases = load_catalogue()
        used = {clause for case in cases for clause in case.clauses}
        bare = sorted(set(load_clauses()) - used)
    print(f"{len(cases)} cases, {len(used)} clauses" + (f"; without a case: {', '.join(bare)}" if bare else ""))
    wrong = gaps(cases)
    for line in wrong:
        print(f"jinka: {line}", file=sys.stderr)
    return 1 if wrong else 0


def traced(
    write: Annotated[bool, typer.Option("--write", help="Keep it as the trace that CI compares with.")] = False,
) -> int:
    """Show which clause stands in which cases and source files; exit code 1 when the kept trace says otherwise."""
    from jinka.conformance.trace import KEPT, trace, unregistered

    with _plain():
        text, unknown = trace(), unregistered()
    if write:
        KEPT.write_text(text, "utf-8")
    print(text, end="")
    for clause in unknown:
        print(f"jinka: the sources name {clause}, which the register does not know", file=sys.stderr)
    same = KEPT.exists() and KEPT.read_text("utf-8") == text
    if not same:
        print("jinka: the kept trace differs; jinka conformance trace --write keeps this one", file=sys.stderr)
    return 0 if same and not unknown else 1
