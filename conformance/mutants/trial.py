"""Trial: mutants against the cases that must catch them.

In every process the kernel as it is comes first: a case that fails without a fault catches nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules

from jinka.conformance import mutants
from jinka.conformance.case import Case, load_catalogue
from jinka.conformance.judge import Mark
from jinka.conformance.mutants.mutant import Mutant, MutantError, applied
from jinka.conformance.runner import run_case

CAUGHT = (Mark.FAIL, Mark.ERROR)


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one mutant: the cases that caught it, and those among its own that fail without it."""

    mutant: Mutant
    by: tuple[str, ...]
    unsound: tuple[str, ...]

    @property
    def caught(self) -> bool:
        """Whether a case that passes on the kernel as it is does not pass on the mutant."""
        return bool(self.by)


@cache
def registry() -> dict[str, Mutant]:
    """All mutants by name, in the order of files and entries. Raises `MutantError` for a name used twice."""
    found: dict[str, Mutant] = {}
    for module in iter_modules(mutants.__path__, f"{mutants.__name__}."):
        for mutant in getattr(import_module(module.name), "MUTANTS", ()):
            if mutant.name in found:
                raise MutantError(f"there are two mutants called {mutant.name}")
            found[mutant.name] = mutant
    return found


def chosen(mutant: Mutant, cases: Iterable[Case]) -> list[Case]:
    """The cases a mutant names."""
    return [case for case in cases if case.code.startswith(mutant.by)]


def mark(case: Case) -> Mark:
    """What becomes of a case; a mutant may break anywhere, and breaking is no way to pass."""
    try:
        return run_case(case).mark
    except Exception:
        return Mark.ERROR


def trial(mutant: Mutant, cases: Sequence[Case]) -> Trial:
    """One mutant against its own among the cases. Raises `MutantError` when it cannot be made."""
    named = chosen(mutant, cases)
    unsound = [case.code for case in named if not _sound(case)]
    with applied(mutant.fault):
        by = [case.code for case in named if case.code not in unsound and mark(case) in CAUGHT]
    return Trial(mutant, tuple(by), tuple(unsound))


_passed: dict[int, tuple[Case, bool]] = {}


def _sound(case: Case) -> bool:
    """Whether a case passes on the kernel as it is; found out once in each process."""
    held = _passed.get(id(case))
    if held is None or held[0] is not case:
        held = _passed[id(case)] = case, mark(case) is Mark.PASS
    return held[1]


def trials(wanted: Sequence[Mutant], cases: Sequence[Case] | None = None, jobs: int = 1) -> Iterator[Trial]:
    """All mutants in their order; with several jobs the cases are those of the catalogue."""
    if jobs <= 1:
        yield from map(partial(trial, cases=_catalogue() if cases is None else cases), wanted)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for mutant, by, unsound in pool.map(_by_name, [mutant.name for mutant in wanted], chunksize=4):
            yield Trial(registry()[mutant], by, unsound)


def _by_name(name: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """A mutant holds functions that cannot travel between processes; its name can."""
    made = trial(registry()[name], _catalogue())
    return name, made.by, made.unsound


@cache
def _catalogue() -> list[Case]:
    return load_catalogue()
