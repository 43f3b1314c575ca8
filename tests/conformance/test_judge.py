"""The judge: the catalogue passes on our kernel, and a wrong case does not. Wrong kernels: test_mutants.py."""

import json
import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from jinka.conformance.case import Apdu, Case, CaseError, load_catalogue, load_clauses, load_file
from jinka.conformance.judge import Mark, judge
from jinka.conformance.runner import run_case, run_cases
from jinka.conformance.stand import terminal, world
from jinka.conformance.subject import Evidence, Kernel
from jinka.kernel import Command, Outcome, Response
from jinka.kernel.cli import main
from jinka.kernel.effects import Transmit
from jinka.simulator.world import SimulatedWorld

CASES = load_catalogue()
README = Path(__file__).parent.parent.parent / "conformance" / "README.md"


def test_every_case_passes_on_our_kernel():
    wrong = [result for result in run_cases(CASES) if result.mark is not Mark.PASS]
    assert wrong == []


def test_the_catalogue_is_large_and_traced():
    assert len(CASES) >= 280
    used = {clause for case in CASES for clause in case.clauses}
    assert used <= set(load_clauses())
    assert len(used) >= 36
    groups = {case.group for case in CASES}
    assert groups >= {"TAA", "CVM", "PRS", "GPO", "TRM", "ONL", "IAU", "SCR", "CMP", "SEL", "RAD", "TLV", "ODA", "SDA", "DDA", "CDA",
                      "GAC", "PIN"}  # fmt: skip


def test_two_processors_give_the_report_of_one():
    some = [case for case in CASES if case.group in ("TAA", "CDA", "TRM")]
    assert list(run_cases(some, 1)) == list(run_cases(some, 2))


def test_a_wrong_expectation_is_noticed():
    [case] = [case for case in CASES if case.code == "TAA-001"]
    for change in ({"gac": ["80"]}, {"verdict": "declined"}, {"tvr": []}, {"arc": "Y3"}, {"records": []}, {"reversal": True},
                   {"first": "B2"}, {"last": "B2"}, {"apdu": [Apdu("B2", most=5)]}):  # fmt: skip
        run = msgspec.structs.replace(case.runs[0], expect=msgspec.structs.replace(case.runs[0].expect, **change))
        assert run_case(msgspec.structs.replace(case, runs=[run])).mark is Mark.FAIL, change


def _of(case: Case) -> tuple[Outcome, Evidence, SimulatedWorld]:
    stage, config = world(case), terminal(case)
    with Kernel().seat(config, stage) as seat:
        return *seat.perform(case.runs[0]), stage


@pytest.mark.parametrize(
    ("code", "command", "wrong"),
    [
        ("TAA-001", Command(0x00, 0xB2, 0x01, 0x0C, b"", 256), True),
        ("TAA-001", Command(0x80, 0xCA, 0x9F, 0x79, b"", 256), False),
        ("SCR-001", Command(0x84, 0x24, 0x00, 0x00, bytes(4)), False),
        ("PHY-009", Command(0x00, 0xA4, 0x04, 0x00, bytes(8), 256), True),
        ("PHY-012.01", Command(0x00, 0xB2, 0x01, 0x0C, b"", 256), True),
    ],
)
def test_what_comes_after_the_end_is_noticed(code, command, wrong):
    case = next(case for case in CASES if case.code in (code, f"{code}.01"))
    outcome, seen, stage = _of(case)

    def found() -> list[str]:
        return [entry.what for entry in judge(case, case.runs[0], outcome, seen, stage.card.personality, terminal(case).device.can)]

    assert "commands after the end" not in found()
    seen(Transmit(command), Response())
    assert ("commands after the end" in found()) is wrong


def test_a_report_can_be_made_of_whatever_a_card_sends():
    hostile = [case for case in CASES if case.group in ("ROB", "TLV", "PHY") and not case.procedure]
    results = [run_case(case, keep=True) for case in hostile]
    assert len(results) > 150
    assert all(json.dumps(result.lanes) for result in results)
    assert {result.mark for result in results} == {Mark.PASS}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[case]]\ncode = "X-1"\nid = "x"\ntitle = "t"\nclauses = []\nexpect = { verdict = "approved", gak = [] }', "gak"),
        ('[[case]]\ncode = "X-1"\nid = "x"\ntitle = "t"\nclauses = []\nseverity = "H"\nexpect = { verdict = "approved" }', "to the bit"),
        ('[[case]]\ncode = "X-1"\nid = "x"\ntitle = "t"\nclauses = []\n', "expect"),
        ('[[case]]\ncode = "X-1"\nid = "x"\ntitle = "t"\nclauses = []\nexpect = { gac = ["40"] }', "how the transaction ends"),
        ("[[case]\n", "x.toml"),
    ],
)
def test_a_case_that_cannot_be_is_named(tmp_path, text, reason):
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(CaseError, match=re.escape(reason)):
        list(load_file(path))


def test_an_unknown_clause_or_a_code_used_twice_is_refused(tmp_path):
    one = '[[case]]\ncode = "X-1"\nid = "{}"\ntitle = "t"\nclauses = ["{}"]\nexpect = {{ verdict = "approved" }}\n'
    (tmp_path / "a.toml").write_text(one.format("a", "emv-b9/1"))
    with pytest.raises(CaseError, match="emv-b9/1"):
        load_catalogue(tmp_path)
    (tmp_path / "a.toml").write_text(one.format("a", "emv-b3/10.7"))
    (tmp_path / "b.toml").write_text(one.format("b", "emv-b3/10.7"))
    with pytest.raises(CaseError, match="stands in"):
        load_catalogue(tmp_path)


def test_the_first_case_of_the_readme_works(tmp_path):
    text = README.read_text().split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(text)
    (tmp_path / "first.toml").write_text(text)
    results = [run_case(case) for case in load_catalogue(tmp_path)]
    assert [(result.code, result.mark) for result in results] == [("CVM-900.01", Mark.PASS), ("CVM-900.02", Mark.PASS)]


def test_reports(capsys, tmp_path):
    xml = tmp_path / "junit.xml"
    assert main(["conformance", "run", "-s", "TAA-00", "--json", "--junit", str(xml)]) == 0
    assert '"mark": "pass"' in capsys.readouterr().out
    assert xml.read_text().count("<testcase") >= 8
    assert main(["conformance", "lint"]) == 0
    assert main(["conformance", "list", "-s", "CVM-02"]) == 0
    assert "cases" in capsys.readouterr().out
