"""Redaction: TLV-aware, and safe when the bytes are anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.data.tlv import encode
from jinka.kernel.journal import redact

PAN = "6212340000000000012"
BCD = bytes.fromhex(f"{PAN}F")
TRACK2 = bytes.fromhex(f"{PAN}D301222010000123450F"[:38])


def test_a_record_keeps_its_shape() -> None:
    record = encode(0x70, encode(0x5A, BCD) + encode(0x57, TRACK2) + encode(0x5F24, b"\x30\x12\x31") + encode(0x5F20, b"LI"))
    assert redact.shown(record) == (
        "702C" "5A0A621234*********0012F" "5713" + "*" * 38 + "5F2403301231" "5F2002****"
    )  # fmt: skip


def test_known_numbers_stay_readable() -> None:
    data = encode(0x9F02, bytes(6)) + encode(0x9F26, bytes.fromhex("1234567890123456"))
    assert redact.shown(data) == data.hex().upper()


def test_filler_and_long_lengths_stay_where_they_are() -> None:
    data = bytes.fromhex("00 70 81 06 00 5A 02 12 3F 00 00")
    assert redact.shown(data) == "007081060" "05A02" "123F" "0000"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff" + BCD,                       # no TLV
        encode(0x70, encode(0x5A, BCD))[:-1],    # cut off
        BCD, TRACK2, PAN.encode(), b"\x00" + PAN.encode() + b"=3012",
        encode(0x80, b"\x00\x01" + BCD),         # inside something else
        encode(0x9F6E, PAN.encode()),
        BCD + b"\x03" + bytes(9),                # TLV by chance: template 62 of 18 bytes
    ],
)  # fmt: skip
def test_a_pan_anywhere_is_masked(data: bytes) -> None:
    for shown in (redact.shown(data), redact.masked(data)):
        assert PAN[6:15] not in shown
        assert PAN.encode().hex().upper()[12:30] not in shown


@given(st.binary(max_size=20), st.binary(max_size=20), st.text("0123456789", min_size=13, max_size=19))
def test_no_bytes_around_a_pan_bring_it_back(before: bytes, after: bytes, pan: str) -> None:
    for data in (before + bytes.fromhex(pan + "F" * (len(pan) % 2)) + after, before + pan.encode() + after):
        masked = redact.masked(data)
        assert pan not in masked
        assert pan.encode().hex().upper() not in masked
        assert len(masked) == 2 * len(data)


@given(st.binary(max_size=60))
def test_any_bytes_have_a_face_of_the_same_length(data: bytes) -> None:
    assert len(redact.masked(data)) == 2 * len(data)
    assert len(redact.shown(data)) == 2 * len(data)
    assert set(redact.shown(data)) <= set("0123456789ABCDEF*")


def test_objects() -> None:
    assert redact.objects(((0x5A, BCD), (0x95, bytes(5)), (0x99, b"\x12\x34"))) == [
        ["5A", "621234*********0012F"], ["95", "0000000000"], ["99", "****"],
    ]  # fmt: skip
