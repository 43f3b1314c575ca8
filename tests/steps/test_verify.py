"""Cardholder verification rule by rule: when a rule applies, what the terminal can do, what a method leaves behind.

# spec: emv-b3/10.5, emv-b3/annex-c3, jrt-0025.6/cvm-20
"""

import pytest
from jinka.kernel.apdu import Response
from jinka.kernel.config import Hex
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.fields import Aip, Tsi, Tvr
from jinka.kernel.effects import AskChoice, AskPin, Option, PinEntry, PinKind, PinState, Question, Service
from jinka.kernel.errors import Cancelled, MalformedData
from jinka.kernel.secret import Secret
from jinka.kernel.steps.verify import CvmList, Rule, satisfied, supported, verify_cardholder

from tests.steps.alone import play, transaction

PURCHASE, CASH, CASHBACK = Service.PURCHASE, Service.CASH, Service.CASHBACK


@pytest.mark.parametrize(
    ("service", "other", "kind", "conditions"),
    [
        (PURCHASE, 0, "22", {0, 2, 3}),
        (PURCHASE, 1, "22", {0, 3, 5}),
        (CASHBACK, 0, "22", {0, 3, 5}),
        (CASHBACK, 1, "25", {0, 3, 5}),
        (PURCHASE, 0, "25", {0, 2, 3}),
        (CASH, 0, "22", {0, 3, 4}),
        (CASH, 0, "25", {0, 1, 3}),
        (CASH, 1, "25", {0, 1, 3, 5}),
    ],
)
def test_which_conditions_hold(service, other, kind, conditions):
    tx = transaction({tags.APPLICATION_CURRENCY: "0156"}, service=service, other=other, amount=1, device={"type": kind})
    assert {code for code in range(256) if satisfied(tx, CvmList(1, 1, ()), Rule(0x1F, code))} == conditions


def test_a_rule_for_what_is_supported():
    tx = transaction(device={"capabilities": Hex.fromhex("E0F0C8")})
    held = {code for code in range(256) if satisfied(tx, CvmList(0, 0, ()), Rule(code, 3))}
    assert held == {code | more for code in (0, 1, 2, 3, 4, 5, 0x1E) for more in (0, 0x40, 0x80, 0xC0)}


@pytest.mark.parametrize(
    ("amount", "conditions"), [(9, {6, 8}), (10, {8}), (11, {7, 8}), (19, {7, 8}), (20, {7}), (21, {7, 9})]
)
@pytest.mark.parametrize("currency", ["0156", "0344", None])
def test_amounts_count_in_the_currency_of_the_application(amount, conditions, currency):
    tx = transaction({tags.APPLICATION_CURRENCY: currency} if currency else {}, amount=amount)
    held = {code for code in range(6, 256) if satisfied(tx, CvmList(10, 20, ()), Rule(0x1F, code))}
    assert held == (conditions if currency == "0156" else set())


def test_a_currency_that_is_no_number():
    with pytest.raises(MalformedData, match="9F42: "):
        satisfied(transaction({tags.APPLICATION_CURRENCY: "0A56"}), CvmList(0, 0, ()), Rule(0x1F, 6))


@pytest.mark.parametrize(
    ("capabilities", "kind", "online", "codes"),
    [
        ("E0F9C8", "22", True, {1, 2, 3, 4, 5, 0x1E, 0x1F, 0x20}),
        ("E0F9C8", "22", False, {1, 3, 4, 5, 0x1E, 0x1F, 0x20}),
        ("E0F9C8", "23", True, {1, 3, 4, 5, 0x1E, 0x1F, 0x20}),
        ("E0F9C8", "25", True, {1, 2, 4, 0x1F}),
        ("E080C8", "22", True, {1}),
        ("E040C8", "22", True, {2}),
        ("E020C8", "22", True, {0x1E}),
        ("E010C8", "22", True, {4}),
        ("E008C8", "22", True, {0x1F}),
        ("E001C8", "22", True, {0x20}),
        ("E0A0C8", "22", True, {1, 3, 0x1E}),
        ("E030C8", "22", True, {4, 5, 0x1E}),
        ("E000C8", "22", True, set()),
    ],
)
def test_what_a_terminal_can_do(capabilities, kind, online, codes):
    device = {"capabilities": Hex.fromhex(capabilities), "type": kind}
    tx = transaction(device=device, application={"online_pin": online})
    assert {code for code in range(64) if supported(tx, code)} == codes


