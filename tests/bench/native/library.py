"""The C side of the bench: compiled into build/bench when it begins, and the libraries that were found, loaded.

A peer comes from where the loader looks, and from the folder that JINKA_BENCH_PEERS names, at any depth. A library may be
there twice, as two versions of it. One that is not there, or lacks a function, is left out.
"""

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
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

LDCONFIG = "/sbin/ldconfig"

# As setuptools compiles an extension, before its own flags.
COMPILER = shlex.split(f"{os.environ.get('CC', 'cc')} {sysconfig.get_config_var('CFLAGS') or ''} -fPIC -shared")


@dataclass(frozen=True)
class Library:
    """A loaded library: what it calls itself, and its calls by name. `constant_time`: of a block of SM4."""

    family: str
    name: str
    calls: dict[str, Any]
    constant_time: bool = False


def compiled(name: str, sources: Sequence[Path], flags: Sequence[str] = ("-O2",)) -> Path:
    """A shared library of that name, made anew if a source is younger than it, or a folder, which a source may have left."""
    target = BUILD / f"{name}.so"
    newest = max(path.stat().st_mtime for path in (*sources, *{path.parent for path in sources}, *HERE.glob("*.h")))
    if not target.exists() or target.stat().st_mtime < newest:
        BUILD.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(f".{os.getpid()}")
        subprocess.run([*COMPILER, *flags, *map(str, sources), "-o", str(fresh), "-ldl"], check=True, timeout=300)
        fresh.replace(target)
    return target


def attached(family: str, built: Path, path: Path = Path(), without: str | None = None) -> Library | None:
    """The library at `path`, spoken to by the compiled file `built`."""
    # Bound at once, so that what is missing is known here; cffi's default is to wait for the first call.
    glue = ffi.dlopen(str(built), ffi.RTLD_NOW)
    first = glue.attach(str(path).encode(), ffi.NULL if without is None else without.encode())
    calls = {}
    while first and first.name:
        calls[ffi.string(first.name).decode()] = first
        first += 1
    if not calls:
        return None
    # "GmSSL 3.3.0-dev.1183" is long enough as "GmSSL 3.3.0".
    name = re.sub(r"(\d)-.*", r"\1", ffi.string(glue.label()).decode())
    # Since it has the S-box in instructions; without them, or before, it looks a block up in a table.
    constant = family == "gcrypt" and without != "all" and re.match(r"libgcrypt (1\.1[1-9]|1\.[2-9]\d|[2-9])", name) is not None
    return Library(family, name, calls, constant)


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


def places(name: str) -> list[Path]:
    """Where a library is: in the named folder, then where the loader looks. Its own search is not asked: it would answer
    with a library of that name that is already loaded."""
    found: list[Path] = []
    folder = os.environ.get("JINKA_BENCH_PEERS")
    if folder:
        found += sorted(Path(folder).rglob(f"lib{name}.so*"))
    if shutil.which(LDCONFIG):
        listing = subprocess.run([LDCONFIG, "-p"], capture_output=True, text=True, timeout=60, check=False).stdout
        found += map(Path, re.findall(rf"^\s*lib{name}\.so\S* .*=> (\S+)$", listing, re.MULTILINE))
    return list(dict.fromkeys(path.resolve() for path in found if path.is_file()))


def limited(without: str, name: str) -> Library | None:
    """libgcrypt without some features of the processor, under that name."""
    place = next(iter(places("gcrypt")), None)
    if place is None:
        return None
    built = copied(compiled("gcrypt-0", [HERE / "gcrypt.c"]), name)
    library = attached("gcrypt", built, copied(place, name), without)
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
