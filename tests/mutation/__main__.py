"""`make mutation`: every small change of kernel/steps and kernel/data must be noticed by a case or a test.

    python -m tests.mutation                                   # all; what was killed before is not tried again
    python -m tests.mutation --file kernel/steps/decide.py     # some files
    python -m tests.mutation --sample 50 --seed 7 --json       # some mutants, for a machine

Results stay in build/mutation. Exit code 1 when a mutant survives that survivors.toml does not explain.
"""

import argparse
import hashlib
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jinka.conformance.case import Case, load_catalogue
from jinka.conformance.mutants.trial import mark

from tests.mutation.cover import Judge, at_import, judges
from tests.mutation.explained import reasons
from tests.mutation.mutants import ROOT, Mutant, files, mutants
from tests.mutation.trial import begin, verdict

KEPT = ROOT / "build" / "mutation"
COLUMNS = ("mutants", "cases", "tests", "timeout", "explained", "survived", "broken")
ENDED, OPEN = ("killed", "timeout"), ("survived", "broken")
_WARM, _LIKELY, _CHEAP = 20, 40, 0.05  # cases; cases; seconds


def main(arguments: list[str] | None = None) -> int:
    """Runs what is asked for and prints the table."""
    wish = _wish(arguments)
    cases = {case.code: case for case in load_catalogue() if case.code.startswith(tuple(wish.select) or "")}
    for case in list(cases.values())[:_WARM]:
        mark(case)  # keys of the simulated issuer and the like are made once, not in every trial
    everybody = judges(wish.kept / "cover.json", list(cases.values()), tests=not wish.no_tests)
    early = at_import(wish.kept / "import.json")
    wanted = [mutant for file in wish.file or files() for mutant in mutants(file)]
    if wish.sample:
        wanted = random.Random(wish.seed).sample(wanted, min(wish.sample, len(wanted)))
    rows, known = Rows(wish.kept / "results.jsonl"), reasons()
    explained = {mutant.key for mutant in wanted if any(one.covers(mutant) for one in known)}
    left = [mutant for mutant in wanted if mutant.key not in explained and rows.of(mutant)[0] not in ENDED]
    for mutant, what, by in _trials(wish, left, everybody, early, cases, rows):
        rows.keep(mutant, what, by)
        if what in OPEN and not wish.json:
            print(f"{what}: {mutant.file}:{mutant.lines[0]} {by}\n    {mutant.was}\n    {mutant.now}", flush=True)
    done = [(mutant, "explained", "") if mutant.key in explained else (mutant, *rows.of(mutant)) for mutant in wanted]
    _print(done, machine=wish.json)
    return int(any(what in OPEN for _, what, _ in done))


def _wish(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Mutants of kernel/steps and kernel/data.")
    parser.add_argument("--file", action="append", default=[], help="one of the files, again for several")
    parser.add_argument("--sample", type=int, default=0, help="that many mutants instead of all")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--select", "-s", action="append", default=[], help="cases by their codes or their beginnings")
    parser.add_argument("--quick", type=int, default=0, help="judge by that many cases, cheap ones, for a first look")
    parser.add_argument("--no-tests", action="store_true", help="judge by cases only")
    parser.add_argument("--jobs", "-j", type=int, default=1, help="processes")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where results are kept")
    parser.add_argument("--json", action="store_true", help="the truth, as JSON")
    return parser.parse_args(arguments)


class Rows:
    """What became of mutants, in this run and in earlier ones until their file changes: a line of JSON each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.held: dict[str, tuple[str, str]] = {}
        self.often: Counter[tuple[str, str]] = Counter()
        self.marks = {file: hashlib.sha256((ROOT / file).read_bytes()).hexdigest()[:16] for file in files()}
        for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
            key, what, by, known = json.loads(line)
            if known == self.marks.get(key.partition("\n")[0]):
                self._learn(key, what, by)

    def _learn(self, key: str, what: str, by: str) -> None:
        self.held[key] = what, by
        file = key.partition("\n")[0]
        self.often.update(((file, by), (file, _group(by))))

    def of(self, mutant: Mutant) -> tuple[str, str]:
        """What became of it, and by whom."""
        return self.held.get(mutant.key, ("", ""))

    def keep(self, mutant: Mutant, what: str, by: str) -> None:
        """Written down at once: a run may be cut short."""
        self._learn(mutant.key, what, by)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps((mutant.key, what, by, self.marks[mutant.file]), ensure_ascii=False) + "\n")


def _trials(wish: argparse.Namespace, wanted: Sequence[Mutant], everybody: Sequence[Judge], early: Judge,
            cases: Mapping[str, Case], rows: Rows) -> Iterator[tuple[Mutant, str, str]]:  # fmt: skip
    """Mutants with what became of them, as they end."""
    running: dict[int, tuple[Mutant, int]] = {}
    for mutant in [*wanted, None]:
        while len(running) >= (wish.jobs if mutant is not None else 1):
            child, status = os.wait()
            tried, told = running.pop(child)
            yield tried, *verdict(told, status)
        if mutant is not None:
            anew = not mutant.body or early.runs(mutant)
            seen = [one for one in everybody if (one.test or mutant.file in one.lines if anew else one.runs(mutant))]
            child, told = begin(mutant, _ordered(wish, mutant, seen, rows.often), cases, anew=anew)
            running[child] = mutant, told


def _ordered(wish: argparse.Namespace, mutant: Mutant, seen: Sequence[Judge], often: Mapping[tuple[str, str], int]) -> list[Judge]:
    """The judges of a mutant: the likeliest cases, all tests, the other cases. Likely are those that killed most in this
    file so far, then those of the groups that did, then the cheapest."""

    def rank(judge: Judge) -> tuple[int, int, float]:
        return -often[mutant.file, judge.name], -often[mutant.file, _group(judge.name)], judge.cost

    cases = sorted((judge for judge in seen if not judge.test), key=rank)
    if wish.quick:
        return [case for case in cases if case.cost < _CHEAP][: wish.quick]
    return [*cases[:_LIKELY], *sorted((judge for judge in seen if judge.test), key=rank), *cases[_LIKELY:]]


def _group(name: str) -> str:
    """The group of a case, the file of a test."""
    return name.partition("::")[0] if "::" in name else name.partition("-")[0]


def _table(rows: Sequence[tuple[Mutant, str, str]]) -> dict[str, Counter[str]]:
    """Numbers by file, and all together."""
    table: dict[str, Counter[str]] = {}
    for mutant, what, by in rows:
        column = ("tests" if "::" in by else "cases") if what == "killed" else what
        for name in (mutant.file, "all"):
            table.setdefault(name, Counter()).update(("mutants", column))
    return {name: table[name] for name in sorted(table, key=lambda name: (name == "all", name))}


def _print(rows: Sequence[tuple[Mutant, str, str]], *, machine: bool) -> None:
    table = _table(rows)
    if machine:
        left = [(mutant, what) for mutant, what, _ in rows if what in OPEN]
        told = [{"file": one.file, "line": one.lines[0], "was": one.was, "now": one.now, "what": what} for one, what in left]
        print(json.dumps({"files": table, "open": told}, ensure_ascii=False, indent=1))
        return
    print(f"{'':<32}" + "".join(f"{word:>10}" for word in COLUMNS))
    for name, numbers in table.items():
        print(f"{name:<32}" + "".join(f"{numbers[word] or '-':>10}" for word in COLUMNS))


if __name__ == "__main__":
    sys.exit(main())