PIN, BLOCK = Secret(b"1234"), Secret(b"12345678")
OK, WRONG = Response(), Response(sw=0x6984)
DOCUMENT = {pboc.DOCUMENT_NUMBER: "3131303130310741", pboc.DOCUMENT_TYPE: "00"}
CARD = {tags.ISSUER_COUNTRY: "0156"}


def verified(rules: str, *answers: object, card=CARD, **more):
    """What a list of rules leaves: CVM results, the third byte of the TVR, TSI, signature, bypass and PIN block; and what
    was asked but the card."""
    tx = transaction({tags.CVM_LIST: "00000000 00000000" + rules, **card}, **more)
    tx.aip, tx.tvr, tx.tsi, tx.pan = Aip.CARDHOLDER_VERIFICATION, Tvr.NEW_CARD, Tsi.ODA_PERFORMED, "6212340000000012"
    _, asked = play(verify_cardholder(tx), *answers)
    assert tx.tsi == Tsi.ODA_PERFORMED | Tsi.CVM_PERFORMED
    assert Tvr.NEW_CARD in tx.tvr
    left = Tvr(int(tx.tvr) & ~int(Tvr.NEW_CARD))
    return (tx.cvm_results.hex().upper(), left, tx.signature, tx.bypassed, tx.pin_block), [
        effect for effect in asked if isinstance(effect, AskPin | AskChoice)
    ]


NO_PIN_PAD, BYPASSED = PinEntry(PinState.NO_PIN_PAD), PinEntry(PinState.BYPASSED)
ENTERED, ENCIPHERED = PinEntry(PinState.ENTERED, PIN), PinEntry(PinState.ENTERED, BLOCK)
FAILED, NOT_ENTERED, MISSING = Tvr.CVM_FAILED, Tvr.PIN_NOT_ENTERED, Tvr.PIN_PAD_MISSING
NO_TRIES = {"get_pin_try_counter": False}


@pytest.mark.parametrize(
    ("rules", "answers", "more", "left"),
    [
        ("1F00", [], {}, ("1F0002", Tvr(0), False, False, None)),
        ("5F00", [], {}, ("5F0002", Tvr(0), False, False, None)),
        ("1E03", [], {}, ("1E0300", Tvr(0), True, False, None)),
        ("0000", [], {}, ("000001", FAILED, False, False, None)),
        ("40001F00", [], {}, ("400001", FAILED, False, False, None)),
        ("1F01", [], {}, ("3F0001", FAILED, False, False, None)),
        ("1F011F00", [], {}, ("1F0002", Tvr(0), False, False, None)),
        ("06001F00", [], {}, ("3F0001", FAILED | Tvr.UNRECOGNISED_CVM, False, False, None)),
        ("46001F00", [], {}, ("1F0002", Tvr.UNRECOGNISED_CVM, False, False, None)),
        ("0200", [ENCIPHERED], {}, ("020000", Tvr.ONLINE_PIN_ENTERED, False, False, BLOCK)),
        ("42001F00", [ENCIPHERED], {}, ("420000", Tvr.ONLINE_PIN_ENTERED, False, False, BLOCK)),
        ("0200", [NO_PIN_PAD], {}, ("020001", FAILED | MISSING, False, False, None)),
        ("0200", [BYPASSED], {}, ("020001", FAILED | NOT_ENTERED, False, True, None)),
        ("42001F00", [BYPASSED], {}, ("1F0002", NOT_ENTERED, False, True, None)),
        ("42000100", [BYPASSED], {}, ("010001", FAILED | NOT_ENTERED, False, True, None)),
        ("42004300", [BYPASSED, BYPASSED], {"options": {"bypass_all": False, **NO_TRIES}}, ("430001", FAILED | NOT_ENTERED, False, True, None)),
        ("0100", [ENTERED, OK], {"options": NO_TRIES}, ("010002", Tvr(0), False, False, None)),
        ("0300", [ENTERED, OK], {"options": NO_TRIES}, ("030000", Tvr(0), True, False, None)),
        ("0300", [ENTERED, WRONG], {"options": NO_TRIES}, ("030001", FAILED | Tvr.PIN_TRY_LIMIT_EXCEEDED, False, False, None)),
        ("0400", [], {}, ("040001", FAILED, False, False, None)),
        ("0500", [], {}, ("050001", FAILED, False, False, None)),
        ("0100", [], {"device": {"capabilities": Hex.fromhex("E028C8")}}, ("3F0001", FAILED | MISSING, False, False, None)),
        ("0300", [], {"device": {"capabilities": Hex.fromhex("E028C8")}}, ("3F0001", FAILED | MISSING, False, False, None)),
        ("0400", [], {"device": {"capabilities": Hex.fromhex("E028C8")}}, ("3F0001", FAILED | MISSING, False, False, None)),
        ("0500", [], {"device": {"capabilities": Hex.fromhex("E028C8")}}, ("3F0001", FAILED | MISSING, False, False, None)),
        ("0200", [], {"device": {"capabilities": Hex.fromhex("E0A8C8")}}, ("3F0001", FAILED | MISSING, False, False, None)),
        ("0100", [], {"device": {"capabilities": Hex.fromhex("E018C8")}}, ("3F0001", FAILED, False, False, None)),
        ("0400", [], {"device": {"capabilities": Hex.fromhex("E088C8")}}, ("3F0001", FAILED, False, False, None)),
        ("1E00", [], {"device": {"capabilities": Hex.fromhex("E008C8")}}, ("3F0001", FAILED, False, False, None)),
        ("5E001F00", [], {"device": {"capabilities": Hex.fromhex("E008C8")}}, ("1F0002", Tvr(0), False, False, None)),
        ("2000", [0], {"card": DOCUMENT}, ("200002", Tvr(0), False, False, None)),
        ("2000", [None], {"card": DOCUMENT}, ("200001", FAILED, False, False, None)),
        ("2000", [], {"card": CARD}, ("200001", FAILED, False, False, None)),
        ("2000", [], {"card": {pboc.DOCUMENT_NUMBER: "31"}}, ("200001", FAILED, False, False, None)),
        ("2000", [], {"card": {pboc.DOCUMENT_TYPE: "00"}}, ("200001", FAILED, False, False, None)),
        ("2000", [], {"card": {**DOCUMENT, pboc.DOCUMENT_TYPE: "06"}}, ("200001", FAILED, False, False, None)),
    ],
)
def test_what_a_method_leaves(rules, answers, more, left):
    assert verified(rules, *answers, **more)[0] == left


