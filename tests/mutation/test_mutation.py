"""The mutation bench itself: what is changed and what is not, that a trial ends as it must, and a sample of the kernel."""

import json
import os

from jinka.conformance.case import load_catalogue
from jinka.conformance.judge import Mark
from jinka.conformance.mutants.trial import mark

from tests.mutation import trial
from tests.mutation.__main__ import main
from tests.mutation.cover import Judge
from tests.mutation.explained import reasons, stale
from tests.mutation.mutants import ROOT, Mutant, mutants

TEXT = '''"""Words."""
LIMIT = 3

def over(amount: int, floor: int = 5) -> bool:
    """Words."""
    if amount < 0:
        raise ValueError("an amount of 0 or more")
    store.keep(amount, "where")
    return amount > LIMIT
'''


def made(text: str = TEXT) -> set[tuple[str, str]]:
    return {(one.was, one.now) for one in mutants("kernel/steps/decide.py", text)}


def test_what_runs_is_changed():
    assert made() >= {
        ("LIMIT = 3", "LIMIT = 4"),
        ("def over(amount: int, floor: int = 5) -> bool:", "def over(amount: int, floor: int = 6) -> bool:"),
        ("if amount < 0:", "if amount <= 0:"),
        ("if amount < 0:", "if amount < 1:"),
        ('raise ValueError("an amount of 0 or more")', "pass"),
        ('store.keep(amount, "where")', "pass"),
        ("return amount > LIMIT", "return amount >= LIMIT"),
        ("return amount > LIMIT", "pass"),
    }


def test_words_are_not():
    assert not [now for was, now in made() if "Words" in was or "or more" in now or now.endswith(("None)", "XX)"))]
    assert not made('def f() -> "int":\n    """Words."""\n    return None\n')


def test_the_place_of_a_mutant():
    by = {one.now: one for one in mutants("kernel/steps/decide.py", TEXT)}
    assert by["LIMIT = 4"].body == by["def over(amount: int, floor: int = 6) -> bool:"].body == ""
    assert (by["return amount >= LIMIT"].where, by["return amount >= LIMIT"].body) == ("over", "over")
    assert by["return amount >= LIMIT"].lines == (9, 9)
    twice = mutants("kernel/steps/decide.py", TEXT + "    return amount > LIMIT\n")
    assert [one.number for one in twice if one.now == "return amount >= LIMIT"] == [1, 2]


FILE = "kernel/steps/decide.py"
CASES = {case.code: case for case in load_catalogue() if case.code.startswith("TAA-00")}


def tried(was: str, now: str, body: str = "analyse") -> tuple[str, str]:
    assert mark(CASES["TAA-001"]) is Mark.PASS  # keys are made once, here
    text = (ROOT / FILE).read_text("utf-8")
    assert text.count(was) == 1
    mutant = Mutant(FILE, body, was, now, 1, body, (1, 99), text.replace(was, now))
    child, told = trial.begin(mutant, [Judge(code, False, "") for code in CASES], CASES, anew=not body)
    return trial.verdict(told, os.waitpid(child, 0)[1])


def test_a_mutant_is_killed_or_survives():
    assert tried("if denied(tx) or ", "if ") == ("killed", "TAA-002.01")
    assert tried("if tx.device.offline_only:", "if bool(tx.device.offline_only):") == ("survived", "")
    assert tried("_NONE = bytes(5)", "_NONE = None", "")[0] == "killed"
    assert tried("_NONE = bytes(5)", "_NONE = bytes(-5)", "") == ("killed", "import")
    assert tried("_NONE = bytes(5)", "_NONE = bytes(6)", "") == ("survived", "")


def test_a_mutant_that_loops_or_grows_is_ended(monkeypatch):
    monkeypatch.setattr(trial, "CASE_LIMIT", 0.5)
    assert tried("if denied(tx) or ", "while True: pass\n    if ") == ("timeout", "SIGVTALRM")
    monkeypatch.setattr(trial, "CASE_LIMIT", 60.0)
    monkeypatch.setattr(trial, "MEMORY", 1 << 27)
    assert tried("if denied(tx) or ", "text = bytes(8)\n    while True: text += text\n    if ")[0] == "killed"


def test_every_reason_is_of_a_mutant_there_is():
    known = reasons()
    assert all(len(one.why) > 10 for one in known)
    assert stale(known, [mutant for file in {one.file for one in known} for mutant in mutants(file)]) == []


def test_a_sample_of_the_kernel(tmp_path, capsys):
    words = ["--file", FILE, "--sample", "12", "--seed", "2", "-s", "TAA-00", "-s", "TAA-01", "--no-tests", "--json", "--kept", str(tmp_path)]
    main(words)
    first = json.loads(capsys.readouterr().out)["files"][FILE]
    assert first["mutants"] == 12
    assert first["cases"] >= 9
    assert "broken" not in first
    lines = (tmp_path / "results.jsonl").read_text("utf-8").splitlines()
    main(words)
    again = (tmp_path / "results.jsonl").read_text("utf-8").splitlines()[len(lines) :]
    assert len(again) == first.get("survived", 0), "what was killed is not tried again"
    assert json.loads(capsys.readouterr().out)["files"][FILE] == first


def test_a_survivor_without_a_reason_is_told(tmp_path, capsys):
    words = ["--file", FILE, "--sample", "12", "--seed", "2", "-s", "SEL-001", "--no-tests", "--kept", str(tmp_path)]
    assert main(words) == 1
    out = capsys.readouterr().out
    assert f"survived: {FILE}" in out
    assert out.splitlines()[-1].split()[0] == "all"
