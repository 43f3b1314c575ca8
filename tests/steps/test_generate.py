"""GENERATE AC: when a signature is asked for, what may be answered, what the signature must hold.

# spec: emv-b3/9.3, emv-b4/6.3.2, emv-b2/6.6.2
"""

import hashlib

import pytest
from jinka.kernel.apdu import Response
from jinka.kernel.card.commands import generate_ac
from jinka.kernel.config import CdaMode
from jinka.kernel.crypto.recover import DynamicData, PublicKey
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Cryptogram, Tsi, Tvr
from jinka.kernel.errors import MalformedData
from jinka.kernel.steps import generate
from jinka.kernel.steps.transaction import Oda

from tests.steps.alone import play, sent, transaction

TC, ARQC, AAC = Cryptogram.TC, Cryptogram.ARQC, Cryptogram.AAC
CDOL1, CDOL2 = "9F3704 9505", "8A02 9F3704"
CARD = {tags.CDOL1: CDOL1, tags.CDOL2: CDOL2, tags.UNPREDICTABLE_NUMBER: "01020304", tags.ARC: "3030"}
DATA1, DATA2 = bytes.fromhex("01020304 0000000000"), bytes.fromhex("3030 01020304")


def answer(kind: int) -> Response:
    return Response(bytes.fromhex(f"8012{kind:02X}000A112233445566778807010117000000"))


def asking(oda: Oda = Oda.CDA, mode: CdaMode = CdaMode.BOTH, asked: Cryptogram = ARQC, card=CARD):
    tx = transaction(card, options={"cda_mode": mode})
    tx.oda, tx.icc_key, tx.asked, tx.tsi = oda, PublicKey(b"", b""), asked, Tsi.CVM_PERFORMED
    return tx


@pytest.mark.parametrize(
    ("asked", "mode", "first"),
    [(TC, mode, True) for mode in CdaMode] + [(AAC, mode, False) for mode in CdaMode]
    + [(ARQC, CdaMode.BOTH, True), (ARQC, CdaMode.FIRST, True), (ARQC, CdaMode.NEITHER, False), (ARQC, CdaMode.SECOND, False)],
)  # fmt: skip
def test_when_the_first_one_is_signed(asked, mode, first):
    tx = asking(mode=mode, asked=asked)
    given, effects = play(generate.first_generate(tx), answer(AAC))
    assert effects == sent(generate_ac(asked, DATA1, cda=first))
    assert (given, tx.first, tx.cdol1_data, given.forged) == (tx.first, given, DATA1, False)
    assert tx.tsi == Tsi.CVM_PERFORMED | Tsi.CARD_RISK_MANAGEMENT_PERFORMED


@pytest.mark.parametrize(
    ("wanted", "mode", "second"),
    [(TC, CdaMode.BOTH, True), (TC, CdaMode.FIRST, False), (TC, CdaMode.NEITHER, False), (TC, CdaMode.SECOND, True)]
    + [(AAC, mode, False) for mode in CdaMode],
)  # fmt: skip
def test_when_the_second_one_is_signed(wanted, mode, second):
    tx = asking(mode=mode)
    given, effects = play(generate.second_generate(tx, wanted), answer(AAC))
    assert effects == sent(generate_ac(wanted, DATA2, cda=second))
    assert (tx.second, tx.tsi) == (given, Tsi.CVM_PERFORMED)


@pytest.mark.parametrize("change", [{"oda": Oda.DDA}, {"icc_key": None}, {"tvr": Tvr.CDA_FAILED}])
def test_nothing_is_signed_without_cda(change):
    tx = asking(asked=TC)
    for name, value in change.items():
        setattr(tx, name, value)
    assert play(generate.first_generate(tx), answer(AAC))[1][0].command.p1 == TC


@pytest.mark.parametrize(
    ("asked", "given", "sound"),
    [(TC, TC, True), (TC, ARQC, True), (TC, AAC, True), (ARQC, ARQC, True), (ARQC, AAC, True), (AAC, AAC, True),
     (ARQC, TC, False), (AAC, TC, False), (AAC, ARQC, False), (TC, 0xC0, False)],
)  # fmt: skip
def test_what_may_be_answered_first(asked, given, sound):
    tx = asking(Oda.NONE, asked=asked)
    if sound:
        assert play(generate.first_generate(tx), answer(given))[0].kind is given
    else:
        with pytest.raises(MalformedData):
            play(generate.first_generate(tx), answer(given))


