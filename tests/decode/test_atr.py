"""Decode: answers to reset. TCK values are worked out here, independently of the decoder."""

import json
from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.decode import AtrDecoding, decode_atr
from jinka.kernel.errors import MalformedData


def checked(text: str) -> str:
    raw = bytes.fromhex(text)
    return raw.hex() + f"{reduce(xor, raw[1:]):02x}"


def meaning(read: AtrDecoding, name: str) -> str:
    return next(one.meaning.en for one in read.characters if one.name == name)


def test_t0_with_historical_bytes() -> None:
    read = decode_atr("3B 67 00 00 4A 49 4E 4B 41 00 01")
    assert [one.name for one in read.characters] == ["TS", "T0", "TB1", "TC1", "T1", "T2", "T3", "T4", "T5", "T6", "T7"]
    assert [one.offset for one in read.characters] == list(range(11))
    assert read.historical_text == "JINKA.."
    assert (read.protocols, read.chosen, read.tck) == ((0,), 0, None)
    assert read.faults == ()
    assert read.emv_cold == read.emv_warm == ""
    assert meaning(read, "T0") == "TB1 TC1 to follow, K = 7"


def test_t1_with_check_byte() -> None:
    read = decode_atr(checked("3BE000008131FE45"))
    assert read.protocols == (1,)
    assert read.tck is True
    assert read.chosen == 1
    assert meaning(read, "TA3") == "IFSC 254"
    assert meaning(read, "TB3") == "BWI 4, CWI 5"
    assert meaning(read, "TD1") == "TD2 to follow, T = 1"
    assert read.emv_cold == ""


def test_protocols_in_the_order_offered() -> None:
    read = decode_atr(checked("3BE0000080" + "31" + "FE45"))
    assert read.protocols == (0, 1)
    assert read.chosen == 0


def test_specific_mode_and_rates() -> None:
    read = decode_atr(checked("3BF01800FF9081" + "31FE45"))
    assert meaning(read, "TA1") == "Fi 372, Di 12"
    assert meaning(read, "TC1") == "shortest guard time"
    other = decode_atr("3B B0 11 00 10 80".replace(" ", ""))
    assert meaning(other, "TA1") == "Fi 372, Di 1"
    assert meaning(other, "TA2") == "specific mode, T = 0, may not change, rates of TA1"


def test_what_emv_does_not_take() -> None:
    assert "TB1" in decode_atr("3B00").emv_cold
    assert decode_atr("3B00").emv_warm == ""
    assert decode_atr("3B00").faults == ()


@pytest.mark.parametrize(
    ("atr", "fault", "tck"),
    [
        ("3A00", "neither 3B", None),
        ("3BE000008131FE4500", "TCK is 00", False),
        ("3B6500", "cut off", None),
        ("3B02", "announce 4", None),
        ("3B0041", "announce 2", None),
        ("3BE000008131FE45", "announce 9", None),
    ],
)
def test_faults_are_told_and_the_rest_is_read(atr: str, fault: str, tck: bool | None) -> None:
    read = decode_atr(atr)
    assert fault in read.faults[0]
    assert read.tck is tck
    assert read.chosen is None
    assert fault in read.emv_cold
    assert len(read.characters) == len(bytes.fromhex(atr))


def test_less_than_two_bytes_is_nothing() -> None:
    for text in ("", "3B"):
        with pytest.raises(MalformedData):
            decode_atr(text)


@given(st.binary(min_size=2, max_size=40), st.sampled_from([None, b"\x3b", b"\x3f"]))
def test_every_byte_is_told_once(raw: bytes, ts: bytes | None) -> None:
    raw = (ts + raw[1:]) if ts else raw
    read = decode_atr(raw)
    assert [one.offset for one in read.characters] == list(range(len(raw)))
    assert bytes(one.value for one in read.characters) == raw
    json.dumps(read.to_json())
