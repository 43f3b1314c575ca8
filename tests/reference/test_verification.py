"""Cardholder verification against a second reading of the clauses. # spec: emv-b3/10.5, emv-b3/annex-c3"""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.conformance.reference.verification import BROKEN, BYPASSED, ENTERED, Ended, Setting, verify
from jinka.kernel.data.fields import Tsi, Tvr

from tests.reference.drive import CANCEL, Play, configured, verified

ALL, NONE = 0xF9, 0x00
BASE = Setting(0x7C, b"", ALL)
NO_LIMITS = bytes(8)
# Every way a terminal, a transaction and an evening differ, one at a time from the base, and some together.
SCENES = {
    "base": (BASE, Play()),
    "wrong-pins": (BASE, Play(statuses=(0x63C2, 0x63C1, 0x63C0))),
    "bypass": (BASE, Play(entries=(BYPASSED,))),
    "bypass-once": (replace(BASE, bypass_holds=False), Play(entries=(BYPASSED, ENTERED))),
    "broken-pad": (BASE, Play(entries=(BROKEN,))),
    "no-tries": (BASE, Play(tries=0, matches=False)),
    "no-capability": (replace(BASE, can=NONE), Play()),
    "plain-pin-only": (replace(BASE, can=0x80), Play()),
    "no-signature": (replace(BASE, can=0xD9), Play()),
    "unattended-cash": (replace(BASE, service="cash", terminal_type="25", other=0), Play(key=False)),
    "manual-cash": (replace(BASE, service="cash"), Play(nonce=False)),
    "cashback": (replace(BASE, service="cashback", amount=1000, other=300), Play(matches=None)),
    "offline-only": (replace(BASE, terminal_type="23"), Play(tries=None, statuses=(0x6A86,))),
    "other-currency": (replace(BASE, same_currency=False, online_pin=False), Play(tries=1)),
    "over": (replace(BASE, amount=1001), Play(statuses=(0x6983,))),
}
METHODS = (0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x1E, 0x1F, 0x20, 0x2F)
RULES = [bytes((method | on, condition)) for method, on, condition in product(METHODS, (0, 0x40), range(11))]


def same(setting, play, config):
    """Runs both and compares all that can be seen. True: the two agree."""
    seen = verified(setting, play.again(), config)
    try:
        wanted = verify(setting, play.again())
    except Ended:
        return seen.ended
    return not seen.ended and (
        bytes(seen.tx.cvm_results), int(seen.tx.tvr) >> 16 & 0xFF, Tvr.ICC_DATA_MISSING in seen.tx.tvr,
        Tsi.CVM_PERFORMED in seen.tx.tsi, seen.tx.signature, seen.prompts, seen.shown, seen.verifies,
    ) == (
        wanted.results, wanted.tvr, wanted.missing, wanted.performed, wanted.signature, wanted.prompts, wanted.shown,
        wanted.verifies,
    )  # fmt: skip


def differing(setting, play, lists):
    config = configured(setting)
    return [rules.hex() for rules in lists if not same(replace(setting, rules=rules), play, config)]


@pytest.mark.parametrize("name", SCENES)
def test_every_rule_alone(name):
    """All codes under all conditions that exist, and some that do not; X and Y below, at and above the amount."""
    setting, play = SCENES[name]
    limits = b"".join(value.to_bytes(4, "big") for value in (setting.amount, setting.amount + 1))
    rules = [bytes((code, condition)) for code in range(0x80) for condition in (*range(11), 0xFF)]
    assert differing(setting, play, [limits + rule for rule in rules]) == []


@pytest.mark.parametrize("name", ["base", "bypass", "plain-pin-only"])
def test_every_pair_of_rules(name):
    """A first rule that fails, and what comes after it."""
    setting, play = SCENES[name]
    first = [rule for rule in RULES if rule[1] in (0, 3, 6, 10)]
    second = [rule for rule in RULES if rule[1] in (0, 2, 3, 5)]
    assert differing(setting, play, [NO_LIMITS + a + b for a, b in product(first, second)]) == []


@pytest.mark.parametrize("aip", [0x7C, 0x6C, 0x00, 0xFF])
@pytest.mark.parametrize("rules", [None, b"", bytes(4), bytes(8), bytes(9), bytes(10), bytes(11)])
def test_a_list_that_is_none(aip, rules):
    setting = replace(BASE, aip=aip, rules=rules)
    assert same(setting, Play(), configured(setting))


LISTS = st.builds(
    lambda x, y, rules: x.to_bytes(4, "big") + y.to_bytes(4, "big") + b"".join(rules),
    st.integers(0, 2000), st.integers(0, 2000),
    st.lists(st.one_of(st.sampled_from(RULES), st.binary(min_size=2, max_size=2)), max_size=6),
)  # fmt: skip
SETTINGS = st.builds(
    Setting, st.sampled_from([0x7C, 0x10, 0x6C]), LISTS, st.integers(0, 255),
    terminal_type=st.sampled_from(["14", "15", "16", "21", "22", "23", "24", "25", "26", "34", "35", "36"]),
    service=st.sampled_from(["purchase", "cash", "cashback", "balance"]), amount=st.integers(0, 2000),
    other=st.sampled_from([0, 0, 1, 500]), same_currency=st.booleans(), online_pin=st.booleans(),
    bypass_allowed=st.booleans(), bypass_holds=st.booleans(), asks_counter=st.booleans(),
)  # fmt: skip
PLAYS = st.builds(
    Play, st.one_of(st.none(), st.integers(0, 255)), st.booleans(), st.booleans(),
    st.lists(st.sampled_from([ENTERED, ENTERED, BYPASSED, BROKEN, CANCEL]), min_size=1, max_size=4).map(tuple),
    st.lists(
        st.sampled_from([0x9000, 0x63C3, 0x63C2, 0x63C1, 0x63C0, 0x6983, 0x6984, 0x6A86, 0x6300]), min_size=1, max_size=4
    ).map(lambda given: (*given, 0x63C0)),
    st.sampled_from([True, False, None]),
)  # fmt: skip


@settings(max_examples=800)
@given(SETTINGS, PLAYS)
def test_any_list_any_terminal_any_evening(setting, play):
    assert same(setting, play, configured(setting))
