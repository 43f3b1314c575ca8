"""Mutants: wrong kernels, cards and hosts are caught, and a hole in the catalogue is noticed."""

import json

import msgspec
import pytest
from jinka.conformance.case import Case, load_catalogue, load_clauses
from jinka.conformance.judge import Mark
from jinka.conformance.mutants import trial as bench
from jinka.conformance.mutants.mutant import Mutant, MutantError, Patch, Swap, applied
from jinka.conformance.mutants.trial import registry, trial, trials
from jinka.conformance.runner import run_case
from jinka.kernel.cli import main
from jinka.kernel.data import dol
from jinka.kernel.steps import authenticate, decide, generate

CASES = load_catalogue()


@pytest.mark.parametrize("name", registry())
def test_every_mutant_is_caught(name):
    done = trial(registry()[name], CASES)
    assert done.unsound == ()
    assert done.caught


def test_the_mutants_are_many_and_spread():
    mutants = list(registry().values())
    assert {mutant.clause for mutant in mutants} <= set(load_clauses())
    assert sum(mutant.side == "kernel" for mutant in mutants) >= 190
    assert sum(mutant.side != "kernel" for mutant in mutants) >= 20
    places = {mutant.fault.place.rpartition(".")[0] for mutant in mutants}
    for part in ("steps.select", "steps.initiate", "steps.read", "steps.authenticate", "steps.keys", "steps.restrict",
                 "steps.verify", "steps.pin", "steps.risk", "steps.decide", "steps.generate", "steps.online", "steps.script",
                 "steps.complete", "data.dol", "data.tlv", "data.formats", "card.commands", "card.exchange", "crypto.recover",
                 "applications.credit.flow"):  # fmt: skip
        assert f"kernel.{part}" in places, part


def test_a_text_that_is_not_there_once_is_refused():
    for old in ("not in there", "tx"):
        with pytest.raises(MutantError, match="times, not once"), applied(Patch("kernel.steps.decide.denied", old, "")):
            pass
    for place in ("kernel.steps.decide.nobody", "kernel.steps.nowhere.denied", "kernel.steps"):
        with pytest.raises(MutantError, match="there is no"), applied(Patch(place, "tx", "")):
            pass
    for fault in (Patch("kernel.steps.decide.denied", "return", "return )"), Patch("kernel.steps.decide._ALL", "x", "")):
        with pytest.raises(MutantError), applied(fault):
            pass


def test_a_fault_is_undone():
    code, parse, numbers = decide.denied.__code__, dol.parse.__wrapped__.__code__, generate.dynamic_number
    asked = dol.parse(b"\x9a\x03")
    with pytest.raises(ZeroDivisionError, match="False"), applied(Patch("kernel.steps.decide.denied", "_NONE", "_ALL")):
        raise ZeroDivisionError(str(decide.denied.__code__ is code))
    with applied(Patch("kernel.data.dol.parse", "Entry(tag, length)", "Entry(tag, length + 1)")):
        assert dol.parse(b"\x9a\x03") != asked
    with applied(Swap("kernel.steps.authenticate.dynamic_number", None)):
        assert authenticate.dynamic_number is generate.dynamic_number is None
    assert (decide.denied.__code__, dol.parse.__wrapped__.__code__, generate.dynamic_number) == (code, parse, numbers)
    assert dol.parse(b"\x9a\x03") == asked


@pytest.mark.parametrize("code", ["RAD-016.02", "ROB-025.02", "ROB-025.03"])
def test_a_terminal_that_goes_on_without_a_pan_is_at_fault_and_not_the_bench(code):
    case = next(case for case in CASES if case.code == code)
    pan = 'digits(bytes.fromhex("6212340000000012"), "5A")'
    with applied(Patch("kernel.steps.read._check", 'digits(tx.need(tags.PAN), "5A")', pan)):
        done = run_case(case)
    assert done.mark is Mark.FAIL
    assert "verdict" in [finding.what for finding in done.findings]


def _deaf(case: Case) -> Case:
    """The case, without what its first transaction expects to be told to the holder."""
    first, *rest = case.runs
    expect = msgspec.structs.replace(first.expect, told=[])
    return msgspec.structs.replace(case, runs=[msgspec.structs.replace(first, expect=expect), *rest])


def test_a_planted_hole_is_noticed():
    mutant = registry()["online-before-denial"]
    assert trial(mutant, CASES).by == ("TAA-007",)
    assert not trial(mutant, [case for case in CASES if case.code != "TAA-007"]).caught
    mutant = registry()["last-try-not-told"]
    caught = trial(mutant, CASES).by
    deaf = [_deaf(case) if case.code in caught else case for case in CASES]
    assert caught
    assert not trial(mutant, deaf).caught


def test_a_harmless_mutant_and_an_unsound_case_are_noticed():
    harmless = Mutant("harmless", "emv-b3/10.7", "", "", ("TAA-00",), Patch("kernel.steps.decide.denied", "_NONE", "bytes(5)"))
    assert not trial(harmless, CASES).caught
    [case] = [case for case in CASES if case.code == "TAA-002.01"]
    wrong = msgspec.structs.replace(case.runs[0].expect, verdict="approved")
    unsound = msgspec.structs.replace(case, runs=[msgspec.structs.replace(case.runs[0], expect=wrong)])
    done = trial(registry()["denial-ignored"], [unsound])
    assert (done.by, done.unsound) == ((), ("TAA-002.01",))


def test_two_processors_give_the_table_of_one():
    some = [mutant for mutant in registry().values() if mutant.clause == "emv-b3/10.7"]
    assert list(trials(some, jobs=1)) == list(trials(some, jobs=2))


def test_the_command(capsys, monkeypatch):
    assert main(["conformance", "mutants", "-s", "emv-b3/10.7", "-s", "host", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["mutants"]
    assert all(set(row) == {"name", "clause", "caught", "by"} for row in rows)
    assert {"name": "online-before-denial", "clause": "emv-b3/10.7", "caught": True, "by": ["TAA-007"]} in rows
    assert any(row["name"] == "host-declines-always" for row in rows)
    assert main(["conformance", "mutants", "-s", "denial", "-s", "emv-b3/10.4.2"]) == 0
    assert "TAA-002.01" in capsys.readouterr().out
    monkeypatch.setattr(bench, "_catalogue", lambda: [case for case in CASES if case.code != "TAA-007"])
    assert main(["conformance", "mutants", "-s", "online-before-denial"]) == 1
    assert "0 of 1 caught" in capsys.readouterr().out
    assert main(["conformance", "mutants", "-s", "no such mutant"]) == 1
