"""Runner: cases against a subject, one after the other or on several processors.

The result of a case depends on nothing but the case and the subject: `-j 2` gives the report of `-j 1`, but for times.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from time import perf_counter
from typing import Any

from jinka.conformance.case import Case, CaseError
from jinka.conformance.judge import Finding, Mark, judge
from jinka.conformance.oracles import second_reading
from jinka.conformance.procedures import run_procedure
from jinka.conformance.procedures.bench import Perform
from jinka.conformance.replay import NEEDED, departures
from jinka.conformance.stand import sincere, terminal, world
from jinka.conformance.statement import Statement
from jinka.conformance.subject import BenchError, Evidence, Kernel, Subject
from jinka.kernel import Outcome
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
    lanes: dict[str, Any] | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Plain values; marks by name."""
        findings = [
            {"what": entry.what, "wanted": entry.wanted, "seen": entry.seen, "mark": entry.mark.word} for entry in self.findings
        ]
        return {
            "code": self.code, "id": self.id, "title": self.title, "clauses": list(self.clauses), "mark": self.mark.word,
            "findings": findings, "provisional": self.provisional, "seconds": round(self.seconds, 6),
        }  # fmt: skip


def run_case(case: Case, subject: Subject | None = None, statement: Statement | None = None, *, keep: bool = False) -> Result:
    """Runs all transactions of a case with one card and one memory, on our kernel unless another subject is given.

    `statement` bounds what the terminal is made to be; `keep` keeps what was seen, as lanes.
    """
    began = perf_counter()
    seen: list[tuple[Outcome, Evidence]] = []
    try:
        findings = _findings(case, subject or Kernel(), statement, seen)
        mark = max((entry.mark for entry in findings), default=Mark.PASS)
    except BenchError as fault:
        findings, mark = [Finding("the bench", "a run", str(fault), Mark.INCONCLUSIVE)], Mark.INCONCLUSIVE
    except (JinkaError, CaseError) as fault:
        findings, mark = [Finding("the run", "an outcome", f"{type(fault).__name__}: {fault}", Mark.ERROR)], Mark.ERROR
    seconds = perf_counter() - began
    kept = None
    if keep:
        from jinka.conformance.lanes import lanes

        kept = {"runs": [lanes(outcome, evidence) for outcome, evidence in seen]}
    return Result(case.code, case.id, case.title, tuple(case.clauses), mark, tuple(findings), case.provisional, seconds, kept)


def _findings(case: Case, subject: Subject, statement: Statement | None, kept: list[tuple[Outcome, Evidence]]) -> list[Finding]:
    if case.procedure:
        return run_procedure(case, Perform(case, subject, statement), kept)
    if case.trace and (missing := sorted(show.value for show in subject.lacks & NEEDED)):
        raise BenchError(f"a recorded card answers to recorded values only; the subject takes no {', '.join(missing)}")
    config, stage = terminal(case, statement), world(case)
    found: list[Finding] = []
    honest = not case.trace and sincere(stage.card.personality)
    with subject.seat(config, stage) as seat:
        for number, one in enumerate(case.runs, 1):
            stage.insert()
            outcome, seen = seat.perform(one)
            kept.append((outcome, seen))
            wrong = judge(case, one, outcome, seen, stage.card.personality, config.device.can)
            wrong += second_reading(one, outcome, seen, config, honest=honest) + departures(case, seen)
            where = f"run {number}: " if len(case.runs) > 1 else ""
            found += [replace(entry, what=where + entry.what) for entry in wrong]
    return found


def run_cases(
    cases: Iterable[Case],
    jobs: int = 1,
    subject: str = "kernel",
    statement: Statement | None = None,
    *,
    keep: bool = False,
    times: int = 1,
) -> Iterator[Result]:
    """Results in the order of the cases. A subject that is not this process's kernel is one at a time.

    With `times` above 1 each case runs so often, and one whose results differ is inconclusive.
    """
    work = partial(_work, subject, statement, keep, times)
    if jobs <= 1 or subject != "kernel":
        yield from map(work, cases)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(work, cases, chunksize=8)


def _work(subject: str, statement: Statement | None, keep: bool, times: int, case: Case) -> Result:
    first = run_case(case, named(subject), statement, keep=keep)
    for number in range(2, times + 1):
        again = run_case(case, named(subject), statement)
        if again != first:
            words = Finding(f"run {number} of the same case", first.mark.word, again.mark.word, Mark.INCONCLUSIVE)
            return replace(first, mark=Mark.INCONCLUSIVE, findings=(words, *again.findings))
    return first


@cache
def named(subject: str) -> Subject:
    """The subject of a name. Raises `CaseError`."""
    from jinka.conformance.subjects import subject as by_name

    return by_name(subject)
