"""A forgotten await is a skipped step: the type checker must refuse it, and type the answers of the others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SNIPPET = """
from jinka.kernel.apdu import Command, Response
from jinka.kernel.effects import Now, PinKind, AskPin, Transmit
from datetime import datetime

async def step() -> None:
    await Now()

async def flow() -> datetime:
    AskPin(PinKind.ONLINE)
    step()
    await step()
    response: Response = await Transmit(Command(0, 0x84, 0, 0))
    wrong: int = await Transmit(Command(0, 0x84, 0, 0))
    return await Now()
"""


@pytest.mark.slow
def test_mypy_catches_a_forgotten_await(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(SNIPPET)
    path = str(ROOT / "build" / "src")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir",
         str(tmp_path / "cache"), "--no-error-summary", str(snippet)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=240,
        env={**os.environ, "MYPYPATH": path, "PYTHONPATH": path},
    )  # fmt: skip
    told = [line.split("snippet.py:")[1] for line in done.stdout.splitlines() if "snippet.py:" in line and "error:" in line]
    lines = {int(line.split(":")[0]): line for line in told}
    assert set(lines) == {10, 11, 14}, done.stdout + done.stderr
    assert "[unused-awaitable]" in lines[10]
    assert "[unused-coroutine]" in lines[11]
    assert "[assignment]" in lines[14]
