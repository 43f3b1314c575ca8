"""Runner: cases against the kernel in this process, one after the other or on several processors.

The result of a case depends on nothing but the case: `-j 2` gives the report of `-j 1`, but for times.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from time import perf_counter
from typing import Any
from xml.etree import ElementTree

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding, Mark, judge
from jinka.conformance.stand import terminal, world
from jinka.conformance.subject import Kernel, Subject
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


def run_case(case: Case, subject: Subject | None = None) -> Result:
    """Runs all transactions of a case with one card and one memory, on our kernel unless another subject is given."""
    began = perf_counter()
    try:
        findings = _findings(case, subject or Kernel())
        mark = max((entry.mark for entry in findings), default=Mark.PASS)
    except JinkaError as fault:
        findings, mark = [Finding("the run", "an outcome", f"{type(fault).__name__}: {fault}", Mark.ERROR)], Mark.ERROR
    return Result(
        case.code, case.id, case.title, tuple(case.clauses), mark, tuple(findings), case.provisional, perf_counter() - began
    )


def _findings(case: Case, subject: Subject) -> list[Finding]:
    config, stage = terminal(case), world(case)
    found: list[Finding] = []
    with subject.seat(config, stage) as seat:
        for number, one in enumerate(case.runs, 1):
            stage.insert()
            outcome, seen = seat.perform(one)
            wrong = judge(case, one, outcome, seen, stage.card.personality, config.device.can)
            where = f"run {number}: " if len(case.runs) > 1 else ""
            found += [replace(entry, what=where + entry.what) for entry in wrong]
    return found


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
