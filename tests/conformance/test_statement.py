"""What a vendor states decides which cases apply, and every exclusion has its reason."""

from pathlib import Path

import msgspec
import pytest
from jinka.conformance.case import CaseError, load_catalogue
from jinka.conformance.judge import Mark
from jinka.conformance.runner import run_cases
from jinka.conformance.stand import terminal, why_not
from jinka.conformance.statement import OURS, StatementError, load_statement
from jinka.kernel.data.fields import TerminalCapabilities

CASES = load_catalogue()
BY_CODE = {case.code: case for case in CASES}
SMALL = """
name = "a signature terminal"
generation = "emv-4.4"
types = ["22"]
capabilities = "E06840"
services = ["purchase"]
[options]
referral = false
"""


def stated(folder: Path, text: str):
    path = folder / "stated.toml"
    path.write_text(text)
    return load_statement(path)


def test_our_statement_takes_every_case():
    ours = load_statement(OURS)
    assert {case.code: why_not(case, ours) for case in CASES if why_not(case, ours)} == {
        case.code: why_not(case, ours) for case in CASES if case.generations and ours.generation not in case.generations
    }


def test_every_exclusion_has_a_reason_in_both_languages(tmp_path):
    small = stated(tmp_path, SMALL)
    reasons = {case.code: why_not(case, small) for case in CASES}
    assert reasons["TAA-001"] is None
    cda = reasons["CDA-007"]
    assert cda is not None
    assert cda.en == "no CDA"
    assert cda.zh == "不支持CDA"
    words = {reason.en for reason in reasons.values() if reason is not None}
    assert {"no CDA", "no plaintext PIN by the card", "a PBOC clause", "service cash is not stated"} <= words
    assert any(word.startswith("terminal type 2") for word in words)


def test_what_applies_passes_on_a_terminal_that_can_do_no_more(tmp_path):
    small = stated(tmp_path, SMALL)
    chosen = [case for case in CASES if why_not(case, small) is None]
    assert len(chosen) > 60
    assert all(not terminal(case, small).device.can & TerminalCapabilities.CDA for case in chosen)
    assert [result for result in run_cases(chosen, 1, "kernel", small) if result.mark is not Mark.PASS] == []


def test_a_terminal_of_another_environment_takes_the_cases_of_its_operation(tmp_path):
    own = stated(tmp_path, SMALL.replace('["22"]', '["12"]'))
    assert why_not(BY_CODE["TAA-001"], own) is None
    assert terminal(BY_CODE["TAA-001"], own).device.type == "12"
    unattended = stated(tmp_path, SMALL.replace('["22"]', '["25"]'))
    reason = why_not(BY_CODE["TAA-001"], unattended)
    assert reason is not None
    assert reason.en == "terminal type 22 is not stated"


@pytest.mark.parametrize(
    ("applies", "generation", "holds"),
    [
        ("true in option.referral", "emv-4.4", False),
        ("not (true in option.referral)", "emv-4.4", True),
        ('"22" in type and "refund" not in service', "emv-4.4", True),
        ('"sda" in can or "dda" in can', "emv-4.4", True),
        ('generation >= "emv-4.4"', "emv-4.4", True),
        ('generation >= "emv-4.4"', "emv-4.3", False),
        ('generation >= "emv-4.4"', "pboc-2018", False),
        ('generation >= "emv-4.3"', "pboc-2013", True),
        ('generation >= "pboc-2018"', "pboc-2013", False),
        ('generation < "pboc-2018"', "pboc-2013", True),
        ('generation == "emv-4.4"', "emv-4.4", True),
    ],
)
def test_expressions(tmp_path, applies, generation, holds):
    held = stated(tmp_path, SMALL.replace('"emv-4.4"', f'"{generation}"'))
    case = msgspec.structs.replace(BY_CODE["TAA-001"], applies=applies)
    assert (why_not(case, held) is None) is holds


@pytest.mark.parametrize("applies", ["__import__('os')", "colour", "type <", "1 + 1", "type > 3"])
def test_an_expression_that_means_nothing_is_named(tmp_path, applies):
    case = msgspec.structs.replace(BY_CODE["TAA-001"], applies=applies)
    with pytest.raises(CaseError, match="TAA-001: applies"):
        why_not(case, stated(tmp_path, SMALL))


def test_generations(tmp_path):
    sunset = stated(tmp_path, SMALL.replace('"emv-4.4"', '"emv-4.4-sb308"').replace("E06840", "E0E8C0"))
    assert TerminalCapabilities.SDA not in sunset.can
    assert TerminalCapabilities.OFFLINE_PLAIN_PIN not in sunset.can
    only = msgspec.structs.replace(BY_CODE["TAA-001"], generations=["emv-4.3"])
    reason = why_not(only, sunset)
    assert reason is not None
    assert "emv-4.3" in reason.en


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('"emv-4.4"', '"emv-9"'), "no generation"),
        (('["22"]', '["29"]'), "annex A1"),
        (('["22"]', "[]"), "annex A1"),
        (("E06840", "E06848"), "no CDA mode"),
        (("E06840", "E028"), "3 bytes"),
        (('["22"]', '["22"]\ncda_modes = ["fifth"]'), "fifth"),
        (("services", "servises"), "servises"),
    ],
)
def test_a_statement_that_contradicts_itself_is_refused(tmp_path, change, reason):
    with pytest.raises(StatementError, match=reason):
        stated(tmp_path, SMALL.replace(*change))


def test_an_online_pin_needs_a_line(tmp_path):
    with pytest.raises(StatementError, match="only ever offline"):
        stated(tmp_path, SMALL.replace('["22"]', '["23"]'))
