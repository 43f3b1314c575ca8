"""Jinka under every name that JK_CPU takes here, beside libgcrypt held to the same features of the processor.

The goals of a smaller processor are ratios to what libgcrypt would do there: with GFNI but without AVX-512, with AES-NI only.
GCM's two algorithms have implementations of different names: a cipher runs with the best hash that needs no wider registers.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jinka import native
from jinka.native import bind

from tests.bench.native.library import Library, limited, ours
from tests.bench.native.plan import Operation
from tests.bench.native.result import Result
from tests.bench.native.rounds import Pace, measure


def without(name: str) -> str | None:
    """The features of the processor that libgcrypt is not to use, to be held to what a name of ours may; None: all of them."""
    if name == "portable":
        return "all"
    if "512" in name or not name.startswith(("aes", "avx2", "gfni")):
        return None
    return "intel-avx512" if name.startswith("gfni") else "intel-avx512:intel-gfni"


def implementations() -> dict[str, dict[str, str]]:
    """Name -> algorithm -> what runs under that name."""
    found = {}
    for name in native.available():
        bind.start(name)
        found[name] = native.implementation()
    bind.start("")
    return found


def limits() -> list[Library]:
    """libgcrypt, once for each name that holds it to less than this processor has."""
    held = [(name, less) for name in native.available() if (less := without(name)) is not None]
    return [library for name, less in held if (library := limited(less, name)) is not None]


def hashing(name: str, known: dict[str, dict[str, str]]) -> str:
    """What JK_CPU asks for GCM with the cipher of this name."""
    hashes = [other for other, runs in known.items() if runs["ghash"] == other != "portable"]
    if not hashes or name == "portable":
        return name
    return f"{name}+{hashes[-1 if '512' in name else 0]}"


def tiers(operations: list[Operation], pace: Pace, sample: Any, step: Callable[[str], None]) -> list[Result]:
    """Each operation by every implementation of its algorithm; the portable one is `ours`, the others stand by its side."""
    known = implementations()
    libraries = {name: ours(name) for name in known}
    hashed = {name: replace(ours(hashing(name, known)), name=name) for name, runs in known.items() if runs["sm4"] == name}
    beside = limits()
    found = []
    for operation in operations:
        step(operation.name)
        algorithm = operation.call.partition("_")[0].replace("retail", "tdes")
        own = [name for name, runs in known.items() if runs[algorithm] == name]
        others = [(hashed if operation.call == "sm4_gcm" else libraries)[name] for name in own if name != "portable"]
        alone = replace(operation, beside=())
        found.append(measure(alone, libraries["portable"], [*others, *beside], pace, sample))
    return found
