"""The C side of the bench: compiled into build/bench when it begins, and the libraries that were found, loaded.

A peer comes from where the loader looks, and from the folder that JINKA_BENCH_PEERS names, at any depth. A library may be
there twice, as two versions of it. One that is not there, or lacks a function, is left out.
"""

import ctypes.util
import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cffi import FFI
from jinka.native.build import FLAGS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BUILD = ROOT / "build" / "bench"

ffi = FFI()
ffi.cdef((HERE / "work.h").read_text("utf-8"))

# The file here that speaks to a library -> the library's name. The order is that of the columns.
PEERS = {"gcrypt": "gcrypt", "gmssl": "gmssl", "openssl": "crypto", "crypto_mb": "crypto_mb", "isal": "isal_crypto"}

# As setuptools compiles an extension, before its own flags.
COMPILER = shlex.split(f"{os.environ.get('CC', 'cc')} {sysconfig.get_config_var('CFLAGS') or ''} -fPIC -shared")


@dataclass(frozen=True)
class Library:
    """A loaded library: what it calls itself, and its calls by name."""

    family: str
    name: str
    calls: dict[str, Any]

    @property
    def constant_time(self) -> bool:
        """Whether a block of SM4 takes the same time whatever key and data; libgcrypt's does since it has it with GFNI."""
        version = re.search(r" (\d+)\.(\d+)", self.name)
        return self.family == "gcrypt" and version is not None and (int(version[1]), int(version[2])) >= (1, 11)


def compiled(name: str, sources: Sequence[Path], flags: Sequence[str] = ("-O2",)) -> Path:
    """A shared library of that name, made anew if a source is younger than it."""
    target = BUILD / f"{name}.so"
    newest = max(path.stat().st_mtime for path in (*sources, *HERE.glob("*.h")))
    if not target.exists() or target.stat().st_mtime < newest:
        BUILD.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(f".{os.getpid()}")
        subprocess.run([*COMPILER, *flags, *map(str, sources), "-o", str(fresh), "-ldl"], check=True, timeout=300)
        fresh.replace(target)
    return target


def attached(family: str, built: Path, path: Path | str = "", without: str | None = None) -> Library | None:
    """The library at `path`, spoken to by the compiled file `built`."""
    # Bound at once, so that what is missing is known here; cffi's default is to wait for the first call.
    glue = ffi.dlopen(str(built), ffi.RTLD_NOW)
    first = glue.attach(str(path).encode(), ffi.NULL if without is None else without.encode())
    calls = {}
    while first and first.name:
        calls[ffi.string(first.name).decode()] = first
        first += 1
    # "GmSSL 3.3.0-dev.1183" is long enough as "GmSSL 3.3.0".
    return Library(family, re.sub(r"(\d)-.*", r"\1", ffi.string(glue.label()).decode()), calls) if calls else None


def timer() -> Any:
    """`sample` of timer.c."""
    return ffi.dlopen(str(compiled("timer", [HERE / "timer.c"]))).sample


def core() -> Path:
    """The core with ours.c, compiled as shipped: its calls are in one file with it, as in the extension."""
    native = ROOT / "native"
    sources = sorted(native.glob("src/**/*.c"))
    headers = [*native.glob("src/**/*.h"), *native.glob("include/*.h")]
    target = BUILD / "libjinka.so"
    if target.exists() and target.stat().st_mtime < max(path.stat().st_mtime for path in headers):
        target.unlink()
    return compiled("libjinka", [HERE / "ours.c", *sources], FLAGS)


def ours(implementation: str = "") -> Library:
    """Jinka under one of the names that JK_CPU takes, "" the best; a copy of its own, since the choice is the library's."""
    built = core()
    if implementation:
        built = copied(built, implementation)
    library = attached("ours", built, without=implementation)
    if library is None:
        raise LookupError(f"this CPU has no implementation {implementation}, or its self-test failed")
    return replace(library, name=implementation or library.name)


def copied(path: Path, name: str) -> Path:
    """A library in another file: the loader takes it for another library, with variables of its own."""
    target = BUILD / f"{path.name.partition('.')[0]}-{name}.so"
    # Never written in place: another bench may have it loaded.
    return Path(shutil.copy(path, target.with_suffix(f".{os.getpid()}"))).replace(target)


def places(name: str) -> Iterator[str]:
    """Where a library is: files in the named folder, then what the loader knows."""
    folder = os.environ.get("JINKA_BENCH_PEERS")
    if folder:
        yield from sorted({str(path.resolve()) for path in Path(folder).rglob(f"lib{name}.so*") if path.is_file()})
    known = ctypes.util.find_library(name)
    if known:
        ctypes.CDLL(known)
        maps = Path("/proc/self/maps").read_text("utf-8").splitlines()
        yield next((line.split()[-1] for line in maps if f"/{known}" in line), known)


def limited(without: str, name: str) -> Library | None:
    """libgcrypt without some features of the processor, under that name."""
    place = next(places("gcrypt"), None)
    if place is None:
        return None
    built = copied(compiled("gcrypt-0", [HERE / "gcrypt.c"]), name)
    library = attached("gcrypt", built, copied(Path(place), name), without)
    return library and replace(library, name=f"{library.name} {name}")


def peers() -> tuple[list[Library], list[str]]:
    """Every peer, and the names of the libraries that were not found."""
    found: list[Library] = []
    missing = []
    for family, name in PEERS.items():
        before = len(found)
        for number, place in enumerate(places(name)):
            # A file of its own for each: what it knows of its library is in its variables.
            built = compiled(f"{family}-{number}", [HERE / f"{family}.c"])
            library = attached(family, built, place)
            if library is not None and library.name not in {known.name for known in found}:
                found.append(library)
        if len(found) == before:
            missing.append(f"lib{name}")
    return found, missing
