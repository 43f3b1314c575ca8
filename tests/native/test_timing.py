"""Constant time, measured: two kinds of secrets that time does not tell apart (`check/timing.c`, after dudect)."""

import shutil
import subprocess
from pathlib import Path

import pytest
from jinka.native import available

from tests.support.core import NATIVE, SHIPPED, Core, run

SAMPLES = 16000
# Squares of t, and shares of the time. A comparison that stops early gives millions, and most of its time.
CHANCE, LEAK = 100.0, 10000.0
MACHINE = 0.005
TRIES = 3  # a busy machine may spoil one, a leak is there in each


@pytest.fixture(scope="module")
def program(core: Core, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    target = tmp_path_factory.mktemp("timing") / "timing"
    flags = [*SHIPPED, "-D_POSIX_C_SOURCE=199309L", "-Wall", "-Wextra", "-Werror", "-DJK_PLANT_LEAK"]
    made = run("gcc", *flags, NATIVE / "check" / "timing.c", *core("gcc", *SHIPPED), "-o", target)
    assert made.returncode == 0, made.stderr
    return target


@pytest.mark.parametrize("implementation", available())
def test_time_does_not_tell_secrets_apart(program: Path, implementation: str) -> None:
    suspects: set[str] | None = None
    for _ in range(TRIES):
        told = subprocess.run([program, implementation, str(SAMPLES)], capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in told.splitlines()]
        found = {name: (float(square), float(share)) for name, square, share in rows}
        square, share = found.pop("planted")
        assert square > LEAK
        assert share > 10 * MACHINE
        above = {name for name, (square, share) in found.items() if square > CHANCE and share > MACHINE}
        suspects = above if suspects is None else suspects & above
        if not suspects:
            return
    pytest.fail(f"time tells secrets apart: {', '.join(sorted(suspects or ()))}")
