"""The judge: the catalogue passes on our kernel, and a wrong kernel or a wrong case does not."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from jinka.conformance.case import CaseError, load_catalogue, load_clauses, load_file
from jinka.conformance.judge import Mark
from jinka.conformance.runner import run_case, run_cases
from jinka.kernel.cli import main
from jinka.kernel.data.fields import Cryptogram
from jinka.kernel.steps import decide, generate, online, read, restrict, risk, verify

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


# A kernel with one small fault each, named after the clause it breaks, and a case that must notice.
MUTANTS = [
    ("emv-b3/10.7 denial ignored", decide, "denied", lambda tx: False, "TAA-002"),
    ("emv-b3/10.8 default ignored", decide, "defaulted", lambda tx: False, "TAA-013"),
    ("emv-b3/10.4 no restrictions", restrict, "_usable", lambda tx: True, "PRS-006"),
    ("emv-b3/annex-c3 every method supported", verify, "supported", lambda tx, code: True, "CVM-024"),
    ("emv-b3/10.2 any AFL", read, "locate", lambda afl, limit: [read.Entry(1, 1, 1, 0)], "RAD-004"),
    ("emv-b3/10.6.1 floor limit never", risk, "_check_floor_limit", None, "TRM-003"),
    ("emv-b3/10.6.3 no velocity", risk, "_check_velocity", None, "TRM-013"),
    ("emv-b2/6.6 signature not verified", generate, "_verify_signature", lambda *arguments: None, "CDA-009"),
    ("emv-b3/9.3 any answer taken", generate, "_MAY_ANSWER", dict.fromkeys(Cryptogram, tuple(Cryptogram)), "GAC-012"),
    ("emv-b4/12 no reversal", online, "owe_reversal", None, "ONL-007"),
]


async def _nothing(*arguments: object) -> None:
    """A step that was forgotten."""


@pytest.mark.parametrize(("name", "module", "attribute", "wrong", "code"), MUTANTS, ids=[entry[0] for entry in MUTANTS])
def test_a_wrong_kernel_is_caught(monkeypatch, name, module, attribute, wrong, code):
    chosen = [case for case in CASES if case.code.startswith(code)]
    assert all(run_case(case).mark is Mark.PASS for case in chosen)
    monkeypatch.setattr(module, attribute, _nothing if wrong is None else wrong)
    assert any(run_case(case).mark in (Mark.FAIL, Mark.ERROR) for case in chosen)


def test_a_wrong_expectation_is_noticed():
    [case] = [case for case in CASES if case.code == "TAA-001"]
    for change in ({"gac": ["80"]}, {"verdict": "declined"}, {"tvr": []}, {"arc": "Y3"}, {"records": []}, {"reversal": True}):
        run = msgspec.structs.replace(case.runs[0], expect=msgspec.structs.replace(case.runs[0].expect, **change))
        assert run_case(msgspec.structs.replace(case, runs=[run])).mark is Mark.FAIL, change


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[case]]\ncode = "X-1"\nid = "x"\ntitle = "t"\nclauses = []\nexpect = { verdict = "approved", gak = [] }', "gak"),
        ('[[case]]\ncode = "X-1"\nid = "x"\ntitle = "t"\nclauses = []\nseverity = "H"\nexpect = { verdict = "approved" }', "to the bit"),
        ('[[case]]\ncode = "X-1"\nid = "x"\ntitle = "t"\nclauses = []\n', "expect"),
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
