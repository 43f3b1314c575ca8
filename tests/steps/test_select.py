"""Selection piece by piece: the directory, the list of AIDs, the choice and the final SELECT. # spec: emv-b1/12"""

from dataclasses import replace

import pytest
from jinka.kernel.apdu import Response
from jinka.kernel.card.commands import PSE, read_record, select
from jinka.kernel.config import Application, Hex
from jinka.kernel.data import tags, tlv
from jinka.kernel.effects import AskChoice, Message, Option, Question, Tell
from jinka.kernel.errors import UnexpectedStatus
from jinka.kernel.steps import select as step
from jinka.kernel.steps.transaction import Candidate, Transaction

from tests.steps.alone import AID, play, sent, transaction

RID = Hex(AID[:5])
DEBIT, WIDE = Application(aid=AID, partial=False), Application(aid=RID)
NOT_FOUND, NO_MORE, OK = Response(sw=0x6A82), Response(sw=0x6A83), Response()


def pack(tag: int, *inner: bytes | str) -> bytes:
    return tlv.encode(tag, b"".join(bytes.fromhex(one) if isinstance(one, str) else one for one in inner))


def fci(name: bytes, *inner: bytes | str, sw: int = 0x9000) -> Response:
    return Response(pack(0x6F, pack(0x84, name), pack(0xA5, *inner)), sw)


def known(*applications: Application, **options: bool) -> Transaction:
    tx = transaction(options=options)
    tx.config, tx.chosen = replace(tx.config, applications=applications), None
    return tx


def shown(found: list[Candidate]) -> list[tuple[str, str, int, bool, str]]:
    return [(one.aid.hex(), one.label, one.priority, one.confirm, one.application.aid.hex()) for one in found]


LABEL = pack(0x50, b"DEBIT")


@pytest.mark.parametrize(
    ("inner", "sfi"),
    [(["880101"], 1), (["88010A"], 10), (["880100"], None), (["88010B"], None), (["88020101"], None), (["8800"], None), ([], None), (["88"], None)],
)
def test_the_file_of_the_directory(inner, sfi):
    found = step._directory(fci(PSE, *inner).data)
    assert (found and found[0]) == sfi
    assert found is None or [node.tag for node in found[1]] == [0x88]


def test_a_directory_that_is_none():
    for raw in (b"", pack(0x6F, pack(0x84, PSE)), pack(0x70, pack(0xA5, "880101"))):
        assert step._directory(raw) is None


def entry(aid: bytes, *inner: bytes | str) -> bytes:
    return pack(0x61, pack(0x4F, aid), *inner)


def test_the_directory_is_read_to_its_end():
    tx = known(DEBIT, WIDE)
    other = RID + b"\x03"
    answers = [
        fci(PSE, "880102", "5F2D02656E", "9F110101"),
        Response(pack(0x70, entry(AID, LABEL, "870102"), pack(0xDF01, b"\0"), entry(other, pack(0x50, b"OTHER"), "870181"))),
        Response(b"\x70"),
        Response(pack(0x70, entry(RID + b"\x02", LABEL))),
        NO_MORE,
    ]
    _, asked = play(step.build_candidates(tx), *answers)
    assert asked == sent(select(PSE), *(read_record(2, number) for number in (1, 2, 3, 4)))
    assert tx.language == "en"
    assert shown(tx.candidates) == [
        (other.hex(), "OTHER", 1, True, RID.hex()), (AID.hex(), "DEBIT", 2, False, AID.hex()),
        (RID.hex() + "02", "DEBIT", 0, False, RID.hex()),
    ]  # fmt: skip


def test_a_directory_without_an_end_is_left_at_64_records():
    tx = known(WIDE)
    entries = [Response(pack(0x70, entry(RID + bytes((number,)), LABEL))) for number in range(64)]
    _, asked = play(step.build_candidates(tx), fci(PSE, "880101"), *entries)
    assert len(asked) == 65
    assert len(tx.candidates) == 64


