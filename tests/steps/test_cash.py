"""What electronic cash adds to a purchase, step by step. # spec: jrt-0025.13/7, jrt-0025.15"""

import pytest
from jinka.kernel.apdu import Response
from jinka.kernel.card.commands import get_data
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.dictionary import Source
from jinka.kernel.data.fields import Cryptogram, Tvr
from jinka.kernel.effects import AskPin, PinEntry, PinKind, PinState, Service
from jinka.kernel.errors import MalformedData, UnexpectedStatus
from jinka.kernel.secret import Secret
from jinka.kernel.steps import cash

from tests.steps.alone import given, play, sent, transaction

REFUSED = Response(sw=0x6A88)
CHOPPED = Response(b"\x9f")


@pytest.mark.parametrize(
    ("amount", "limits", "more", "indicator"),
    [
        (1, (2, 0), {}, "01"),
        (2, (2, 9), {}, "00"),
        (1, (None, 2), {}, "01"),
        (2, (None, 2), {}, "00"),
        (1, (0, 2), {}, "00"),
        (0, (2, 0), {}, "00"),
        (1, (2, 0), {"options": {"ecash": False}}, "00"),
        (1, (2, 0), {"service": Service.CASH}, "00"),
        (1, (2, 0), {"other": 1}, "00"),
    ],
)
def test_when_cash_is_offered(amount, limits, more, indicator):
    tx = transaction(amount=amount, application={"cash_limit": limits[0], "floor_limit": limits[1]}, **more)
    cash.offer_cash(tx)
    assert tx.store.held(pboc.CASH_INDICATOR) == (bytes.fromhex(indicator), Source.TERMINAL, "terminal")


@pytest.mark.parametrize("card", [{0x9F7A: "00", 0x9F74: "454343303031"}, {0x9F7A: "01"}, {0x9F74: "454343303031"}])
def test_what_is_no_cash_asks_for_no_balance(card):
    tx = transaction(card)
    tx.cash = True
    assert play(cash.recognise_cash(tx)) == (None, [])
    assert (tx.cash, tx.cash_balance, tx.store.get(pboc.RESET_THRESHOLD)) == (False, None, None)


@pytest.mark.parametrize(
    ("purse", "balance", "threshold"), [([given(0x9F51, "0156")], 0x9F79, 0x9F6D), ([given(0x9F51, "0344"), given(0xDF71, "0156")], 0xDF79, 0xDF76)]
)
def test_balance_and_threshold_are_of_the_purse_used(purse, balance, threshold):
    tx = transaction({0x9F7A: "01", 0x9F74: "454343303031"})
    _, asked = play(cash.recognise_cash(tx), *purse, given(balance, "000000012345"), given(threshold, "000000001000"))
    assert asked == sent(*(get_data(tag) for tag in (0x9F51, 0xDF71)[: len(purse)]), get_data(balance), get_data(threshold))
    assert (tx.cash, tx.cash_balance) == (True, 123_45)
    assert tx.store.held(pboc.RESET_THRESHOLD) == (bytes.fromhex("000000001000"), Source.TERMINAL, "terminal")


@pytest.mark.parametrize(
    ("answers", "second"),
    [
        ([REFUSED], False),
        ([CHOPPED], False),
        ([given(0x9F51, "0156")], False),
        ([given(0x9F51, "0344"), REFUSED], False),
        ([given(0x9F51, "0344"), CHOPPED], False),
        ([given(0x9F51, "0344"), given(0xDF71, "0344")], False),
        ([given(0x9F51, "0344"), given(0x9F51, "0156")], False),
        ([given(0x9F51, "0344"), given(0xDF71, "0156", 0x6283)], False),
        ([given(0x9F51, "0344"), given(0xDF71, "0156")], True),
    ],
)
def test_which_purse_is_used(answers, second):
    assert play(cash.uses_second_purse(transaction()), *answers)[0] is second


@pytest.mark.parametrize(
    ("answer", "fault", "words"),
    [
        (REFUSED, UnexpectedStatus, "GET DATA 9F79 answered 6A88"),
        (given(0x9F79, "0000012345"), MalformedData, "GET DATA 9F79: six bytes of BCD expected"),
        (given(0x9F79, "00000000012345"), MalformedData, "GET DATA 9F79: six bytes of BCD expected"),
        (given(0xDF79, "000000012345"), MalformedData, "GET DATA 9F79: six bytes of BCD expected"),
        (given(0x9F79, "00000001234A"), MalformedData, "GET DATA 9F79: not a number in BCD"),
    ],
)
def test_a_balance_that_must_be_there(answer, fault, words):
    with pytest.raises(fault, match=f"^{words}$"):
        play(cash.amount(0x9F79), answer)


