"""Real transactions with the simulated card: whatever card, terminal, person and host are like, the reference agrees.

The cases here are made up and expect nothing of their own; what is compared are the observables of `oracles.py`.
"""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.conformance.case import Case, Expect, Run, load_catalogue
from jinka.conformance.oracles import comparisons
from jinka.conformance.stand import sincere, terminal, world
from jinka.conformance.subject import Kernel
from jinka.kernel.applications.credit import flow
from jinka.kernel.crypto import recover
from jinka.kernel.steps import authenticate, decide, generate, verify
from jinka.kernel.steps.transaction import Oda

HEX = bytes.hex
CASES = [case for case in load_catalogue() if not case.procedure]
ANY = Expect(["approved", "declined", "terminated", "cancelled", "completed", "card removed", "not accepted"])


def compared(case):
    """Everything the reference compares in a run on our kernel."""
    config, stage = terminal(case), world(case)
    with Kernel().seat(config, stage) as seat:
        outcome, seen = seat.perform(case.runs[0])
    return comparisons(case.runs[0], outcome, seen, config, honest=sincere(stage.card.personality))


def compare(cases, least):
    """Runs made-up cases: all that is compared agrees, and at least so much is."""
    seen = Counter()

    @SOME
    @given(cases)
    def inner(case):
        told = compared(case)
        seen.update(what for what, _, _ in told)
        assert [entry for entry in told if entry[1] != entry[2]] == []

    inner()
    assert seen.total() >= least, seen


def made(run, **fields):
    return Case("REF-001", "reference/one", "made up", [], [run], **fields)


def codes(*named):
    """Action codes: none, all, single bits, a few bits that a transaction reaches."""
    reached = (0x80, 0x40, 0x20, 0x08, 0x04, 0x02)
    return st.one_of(
        st.just("0000000000"), st.just("FFFFFFFFFF"),
        st.builds(lambda at: f"{1 << at:010X}", st.integers(0, 39)),
        st.builds(lambda bits: HEX(bytes(bits)).upper(), st.tuples(*[st.sampled_from((0, *reached))] * 5)),
    )  # fmt: skip


RULE = st.builds(
    lambda code, on, condition: f"{code | on:02X}{condition:02X}",
    st.sampled_from([0, 1, 2, 3, 4, 5, 0x1E, 0x1F, 0x20, 0x2F]), st.sampled_from([0, 0x40, 0x40]),
    st.sampled_from([0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10]),
)  # fmt: skip
LIST = st.builds(
    lambda x, y, rules: f"{x:08X}{y:08X}" + "".join(rules),
    st.integers(999, 1001), st.integers(999, 1001), st.lists(RULE, max_size=4),
)  # fmt: skip
CARD = st.fixed_dictionaries(
    {"aip": st.sampled_from(["7C00", "7D00", "5C00", "5800", "3C00", "1C00", "1000", "7800", "1D00", "6D00"])},
    optional={
        "8E": LIST,
        "9F0D": st.one_of(codes(), st.just("-")), "9F0E": st.one_of(codes(), st.just("-")),
        "9F0F": st.one_of(codes(), st.just("-")),
        "5F24": st.sampled_from(["260531", "260601", "301231"]), "9F42": st.sampled_from(["0156", "0840", "-"]),
        "9F08": st.sampled_from(["0030", "0020"]), "9F07": st.sampled_from(["FFC0", "0000", "-"]),
        "gac_format": st.sampled_from([1, 2]), "internal_format": st.sampled_from([1, 2]),
        "first": st.sampled_from(["asked", "online", "AAC", "ARQC"]), "second": st.sampled_from(["asked", "AAC"]),
        "pin_tries": st.integers(0, 3), "accepts_arpc": st.booleans(),
        "9F61": st.sampled_from(["-", "313233"]), "9F62": st.sampled_from(["00", "06"]),
        "sign.pin": st.sampled_from(["", "pin-1024"]),
    },
)  # fmt: skip
TERMINAL = st.fixed_dictionaries(
    {},
    optional={
        "device.type": st.sampled_from(["14", "15", "16", "21", "22", "23", "24", "25", "26", "34", "35", "36"]),
        "device.capabilities": st.builds(
            lambda can, sec: f"E0{can:02X}{sec:02X}", st.sampled_from([0xF8, 0xF9, 0xB8, 0x48, 0x80, 0x00, 0xD9]),
            st.sampled_from([0xC8, 0xC0, 0x80, 0x88, 0x40, 0x00]),
        ),
        "application.tac_denial": codes(), "application.tac_online": codes(), "application.tac_default": codes(),
        "application.floor_limit": st.sampled_from([0, 1000, 10000]), "application.online_pin": st.booleans(),
        "application.default_ddol": st.sampled_from(["9F3704", "9A03"]),
        "options.cda_mode": st.sampled_from(["both", "first", "neither", "second"]),
        "options.online_only_defaults": st.booleans(), "options.bypass_all": st.booleans(),
        "options.pin_bypass": st.booleans(), "options.get_pin_try_counter": st.booleans(),
        "options.referral": st.booleans(),
    },
)  # fmt: skip
PERSON = st.fixed_dictionaries(
    {}, optional={"wrong": st.lists(st.just("0000"), max_size=4), "bypass": st.booleans(), "pin_pad": st.booleans(),
                  "agrees": st.booleans(), "cancels": st.sampled_from([False, False, False, True])},
)  # fmt: skip
HOST = st.sampled_from(["approve", "approve", "decline 51", "decline 01", "offline", "no-answer"])
RUN = st.builds(
    lambda service, amount, other, forced: Run(ANY, service, amount, other if service == "cashback" else 0, forced),
    st.sampled_from(["purchase", "cash", "cashback", "balance"]), st.integers(999, 1001), st.integers(1, 500), st.booleans(),
)  # fmt: skip
SOME = settings(max_examples=400)