@pytest.mark.parametrize(
    "answers",
    [[NOT_FOUND], [fci(PSE, "880101", sw=0x6283)], [fci(PSE)], [fci(PSE, "880101"), Response(sw=0x6982)], [fci(PSE, "880101"), NO_MORE],
     [fci(PSE, "880101"), Response(pack(0x70, entry(AID, LABEL))), Response(sw=0x6982)]],
)  # fmt: skip
def test_without_a_directory_the_list_is_tried(answers):
    tx = known(DEBIT)
    _, asked = play(step.build_candidates(tx), *answers, fci(AID, LABEL))
    assert asked[-1:] == sent(select(AID))
    assert shown(tx.candidates) == [(AID.hex(), "DEBIT", 0, False, AID.hex())]


def test_a_card_that_is_blocked():
    with pytest.raises(UnexpectedStatus, match="SELECT PSE answered 6A81"):
        play(step.build_candidates(known(DEBIT)), Response(sw=0x6A81))
    with pytest.raises(UnexpectedStatus, match="SELECT answered 6A81"):
        play(step.build_candidates(known(DEBIT, use_pse=False)), Response(sw=0x6A81))
    tx = known(WIDE, DEBIT, use_pse=False)
    _, asked = play(step.build_candidates(tx), NOT_FOUND, Response(sw=0x6A81))
    assert (asked, tx.candidates) == (sent(select(RID), select(AID)), [])


@pytest.mark.parametrize(
    ("inner", "added"),
    [
        (pack(0x4F, AID), True), (pack(0x4F, RID), True), (pack(0x4F, RID + bytes(11)), True), (pack(0x4F, RID + bytes(12)), False),
        (pack(0x4F, RID[:4]), False), (LABEL, False), (b"\x4f", False), (pack(0x4F, bytes(5)), False),
    ],
)  # fmt: skip
def test_an_entry_of_the_directory(inner, added):
    tx, found = known(WIDE, Application(aid=Hex(RID[:4]))), []
    step._add_entry(tx, inner, tlv.scan(bytes.fromhex("9F110101 880101")), found)
    assert len(found) == added
    step._add_entry(tx, inner, [], found)
    assert len(found) == added


def test_the_code_table_of_the_directory_comes_behind_the_entrys_own():
    tx, found = known(WIDE), []
    tx.config = replace(tx.config, device=replace(tx.device, additional_capabilities=Hex.fromhex("6000F0A001")))
    step._add_entry(tx, pack(0x4F, AID) + pack(0x9F12, b"\xe4") + LABEL, tlv.scan(bytes.fromhex("880101 9F110101")), found)
    step._add_entry(tx, pack(0x4F, RID) + pack(0x9F12, b"\xe4") + LABEL, tlv.scan(bytes.fromhex("9F110105")), found)
    assert [one.label for one in found] == ["ä", "DEBIT"]


def test_the_application_that_matches():
    long, short, exact = Application(aid=Hex(AID[:6])), Application(aid=RID), Application(aid=AID, partial=False)
    for order in ([long, short, exact], [short, long, exact], [exact, short, long]):
        tx = known(*order)
        assert step._match(tx, AID) is exact
        assert step._match(tx, AID[:6] + b"\x09") is long
        assert step._match(tx, RID + b"\x09") is short
        assert step._match(tx, AID + b"\x09") is long
        assert step._match(tx, bytes(5)) is None


NAME = RID + b"\x07"


@pytest.mark.parametrize(
    ("response", "more", "added"),
    [
        (fci(NAME, LABEL), True, True),
        (fci(RID, LABEL), False, True),
        (fci(NAME, LABEL, sw=0x6283), True, False),
        (fci(NAME, LABEL, sw=0x6300), True, False),
        (fci(NAME, LABEL, sw=0x6A82), False, False),
        (fci(bytes(5), LABEL), False, False),
        (fci(RID + bytes(11), LABEL), True, True),
        (fci(RID + bytes(12), LABEL), False, False),
        (Response(pack(0x6F, pack(0x84, NAME))), False, False),
        (Response(pack(0x6F, pack(0xA5, LABEL))), False, False),
        (Response(pack(0x6F, pack(0x84, NAME), pack(0xA5, "50"))), False, False),
        (Response(b"\x6f"), False, False),
        (OK, False, False),
    ],
)
def test_an_answer_to_the_list(response, more, added):
    tx, found, seen = known(WIDE), [], set()
    assert step._take(tx, WIDE, response, found, seen) is more
    assert shown(found) == ([(tlv.find(tlv.template(response.data, 0x6F), 0x84).hex(), "DEBIT", 0, False, RID.hex())] if added else [])
    assert step._take(tx, WIDE, response, found, seen) is False
    assert len(found) == added
    assert step._take(tx, WIDE, response, found, set()) is more
    assert len(found) == added
    narrow = replace(WIDE, partial=False)
    found.clear()
    assert step._take(tx, narrow, response, found, set()) is more
    assert len(found) == (added and not more)