PIN = Secret(b"12345678")
ENTERED, BYPASSED = PinEntry(PinState.ENTERED, PIN), PinEntry(PinState.BYPASSED)
TC, ARQC, AAC = Cryptogram.TC, Cryptogram.ARQC, Cryptogram.AAC
NEW, PIN_TOO = Tvr.NEW_CARD, Tvr.NEW_CARD | Tvr.ONLINE_PIN_ENTERED


@pytest.mark.parametrize(
    ("held", "online", "device", "balance", "threshold", "answers", "after"),
    [
        ((TC, False), "00", "22", 0, 0, [], (TC, False, NEW, None)),
        ((AAC, True), "00", "22", 0, 0, [], (AAC, True, NEW, None)),
        ((ARQC, True), "08", "22", 0, 0, [], (ARQC, False, NEW, None)),
        ((TC, True), "08", "22", 0, 0, [], (TC, True, NEW, None)),
        ((TC, True), "00", "22", None, 0, [], (TC, True, NEW, None)),
        ((ARQC, True), "00", "22", None, 0, [], (ARQC, False, NEW, None)),
        ((TC, True), "00", "23", 0, 0, [], (TC, True, NEW, None)),
        ((TC, True), "00", "22", 149_99, 0, [], (ARQC, False, NEW, None)),
        ((TC, True), "00", "22", 150_00, 0, [], (TC, True, NEW, None)),
        ((TC, True), "00", "22", 160_00, 10_00, [], (TC, True, NEW, None)),
        ((TC, True), "00", "22", 150_00, 1, [BYPASSED], (TC, True, NEW, None)),
        ((TC, True), "00", "22", 159_99, 10_00, [BYPASSED], (TC, True, NEW, None)),
        ((TC, True), "00", "22", 159_99, 10_00, [ENTERED], (ARQC, False, PIN_TOO, PIN)),
    ],
)
def test_what_is_left_decides(held, online, device, balance, threshold, answers, after):
    card = {tags.IAC_ONLINE: f"00{online}000000", tags.IAC_DENIAL: "0000000000", pboc.RESET_THRESHOLD: f"{threshold:012d}"}
    tx = transaction(card, device={"type": device})
    tx.asked, tx.cash = held
    tx.cash_balance, tx.tvr, tx.pan = balance, NEW, "6212340000000000012"
    _, asked = play(cash.decide_cash(tx), *answers)
    assert asked == [AskPin(PinKind.ONLINE, None, tx.secret_pan, 150_00, "zh")] * len(answers)
    assert (tx.asked, tx.cash, tx.tvr, tx.pin_block) == after


@pytest.mark.parametrize(
    ("iad", "balance"),
    [
        ("", None),
        ("07010117A0000001", None),
        ("07010117A0000001 0A 01 0000012345 AABBCCDD", 123_45),
        ("07010117A0000001 0A 03 0000012345 AABBCCDD", 123_45),
        ("07010117A0000001 0A 02 0000012345 AABBCCDD", None),
        ("07010117A0000001 0A 00 0000012345 AABBCCDD", None),
        ("07010117A0000001 0A 04 0000012345 AABBCCDD", None),
        ("07010117A0000001 06 01 9900012345", 99_000_123_45),
        ("07010117A0000001 05 01 0000012345", None),
        ("07010117A0000001 06 01 00000123", None),
        ("07010117A0000001 06 01 000001234A", None),
        ("00 06 01 0000012345", 123_45),
    ],
)
def test_the_balance_in_the_issuer_data(iad, balance):
    tx = transaction({tags.IAD: iad})
    assert cash.balance_of(tx) == balance
    if balance is not None:
        assert play(cash.balance_after(tx)) == (balance, [])


@pytest.mark.parametrize(
    ("answer", "balance"),
    [
        (given(0x9F79, "000000012345"), 123_45),
        (given(0x9F79, "0000012345"), None),
        (given(0x9F79, "00000000012345"), None),
        (given(0x9F79, "00000001234A"), None),
        (given(0x9F79, "000000012345", 0x6283), None),
        (CHOPPED, None),
        (REFUSED, None),
    ],
)
def test_the_balance_by_get_data(answer, balance):
    assert play(cash.balance_after(transaction()), answer) == (balance, sent(get_data(0x9F79)))
