"""A run on disk: the truth, its evidence and hashes, and two runs side by side."""

import json
import subprocess
from copy import deepcopy

import pytest
from jinka.conformance import record
from jinka.conformance.report import pack, screen
from jinka.conformance.report.words import counted
from jinka.conformance.statement import OURS
from jinka.kernel.cli import main
from jinka.kernel.steps import decide


def test_two_processors_give_the_identical_run(tmp_path, capsys):
    for jobs in ("1", "2"):
        assert main(["conformance", "run", "-j", jobs, "--out", str(tmp_path / jobs)]) == 0
    one, two = (record.load_run(tmp_path / jobs) for jobs in ("1", "2"))
    assert record.timeless(one) == record.timeless(two)
    assert one["jobs"] != two["jobs"]
    evidence = [sorted((tmp_path / jobs).glob("evidence/*/*/*.json")) for jobs in ("1", "2")]
    assert len(evidence[0]) == 2 * len(one["cases"]) > 2 * 450
    assert [path.read_bytes() for path in evidence[0]] == [path.read_bytes() for path in evidence[1]]
    assert "cases/s" in capsys.readouterr().out


def test_the_chain_of_hashes_holds_and_breaks(tmp_path):
    out = tmp_path / "run"
    assert main(["conformance", "run", "-s", "TAA-00", "--out", str(out)]) == 0
    assert record.verify(out) == []
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=out, check=True)
    lanes = next(out.glob("evidence/kernel/*/lanes.json"))
    lanes.write_text(lanes.read_text() + " ")
    assert record.verify(out) == [str(lanes.relative_to(out))]


def test_settings_stand_in_the_order_of_their_records():
    keys = ["pse.record.10", "pse.record.2", "9F42", "record.11.1", "record.2.1", "82", "pse", "record.2.10", "record.2.3"]
    wanted = ["82", "9F42", "pse", "pse.record.2", "pse.record.10", "record.2.1", "record.2.3", "record.2.10", "record.11.1"]
    assert sorted(keys, key=counted) == wanted
    told = pack._settings({"card": dict.fromkeys(keys, "00")})
    assert [name["en"] if isinstance(name, dict) else name for _, name, _, _ in told][-6:] == wanted[-6:]


def test_a_run_is_never_overwritten(tmp_path, capsys):
    out = tmp_path / "run"
    assert main(["conformance", "run", "-s", "TAA-001", "--out", str(out)]) == 0
    assert main(["conformance", "run", "-s", "TAA-001", "--out", str(out)]) == 2
    assert "never overwritten" in capsys.readouterr().err
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(record.RecordError, match="schema"):
        record.load_run(tmp_path)


def test_only_what_failed_runs_again(tmp_path, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(decide, "denied", lambda tx: False)
        assert main(["conformance", "run", "-s", "TAA", "--out", str(tmp_path / "wrong")]) == 1
    bad = [code for (_, code), mark in record.marks(record.load_run(tmp_path / "wrong")).items() if mark == "fail"]
    assert bad
    capsys.readouterr()
    assert main(["conformance", "run", "--failed", str(tmp_path / "wrong"), "--out", str(tmp_path / "again")]) == 0
    again = record.load_run(tmp_path / "again")
    assert [case["code"] for case in again["cases"]] == bad
    capsys.readouterr()
    assert main(["conformance", "diff", str(tmp_path / "again"), str(tmp_path / "wrong"), "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [row["code"] for row in rows["broken"]] == bad
    assert len(rows["new"]) == len(record.load_run(tmp_path / "wrong")["cases"]) - len(bad)
    assert main(["conformance", "diff", str(tmp_path / "wrong"), str(tmp_path / "again")]) == 0
    assert f"{len(bad)} fixed" in capsys.readouterr().out


def test_every_way_a_verdict_can_move(tmp_path, capsys):
    assert main(["conformance", "run", "-s", "TAA-00", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    after = deepcopy(before)
    for case, mark in zip(after["cases"], ["fail", "inconclusive", "error"], strict=False):
        case["results"]["kernel"]["mark"] = mark
    gone = after["cases"].pop()
    after["subjects"][0]["name"] = "other"
    for case in after["cases"]:
        case["results"] = {"other": case["results"]["kernel"]}
    found = record.compare(before, after)
    assert [row[1] for row in found["broken"]] == [case["code"] for case in after["cases"][:3]]
    assert [row[1] for row in found["gone"]] == [gone["code"]]
    assert [row[1] for row in record.compare(after, before)["fixed"]] == [case["code"] for case in after["cases"][:3]]
    assert [row[1] for row in record.compare(after, before)["new"]] == [gone["code"]]


def test_why(tmp_path, capsys):
    assert main(["conformance", "why", "CDA-007"]) == 0
    assert "yes" in capsys.readouterr().out
    path = tmp_path / "small.toml"
    path.write_text('name = "x"\ntypes = ["22"]\ncapabilities = "E02840"\n')
    assert main(["conformance", "why", "CDA-007", "--ics", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["CDA-007"]["reason"] == "no CDA"
    assert main(["conformance", "why", "XYZ"]) == 2
    path.write_text("name = 3")
    assert main(["conformance", "run", "--ics", str(path)]) == 2
    assert "small.toml" in capsys.readouterr().err


def test_a_subject_nobody_knows(capsys):
    assert main(["conformance", "run", "--subject", "abacus"]) == 2
    assert "abacus" in capsys.readouterr().err


def test_a_written_deviation_settles_a_failure_until_its_day(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(decide, "denied", lambda tx: False)
    ours = OURS.read_text()
    path = tmp_path / "known.toml"
    path.write_text(ours + '[deviations]\n"TAA-003" = { reason = "asked the issuer", until = 2999-01-01 }\n')
    assert main(["conformance", "run", "-s", "TAA-003", "--ics", str(path)]) == 0
    assert "asked the issuer" in capsys.readouterr().out
    assert main(["conformance", "run", "-s", "TAA-003", "--ics", str(path), "--json"]) == 0
    held = json.loads(capsys.readouterr().out)["cases"][0]["results"]["kernel"]
    assert (held["mark"], held["deviation"]) == ("fail", "asked the issuer")
    path.write_text(ours + '[deviations]\n"TAA-003" = { reason = "asked the issuer", until = 2020-01-01 }\n')
    assert main(["conformance", "run", "-s", "TAA-003", "--ics", str(path)]) == 1


def test_a_case_that_is_not_the_same_twice_is_inconclusive(monkeypatch, capsys):
    answers = iter([True, False] * 3)
    monkeypatch.setattr(decide, "denied", lambda tx: next(answers))
    assert main(["conformance", "run", "-s", "TAA-003", "--times", "2", "--json"]) == 0
    held = json.loads(capsys.readouterr().out)["cases"][0]["results"]["kernel"]
    assert held["mark"] == "inconclusive"
    assert held["findings"][0]["what"] == "run 2 of the same case"


def test_a_screen_says_each_finding_and_many_as_a_table(capsys, monkeypatch):
    monkeypatch.setattr(decide, "denied", lambda tx: False)
    assert main(["conformance", "run", "-s", "TAA-00"]) == 1
    told = capsys.readouterr().out
    assert "TAA-007" in told
    assert "verdict: wanted declined" in told
    monkeypatch.setattr(screen, "MANY", 1)
    assert main(["conformance", "run", "-s", "TAA-00", "-s", "CVM-00"]) == 1
    table = capsys.readouterr().out
    assert "TAA-007" not in table
    assert "TAA Terminal action analysis" in table
    assert "emv-b3/10.7" in table