def test_a_short_name_is_none():
    assert not step._take(known(), Application(aid=Hex(RID[:4])), fci(RID[:4], LABEL), [], set())


def test_the_list_goes_on_until_nothing_new_comes():
    tx = known(WIDE, DEBIT, use_pse=False)
    names = [RID + bytes((number,)) for number in range(40)]
    _, asked = play(step.build_candidates(tx), fci(names[0]), fci(names[1]), NOT_FOUND, NOT_FOUND)
    assert asked == sent(select(RID), select(RID, again=True), select(RID, again=True), select(AID))
    assert [one.aid for one in tx.candidates] == names[:2]
    _, asked = play(step.build_candidates(tx), *map(fci, names[:33]), NOT_FOUND)
    assert asked == sent(select(RID), *[select(RID, again=True)] * 32, select(AID))
    assert [one.aid for one in tx.candidates] == names[:32]


@pytest.mark.parametrize(
    ("objects", "label", "priority", "confirm"),
    [
        ("", AID.hex().upper(), 0, False),
        ("5005 4445424954 8701 8F", "DEBIT", 15, True),
        ("5005 4445424954 8701 70", "DEBIT", 0, False),
        ("5005 4445424954 8702 0101", "DEBIT", 0, False),
        ("5004 D6D0B9FA", "中国", 0, False),
        ("5003 200A20", AID.hex().upper(), 0, False),
        ("5005 2041074220", "AB", 0, False),
        ("5001 41 9F1201E4 9F110101", "ä", 0, False),
        ("5001 41 9F120107 9F110101", "A", 0, False),
        ("5001 41 9F1201E4 9F11020101", "A", 0, False),
        ("5001 41 9F1201E4 9F110100", "A", 0, False),
        ("5001 41 9F1201E4 9F110111", "A", 0, False),
        ("5001 41 9F1201E4 9F110102", "A", 0, False),
        ("5001 41 9F1201E4 9F11010A", "A", 0, False),
        ("5001 41 9F1200 9F110101", "A", 0, False),
        ("5001 41 9F1201E4", "A", 0, False),
    ],
)
def test_a_candidate(objects, label, priority, confirm):
    made = step._candidate(known(), AID, DEBIT, tlv.scan(bytes.fromhex(objects)))
    assert made == (AID, DEBIT, label, priority, confirm)


def test_a_name_with_letters_its_table_has_not():
    tx = known()
    tx.config = replace(tx.config, device=replace(tx.device, additional_capabilities=Hex.fromhex("6000F0A004")))
    objects = tlv.scan(bytes.fromhex("5001 41 9F1202C5A5 9F110103"))
    assert step._candidate(tx, AID, DEBIT, objects).label == "Ċ\N{REPLACEMENT CHARACTER}"


def test_a_table_beyond_the_tenth_is_none():
    tx = known()
    tx.config = replace(tx.config, device=replace(tx.device, additional_capabilities=Hex.fromhex("FFFFFFFFFF")))
    assert step._candidate(tx, AID, DEBIT, tlv.scan(bytes.fromhex("5001 41 9F1201A1 9F110110"))).label == "Ą"
    assert step._candidate(tx, AID, DEBIT, tlv.scan(bytes.fromhex("5001 41 9F1201A1 9F110111"))).label == "A"


ONE, TWO, SURE = Candidate(b"1", WIDE, "one", 1, False), Candidate(b"2", WIDE, "two", 2, False), Candidate(b"3", WIDE, "sure", 3, True)
LIST = [Option("one", b"1"), Option("two", b"2"), Option("sure", b"3")]
NO_LIST, NO_QUESTION = {"cardholder_selection": False}, {"cardholder_confirmation": False}


