"""What the records must hold, and what of them is signed. # spec: emv-b3/7.2, emv-b3/7.5, emv-b3/10.2"""

from datetime import date

import pytest
from jinka.kernel.apdu import Response
from jinka.kernel.card.commands import read_record
from jinka.kernel.data import tags, tlv
from jinka.kernel.errors import CardFault, MalformedData, MissingData, UnexpectedStatus
from jinka.kernel.steps.read import read_records

from tests.steps.alone import play, sent, transaction

MUST = {0x5F24: "301231", 0x5A: "621234000000012F", 0x8C: "9F3704", 0x8D: "8A02"}


def record(objects: dict[int, str]) -> Response:
    inner = tlv.encode_all([(tag, bytes.fromhex(text)) for tag, text in objects.items()])
    return Response(tlv.encode(tags.RECORD_TEMPLATE, inner))


def read(objects: dict[int, str]):
    tx = transaction()
    tx.afl = bytes.fromhex("08010101")
    play(read_records(tx), record(objects))
    return tx


def test_what_the_records_give():
    tx = read({**MUST, 0x5F25: "260101", 0x5F28: "0156", 0x9F42: "0156", 0x5F34: "01"})
    assert (tx.pan, tx.expiry) == ("621234000000012", date(2030, 12, 31))
    assert {held.where for _, held in tx.store.items()} == {"record 1.1"}
    assert [tag for tag, _ in tx.store.items()] == [*MUST, 0x5F25, 0x5F28, 0x9F42, 0x5F34]


@pytest.mark.parametrize("tag", MUST)
def test_what_must_be_there(tag):
    with pytest.raises(MissingData) as fault:
        read({key: text for key, text in MUST.items() if key != tag})
    assert (fault.value.tag, fault.value.where) == (tag, "records")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({0x5A: "FFFF"}, "5A"), ({0x5A: "62A4"}, "5A"), ({0x5F24: "301331"}, "5F24"), ({0x5F25: "260230"}, "5F25"),
        ({0x5F28: "0A56"}, "5F28"), ({0x9F42: "0A56"}, "9F42"), ({0x5F34: "0A"}, "5F34"), ({0x5F28: "015600"}, "record 1.1"),
    ],
)  # fmt: skip
def test_what_must_have_its_form(changes, path):
    with pytest.raises(MalformedData) as fault:
        read({**MUST, **changes})
    assert fault.value.path == path


INNER = record(MUST).data[2:]
PLAIN = Response(b"\x70\x03\xdf\x01\x00")


@pytest.mark.parametrize(
    ("afl", "answers", "static"),
    [
        ("08010201", [record(MUST), PLAIN], INNER),
        ("08010202", [record(MUST), PLAIN], INNER + PLAIN.data[2:]),
        ("08010200", [record(MUST), PLAIN], b""),
        ("0801010158020302", [record(MUST), PLAIN, Response(b"\x70\x00")], INNER + PLAIN.data + b"\x70\x00"),
        ("0801010158020301", [record(MUST), PLAIN, Response(b"\x71\x00")], INNER + PLAIN.data),
        ("0801010158020302", [record(MUST), PLAIN, Response(b"\x71\x00")], None),
        ("0801010158020302", [record(MUST), Response(b""), PLAIN], None),
        ("0801010150010101", [record(MUST), PLAIN], INNER + PLAIN.data[2:]),
    ],
)
def test_what_is_signed(afl, answers, static):
    tx = transaction()
    tx.afl = bytes.fromhex(afl)
    _, asked = play(read_records(tx), *answers)
    assert tx.static == static
    wanted = [(tx.afl[at] >> 3, number) for at in range(0, len(tx.afl), 4) for number in range(tx.afl[at + 1], tx.afl[at + 2] + 1)]
    assert asked == sent(*(read_record(*place) for place in wanted))


@pytest.mark.parametrize(
    ("answer", "fault", "words"),
    [
        (Response(sw=0x6A83), UnexpectedStatus, "READ RECORD 1.1 answered 6A83"),
        (Response(b""), MalformedData, "record 1.1: one template 70 expected"),
        (Response(b"\x77\x00"), MalformedData, "record 1.1: one template 70 expected"),
        (Response(b"\x70\x00\x70\x00"), MalformedData, "record 1.1: one template 70 expected"),
        (Response(bytes.fromhex("700657016257 0162".replace(" ", ""))), MalformedData, "record 1.1: data object 57 occurs twice"),
    ],
)
def test_a_record_that_is_none(answer, fault, words):
    tx = transaction()
    tx.afl = bytes.fromhex("08010101")
    with pytest.raises(CardFault, match=f"^{words}") as found:
        play(read_records(tx), answer)
    assert type(found.value) is fault
