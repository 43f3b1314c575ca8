"""Terminal action analysis against a second reading of the clause. # spec: emv-b3/10.7, emv-b3/10.8"""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.conformance.reference.decisions import ActionCodes, after_first, defaulted, denied, first
from jinka.kernel.config import Application, Config, Device, Hex
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Tvr
from jinka.kernel.effects import Service
from jinka.kernel.steps import decide
from jinka.kernel.steps.transaction import Candidate, Request, Transaction

from tests.reference.drive import AID

TYPES = ["11", "12", "13", "14", "15", "16", "21", "22", "23", "24", "25", "26", "34", "35", "36"]
CLASSES = ["21", "22", "23"]
PLACES = [(side, use) for side in ("terminal", "issuer") for use in ("denial", "online", "default")]
IAC = {"denial": tags.IAC_DENIAL, "online": tags.IAC_ONLINE, "default": tags.IAC_DEFAULT}
SERVICES = [Service.PURCHASE, Service.CASH, Service.CASHBACK, Service.REFUND, Service.BALANCE]


def bit(at):
    return (1 << at).to_bytes(5, "big")


def transaction(kind, issuer, terminal, service=Service.PURCHASE):
    """The kernel's transaction with these codes."""
    tacs = {f"tac_{use}": Hex(getattr(terminal, use)) for use in IAC if getattr(terminal, use) is not None}
    application = Application(AID, **tacs)
    tx = Transaction(Config(device=Device(type=kind), applications=(application,)), Request(service, 1))
    tx.chosen = Candidate(AID, application, "", 1, False)
    for use, tag in IAC.items():
        if getattr(issuer, use) is not None:
            tx.store.keep(tag, getattr(issuer, use), "record 1.1")
    return tx


def differing(kind, issuer, terminal, values, service=Service.PURCHASE):
    """The TVRs for which kernel and reference do not say the same."""
    tx, wrong = transaction(kind, issuer, terminal, service), []
    for value in values:
        tx.tvr = Tvr.parse(value)
        seen = decide.analyse(tx).name, decide.denied(tx), decide.defaulted(tx)
        wanted = (
            first(value, kind, issuer, terminal, service.name.lower()),
            denied(value, issuer, terminal),
            defaulted(value, issuer, terminal),
        )
        if seen != wanted:
            wrong.append(value.hex())
    return wrong


def with_codes(*places):
    """Action codes, all zero but for (side, use, value)."""
    held = {side: dict.fromkeys(IAC, bytes(5)) for side in ("issuer", "terminal")}
    for side, use, value in places:
        held[side][use] = value
    return ActionCodes(**held["issuer"]), ActionCodes(**held["terminal"])


SINGLE = [bytes(5), *(bit(at) for at in range(40))]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_single_bit_in_every_code(kind):
    """Forty-one TVRs against forty bits in each of the six codes."""
    for side, use in PLACES:
        for at in range(40):
            assert differing(kind, *with_codes((side, use, bit(at))), SINGLE) == [], (side, use, at)


@pytest.mark.parametrize("kind", TYPES)
def test_every_terminal_type_with_every_pair_of_codes(kind):
    """Two codes that name one bit each, and TVRs with neither, either and both of them."""
    some = (0, 7, 18, 31, 39)
    for (one, other), a, b in product(combinations(PLACES, 2), some, some):
        values = [bytes(5), bit(a), bit(b), bytes(x | y for x, y in zip(bit(a), bit(b), strict=True))]
        assert differing(kind, *with_codes((*one, bit(a)), (*other, bit(b))), values) == [], (one, other, a, b)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_combination_of_absent_codes(kind):
    for absent in product((None, bytes(5)), repeat=6):
        assert differing(kind, ActionCodes(*absent[:3]), ActionCodes(*absent[3:]), [*SINGLE, b"\xff" * 5]) == []


CODE = st.one_of(st.none(), st.binary(min_size=5, max_size=5), st.sampled_from(SINGLE), st.just(b"\xff" * 5))
CODES = st.builds(ActionCodes, CODE, CODE, CODE)
VALUES = st.lists(st.one_of(st.binary(min_size=5, max_size=5), st.sampled_from(SINGLE)), min_size=1, max_size=8)


@settings(max_examples=500)
@given(st.sampled_from(TYPES), CODES, CODES, VALUES, st.sampled_from(SERVICES))
def test_any_codes_any_results_any_service(kind, issuer, terminal, values, service):
    assert differing(kind, issuer, terminal, values, service) == []


def test_the_ending_as_the_clause_tells_it():
    """The reference itself, read against the table of response codes: what real transactions are compared with."""
    codes = ActionCodes(default=bit(0))
    assert after_first("AAC").arc == "Z1"
    assert after_first("TC") == after_first("TC", reply="51")
    assert [after_first("TC", forged=forged).approved for forged in (False, True)] == [True, False]
    assert after_first("ARQC", forged=True, reply="00").second == "AAC"
    assert [after_first("ARQC", reply=reply).second for reply in ("00", "51")] == ["TC", "AAC"]
    assert after_first("ARQC", issuer=ActionCodes(default=bytes(5))).arc == "Y3"
    assert after_first("ARQC").approved  # nothing happened, so that nothing matches
    assert after_first("ARQC", tvr=bit(0), issuer=codes).arc == "Z3"
    assert after_first("ARQC", tvr=bit(1), issuer=codes).arc == "Y3"
    assert after_first("ARQC", terminal_type="24", issuer=codes).arc == "Z3"
    assert after_first("ARQC", terminal_type="24", issuer=codes, online_only_defaults=True).arc == "Y3"
