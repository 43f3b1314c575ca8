"""Runner: cases against the kernel in this process, one after the other or on several processors.

The result of a case depends on nothing but the case: `-j 2` gives the report of `-j 1`, but for times.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any
from xml.etree import ElementTree

from jinka.conformance.case import Case, Run
from jinka.conformance.judge import Evidence, Finding, Mark, judge
from jinka.conformance.stand import terminal, world
from jinka.kernel import Outcome, Session, Terminal, run
from jinka.kernel.errors import JinkaError


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case. `seconds` is the only value that differs from run to run."""

    code: str
    id: str
    title: str
    clauses: tuple[str, ...]
    mark: Mark
    findings: tuple[Finding, ...] = ()
    provisional: str = ""
    seconds: float = field(default=0.0, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Plain values; the mark by name."""
        made = asdict(self)
        made["mark"] = self.mark.name.lower()
        return made


def run_case(case: Case) -> Result:
    """Runs all transactions of a case with one card and one memory."""
    began = perf_counter()
    try:
        findings = _findings(case)
        mark = Mark.FAIL if findings else Mark.PASS
    except JinkaError as fault:
        findings, mark = [Finding("the run", "an outcome", f"{type(fault).__name__}: {fault}")], Mark.ERROR
    return Result(
        case.code, case.id, case.title, tuple(case.clauses), mark, tuple(findings), case.provisional, perf_counter() - began
    )


def _findings(case: Case) -> list[Finding]:
    config, stage = terminal(case), world(case)
    found: list[Finding] = []
    for number, one in enumerate(case.runs, 1):
        stage.insert()
        stage.observer = seen = Evidence()
        outcome = run(_session(Terminal(config), one), stage)
        wrong = judge(case, one, outcome, seen, stage.card.personality, config.device.can)
        found += (
            [Finding(f"run {number}: {entry.what}", entry.wanted, entry.seen) for entry in wrong]
            if len(case.runs) > 1
            else wrong
        )
    return found


def _session(till: Terminal, one: Run) -> Session[Outcome]:
    match one.service:
        case "purchase":
            return till.purchase(one.amount, services=one.services, forced_online=one.forced_online)
        case "cash":
            return till.cash(one.amount, forced_online=one.forced_online)
        case "cashback":
            return till.cashback(one.amount, one.other, forced_online=one.forced_online)
        case "refund":
            return till.refund(one.amount)
        case "balance":
            return till.balance()
    raise JinkaError(f"there is no service {one.service}")


def run_cases(cases: Iterable[Case], jobs: int = 1) -> Iterator[Result]:
    """Results in the order of the cases."""
    if jobs <= 1:
        yield from map(run_case, cases)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(run_case, cases, chunksize=8)


def junit(results: list[Result]) -> str:
    """The results as JUnit XML, one suite a group."""
    root = ElementTree.Element("testsuites", name="jinka conformance")
    for group in dict.fromkeys(result.code.partition("-")[0] for result in results):
        held = [result for result in results if result.code.startswith(f"{group}-")]
        failed = sum(result.mark is Mark.FAIL for result in held)
        errors = sum(result.mark is Mark.ERROR for result in held)
        suite = ElementTree.SubElement(
            root, "testsuite", name=group, tests=str(len(held)), failures=str(failed), errors=str(errors)
        )
        for result in held:
            case = ElementTree.SubElement(
                suite, "testcase", name=f"{result.code} {result.title}", classname=result.id, time=f"{result.seconds:.4f}"
            )
            if result.findings:
                kind = "error" if result.mark is Mark.ERROR else "failure"
                text = "\n".join(f"{entry.what}: wanted {entry.wanted}, seen {entry.seen}" for entry in result.findings)
                ElementTree.SubElement(case, kind, message=result.findings[0].what).text = text
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
