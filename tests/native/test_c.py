"""The C core without Python: warnings, sanitizers, exported names, constant time, other processors."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jinka import native

from tests.support.core import NATIVE, SANITIZE, SOURCES, STRICT, Core, run

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


@needs_gcc
def test_contract_under_sanitizers(core: Core, tmp_path: Path) -> None:
    if run("sh", "-c", f"echo 'int main(void){{return 0;}}' | gcc -x c {' '.join(SANITIZE)} - -o {tmp_path}/probe").returncode:
        pytest.skip("this gcc has no sanitizers")
    flags = [*SANITIZE, *STRICT]
    program = compiled(tmp_path / "vectors", *flags, NATIVE / "check" / "vectors.c", *core("gcc", *flags))
    result = run(program)
    assert result.returncode == 0, result.stderr
    assert tuple(result.stdout.split()) == native.available()


# Memcheck does not know GFNI and hides it from the program: it judges the file with those instructions spelt out.
SPELT = ("-DJK_GFNI_TWIN", "-include", NATIVE / "check" / "gfni_twin.h")
TWIN: dict[str, tuple[str | Path, ...]] = {"gfni": SPELT, "gfni256": SPELT}


SM2 = tuple(name for name in ("portable", "adx", "ifma") if name in native.available())


@needs_gcc
@pytest.mark.parametrize("flags", [SANITIZE, ["-O2", "-U__SIZEOF_INT128__"]])
def test_sm2_contract(flags: list[str], core: Core, tmp_path: Path) -> None:
    """Under sanitizers; and with the arithmetic of compilers that have no numbers of 128 bits."""
    flags = [*flags, *STRICT]
    program = compiled(tmp_path / "vectors", *flags, NATIVE / "check" / "vectors_sm2.c", *core("gcc", *flags))
    result = run(program)
    assert result.returncode == 0, result.stderr
    assert tuple(result.stdout.split()) == SM2


@needs_gcc
@pytest.mark.peer
@pytest.mark.parametrize(
    ("implementation", "plant", "complaint"),
    [
        *[(name, "-DJK_NOTHING_PLANTED", "ERROR SUMMARY: 0 errors") for name in SM2],
        ("portable", "-DJK_PLANT_LEAK", "Use of uninitialised value"),
        ("portable", "-DJK_PLANT_BRANCH", "Conditional jump or move depends on uninitialised value"),
    ],
)
def test_sm2_time_does_not_depend_on_secrets(
    implementation: str, plant: str, complaint: str, core: Core, tmp_path: Path
) -> None:
    result = valgrind(core, tmp_path, implementation, plant, program="ctime_sm2.c")
    assert complaint in result.stderr
    assert ("planted" in result.stderr) == (result.returncode == 1) == (plant != "-DJK_NOTHING_PLANTED")


DES = tuple(name for name in ("portable", "avx2", "avx512") if name in native.available())


@needs_gcc
def test_des_contract(core: Core, tmp_path: Path) -> None:
    flags = [*SANITIZE, *STRICT]
    result = run(compiled(tmp_path / "vectors", *flags, NATIVE / "check" / "vectors_des.c", *core("gcc", *flags)))
    assert result.returncode == 0, result.stderr
    assert tuple(result.stdout.split()) == DES


@needs_gcc
def test_sm4_batch_contract(core: Core, tmp_path: Path) -> None:
    flags = [*SANITIZE, *STRICT]
    result = run(compiled(tmp_path / "vectors", *flags, NATIVE / "check" / "vectors_sm4_batch.c", *core("gcc", *flags)))
    assert result.returncode == 0, result.stderr
    passed = [line for line in result.stdout.split() if line in native.available()]
    assert passed == result.stdout.split()
    assert passed[0] == "portable"


@needs_gcc
@pytest.mark.peer
@pytest.mark.parametrize(
    ("implementation", "plant", "complaint"),
    [
        *[(name, "-DJK_NOTHING_PLANTED", "ERROR SUMMARY: 0 errors") for name in DES if name != "avx512"],
        ("portable", "-DJK_PLANT_LEAK", "Use of uninitialised value"),
        ("portable", "-DJK_PLANT_BRANCH", "Conditional jump or move depends on uninitialised value"),
    ],
)
def test_des_time_does_not_depend_on_secrets(
    implementation: str, plant: str, complaint: str, core: Core, tmp_path: Path
) -> None:
    result = valgrind(core, tmp_path, implementation, plant, program="ctime_des.c")
    assert complaint in result.stderr
    assert ("planted" in result.stderr) == (result.returncode == 1) == (plant != "-DJK_NOTHING_PLANTED")


SM4 = ("portable", "aesni", "avx2", "gfni", "gfni256", "avx512")
GHASH = tuple(name for name in ("portable", "pclmul", "vpclmul") if name in native.available())


@needs_gcc
def test_modes_contract(core: Core, tmp_path: Path) -> None:
    flags = [*SANITIZE, *STRICT]
    result = run(compiled(tmp_path / "vectors", *flags, NATIVE / "check" / "vectors_modes.c", *core("gcc", *flags)))
    assert result.returncode == 0, result.stderr
    assert tuple(name for name in result.stdout.split() if name == "portable" or name not in SM4) == GHASH


@needs_gcc
@pytest.mark.peer
@pytest.mark.parametrize(
    ("implementation", "plant", "complaint"),
    [
        *[(name, "-DJK_NOTHING_PLANTED", "ERROR SUMMARY: 0 errors") for name in GHASH if name != "vpclmul"],
        ("portable", "-DJK_PLANT_LEAK", "Use of uninitialised value"),
        ("portable", "-DJK_PLANT_BRANCH", "Conditional jump or move depends on uninitialised value"),
    ],
)
def test_modes_time_does_not_depend_on_secrets(
    implementation: str, plant: str, complaint: str, core: Core, tmp_path: Path
) -> None:
    result = valgrind(core, tmp_path, implementation, plant, "-Wl,--wrap=jk_equal", program="ctime_modes.c")
    assert complaint in result.stderr
    assert ("planted" in result.stderr) == (result.returncode == 1) == (plant != "-DJK_NOTHING_PLANTED")


@needs_gcc
def test_a_failed_self_test_keeps_an_implementation_out(tmp_path: Path) -> None:
    rest = [source for source in SOURCES if not source.endswith("selftest.c")]
    assert run(compiled(tmp_path / "refused", *STRICT, NATIVE / "check" / "refused.c", *rest)).returncode == 0


@pytest.mark.parametrize("check", ["vectors.c", "vectors_sm2.c", "vectors_des.c", "vectors_modes.c", "vectors_sm4_batch.c"])
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


def valgrind(
    core: Core, tmp_path: Path, implementation: str, *plant: str, program: str = "ctime.c", twin: tuple[str | Path, ...] = ()
) -> subprocess.CompletedProcess[str]:
    if shutil.which("valgrind") is None or not Path("/usr/include/valgrind/memcheck.h").exists():
        pytest.skip("valgrind is not installed")
    # The flags of the shipped build: it is the compiled code that is judged.
    flags = ("-std=c11", "-g", "-O3", *twin)
    judge = compiled(tmp_path / "ctime", *flags, *plant, NATIVE / "check" / program, *core("gcc", *flags))
    return run("valgrind", "--error-exitcode=1", judge, implementation)


CTIME = ("portable", "aesni", "avx2", "gfni", "gfni256")


@needs_gcc
@pytest.mark.peer
@pytest.mark.parametrize("implementation", [name for name in native.available() if name in CTIME])
def test_time_does_not_depend_on_secrets(implementation: str, core: Core, tmp_path: Path) -> None:
    result = valgrind(core, tmp_path, implementation, twin=TWIN.get(implementation, ()))
    assert result.returncode == 0, result.stderr
    assert "ERROR SUMMARY: 0 errors" in result.stderr


@needs_gcc
@pytest.mark.peer
@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        ("-DJK_PLANT_LEAK", "Use of uninitialised value"),
        ("-DJK_PLANT_BRANCH", "Conditional jump or move depends on uninitialised value"),
    ],
)
def test_the_constant_time_check_bites(plant: str, complaint: str, core: Core, tmp_path: Path) -> None:
    result = valgrind(core, tmp_path, "portable", plant)
    assert result.returncode == 1
    assert complaint in result.stderr
    assert "planted" in result.stderr


@pytest.mark.parametrize("script", ["sm4_circuit.py", "sm4_affine.py", "sm4_lanes.py", "sm2_base.py", "des_circuit.py"])
def test_generated_headers_are_what_their_scripts_write(script: str) -> None:
    result = run(sys.executable, NATIVE / "check" / script)
    assert result.returncode == 0, result.stderr
