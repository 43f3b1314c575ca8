"""Terminal action analysis, risk, initiation and the issuer's answer where the cases of the suite see one way only."""

import pytest
from jinka.kernel.apdu import Response
from jinka.kernel.card.commands import external_authenticate
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Aip, Cryptogram, Tsi, Tvr
from jinka.kernel.effects import Authorisation, Service, Unreachable
from jinka.kernel.errors import MalformedData
from jinka.kernel.steps.decide import ALWAYS_ONLINE, analyse, defaulted, denied
from jinka.kernel.steps.initiate import initiate
from jinka.kernel.steps.online import authenticate_issuer
from jinka.kernel.steps.risk import manage_risk

from tests.steps.alone import play, sent, transaction

TC, ARQC, AAC = Cryptogram.TC, Cryptogram.ARQC, Cryptogram.AAC
BITS = [1 << at for at in range(40)]


@pytest.mark.parametrize("bit", BITS)
def test_a_card_without_action_codes(bit):
    """Denial is none, default and online are all bits. # spec: emv-b3/10.7"""
    tx = transaction()
    tx.tvr = Tvr(bit)
    assert (denied(tx), defaulted(tx), analyse(tx)) == (False, True, ARQC)


@pytest.mark.parametrize("bit", BITS)
def test_every_bit_of_the_codes_counts(bit):
    own, none = f"{bit:010x}", "0000000000"
    every = (tags.IAC_DENIAL, tags.IAC_DEFAULT, tags.IAC_ONLINE)
    for at, tag in enumerate(every):
        for tvr in (bit, ~bit & 0xFFFFFFFFFF):
            tx = transaction({key: own if key == tag else none for key in every})
            tx.tvr = Tvr(tvr)
            hit = tvr == bit
            assert (denied(tx), defaulted(tx)) == (hit and at == 0, hit and at == 1)
            assert analyse(tx) is ((AAC, TC, ARQC)[at] if hit else TC)


@pytest.mark.parametrize(
    ("service", "kind", "tvr", "asked"),
    [
        *((service, "22", 0, ARQC) for service in ALWAYS_ONLINE),
        *((service, "23", 0, ARQC) for service in ALWAYS_ONLINE),
        *((service, "22", 1, AAC) for service in ALWAYS_ONLINE),
        (Service.REFUND, "22", 0, AAC),
        (Service.PURCHASE, "21", 0, ARQC),
        (Service.PURCHASE, "22", 0, TC),
        (Service.PURCHASE, "22", 4, ARQC),
        (Service.PURCHASE, "23", 0, TC),
        (Service.PURCHASE, "23", 4, TC),
        (Service.PURCHASE, "23", 2, AAC),
        (Service.PURCHASE, "22", 2, TC),
    ],
)
def test_what_is_asked_for(service, kind, tvr, asked):
    card = {tags.IAC_DENIAL: "0000000001", tags.IAC_DEFAULT: "0000000002", tags.IAC_ONLINE: "0000000004"}
    tx = transaction(card, service=service, device={"type": kind})
    tx.tvr = Tvr(tvr)
    assert analyse(tx) is asked


def test_a_balance_enquiry_has_no_floor_limit():
    tx = transaction(service=Service.BALANCE, amount=0, application={"floor_limit": 0})
    assert len(play(manage_risk(tx), None)[1]) == 1
    assert (tx.tvr, tx.tsi) == (Tvr(0), Tsi.TERMINAL_RISK_MANAGEMENT_PERFORMED)


def test_an_answer_in_no_template_that_is_known():
    with pytest.raises(MalformedData, match="template 70"):
        play(initiate(transaction()), Response(bytes.fromhex("7000")))


@pytest.mark.parametrize("size", [1, 7, 8, 16, 17])
@pytest.mark.parametrize("aip", [Aip(0), Aip.ISSUER_AUTHENTICATION])
@pytest.mark.parametrize("sw", [0x9000, 0x6300])
def test_issuer_authentication_data_of_eight_to_sixteen_bytes(size, aip, sw):
    tx = transaction()
    tx.reply, tx.aip, tx.tvr, tx.tsi = Authorisation("00", issuer_data=bytes(size)), aip, Tvr.NEW_CARD, Tsi.ODA_PERFORMED
    fits = 8 <= size <= 16
    asked = fits and bool(aip)
    _, effects = play(authenticate_issuer(tx), *[Response(sw=sw)] * asked)
    assert effects == sent(*[external_authenticate(bytes(size))] * asked)
    failed = not fits or (asked and sw != 0x9000)
    assert tx.tvr == (Tvr.NEW_CARD | Tvr.ISSUER_AUTHENTICATION_FAILED if failed else Tvr.NEW_CARD)
    assert tx.tsi == (Tsi.ODA_PERFORMED | Tsi.ISSUER_AUTHENTICATION_PERFORMED if asked else Tsi.ODA_PERFORMED)
    assert tx.store.get(tags.ISSUER_AUTHENTICATION_DATA) == (bytes(size) if fits else None)


@pytest.mark.parametrize("reply", [None, Authorisation("00"), Unreachable("no line", True)])
def test_no_issuer_authentication_data(reply):
    tx = transaction()
    tx.reply, tx.aip = reply, Aip.ISSUER_AUTHENTICATION
    assert play(authenticate_issuer(tx)) == (None, [])
    assert tx.tvr == Tvr(0)
