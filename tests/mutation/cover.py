"""Cover: which case and which test runs which lines of the mutated files, and what it costs.

Measured in a process of its own and kept in build/mutation: a case until it changes, tests until a test does, all of them
until one of the mutated files does.
"""

import hashlib
import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import process_time
from types import FrameType
from typing import Any

import hypothesis
import pytest
from jinka.conformance.case import Case
from jinka.conformance.judge import Mark
from jinka.conformance.mutants.trial import mark

from tests.mutation.mutants import FOLDERS, ROOT, Mutant

# Power cuts are left out: every one is many runs of what the dialogues run once.
TESTS = ("tests/data", "tests/steps", "tests/decode", "tests/applications/cash", "tests/applications/credit/test_dialogues.py",
         "tests/applications/credit/test_traces.py")  # fmt: skip

_OURS = ("jinka.kernel", "jinka.simulator", "jinka.conformance", "tests.")
_KEPT = ("tests.mutation",)


@dataclass
class Judge:
    """A case by its code or a test by its node id; `cost` is processor time in seconds, `lines` what it runs, by file."""

    name: str
    test: bool
    mark: str
    cost: float = 0.0
    lines: dict[str, list[int]] = field(default_factory=dict)

    def runs(self, mutant: Mutant) -> bool:
        """Whether it runs the statement."""
        first, last = mutant.lines
        return any(first <= line <= last for line in self.lines.get(mutant.file, []))


def judges(kept: Path, cases: list[Case], *, tests: bool = True) -> list[Judge]:
    """All cases and tests that pass, the cheapest first, cases before tests."""
    held = _held(kept)
    marks = {case.code: _digest([repr(case)]) for case in cases}
    fresh = [case for case in cases if case.code not in held or held[case.code].mark != marks[case.code]]
    suite = _digest(_texts(TESTS))
    retest = tests and not any(one.test and one.mark == suite for one in held.values())
    if fresh or retest:
        apart(lambda: _measure(kept, held, fresh, marks, suite if retest else ""))
        held = _held(kept)
    found = [one for one in held.values() if (one.mark == suite and tests if one.test else marks.get(one.name) == one.mark)]
    return sorted((one for one in found if one.test or one.lines), key=lambda one: (one.test, one.cost))


def at_import(kept: Path) -> Judge:
    """What runs while our modules are imported: a mutant there is in tables and classes before a case begins."""
    known = _digest(_texts(FOLDERS))
    if not kept.is_file() or json.loads(kept.read_text())["mark"] != known:
        apart(lambda: _import_traced(kept, Judge("import", False, known)))
    return Judge(**json.loads(kept.read_text()))


def forget_ours() -> None:
    """All that is ours is imported anew when it is asked for next, but for what hands mutants in and what is in C."""
    for name in [name for name in sys.modules if name.startswith(_OURS) and not name.startswith(_KEPT)]:
        del sys.modules[name]


def _import_traced(kept: Path, judge: Judge) -> None:
    forget_ours()
    with _traced(judge):
        importlib.import_module("jinka.conformance.mutants.trial")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(asdict(judge)))


def apart(work: Callable[[], Any]) -> None:
    """Does some work in a forked process. Raises `RuntimeError` when it fails."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("what runs which lines could not be measured")


def run_tests(names: Iterable[str], *plugins: object) -> int:
    """Tests in this process, up to the first that fails, without a word; their exit code."""
    hypothesis.settings.register_profile("mutation", deadline=None, derandomize=True, database=None, max_examples=60)
    quiet = ["-x", "--hypothesis-profile=mutation", "-p", "no:cacheprovider", "-p", "no:terminal", "-o", "addopts=", "-o", "timeout=0"]
    quiet += ["--import-mode=importlib", f"--rootdir={ROOT}"]
    return pytest.main([*quiet, *(str(ROOT / name) for name in names)], plugins=list(plugins))


def _held(kept: Path) -> dict[str, Judge]:
    """What was measured before, of the mutated files as they are."""
    if not kept.is_file():
        return {}
    table = json.loads(kept.read_text())
    return {one["name"]: Judge(**one) for one in table["judges"]} if table["mark"] == _digest(_texts(FOLDERS)) else {}


def _texts(places: Iterable[str]) -> Iterator[str]:
    for place in places:
        for path in sorted((ROOT / place).rglob("*.py")) if (ROOT / place).is_dir() else [ROOT / place]:
            yield path.read_text("utf-8")


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _measure(kept: Path, held: dict[str, Judge], cases: list[Case], marks: dict[str, str], suite: str) -> None:
    known = _digest(_texts(FOLDERS))
    for case in cases:
        held[case.code] = judge = Judge(case.code, False, marks[case.code])
        with _traced(judge):
            passed = mark(case) is Mark.PASS
        if not passed:
            judge.lines = {}
    if suite:
        held = {name: one for name, one in held.items() if not one.test}
        run_tests(TESTS, _Plugin(held, suite))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"mark": known, "judges": [asdict(one) for one in held.values()]}))


class _Plugin:
    def __init__(self, held: dict[str, Judge], suite: str) -> None:
        self.held, self.suite = held, suite

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        judge = Judge(item.nodeid, True, self.suite)
        with _traced(judge):
            yield
        self.held[item.nodeid] = judge


@contextmanager
def _traced(judge: Judge) -> Iterator[None]:
    """Notes cost and lines of what runs inside."""
    seen: dict[str, set[int]] = {}

    def local(frame: FrameType, event: str, arg: object) -> Any:
        seen[frame.f_code.co_filename].add(frame.f_lineno)
        return local

    def entered(frame: FrameType, event: str, arg: object) -> Any:
        name = frame.f_code.co_filename
        if name not in seen:
            if not any(folder in name for folder in FOLDERS):
                return None
            seen[name] = set()
        return local(frame, event, arg)

    before, began = sys.gettrace(), process_time()
    sys.settrace(entered)
    try:
        yield
    finally:
        sys.settrace(before)
        judge.cost = process_time() - began
        judge.lines = {_below(name): sorted(lines) for name, lines in seen.items()}


def _below(name: str) -> str:
    """A file's path below the root; modules are found through the link tree."""
    return str(Path(name).resolve().relative_to(ROOT))
