"""A transaction as it starts, and what steps read out of it."""

from dataclasses import fields
from datetime import date, datetime

import pytest
from jinka.kernel.data import tags
from jinka.kernel.data.dictionary import Source
from jinka.kernel.data.fields import Aip, Cryptogram, Tsi, Tvr
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.effects import Authorisation, Message, Option, Snapshot, Tell, Unreachable
from jinka.kernel.errors import MalformedData, MissingData
from jinka.kernel.secret import Secret
from jinka.kernel.steps.transaction import Oda, Request, Transaction

from tests.steps.alone import AID, transaction


def test_how_one_starts():
    tx = transaction()
    tx = Transaction(tx.config, tx.request)
    assert {one.name: getattr(tx, one.name) for one in fields(tx) if one.name not in ("config", "request", "store")} == {
        "dictionary": PBOC, "now": datetime.min, "sequence": 0, "reference": "", "language": "zh", "candidates": [],
        "chosen": None, "tvr": Tvr(0), "tsi": Tsi(0), "cvm_results": b"\x3f\x00\x00", "pdol_data": b"", "aip": Aip(0),
        "afl": b"", "pan": "", "expiry": date.min, "static": b"", "oda": Oda.NONE, "issuer_key": None,
        "icc_key": None, "signature": False, "pin_block": None, "bypassed": False, "cash": False, "cash_balance": None,
        "asked": Cryptogram.AAC, "cdol1_data": b"", "first": None, "second": None, "reply": None, "online": False,
        "approved_online": False, "arc": "", "script_results": b"", "advice": False, "reversed": False, "open": None,
    }  # fmt: skip
    for name in ("signature", "bypassed", "cash", "online", "approved_online", "advice", "reversed"):
        assert getattr(tx, name) is False
    assert tx.store.dictionary is PBOC
    assert (tx.application.aid, tx.application.floor_limit) == (b"", 0)
    request = Request(tx.request.service)
    assert (request.amount, request.other_amount, request.services, request.forced_online) == (0, 0, False, False)
    assert transaction(device={"languages": ()}).language == ""


def test_the_words_for_the_methods():
    assert [one.value for one in Oda] == ["none", "SDA", "DDA", "CDA"]


def test_values_of_now():
    tx = transaction({tags.TVR: "FF", tags.TSI: "FF", tags.CVM_RESULTS: "FF", tags.ATC: "0001"})
    tx.tvr, tx.tsi, tx.cvm_results = Tvr.NEW_CARD, Tsi.ODA_PERFORMED, b"\x01\x02\x03"
    assert [tx.value(tag) for tag in (tags.TVR, tags.TSI, tags.CVM_RESULTS, tags.ATC, tags.PAN)] == [
        bytes.fromhex("0008000000"), b"\x80\x00", b"\x01\x02\x03", b"\x00\x01", None,
    ]  # fmt: skip
    assert tx.fill(bytes.fromhex("9505 9F3603 9F0201"), "CDOL") == bytes.fromhex("0008000000 000100 00")
    assert tx.snapshot() == Snapshot(bytes.fromhex("0008000000"), b"\x80\x00", b"\x01\x02\x03", "")
    assert tx.snapshot("note").note == "note"
    with pytest.raises(MalformedData, match="CDOL: "):
        tx.fill(b"\x95", "CDOL")


def test_what_is_needed():
    tx = transaction({tags.ATC: "0001"})
    assert tx.need(tags.ATC) == b"\x00\x01"
    for words, place in (((), "records"), (("SELECT",), "SELECT")):
        with pytest.raises(MissingData) as fault:
            tx.need(tags.PAN, *words)
        assert (fault.value.tag, fault.value.where) == (tags.PAN, place)


def test_what_a_terminal_sets_is_its_own():
    tx = transaction()
    tx.put_terminal(tags.AMOUNT, b"\x01")
    assert tx.store.held(tags.AMOUNT) == (b"\x01", Source.TERMINAL, "terminal")


@pytest.mark.parametrize(
    ("listed", "language"),
    [(b"en", "en"), (b"EN", "en"), (b"fren", "en"), (b"enzh", "en"), (b"fr", "zh"), (b"ren", "zh"), (b"", "zh"), (None, "zh"), (b"\xffen", "zh")],
)
def test_the_language(listed, language):
    tx = transaction()
    tx.prefer(listed)
    assert tx.language == language
    assert tx.tell(Message.SIGN) == Tell(Message.SIGN, None, language)
    assert tx.tell(Message.INCORRECT_PIN, 2) == Tell(Message.INCORRECT_PIN, 2, language)


@pytest.mark.parametrize(
    ("reply", "approved", "granted"),
    [
        (None, True, 100), (Unreachable("no line", True), True, 100), (Authorisation("00"), True, 100),
        (Authorisation("10", amount=1), True, 1), (Authorisation("10", amount=1), False, 100), (Authorisation("10", amount=99), True, 99),
        (Authorisation("10", amount=0), True, 100), (Authorisation("10", amount=100), True, 100), (Authorisation("10", amount=101), True, 100),
    ],
)  # fmt: skip
def test_the_amount_that_counts(reply, approved, granted):
    tx = transaction(amount=100)
    tx.reply, tx.approved_online = reply, approved
    assert tx.granted == granted


def test_what_identifies_the_card():
    tx = transaction({tags.PAN_SEQUENCE: "12"})
    tx.pan, tx.now = "62123", datetime(2026, 6, 1, 9)
    assert (tx.pan_sequence, tx.secret_pan, tx.today) == (12, Secret(b"62123"), date(2026, 6, 1))
    assert transaction().pan_sequence is None
    assert tx.chosen is not None
    assert tx.chosen.option() == Option("UnionPay", AID)
    with pytest.raises(MalformedData, match="5F34: "):
        _ = transaction({tags.PAN_SEQUENCE: "0A"}).pan_sequence
