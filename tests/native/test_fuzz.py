"""The first inputs of the fuzzer (`make fuzz`), under gcc's sanitizers; and no public function is left out of it."""

import re
import shutil
from pathlib import Path

import pytest
from jinka.native import available

from tests.native.fuzz import FAMILIES, HARNESS
from tests.support.core import NATIVE, SANITIZE, STRICT, Core, run


def test_every_public_function_is_fuzzed() -> None:
    header = (NATIVE / "include" / "jinka.h").read_text("utf-8")
    public = set(re.findall(r"^(?:int|void|const char \*) ?\*?(jk_\w+)\(", header, re.MULTILINE))
    used = set(re.findall(r"\bjk_\w+", "".join(path.read_text("utf-8") for path in HARNESS)))
    assert len(public) > 80
    assert public <= used


def test_every_family_is_fuzzed() -> None:
    assert set(re.findall(r'\{"(\w+)", \w+\}', (NATIVE / "check" / "fuzz.c").read_text("utf-8"))) == set(FAMILIES)


@pytest.fixture(scope="module")
def program(core: Core, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    target = tmp_path_factory.mktemp("fuzz") / "fuzz"
    flags = [*SANITIZE, *STRICT]
    made = run("gcc", *flags, "-DJK_FUZZ_ALONE", *HARNESS, *core("gcc", *flags), "-o", target)
    if "libasan" in made.stderr:
        pytest.skip("this gcc has no sanitizers")
    assert made.returncode == 0, made.stderr
    return target


@pytest.mark.parametrize("implementation", available())
def test_nothing_is_found(program: Path, implementation: str) -> None:
    ended = run(program, implementation, "250")
    assert ended.returncode == 0, ended.stderr[-3000:]
