"""Mutant: one small fault, how it is put in, and how it is taken out again.

A `Patch` changes the text of one function and gives the function the code that comes out. The function itself stays, so
that it is wrong wherever it was imported to, in tables of handlers too. A `Swap` gives a name another value.
"""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any, Literal

Side = Literal["kernel", "card", "host"]


class MutantError(Exception):
    """A mutant that cannot be made: what it changes is not there any more."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Other text in one function. `place` is its name below `jinka`; `old` must stand in its source exactly once."""

    place: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Swap:
    """Another value for a name of a module or class, and for the same name in every module that imported it."""

    place: str
    value: Any


@dataclass(frozen=True, slots=True)
class Mutant:
    """`clause` is the one it breaks, `by` the codes (or their beginnings) of the cases that must catch it, `side` what
    is wrong: the kernel, or what surrounds it."""

    name: str
    clause: str
    gist: str
    gist_zh: str
    by: tuple[str, ...]
    fault: Patch | Swap
    side: Side = "kernel"


@contextmanager
def applied(fault: Patch | Swap) -> Iterator[None]:
    """Inside, the fault is there; afterwards everything is as it was. Raises `MutantError`."""
    with _patched(fault) if isinstance(fault, Patch) else _swapped(fault):
        yield


@contextmanager
def _patched(patch: Patch) -> Iterator[None]:
    owner, name = resolve(patch.place)
    held = inspect.getattr_static(owner, name)
    function, wrong = _bare(held), _mutated(patch, _bare(held))
    before = function.__code__, function.__defaults__, function.__kwdefaults__
    if wrong.__code__.co_freevars != function.__code__.co_freevars:
        raise MutantError(f"{patch.place} is closed over other names than before")
    _forget(held)
    try:
        function.__code__ = wrong.__code__
        function.__defaults__, function.__kwdefaults__ = wrong.__defaults__, wrong.__kwdefaults__
        yield
    finally:
        function.__code__, function.__defaults__, function.__kwdefaults__ = before
        _forget(held)


def _mutated(patch: Patch, function: FunctionType) -> FunctionType:
    source = dedent(inspect.getsource(function))
    if (times := source.count(patch.old)) != 1:
        raise MutantError(f"{patch.place}: {patch.old!r} stands there {times} times, not once")
    scope = dict(function.__globals__)
    try:
        code = compile(source.replace(patch.old, patch.new), function.__code__.co_filename, "exec")
    except SyntaxError as fault:
        raise MutantError(f"{patch.place}: {fault}") from None
    exec(code, scope)  # noqa: S102  the text is the kernel's own, changed by a file of this folder
    return _bare(scope[function.__name__])


def _bare(held: Any) -> FunctionType:
    """The function behind a property, a method of the class, or a cache."""
    if isinstance(held, property):
        held = held.fget
    held = inspect.unwrap(getattr(held, "__func__", held))
    if not isinstance(held, FunctionType):
        raise MutantError(f"{held!r} is not a function")
    return held


def _forget(held: Any) -> None:
    """Results that a cache kept are of the other kernel."""
    if hasattr(held, "cache_clear"):
        held.cache_clear()


@contextmanager
def _swapped(swap: Swap) -> Iterator[None]:
    owner, name = resolve(swap.place)
    before = inspect.getattr_static(owner, name)
    owners = [owner, *_importers(owner, name, before)]
    for one in owners:
        setattr(one, name, swap.value)
    try:
        yield
    finally:
        for one in owners:
            setattr(one, name, before)


def _importers(owner: Any, name: str, value: Any) -> list[ModuleType]:
    """Modules that hold the same thing under the same name."""
    if not isinstance(owner, ModuleType):
        return []
    modules = [module for key, module in sys.modules.items() if key.startswith("jinka.") and module is not owner]
    return [module for module in modules if vars(module).get(name) is value]


def resolve(place: str) -> tuple[Any, str]:
    """The module or class that holds a name, and the name. Raises `MutantError`."""
    words = place.split(".")
    module, at = "jinka", 0
    while at < len(words) and find_spec(f"{module}.{words[at]}") is not None:
        module, at = f"{module}.{words[at]}", at + 1
        if not hasattr(import_module(module), "__path__"):
            break
    owner: Any = import_module(module)
    for word in words[at:-1]:
        owner = getattr(owner, word, None)
    if at == len(words) or inspect.getattr_static(owner, words[-1], owner) is owner:
        raise MutantError(f"there is no {place}")
    return owner, words[-1]
