"""kill -9 between any two commits: what was acknowledged is there, and what is open is recovered."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from jinka.kernel.effects import RecordKind
from jinka.kernel.journal import Ledger, open_ledger

# A purchase as a flow writes it, one commit a line; it says each name when the commit has answered, and waits.
STAGES = """
import sys
from jinka.kernel.effects import Record, RecordKind
from jinka.kernel.journal import Ledger
from jinka.kernel.secret import Secret
ledger = Ledger(sys.argv[1])
pan = Secret(b"6212340000000000012")
def remember(kind):
    ledger.remember(Record(kind, "ref", (("amount", 100),), (), pan))
for name, act in (
    ("opened", lambda: None),
    ("counted", lambda: ledger.next("sequence")),
    ("intent", lambda: remember(RecordKind.INTENT)),
    ("noted", lambda: ledger.note("ref", {"11": "000001"})),
    ("uncertain", lambda: remember(RecordKind.UNCERTAIN)),
    ("sale", lambda: remember(RecordKind.SALE)),
    ("uploaded", lambda: ledger.acknowledged("ref")),
    ("frozen", lambda: ledger.freeze()),
    ("settled", lambda: ledger.settled()),
):
    act()
    print(name, flush=True)
    sys.stdin.readline()
"""
AFTER = {
    "opened": {}, "counted": {}, "intent": {RecordKind.REVERSAL: 1}, "noted": {RecordKind.REVERSAL: 1},
    "uncertain": {RecordKind.UNCERTAIN: 1}, "sale": {RecordKind.SALE: 1}, "uploaded": {RecordKind.SALE: 1},
    "frozen": {RecordKind.SALE: 1}, "settled": {RecordKind.CLOSED: 1},
}  # fmt: skip
# Writes as fast as it can and says each number after its commit.
STREAM = """
import sys
from jinka.kernel.effects import Record, RecordKind
from jinka.kernel.journal import Ledger
from jinka.kernel.secret import Secret
ledger = Ledger(sys.argv[1])
while True:
    number = ledger.next("sequence")
    ledger.remember(Record(RecordKind.SALE, f"r{number}", (("amount", number),), (), Secret(b"6212340000000000012")))
    print(number, flush=True)
"""


def child(script: str, path: Path) -> "subprocess.Popen[str]":
    world = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=pipe, stdout=pipe, text=True, env=world)


@pytest.mark.parametrize("last", list(AFTER))
def test_killed_after_a_commit(tmp_path: Path, last: str) -> None:
    path = tmp_path / "ledger.db"
    with child(STAGES, path) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        while process.stdout.readline().strip() != last:
            process.stdin.write("\n")
            process.stdin.flush()
        process.kill()
    with open_ledger(path) as ledger:
        assert ledger.counts() == AFTER[last]
        assert ledger.next("sequence") == (1 if last == "opened" else 2)
        assert (ledger.noted("ref") is not None) == (last in ("noted", "uncertain", "sale", "uploaded", "frozen"))
        for record in ledger.owed(RecordKind.REVERSAL):
            assert record.pan is not None
    healthy(path)


@pytest.mark.parametrize("lines", [1, 5, 40])
def test_killed_in_the_middle_of_anything(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "ledger.db"
    with child(STREAM, path) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        told += [int(line) for line in process.stdout.read().splitlines() if line]
    with Ledger(path) as ledger:
        kept = {record.get("amount") for record in ledger.owed(RecordKind.SALE, 10**6)}
        assert set(told[:-1]) <= kept
        assert len(kept) <= len(told) + 1
        assert ledger.next("sequence") > max(told[:-1], default=0)
    healthy(path)


def healthy(path: Path) -> None:
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
