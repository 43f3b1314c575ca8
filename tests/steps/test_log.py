"""The logs a card keeps. # spec: emv-b3/annex-d, jrt-0025.13"""

import pytest
from jinka.kernel.apdu import Response
from jinka.kernel.card.commands import get_data, read_record
from jinka.kernel.data import pboc, tags
from jinka.kernel.errors import CardFault, MalformedData, MissingData, UnexpectedStatus
from jinka.kernel.steps.log import read_log

from tests.steps.alone import given, play, sent, transaction

LAYOUT = given(tags.LOG_FORMAT, "9A03 5A02 9F0206 9F3602")
ONE, TWO = "260601 6212 000000015000 0001", "260602 6212 000000000100 0002"
NO_MORE = Response(sw=0x6A83)


def raw(text: str) -> Response:
    return Response(bytes.fromhex(text))


def line(date: str, amount: str, counter: str):
    return tuple((tag, bytes.fromhex(text)) for tag, text in ((0x9A, date), (0x9F02, amount), (0x9F36, counter)))


FIRST, SECOND = line("260601", "000000015000", "0001"), line("260602", "000000000100", "0002")


@pytest.mark.parametrize(
    ("entry", "records", "lines"),
    [
        ("0B02", [raw(TWO), raw(ONE)], (SECOND, FIRST)),
        ("1E01", [raw(TWO)], (SECOND,)),
        ("EB03", [raw(TWO), NO_MORE], (SECOND,)),
        ("0B03", [raw("00" * 13), raw("FF" * 13), raw(ONE)], (FIRST,)),
        ("0B02", [raw(""), raw(ONE + "FF")], (FIRST,)),
        ("0B00", [], ()),
    ],
)
def test_lines_without_the_pan(entry, records, lines):
    found, asked = play(read_log(transaction({tags.LOG_ENTRY: entry}), tags.LOG_ENTRY, tags.LOG_FORMAT), LAYOUT, *records)
    assert found == lines
    sfi = int(entry[:2], 16) & 0x1F
    assert asked == sent(get_data(tags.LOG_FORMAT), *(read_record(sfi, number) for number in range(1, len(records) + 1)))


def test_a_load_log_begins_with_both_balances():
    tx = transaction({pboc.LOAD_LOG_ENTRY: "0C01"})
    head = "DF79 000000000100 000000000200"
    answers = given(pboc.LOAD_LOG_FORMAT, "9A03 5A02 9F0206 9F3602"), raw(head + ONE)
    found, _ = play(read_log(tx, pboc.LOAD_LOG_ENTRY, pboc.LOAD_LOG_FORMAT), *answers)
    assert found == (((0xDF79, bytes.fromhex("000000000100")), (0xDF79, bytes.fromhex("000000000200")), *FIRST),)


@pytest.mark.parametrize(
    ("entry", "answers", "fault", "words"),
    [
        (None, [], MissingData, "mandatory data object 9F4D missing in SELECT"),
        ("0A01", [], MalformedData, "9F4D: SFI 10 for a log"),
        ("1F01", [], MalformedData, "9F4D: SFI 31 for a log"),
        ("0B01", [Response(sw=0x6A88)], UnexpectedStatus, "GET DATA 9F4F answered 6A88"),
        ("0B01", [LAYOUT, Response(sw=0x6A82)], UnexpectedStatus, "READ RECORD 11.1 answered 6A82"),
        ("0B01", [LAYOUT, raw(ONE[:-2])], MalformedData, "record 11.1: a log record of 12 bytes"),
    ],
)
def test_a_log_that_cannot_be_read(entry, answers, fault, words):
    tx = transaction({tags.LOG_ENTRY: entry} if entry else {})
    with pytest.raises(CardFault, match=f"^{words}$") as found:
        play(read_log(tx, tags.LOG_ENTRY, tags.LOG_FORMAT), *answers)
    assert type(found.value) is fault


def test_a_load_record_shorter_than_its_head():
    tx = transaction({pboc.LOAD_LOG_ENTRY: "0C01"})
    with pytest.raises(MalformedData, match="a log record of 13 bytes"):
        play(read_log(tx, pboc.LOAD_LOG_ENTRY, pboc.LOAD_LOG_FORMAT), given(pboc.LOAD_LOG_FORMAT, ""), raw("DF79" + "01" * 11))


def test_a_card_without_a_layout_has_empty_lines():
    tx = transaction({tags.LOG_ENTRY: "0B01"})
    assert play(read_log(tx, tags.LOG_ENTRY, tags.LOG_FORMAT), given(0x9F4E, "9A03"), raw(ONE))[0] == ((),)
