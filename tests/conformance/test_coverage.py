"""Every row of the plan is a case, or listed with its reason; and the kept trace of clauses is the one there is."""

import msgspec
from jinka.conformance import record
from jinka.conformance.case import load_catalogue
from jinka.conformance.coverage import gaps
from jinka.conformance.trace import KEPT, trace, unregistered
from jinka.kernel.cli import main

CASES = load_catalogue()


def test_every_row_is_a_case_or_listed():
    assert gaps(CASES) == []
    assert len({case.code.partition(".")[0] for case in CASES}) >= 470
    assert len(CASES) >= 1150


def test_what_is_missing_double_or_unknown_is_named(monkeypatch):
    listed = dict(record.unwritten())
    without = [case for case in CASES if not case.code.startswith("CVM-027")]
    assert gaps(without) == ["CVM-027 is neither a case nor listed as unwritten"]
    monkeypatch.setattr("jinka.conformance.coverage.unwritten", lambda: {**listed, "CVM-027": "why", "CVM-099": "why", "KEY-001": ""})
    assert set(gaps(CASES)) >= {
        "CVM-027 is a case and listed as unwritten",
        "CVM-099 is listed as unwritten and no row of the plan",
        "KEY-001 is listed without a reason",
    }
    stranger = msgspec.structs.replace(CASES[0], code="XYZ-001")
    assert "XYZ-001: no group XYZ" in gaps([*CASES, stranger])


def test_the_kept_trace_of_clauses_is_the_one_there_is(capsys):
    assert KEPT.read_text("utf-8") == trace(CASES), "jinka conformance trace --write"
    assert unregistered() == []
    assert main(["conformance", "trace"]) == 0
    assert main(["conformance", "lint"]) == 0
    assert "emv-b3/10.7" in capsys.readouterr().out


def test_why_tells_the_reason_of_a_row_that_is_no_case(capsys):
    code = next(iter(record.unwritten()))
    assert main(["conformance", "why", code]) == 0
    assert "not written" in capsys.readouterr().out
