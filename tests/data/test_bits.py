"""Bits: the one flag type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.data.bits import Bits, bit
from jinka.kernel.data.fields import Aip, Tvr


class Few(Bits, size=2):
    """Hardly a bit of it has a name."""

    FIRST = bit(1, 8)


def test_byte_and_bit_count_as_printed() -> None:
    assert bytes(Tvr.ODA_NOT_PERFORMED) == bytes.fromhex("8000000000")
    assert bytes(Tvr.SCRIPT_FAILED_AFTER) == bytes.fromhex("0000000010")


@given(st.binary(min_size=5, max_size=5))
def test_unknown_bits_survive(raw: bytes) -> None:
    read = Tvr.parse(raw)
    assert bytes(read) == raw
    assert bytes(read | Tvr.NEW_CARD & Tvr.NEW_CARD)[1] == raw[1] | 0x08
    assert bytes(~~read) == raw


@given(st.binary(min_size=2, max_size=2))
def test_names_tell_every_bit(raw: bytes) -> None:
    assert len(Aip.parse(raw).names()) == int.from_bytes(raw, "big").bit_count()


def test_names_of_unknown_bits() -> None:
    assert Aip.parse(bytes.fromhex("4080")).names() == ["SDA_SUPPORTED", "byte 2 bit 8"]
    assert Tvr.parse(bytes.fromhex("0001000001")).names() == ["byte 2 bit 1", "byte 5 bit 1"]
    assert Few.parse(b"\xff\xff").names() == ["FIRST", *(f"byte 1 bit {bit}" for bit in range(7, 0, -1)),
                                              *(f"byte 2 bit {bit}" for bit in range(8, 0, -1))]  # fmt: skip


def test_how_bits_are_printed() -> None:
    assert str(Aip(0)) == "0"
    assert str(Aip.SDA_SUPPORTED | Aip.DDA_SUPPORTED) == "SDA_SUPPORTED|DDA_SUPPORTED"
    assert repr(Aip.parse(b"\x40\x00")) == "Aip(4000: SDA_SUPPORTED)"
    assert repr(Few.parse(b"\x80\x0a")) == "Few(800A: FIRST|byte 2 bit 4|byte 2 bit 2)"


def test_a_bit_may_be_without_words() -> None:
    assert Few.members["FIRST"].text == ""
    assert Aip.members["SDA_SUPPORTED"].text == "支持SDA"


def test_the_complement_stays_inside() -> None:
    assert int(~Few(0)) == 0xFFFF
    assert int(~Few.FIRST) == 0x7FFF


def test_membership_and_removal() -> None:
    tvr = Tvr(0) | Tvr.EXPIRED | Tvr.NEW_CARD
    assert Tvr.EXPIRED in tvr
    assert Tvr.CVM_FAILED not in tvr
    assert Tvr.EXPIRED not in tvr & ~Tvr.EXPIRED
    assert isinstance(tvr & ~Tvr.EXPIRED, Tvr)


@pytest.mark.parametrize("raw", [b"", bytes(4), bytes(6)])
def test_a_wrong_size_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="5 bytes"):
        Tvr.parse(raw)


@pytest.mark.parametrize(("byte", "number"), [(0, 1), (3, 1), (1, 0), (1, 9)])
def test_a_bit_outside_is_a_mistake(byte: int, number: int) -> None:
    with pytest.raises(ValueError, match="lies outside"):
        type("Wrong", (Bits,), {"X": bit(byte, number)}, size=2)