def test_one_bit_of_a_rule_says_to_go_on():
    for code in range(256):
        rule = Rule(code, 0)
        assert (rule.method, rule.goes_on) == (code % 64, code % 128 >= 64)


def test_what_persons_are_asked():
    _, [asked] = verified("0200", ENCIPHERED)
    assert asked == AskPin(PinKind.ONLINE, None, Secret(b"6212340000000012"), 150_00, "zh")
    for kind, name in enumerate(("身份证", "军官证", "护照", "入境证", "临时身份证", "其他证件")):
        _, [asked] = verified("2000", 0, card={**DOCUMENT, pboc.DOCUMENT_TYPE: f"{kind:02X}"})
        assert asked == AskChoice(Question.IDENTITY_DOCUMENT, (Option(f"{name} 110101A"),), "zh")


def test_a_document_whose_number_is_no_text():
    _, [asked] = verified("2000", 0, card={**DOCUMENT, pboc.DOCUMENT_NUMBER: "3131FF"})
    assert asked.options[0].label.endswith(" 11\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize("entry", [BYPASSED, PinEntry(PinState.ENTERED)])
def test_a_bypass_that_is_not_allowed(entry):
    for rules in ("0200", "0100"):
        with pytest.raises(Cancelled):
            verified(rules, entry, options={"pin_bypass": False, **NO_TRIES})


@pytest.mark.parametrize(
    ("aip", "card", "left"),
    [
        (Aip(0), {tags.CVM_LIST: "00000000000000001F00"}, (Tvr(0), Tsi(0), b"\x3f\x00\x00")),
        (Aip(0), {tags.CVM_LIST: "00"}, (Tvr(0), Tsi(0), b"\x3f\x00\x00")),
        (Aip.CARDHOLDER_VERIFICATION, {}, (Tvr.ICC_DATA_MISSING, Tsi(0), b"\x3f\x00\x00")),
        (Aip.CARDHOLDER_VERIFICATION, {tags.CVM_LIST: "0000000100000000"}, (Tvr.ICC_DATA_MISSING, Tsi(0), b"\x3f\x00\x00")),
    ],
)
def test_nothing_to_verify_by(aip, card, left):
    tx = transaction(card)
    tx.aip, tx.tvr, tx.cvm_results = aip, Tvr.NEW_CARD, b"\x01\x02\x03"
    play(verify_cardholder(tx))
    assert (tx.tvr, tx.tsi, tx.cvm_results) == (left[0] | Tvr.NEW_CARD, *left[1:])
