"""The C core compiled for tests: its sources, the flags of each purpose, and objects made once for all who ask."""

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from jinka import native
from jinka.native import bind

NATIVE = Path(native.__file__).resolve().parent
SOURCES = sorted(str(path) for path in NATIVE.glob("src/**/*.c"))
SHIPPED = ["-std=c11", "-O3"]
# Lines for the complaints, but no places of variables: on wide code those take gcc minutes.
SANITIZE = ["-g", "-fno-var-tracking", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
STRICT = ["-std=c11", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wstrict-prototypes", "-Werror"]

# core("gcc", *flags): the objects of the core so compiled.
Core = Callable[..., list[Path]]


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command, ended, with what it printed."""
    parts = [str(part) for part in command]
    return subprocess.run(parts, capture_output=True, text=True, timeout=300, check=False, cwd=cwd)


def compiler_of(folder: Callable[[], Path]) -> Core:
    """Compiles into new folders, each set of flags once, on as many processors as there are."""

    @cache
    def objects(compiler: str, *flags: str | Path) -> list[Path]:
        place = folder()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for result in pool.map(lambda source: run(compiler, "-c", *flags, source, cwd=place), SOURCES):
                assert result.returncode == 0, result.stderr
        return sorted(place.glob("*.o"))

    return objects


def own(*algorithms: str) -> list[str]:
    """Those of `available()` that bring an implementation of their own of one of these; the others share the portable one."""
    found: list[str] = []
    for name in native.available():
        bind.start(name)
        if name in (native.implementation()[algorithm] for algorithm in algorithms):
            found.append(name)
    bind.start("")
    return found
