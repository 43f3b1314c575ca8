"""The bench of the C core yields results that a machine can read; how fast anything is, is not asked here."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.bench.native.library import ROOT, Library, ours, peers, timer
from tests.bench.native.plan import plan
from tests.bench.native.result import Figure, Goal, Result, Verdict
from tests.bench.native.rounds import QUICK, measure
from tests.bench.native.snippets import agree
from tests.bench.native.table import comma_separated, markdown


def bench(folder: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench", "native", "--quick", "--json", "--folder", str(folder), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    native: dict[str, Any] = json.loads(done.stdout)["native"]
    return native


def test_a_few_rows_as_json_and_as_files(tmp_path: Path) -> None:
    found = bench(tmp_path, "--only", "SM3 64 B")
    (row,) = found["results"]
    assert row["name"] == "SM3 64 B"
    assert row["ours"]["ns"] > 0
    # Python's own hashlib brings OpenSSL wherever there is Python.
    assert "OpenSSL" in {peer["who"].split()[0] for peer in row["peers"]}
    best = min(peer["ns"] for peer in row["peers"])
    (verdict,) = row["verdicts"]
    assert verdict["ratio"] == pytest.approx(best / row["ours"]["ns"])
    assert verdict["met"] == (verdict["ratio"] >= verdict["goal"])
    assert {result["name"] for result in found["tiers"]} == {"SM3 64 B"}
    assert {path.suffix for path in tmp_path.iterdir()} >= {".json", ".csv", ".md"}


def test_every_library_that_is_here_gives_our_answers() -> None:
    mine, (others, _), sample = ours(), peers(), timer()
    short = replace(QUICK, turns=2, turn_ns=1)
    for operation in plan():
        if not operation.slow:
            assert measure(operation, mine, others, short, sample).notes == []


def test_a_library_with_another_answer_is_left_out() -> None:
    mine = ours()
    operation = next(one for one in plan() if one.call == "sm3")
    wrong = Library("ours", "wrong", {"sm3": mine.calls["sm4_mac_key"]})
    result = measure(operation, mine, [wrong], replace(QUICK, turns=2, turn_ns=1), timer())
    assert result.notes == ["wrong has another answer"]
    assert result.peers == []
    assert agree(b"answer and more", b"answer")
    assert not agree(b"another", b"answer")
    assert not agree([True, False], b"answer")


def test_a_goal_is_measured_by_the_best_peer_it_speaks_of() -> None:
    peers = [Figure("A 1", 20.0, 0.0), Figure("B 2", 30.0, 0.2, constant_time=True), Figure("gmssl", 900.0, 0.0)]
    goals = Goal(2), Goal(2.5, "constant time"), Goal(100, "gmssl"), Goal(1, "hashlib")
    result = Result("SM9", goals, ours=Figure("Jinka", 10.0, 0.0), peers=peers)
    best, constant, python, none = result.verdicts()
    assert none == goals[3]
    assert [(one.peer.who, one.ratio, one.met) for one in (best, constant, python) if isinstance(one, Verdict)] == [
        ("A 1", 2.0, True), ("B 2", 3.0, True), ("gmssl", 90.0, False)]  # fmt: skip
    assert isinstance(best, Verdict)
    assert isinstance(constant, Verdict)
    assert not result.noisy(best)
    assert result.noisy(constant)
    assert "| SM9 | 10.0 ns | A 1 | 20.0 ns | 2.00x  | 2.00x | met |" in markdown([result])
    assert comma_separated([result]).splitlines()[1:3] == ["SM9,Jinka,10.00,0.00,0.000", "SM9,A 1,20.00,0.00,0.000"]
    unbuilt = replace(result, ours=None)
    assert unbuilt.verdicts() == list(goals)
    assert "not built" in markdown([unbuilt])
