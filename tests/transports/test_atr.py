"""Answers to reset: what they offer, what EMV makes of them, and that no bytes at all upset the parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.card.atr import Atr, Interface, with_check
from jinka.kernel.errors import MalformedData

from tests.support.cards import ATR_BAD_TCK, ATR_BOTH, ATR_T0, ATR_T1
from tests.support.peers import require_peer


def plain(text: str) -> Atr:
    """An ATR of T=0 alone, which has no TCK."""
    return Atr.parse(bytes.fromhex(text))


def checked(text: str) -> Atr:
    """Any other ATR, given without its TCK."""
    return Atr.parse(with_check(bytes.fromhex(text)))


@pytest.mark.parametrize(
    ("raw", "protocols", "historical"),
    [
        ("3B00", (0,), ""),
        ("3B65 0000 2063CB6800", (0,), "2063CB6800"),
        (ATR_T0.hex(), (0,), "454D5653494D"),
        (ATR_T1.hex(), (1,), "454D5653494D"),
        (ATR_BOTH.hex(), (0, 1), ""),
        ("3B8F 80 01 804F0CA00000030603000100000000 6A", (0, 1), "804F0CA00000030603000100000000"),
        ("3B9F 95 81 31 FE9F 006646530510001171DF0000000000 02", (1,), "006646530510001171DF0000000000"),
    ],
)
def test_protocols_in_the_cards_order(raw: str, protocols: tuple[int, ...], historical: str) -> None:
    atr = Atr.parse(bytes.fromhex(raw))
    assert atr.protocols == protocols
    assert (atr.first, atr.chosen) == (protocols[0], protocols[0])
    assert atr.historical == bytes.fromhex(historical)
    assert (atr.tck is None) == (protocols == (0,))


@pytest.mark.parametrize(
    ("atr", "expected"),
    [
        (Atr.parse(ATR_T0), {"fd": 0x11, "guard": 0, "wi": 10, "ifsc": 32, "bwi": 4, "cwi": 13, "crc": False}),
        (Atr.parse(ATR_T1), {"ifsc": 0xFE, "bwi": 4, "cwi": 5, "specific": False, "inverse": False}),
        (plain("3F50 95 FF"), {"inverse": True, "fd": 0x95, "guard": 255, "wi": 10, "t1": Interface()}),
        (plain("3B80 40 0F"), {"wi": 15, "protocols": (0,)}),
        (checked("3BF0 13 00 05 81 71 20 9D 01"), {"fd": 0x13, "guard": 5, "ifsc": 0x20, "bwi": 9, "cwi": 13, "crc": True}),
        (checked("3B90 12 11 01"), {"specific": True, "chosen": 1, "t1": Interface()}),
        (checked("3B80 90 10 1F 03"), {"specific": True, "chosen": 0, "protocols": (0,)}),
    ],
)
def test_parameters(atr: Atr, expected: dict[str, object]) -> None:
    assert {name: getattr(atr, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("atr", "fault"),
    [
        (plain("3B60 00 00"), ""),
        (plain("3B65 0000 2063CB6800"), ""),
        (Atr.parse(ATR_T1), ""),
        (plain("3B00"), "TB1"),
        (plain("3B20 05"), "TB1"),
        (checked("3BA0 00 02"), "TD1"),
        (plain("3BB0 13 00 10 00"), ""),
        (plain("3BB0 18 00 10 00"), "TA1"),
        (plain("3B30 18 00"), ""),
        (plain("3BB0 13 00 10 01"), "TA2"),
        (plain("3BB0 13 00 10 10"), "implicit"),
        (plain("3BA0 00 20 00"), "TB2"),
        (plain("3BA0 00 40 0A"), ""),
        (plain("3BA0 00 40 0B"), "TC2"),
        (Atr.parse(ATR_BOTH), "TD2"),
        (checked("3BA0 00 80 1F 03"), ""),
        (checked("3BA0 00 81 31 FE 45"), ""),
        (checked("3BA0 00 81 21 45"), ""),
        (checked("3BA0 00 81 31 0F 45"), "TA3"),
        (checked("3BA0 00 81 31 FF 45"), "TA3"),
        (checked("3BA0 00 81 11 FE"), "TB3 is absent"),
        (checked("3BA0 00 81 31 FE 55"), "BWI"),
        (checked("3BA0 00 81 31 FE 46"), "CWI above"),
        (checked("3BA0 00 81 31 FE 40"), "too short"),
        (checked("3BE0 00 FF 81 31 FE 40"), ""),
        (checked("3BE0 00 1E 81 31 FE 45"), ""),
        (checked("3BE0 00 1F 81 31 FE 45"), "too short"),
        (checked("3BA0 00 81 71 FE 45 00"), ""),
        (checked("3BA0 00 81 71 FE 45 01"), "TC3"),
    ],
    ids=lambda value: value.raw.hex() if isinstance(value, Atr) else value or "ok",
)
def test_what_emv_turns_down(atr: Atr, fault: str) -> None:
    assert fault in atr.emv_fault()
    assert bool(fault) == bool(atr.emv_fault())
    if fault == "TB1":
        assert atr.emv_fault(warm=True) == ""


@pytest.mark.parametrize(
    "raw", ["", "3B", "0300", "3C00", "3B80", "3BF011", "3B01", "3B0000", "3B8001", ATR_BAD_TCK.hex(), "3B" + "00" * 33]
)
def test_what_is_no_atr(raw: str) -> None:
    with pytest.raises(MalformedData) as caught:
        Atr.parse(bytes.fromhex(raw))
    assert caught.value.path == "ATR"


@given(st.binary(max_size=40) | st.binary(max_size=32).map(lambda tail: b"\x3b" + tail))
def test_random_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        atr = Atr.parse(raw)
    except MalformedData:
        return
    assert atr.raw == raw
    assert atr.first in atr.protocols
    assert isinstance(atr.emv_fault(), str)
    assert (atr.chosen, atr.ifsc, atr.bwi, atr.cwi, atr.wi) >= (0, 0, 0, 0, 0)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Well-formed ATRs with up to four rounds of interface bytes."""
    rounds = draw(st.lists(st.tuples(st.integers(0, 7), st.sampled_from([0, 1, 15])), max_size=3))
    historical = draw(st.binary(max_size=15))
    last = draw(st.integers(0, 7))
    body = bytearray((0x3B, len(historical) | (8 if rounds else 0) << 4))
    body[1] |= (rounds[0][0] if rounds else last) << 4
    for number, (present, protocol) in enumerate(rounds):
        body += draw(st.binary(min_size=present.bit_count(), max_size=present.bit_count()))
        following = rounds[number + 1][0] | 8 if number + 1 < len(rounds) else last
        body.append(following << 4 | protocol)
    body += draw(st.binary(min_size=last.bit_count(), max_size=last.bit_count())) + historical
    return with_check(bytes(body)) if any(protocol for _, protocol in rounds) else bytes(body)


@pytest.mark.peer
@given(answers())
def test_pyscard_reads_the_same(raw: bytes) -> None:
    require_peer("smartcard", "pip install 'jinka[pcsc]'")
    from smartcard.ATR import ATR

    if len(raw) > 33:
        return
    ours, theirs = Atr.parse(raw), ATR(list(raw))
    named = {int(name[2:]) for name, offered in theirs.getSupportedProtocols().items() if offered}
    assert set(ours.protocols) == (named - {15} or {0})
    assert ours.historical == bytes(theirs.getHistoricalBytes())
    assert [one.ta for one in ours.rounds] == theirs.TA[: len(ours.rounds)]
    assert [one.td for one in ours.rounds] == theirs.TD[: len(ours.rounds)]
