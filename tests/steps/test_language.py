"""Languages: what persons are spoken to, and which name of an application they see. # spec: emv-b4/11.1, emv-b4/11.3"""

from dataclasses import replace

import pytest
from jinka.kernel import Terminal, run
from jinka.kernel.effects import AskPin, Tell
from jinka.simulator.personality import load_personality
from jinka.simulator.world import SimulatedWorld, simulated_config


def pay(languages: tuple[str, ...], **changes: object):
    card = load_personality("unionpay-debit").changed(changes)
    seen = []
    world = SimulatedWorld(card, observer=lambda effect, answer: seen.append(effect))
    config = simulated_config()
    outcome = run(Terminal(replace(config, device=replace(config.device, languages=languages))).purchase(100), world)
    return outcome, {effect.language for effect in seen if isinstance(effect, Tell | AskPin)}


@pytest.mark.parametrize(
    ("preferred", "languages", "spoken"),
    [
        ("7A68656E", ("zh", "en"), "zh"),
        ("656E7A68", ("zh", "en"), "en"),
        ("6672656E", ("zh", "en"), "en"),
        ("6672", ("zh", "en"), "zh"),
        ("5A48", ("en", "zh"), "zh"),
        ("656E7A", ("zh", "en"), "en"),
        ("FFFF", ("zh", "en"), "zh"),
        ("7A68", (), ""),
    ],
)
def test_the_first_preferred_language_the_terminal_has(preferred, languages, spoken):
    outcome, heard = pay(languages, **{"5F2D": preferred, "pse.5F2D": None})
    assert outcome.language == spoken
    assert heard == {spoken}


def test_the_directorys_preference_counts_where_the_application_has_none():
    assert pay(("zh", "en"), **{"5F2D": None, "pse.5F2D": "656E"})[0].language == "en"


@pytest.mark.parametrize(("table", "label"), [("01", "Grüße"), ("05", "UnionPay Debit"), (None, "UnionPay Debit")])
def test_the_code_table_of_the_directory_says_which_name_is_shown(table, label):
    outcome, _ = pay(("zh", "en"), **{"9F12": "4772FCDF65", "9F11": None, "pse.9F11": table})
    assert outcome.label == label
