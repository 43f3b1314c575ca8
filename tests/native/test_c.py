"""The C core without Python: warnings, sanitizers, exported names, constant time, other processors."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jinka import native

from tests.support.core import NATIVE, SANITIZE, SOURCES, STRICT, Core, own, run

gcc = shutil.which("gcc")
needs_gcc = pytest.mark.skipif(gcc is None, reason="gcc is not installed")


def compiled(target: Path, *arguments: str | Path, compiler: str = "gcc") -> Path:
    result = run(compiler, *arguments, "-o", target)
    assert result.returncode == 0, result.stderr
    return target


@pytest.mark.parametrize("compiler", ["gcc", "clang", "aarch64-linux-gnu-gcc", "arm-linux-gnueabihf-gcc"])
def test_compiles_freestanding_without_a_warning(compiler: str, tmp_path: Path) -> None:
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    for source in SOURCES:
        compiled(tmp_path / "object.o", "-c", "-ffreestanding", "-O2", *STRICT, source, compiler=compiler)


@needs_gcc
def test_compiles_with_no_implementation_but_the_portable(tmp_path: Path) -> None:
    """What a processor sees that this machine is not."""
    compiled(tmp_path / "core.so", "-shared", "-fPIC", "-O2", "-DJK_PORTABLE_ONLY", *STRICT, *SOURCES)


@needs_gcc
def test_public_names_are_ours_and_are_in_the_header(tmp_path: Path) -> None:
    library = compiled(tmp_path / "core.so", "-shared", "-fPIC", "-O2", *SOURCES)
    defined = {line.split()[-1] for line in run("nm", "-D", "--defined-only", library).stdout.splitlines()}
    assert {name for name in defined if not name.startswith("jk_")} <= {"_init", "_fini"}
    header = (NATIVE / "include" / "jinka.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"^(?:int|void|const char \*) ?\*?(jk_\w+)\(", header, re.MULTILINE))
    assert declared <= defined
    undefined = {line.split()[-1].split("@")[0] for line in run("nm", "-D", "-u", library).stdout.splitlines()}
    # No heap, no I/O, no environment: only what a compiler asks of a freestanding host, and the loader's own names.
    assert {name for name in undefined if not name.startswith("_")} <= {"memcpy", "memset", "memmove"}


# Which implementations each program tells that it has judged.
CONTRACTS = {
    "vectors.c": native.available(),
    "vectors_sm2.c": own("sm2"),
    "vectors_des.c": own("tdes"),
    "vectors_modes.c": own("sm4", "ghash"),
    "vectors_sm4_batch.c": own("sm4"),
}


@needs_gcc
@pytest.mark.parametrize(
    ("program", "flags"),
    # And the arithmetic of compilers that have no numbers of 128 bits.
    [*((program, SANITIZE) for program in CONTRACTS), ("vectors_sm2.c", ["-O2", "-U__SIZEOF_INT128__"])],
)
def test_contract(program: str, flags: list[str], core: Core, tmp_path: Path) -> None:
    flags = [*flags, *STRICT]
    result = run(compiled(tmp_path / "judge", *flags, NATIVE / "check" / program, *core("gcc", *flags)))
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == list(CONTRACTS[program])


@needs_gcc
def test_a_failed_self_test_keeps_an_implementation_out(tmp_path: Path) -> None:
    rest = [source for source in SOURCES if not source.endswith("selftest.c")]
    assert run(compiled(tmp_path / "refused", *STRICT, NATIVE / "check" / "refused.c", *rest)).returncode == 0


@pytest.mark.parametrize("check", CONTRACTS)
@pytest.mark.parametrize(
    ("compiler", "emulator"), [("aarch64-linux-gnu-gcc", "qemu-aarch64"), ("arm-linux-gnueabihf-gcc", "qemu-arm")]
)
def test_contract_on_an_emulated_processor(compiler: str, emulator: str, check: str, core: Core, tmp_path: Path) -> None:
    if shutil.which(compiler) is None or shutil.which(emulator) is None:
        pytest.skip(f"{compiler} and {emulator} are not both installed")
    flags = ["-static", "-O3", *STRICT]
    source = NATIVE / "check" / check
    program = compiled(tmp_path / "vectors", *flags, source, *core(compiler, *flags), compiler=compiler)
    result = run(emulator, program)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split()[0] == "portable"


# Memcheck does not know GFNI and hides it from the program: it judges the file with those instructions spelt out.
SPELT: tuple[str | Path, ...] = ("-DJK_GFNI_TWIN", "-include", NATIVE / "check" / "gfni_twin.h")


def valgrind(core: Core, tmp_path: Path, program: str, implementation: str, *plant: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("valgrind") is None or not Path("/usr/include/valgrind/memcheck.h").exists():
        pytest.skip("valgrind is not installed")
    # The flags of the shipped build: it is the compiled code that is judged. No variables: they take gcc twice as long.
    flags = ("-std=c11", "-g1", "-O3", *(SPELT if implementation.startswith("gfni") else ()))
    wrap = ["-Wl,--wrap=jk_equal"] if program == "ctime_modes.c" else []
    judge = compiled(tmp_path / "ctime", *flags, *plant, *wrap, NATIVE / "check" / program, *core("gcc", *flags))
    return run("valgrind", "--error-exitcode=1", judge, implementation)


PLANTED = {
    "-DJK_PLANT_LEAK": "Use of uninitialised value",
    "-DJK_PLANT_BRANCH": "Conditional jump or move depends on uninitialised value",
}
# Valgrind knows neither AVX-512 nor GFNI: it judges GFNI spelt out (above), and ctime_sm2.c spells out what it needs.
CTIME = {
    "ctime.c": ["portable", "aesni", "avx2", "gfni", "gfni256"],
    "ctime_sm2.c": ["portable", "adx", "ifma"],
    "ctime_des.c": ["portable", "avx2"],
    "ctime_modes.c": ["portable", "pclmul"],
}


@needs_gcc
@pytest.mark.peer
@pytest.mark.parametrize(
    ("program", "implementation"),
    [(program, name) for program in CTIME for name in CTIME[program] if name in native.available()],
)
def test_time_does_not_depend_on_secrets(program: str, implementation: str, core: Core, tmp_path: Path) -> None:
    result = valgrind(core, tmp_path, program, implementation)
    assert result.returncode == 0, result.stderr
    assert "ERROR SUMMARY: 0 errors" in result.stderr
    assert "planted" not in result.stderr


@needs_gcc
@pytest.mark.peer
@pytest.mark.parametrize("plant", PLANTED)
@pytest.mark.parametrize("program", CTIME)
def test_the_constant_time_check_bites(program: str, plant: str, core: Core, tmp_path: Path) -> None:
    result = valgrind(core, tmp_path, program, "portable", plant)
    assert result.returncode == 1
    assert PLANTED[plant] in result.stderr
    assert "planted" in result.stderr


SCRIPTS = [path.name for path in sorted((NATIVE / "check").glob("*.py")) if "import settle" in path.read_text("utf-8")]


@pytest.mark.parametrize("script", SCRIPTS)
def test_generated_files_are_what_their_scripts_write(script: str) -> None:
    result = run(sys.executable, NATIVE / "check" / script)
    assert result.returncode == 0, result.stderr