@pytest.mark.parametrize(("asked", "given", "sound"), [(TC, TC, True), (TC, AAC, True), (AAC, AAC, True), (TC, ARQC, False), (AAC, TC, False)])
def test_what_may_be_answered_second(asked, given, sound):
    tx = asking(Oda.NONE)
    if sound:
        assert play(generate.second_generate(tx, asked), answer(given))[0].kind is given
    else:
        with pytest.raises(MalformedData):
            play(generate.second_generate(tx, asked), answer(given))


@pytest.mark.parametrize("tag", [tags.CDOL1, tags.CDOL2])
def test_a_list_of_255_bytes_fits_and_one_of_256_does_not(tag):
    step = generate.first_generate if tag == tags.CDOL1 else lambda tx: generate.second_generate(tx, TC)
    tx = asking(Oda.NONE, asked=TC, card={**CARD, tag: "9F027F 9F037F 8A01"})
    _, [asked] = play(step(tx), answer(AAC))
    assert len(asked.command.data) == 255
    tx = asking(Oda.NONE, asked=TC, card={**CARD, tag: "9F027F 9F037F 8A02"})
    with pytest.raises(MalformedData, match=f"^CDOL{1 if tag == tags.CDOL1 else 2}: "):
        play(step(tx), answer(AAC))


SIGNED = bytes.fromhex("9F270140 9F3602000A 9F10020700")
CRYPTOGRAM, NUMBER = bytes.fromhex("1122334455667788"), bytes.fromhex("0102030405060708")


def signed(monkeypatch, change=lambda content: content, data: bytes = DATA1, kind: int = 0x40):
    """A CDA answer whose signature holds what `change` makes of the right content. Recovery itself is tested with the
    standard's certificates elsewhere."""
    outside = SIGNED.replace(b"\x40", bytes((kind,)))
    digest = hashlib.sha1(b"PDOL" + data + outside, usedforsecurity=False).digest()
    content = change(b"\x08" + NUMBER + bytes((kind,)) + CRYPTOGRAM + digest)
    monkeypatch.setattr(generate.recover, "dynamic_data", lambda key, signature, number: DynamicData(content))
    body = outside[:4] + bytes.fromhex("9F4B0101") + outside[4:]
    return Response(b"\x77" + bytes((len(body),)) + body)


@pytest.mark.parametrize(
    ("change", "forged"),
    [
        (lambda content: content, False),
        (lambda content: content + b"more", False),
        (lambda content: content[:-1], True),
        (lambda content: content[:-1] + b"!", True),
        (lambda content: content[:9] + b"\x80" + content[10:], True),
        (lambda content: b"\x01" + content[1:], True),
        (lambda content: b"", True),
    ],
)
def test_what_the_signature_must_hold(monkeypatch, change, forged):
    tx = asking(asked=TC)
    tx.pdol_data, tx.tvr = b"PDOL", Tvr.NEW_CARD
    given, _ = play(generate.first_generate(tx), signed(monkeypatch, change, bytes.fromhex("01020304 0008000000")))
    assert (given.forged, given.cryptogram) == (forged, b"" if forged else CRYPTOGRAM)
    assert tx.tvr == (Tvr.NEW_CARD | Tvr.CDA_FAILED if forged else Tvr.NEW_CARD)
    assert tx.tsi == Tsi.CVM_PERFORMED | Tsi.ODA_PERFORMED | Tsi.CARD_RISK_MANAGEMENT_PERFORMED
    assert tx.store.get(tags.ICC_DYNAMIC_NUMBER) == (None if forged else NUMBER)
    assert [tx.store.get(tag) for tag in (tags.CID, tags.ATC, tags.CRYPTOGRAM, tags.IAD)] == [
        b"\x40", b"\x00\x0a", given.cryptogram, b"\x07\x00",
    ]  # fmt: skip


def test_the_second_signature_covers_both_lists(monkeypatch):
    tx = asking()
    tx.pdol_data, tx.cdol1_data = b"PDOL", b"CDOL1"
    given, _ = play(generate.second_generate(tx, TC), signed(monkeypatch, data=b"CDOL1" + DATA2))
    assert (given.forged, given.cryptogram, tx.tsi) == (False, CRYPTOGRAM, Tsi.CVM_PERFORMED | Tsi.ODA_PERFORMED)
