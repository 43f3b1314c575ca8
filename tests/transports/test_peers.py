"""The rule about peers, played by a run of its own: a missing peer skips at home and fails in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tests.conftest

_SUITE = """
import pytest
from tests.support.peers import require_peer

@pytest.mark.peer
def test_missing():
    require_peer("/no/such/file", "install it")

@pytest.mark.peer
@pytest.mark.xfail(strict=True)
def test_expected_to_fail():
    assert False

@pytest.mark.peer
def test_there():
    require_peer("/proc/self/maps", "a kernel")
    require_peer("sh", "a shell")
    require_peer("json", "Python")

def test_other():
    pytest.skip("no peer")
"""


@pytest.mark.parametrize(
    ("required", "summary"), [("", "1 passed, 2 skipped, 1 xfailed"), ("1", "1 failed, 1 passed, 1 skipped, 1 xfailed")]
)
def test_a_missing_peer(tmp_path: Path, required: str, summary: str) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import *")
    suite = tmp_path / "test_suite.py"
    suite.write_text(_SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    peer: a peer\n")
    root = Path(tests.conftest.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(suite)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{root}:{root / 'build/src'}", "JINKA_REQUIRE_PEERS": required},
        capture_output=True,
        text=True,
        check=False,
    )
    assert summary in done.stdout, done.stdout + done.stderr
    assert ("install it" in done.stdout) or not required
