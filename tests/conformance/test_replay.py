"""Published traces as cases: they pass byte for byte, and one byte less is noticed."""

import json

import msgspec
import pytest
from jinka.conformance import replay
from jinka.conformance.case import CaseError, load_catalogue
from jinka.conformance.judge import Mark
from jinka.conformance.replay import TRACES, load_trace, pairs
from jinka.conformance.runner import run_case
from jinka.conformance.subject import Evidence, Show

CASES = [case for case in load_catalogue() if case.trace]


def test_a_real_card_for_every_method_with_its_source():
    methods = {load_trace(case.trace)["kind"] for case in CASES}
    assert methods == {"sda", "dda", "cda"}
    assert {case.trace for case in CASES} == {path.stem for path in TRACES.glob("*.json")}
    for case in CASES:
        source = load_trace(case.trace)["source"]
        assert source["repo"] in case.xref[0]
        assert source["path"] in case.xref[0]
        assert source["commit"].startswith(case.xref[0].rpartition("@")[2])
        assert "test card" in load_trace(case.trace)["status"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_trace_passes_and_any_other_terminal_does_not(case):
    assert run_case(case).mark is Mark.PASS
    elsewhere = msgspec.structs.replace(case, terminal={**case.terminal, "device.country": 840})
    if case.code not in ("TRC-004", "TRC-005", "TRC-006"):  # no list of that card asks for the country
        assert any("a command of the trace" in entry.what for entry in run_case(elsewhere).findings)
    dearer = msgspec.structs.replace(case.runs[0], amount=case.runs[0].amount + 1)
    found = run_case(msgspec.structs.replace(case, runs=[dearer])).findings
    assert any("a command of the trace" in entry.what for entry in found)


AUTHENTICATED = [case for case in CASES if "ODA_NOT_PERFORMED" not in (case.runs[0].expect.tvr or ())]


@pytest.mark.parametrize("case", AUTHENTICATED, ids=lambda case: case.code)
def test_a_turned_bit_of_the_card_is_noticed(monkeypatch, case):
    """In the certificate or the signature, wherever a trace has one that the case checks."""
    trace = json.loads(json.dumps(load_trace(case.trace)))
    tag = {"sda": "93", "dda": "9F46", "cda": "9F4B"}["sda" if "SDA_SELECTED" in (case.runs[0].expect.tvr or ()) else trace["kind"]]
    [place] = [at for at, entry in enumerate(trace["apdus"]) if f"{tag}81" in entry["response"] or f"{tag}70" in entry["response"]]
    held = trace["apdus"][place]["response"]
    trace["apdus"][place]["response"] = held[:60] + f"{int(held[60], 16) ^ 1:X}" + held[61:]
    monkeypatch.setattr(replay, "load_trace", lambda name: trace)
    result = run_case(case)
    assert result.mark is Mark.FAIL
    assert any(entry.what == "TVR" for entry in result.findings)


def test_what_is_free_and_what_is_not():
    trace = load_trace("unionpay_ft01_contact_sda_dda")
    [first, second] = [pair for pair in pairs(trace, {"AE": ["9F37"]}) if pair.command[1] == 0xAE]
    assert (first.mask.count(0), second.mask.count(0)) == (4, 4)
    assert b"\x35\x10\x54\x0e" == bytes(a for a, m in zip(first.command, first.mask, strict=True) if not m)
    assert all(0 not in pair.mask for pair in pairs(trace, {}))


def test_a_subject_that_draws_its_own_numbers_is_inconclusive():
    [finding] = replay.departures(CASES[0], Evidence(lacks=frozenset({Show.RANDOM})))
    assert finding.mark is Mark.INCONCLUSIVE
    with pytest.raises(CaseError, match="no trace"):
        load_trace("nothing")