@pytest.mark.parametrize(
    ("candidates", "options", "answers", "asked", "picked", "left"),
    [
        ([ONE, TWO, SURE], {}, [1], [(Question.APPLICATION, LIST)], TWO, 3),
        ([ONE, TWO, SURE], {}, [2], [(Question.APPLICATION, LIST)], SURE, 3),
        ([ONE, TWO, SURE], {}, [0], [(Question.APPLICATION, LIST)], ONE, 3),
        ([ONE, TWO, SURE], {}, [3], [(Question.APPLICATION, LIST)], None, 3),
        ([ONE, TWO, SURE], {}, [-1], [(Question.APPLICATION, LIST)], None, 3),
        ([ONE, TWO, SURE], {}, [None], [(Question.APPLICATION, LIST)], None, 3),
        ([ONE], {}, [], [], ONE, 1),
        ([SURE], {}, [0], [(Question.CONFIRM, LIST[2:])], SURE, 1),
        ([SURE], {}, [1], [(Question.CONFIRM, LIST[2:])], None, 0),
        ([SURE], {}, [None], [(Question.CONFIRM, LIST[2:])], None, 0),
        ([SURE, ONE], NO_LIST, [None], [(Question.CONFIRM, LIST[2:])], ONE, 1),
        ([SURE, ONE], NO_LIST, [0], [(Question.CONFIRM, LIST[2:])], SURE, 2),
        ([ONE, SURE], NO_LIST, [], [], ONE, 2),
        ([SURE, ONE], NO_QUESTION, [], [], ONE, 1),
        ([SURE], NO_QUESTION, [], [], None, 0),
        ([], {}, [], [], None, 0),
    ],
)
def test_the_choice(candidates, options, answers, asked, picked, left):
    tx = known(**options)
    tx.candidates = list(candidates)
    assert play(step._pick(tx), *answers) == (picked, [AskChoice(question, tuple(lines), "zh") for question, lines in asked])
    assert len(tx.candidates) == left


SOUND = fci(AID, LABEL, "5F2D02656E", pack(0xBF0C, "9F4D020B0A"))


@pytest.mark.parametrize(
    ("answer", "sound"),
    [
        (SOUND, True),
        (fci(AID), True),
        (fci(AID, LABEL, sw=0x6283), False),
        (NOT_FOUND, False),
        (fci(RID, LABEL), False),
        (Response(pack(0x6F, pack(0x84, AID))), False),
        (Response(pack(0x6F, pack(0xA5, LABEL))), False),
        (Response(b"\x6f"), False),
        (fci(AID, "50"), False),
        (fci(AID, pack(0xBF0C, "9F")), False),
    ],
)
def test_the_final_select(answer, sound):
    tx = known()
    tx.chosen = Candidate(AID, WIDE, "", 0, False)
    assert play(step._final_select(tx, tx.chosen), answer) == (sound, sent(select(AID)))
    held = {tag: (one.value.hex(), one.where) for tag, one in tx.store.items()}
    card = {0x84: (AID.hex(), "SELECT"), 0x50: ("4445424954", "SELECT"), 0x5F2D: ("656e", "SELECT"), 0x9F4D: ("0b0a", "SELECT")}
    assert {tag: one for tag, one in held.items() if tag in card} == (card if answer is SOUND else {0x84: card[0x84]} if sound else {})
    assert (tags.AID_TERMINAL in held) is sound
    assert tx.language == ("en" if answer is SOUND else "zh")


def test_a_candidate_that_fails_makes_room_for_another():
    tx = known(**NO_LIST)
    other = Candidate(AID, DEBIT, "other", 2, False)
    tx.candidates = [ONE, other]
    done, asked = play(step.choose(tx), NOT_FOUND, SOUND)
    assert (done, tx.chosen, tx.candidates) == (True, other, [])
    assert asked == [*sent(select(b"1")), Tell(Message.TRY_AGAIN, None, "zh"), *sent(select(AID))]
    step.drop(tx)
    assert tx.chosen is None
    assert tx.store.get(0x84) is None
    assert tx.store.get(tags.AID_TERMINAL) == AID


@pytest.mark.parametrize(("candidates", "answers", "asked"), [([], [], 0), ([ONE], [NOT_FOUND], 1), ([SURE], [None], 1)])
def test_no_candidate_is_left(candidates, answers, asked):
    tx = known()
    tx.candidates = list(candidates)
    done, effects = play(step.choose(tx), *answers)
    assert (done, tx.chosen, len(effects)) == (False, None, asked)
