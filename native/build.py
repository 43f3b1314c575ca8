"""How the C core becomes `jinka.native._core`: cffi in API mode, limited ABI, one extension for every Python 3.

`setup.py` names this file (`cffi_modules=["native/build.py:ffi"]`, run from the project's root); by hand,
`python native/build.py` compiles in place. Sources are found, not listed: a new file in `src/` needs no edit here.
"""

import os
import sys
import tempfile
from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
# The core's own warnings are kept silent by its tests, which compile it with -Werror.
FLAGS = ["/O2"] if os.name == "nt" else ["-std=c11", "-O3", "-Wall", "-Wextra", "-fvisibility=hidden"]
HEADERS = (Path("include/jinka.h"), Path("include/jinka_host.h"))


def describe(native: Path) -> FFI:
    """The builder, with every path starting at `native`."""
    ffi = FFI()
    ffi.cdef((HERE / "include" / "jinka.h").read_text(encoding="utf-8"))
    ffi.cdef("void jk_ask_host(void);")
    found = [path.relative_to(HERE) for path in HERE.glob("src/**/*.[ch]")]
    ffi.set_source(
        "jinka.native._core",
        '#include <stddef.h>\n#include <stdint.h>\n#include "jinka.h"\n#include "jinka_host.h"\n',
        sources=sorted(str(native / path) for path in found if path.suffix == ".c"),
        depends=sorted(str(native / path) for path in (*found, *HEADERS) if path.suffix == ".h"),
        include_dirs=[str(native / "include")],
        extra_compile_args=FLAGS,
        py_limited_api=True,
    )
    return ffi


def standing() -> Path | None:
    """What was compiled in place, if nothing that it is made of has changed since."""
    made_of = [Path(__file__), *(HERE / path for path in HEADERS), *HERE.glob("src/**/*.[ch]")]
    newest = max(path.stat().st_mtime for path in made_of)
    return next((built for built in HERE.glob("_core*.so") if built.stat().st_mtime > newest), None)


def compile_in_place() -> Path:
    """Compile in a scratch folder and rename, so that a running import sees the old file or the new one, never half."""
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".build-") as scratch:
        built = Path(describe(HERE).compile(tmpdir=scratch, verbose="-v" in sys.argv))
        target = HERE / built.name
        os.replace(built, target)
    return target


# Relative, because setuptools wants sources relative to setup.py.
ffi = describe(Path("native"))

if __name__ == "__main__":
    print(standing() or compile_in_place())