def test_any_card_terminal_person_and_host():
    cases = st.builds(
        lambda run, card, terminal, person, host: made(run, card=card, terminal=terminal, person=person, host=host),
        RUN, CARD, TERMINAL, PERSON, HOST,
    )  # fmt: skip
    compare(cases, 3000)


KEYS = ["8F", "90", "92", "9F32", "93", "9F46", "9F47", "9F48", "9F49", "9F4A"]
FIELDS = {
    "issuer_cert": [("hash_flip", 1), ("expiry", 2), ("format", 1), ("header", 1), ("trailer", 1), ("identifier", 4),
                    ("hash_algorithm", 1), ("key_algorithm", 1), ("key_length", 1), ("exponent_length", 1), ("serial", 3)],
    "icc_cert": [("hash_flip", 1), ("expiry", 2), ("format", 1), ("header", 1), ("trailer", 1), ("pan", 10),
                 ("hash_algorithm", 1), ("key_algorithm", 1), ("key_length", 1), ("exponent_length", 1)],
    "ssad": [("hash_flip", 1), ("format", 1), ("header", 1), ("trailer", 1), ("hash_algorithm", 1), ("code", 2)],
    "sdad": [("hash_flip", 1), ("format", 1), ("header", 1), ("trailer", 1), ("hash_algorithm", 1), ("dynamic_length", 1)],
}  # fmt: skip
FIELD = st.sampled_from([(part, *field) for part, fields in FIELDS.items() for field in fields]).flatmap(
    lambda chosen: st.tuples(st.just(f"{chosen[0]}.{chosen[1]}"), st.binary(min_size=chosen[2], max_size=chosen[2]).map(HEX))
)
MONTHS = st.sampled_from([("issuer_cert.expiry", text) for text in ("0526", "0626", "1349", "0150", "1299")])
OBJECT = st.tuples(
    st.sampled_from(KEYS), st.sampled_from(["-", "", "00", "82", "F1", "F2", "03", "010001", "000003", "9F3704", "9A03", "8295"])
)
SIGN = st.sampled_from([("sign.authority", 0xF0), ("sign.authority", 0xF3), ("sign.issuer", "issuer-1024"),
                        ("sign.issuer", "issuer-1408"), ("sign.icc", "icc-1152"), ("sign.dynamic_number", 2),
                        ("sign.identifier", "62123FFF"), ("sign.identifier", "62FFFFFF"), ("afl", "0801010010010301")])  # fmt: skip
CHANGES = st.lists(st.one_of(FIELD, MONTHS, OBJECT, OBJECT, SIGN), min_size=1, max_size=3).map(dict)
FLIPS = st.lists(
    st.builds(
        lambda ins, nth, bit: {"kind": "flip", "ins": ins, "nth": nth, "size": bit},
        st.sampled_from(["B2", "88", "AE", "AE"]), st.integers(1, 6), st.integers(0, 2047),
    ),
    max_size=1,
)  # fmt: skip


def test_any_corruption_of_keys_and_signatures():
    def corrupted(aip, can, rules, changes, flips, stale, keys, online):
        settings = {"device.capabilities": can, "keys": keys, "application.tac_online": online}
        return made(Run(ANY), card={"aip": aip, "8E": f"{0:016X}{rules}", **changes}, terminal=settings, faults=flips,
                    stale=stale)  # fmt: skip

    cases = st.builds(
        corrupted, st.sampled_from(["7C00", "7D00", "1D00", "5C00", "3C00"]),
        st.sampled_from(["E0F8C8", "E0F8C8", "E0F8C0", "E0F880"]), st.sampled_from(["1F00", "44001F00"]), CHANGES, FLIPS,
        st.booleans(), st.sampled_from([[0xF0, 0xF1, 0xF2, 0xF3], [0xF2], []]), st.sampled_from(["0000000000", "FFFFFFFFFF"]),
    )  # fmt: skip
    compare(cases, 3000)


def test_the_catalogue_is_worth_comparing():
    """The judge compares every case; here one in six is counted, so that the comparison cannot quietly come to nothing."""
    told = [entry for case in CASES[::6] for entry in compared(case)]
    assert [entry for entry in told if entry[1] != entry[2]] == []
    assert len(told) >= 8 * len(CASES[::6])


async def _goes_through(tx, **_):
    return True


# One small fault each, in what the reference watches; the cases' own expectations play no part.
MUTANTS = [
    ("SDA", authenticate, "_static", lambda tx: None),
    ("DDA", recover, "dynamic_data", lambda key, signature, data: recover.DynamicData(b"\x08" + bytes(8))),
    ("DDA", recover, "icc_key", lambda issuer, *rest: issuer),
    ("CDA", generate, "_verify_signature", lambda *arguments: None),
    ("CDA", generate, "_verify_signature", lambda *arguments: recover.Refused("always")),
    ("ODA", authenticate, "method", lambda tx: Oda.SDA),
    ("CVM", verify, "satisfied", lambda tx, cvm, rule: True),
    ("CVM", verify, "supported", lambda tx, code: True),
    ("PIN", verify, "verify_offline", _goes_through),
    ("TAA", decide, "denied", lambda tx: False),
    ("TAA", flow, "defaulted", lambda tx: False),
    ("TAA", decide, "defaulted", lambda tx: True),
]


@pytest.mark.parametrize(("group", "module", "attribute", "wrong"), MUTANTS)
def test_the_reference_notices_a_wrong_kernel(monkeypatch, group, module, attribute, wrong):
    cases = [case for case in CASES if case.group == group]
    monkeypatch.setattr(module, attribute, wrong)
    assert any(entry[1] != entry[2] for case in cases for entry in compared(case))
