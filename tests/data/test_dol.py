"""DOL: the padding rules of EMV 4.4 Book 3 clause 5.4, and lists that are not lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.data import dol
from jinka.kernel.data.formats import Format
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.errors import MalformedData

HELD = {
    0x9F02: bytes.fromhex("000000000100"),
    0x5A: bytes.fromhex("6228480012345678"),
    0x95: bytes.fromhex("0102030405"),
    0x9F33: bytes.fromhex("E0F9C8"),
    0x9F37: bytes.fromhex("11223344"),
    0x9F4E: b"SHOP",
    0x70: bytes.fromhex("AABBCC"),
    0xDF55: bytes.fromhex("FFFF"),
}


def filled(text: str) -> str:
    return dol.fill(dol.parse(bytes.fromhex(text)), HELD.get, PBOC).hex().upper()


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("9F0206", "000000000100"),
        ("9F0207", "00000000000100"),  # numeric, too short: zeros on the left
        ("9F0204", "00000100"),  # numeric, too long: cut on the left
        ("5A0A", "6228480012345678FFFF"),  # cn, too short: F on the right
        ("5A06", "622848001234"),  # cn, too long: cut on the right
        ("9507", "01020304050000"),  # others, too short: zeros on the right
        ("9F3302", "E0F9"),  # others, too long: cut on the right
        ("9F4E06", "53484F500000"),
        ("9F4E02", "5348"),
        ("DF5504", "00000000"),  # unknown, although there is a value
        ("7005", "0000000000"),  # constructed
        ("9F5301", "00"),  # known, no value
        ("9F3700", ""),  # wants nothing
        ("9F3704 9F0206 9F3704", "1122334400000000010011223344"),  # the same twice
        ("", ""),
    ],
)
def test_fill(entries: str, expected: str) -> None:
    assert filled(entries) == expected


def test_parse_reads_tags_of_every_size() -> None:
    entries = dol.parse(bytes.fromhex("9502 9F3704 DF812901 9F800102 9F81820103"))
    assert entries == ((0x95, 2), (0x9F37, 4), (0xDF8129, 1), (0x9F8001, 2), (0x9F818201, 3))
    assert dol.total(entries) == 12


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("9F37", "no length"), ("95", "no length"), ("9F", "tag cut off"), ("9F02069F", "tag cut off"), ("9F3780", "length 80"),
     ("9F818181818104", "more than 4 bytes"), ("9F8181810401", "more than 4 bytes")],
)  # fmt: skip
def test_what_is_no_list(raw: str, reason: str) -> None:
    with pytest.raises(MalformedData, match=reason) as caught:
        dol.parse(bytes.fromhex(raw), "CDOL1")
    assert caught.value.path == "CDOL1"
    assert caught.value.clause == "emv-b3/5.4"
    with pytest.raises(MalformedData) as caught:
        dol.parse(bytes.fromhex(raw))
    assert caught.value.path == "DOL"


@given(st.binary(max_size=12), st.integers(0, 12), st.sampled_from(Format))
def test_fit_gives_the_length_and_keeps_the_right_end(value: bytes, length: int, form: Format) -> None:
    made = dol.fit(value, length, form)
    assert len(made) == length
    kept = min(len(value), length)
    if form is Format.N:
        assert made.endswith(value[len(value) - kept :])
        assert not any(made[: length - kept])
    else:
        assert made.startswith(value[:kept])
        assert set(made[kept:]) <= {0xFF if form is Format.CN else 0x00}


@given(st.binary(max_size=80))
def test_noise_is_read_or_refused(raw: bytes) -> None:
    try:
        entries = dol.parse(raw)
    except MalformedData:
        return
    assert len(dol.fill(entries, HELD.get, PBOC)) == dol.total(entries)
