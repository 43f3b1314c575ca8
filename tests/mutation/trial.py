"""Trial: one mutant in a forked process, before the cases and tests that see it, until one of them objects.

Every case has a limit in processor time, which the operating system counts: a mutant that loops is ended whatever else the
machine does.
"""

import functools
import importlib
import importlib.util
import inspect
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import CodeType, FunctionType, ModuleType
from typing import Any

from jinka.conformance.case import Case

from tests.mutation.cover import Judge, forget_ours, run_tests
from tests.mutation.mutants import Mutant

CASE_LIMIT = 10.0  # seconds; a case takes milliseconds, a procedure less than two seconds
TEST_LIMIT = 30.0  # all of them together take less than five
MEMORY = 1 << 31  # bytes beyond what the process holds when it starts


def begin(mutant: Mutant, judges: Sequence[Judge], cases: Mapping[str, Case], *, anew: bool) -> tuple[int, int]:
    """Starts a trial; `anew` imports all our modules with the mutant in it, for what runs while they are imported.
    Returns the process, and the end of a pipe that `verdict` reads once it has ended."""
    told, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        return child, told
    try:
        os.close(told)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        os.write(tell, json.dumps(_tried(mutant, judges, cases, anew)).encode())
    except MemoryError:
        os.write(tell, json.dumps(("timeout", "MEMORY")).encode())
    except BaseException as fault:
        os.write(tell, json.dumps(("broken", f"{type(fault).__name__}: {fault}")).encode())
    finally:
        os._exit(0)


def verdict(told: int, status: int) -> tuple[str, str]:
    """What became of a mutant, and by which case or test: "killed", "timeout", "survived", or "broken" when the trial
    itself failed."""
    with os.fdopen(told) as pipe:
        text = pipe.read()
    if os.WIFSIGNALED(status):
        return "timeout", signal.Signals(os.WTERMSIG(status)).name
    what, by = json.loads(text)
    return what, by


def _tried(mutant: Mutant, judges: Sequence[Judge], cases: Mapping[str, Case], anew: bool) -> tuple[str, str]:
    resource.setrlimit(resource.RLIMIT_AS, (_size() + MEMORY,) * 2)
    _limit(CASE_LIMIT)
    if not _put_in(mutant, anew):
        return "killed", "import"
    for test, some in groupby(judges, key=lambda judge: judge.test):
        names = [judge.name for judge in some]
        failed = _first_failure(names) if test else _first_caught([cases[name] for name in names])
        if failed:
            return "killed", failed
    return "survived", ""


def _limit(seconds: float) -> None:
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def _size() -> int:
    """What this process holds, in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _first_caught(cases: list[Case]) -> str:
    trial = importlib.import_module("jinka.conformance.mutants.trial")
    for case in cases:
        _limit(CASE_LIMIT)
        if trial.mark(case) in trial.CAUGHT:
            return case.code
    return ""


def _first_failure(tests: list[str]) -> str:
    _limit(TEST_LIMIT)

    class Watch:
        failed = ""

        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed:
                self.failed = self.failed or report.nodeid

    watch = Watch()
    code = run_tests(tests, watch)
    return watch.failed or (f"pytest: {code}" if code else "")


def _put_in(mutant: Mutant, anew: bool) -> bool:
    """Changes the code of the one function it is in, wherever that was imported to, or else imports all our modules
    anew. False when they cannot even be imported."""
    name = "jinka." + mutant.file.removesuffix(".py").replace("/", ".")
    module = sys.modules[name]
    path = module.__file__ or ""
    code = compile(mutant.source, path, "exec")
    function = _function(module, mutant.body) if not anew else None
    wrong = next(_codes(code, mutant.body), None)
    if function is not None and wrong is not None and function.__code__.co_freevars == wrong.co_freevars:
        function.__code__ = wrong
        _forget()
        return True
    forget_ours()
    sys.meta_path.insert(0, _Finder(name, path, code))
    try:
        importlib.import_module("jinka.conformance.mutants.trial")
    except Exception:
        return False
    return True


def _forget() -> None:
    """What a cache kept comes from the kernel as it is."""
    for key, module in list(sys.modules.items()):
        if key.startswith("jinka.kernel."):
            for held in list(vars(module).values()):
                if isinstance(held, functools._lru_cache_wrapper):
                    held.cache_clear()


def _function(module: ModuleType, name: str) -> FunctionType | None:
    """The function behind a property, a method of a class, or a cache."""
    held: Any = module
    for word in name.split("."):
        held = inspect.getattr_static(held, word, None)
    held = held.fget if isinstance(held, property) else held
    held = inspect.unwrap(getattr(held, "__func__", held))
    return held if isinstance(held, FunctionType) else None


def _codes(code: CodeType, name: str) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            if one.co_qualname == name:
                yield one
            yield from _codes(one, name)


class _Finder:
    """Gives one module its mutated code."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        self.name, self.path, self.code = name, path, code

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, vars(module))  # noqa: S102  the text is the kernel's own, with one change
