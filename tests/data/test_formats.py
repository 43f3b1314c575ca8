"""Formats: BCD, digits with filler, dates and their century."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.data import formats
from jinka.kernel.errors import MalformedData, MisuseError


@given(st.integers(0, 10**12 - 1))
def test_numeric_and_back(value: int) -> None:
    assert formats.number(formats.numeric(value, 6)) == value


@pytest.mark.parametrize(("value", "size"), [(-1, 6), (10**12, 6), (100, 1), (0, 0), (1, -1)])
def test_numbers_that_do_not_fit(value: int, size: int) -> None:
    with pytest.raises(MisuseError):
        formats.numeric(value, size)


@pytest.mark.parametrize("raw", ["0A56", "FF", "1F", ""])
def test_hex_digits_are_no_number(raw: str) -> None:
    with pytest.raises(MalformedData) as caught:
        formats.number(bytes.fromhex(raw), "5F28")
    assert caught.value.path == "5F28"
    with pytest.raises(MalformedData) as caught:
        formats.number(bytes.fromhex(raw))
    assert caught.value.path == ""


@given(st.text("0123456789", max_size=20))
def test_compressed_and_back(text: str) -> None:
    assert formats.digits(formats.compressed(text)) == text
    assert formats.digits(formats.compressed(text, 10)) == text
    assert len(formats.compressed(text, 10)) == 10


def test_a_pan_of_19_digits() -> None:
    assert formats.compressed("6228480012345678901", 10).hex().upper() == "6228480012345678901F"
    assert formats.digits(bytes.fromhex("6228480012345678901F")) == "6228480012345678901"


@pytest.mark.parametrize(("text", "size"), [("123", 1), ("12A4", None), ("１２", None)])
def test_digits_that_do_not_fit(text: str, size: int | None) -> None:
    with pytest.raises(MisuseError):
        formats.compressed(text, size)


@pytest.mark.parametrize("raw", ["12AF", "F1", "1F2F"])
def test_filler_stands_at_the_end_only(raw: str) -> None:
    with pytest.raises(MalformedData) as caught:
        formats.digits(bytes.fromhex(raw), "5A")
    assert caught.value.path == "5A"
    with pytest.raises(MalformedData) as caught:
        formats.digits(bytes.fromhex(raw))
    assert caught.value.path == ""


@pytest.mark.parametrize(("year", "full"), [(0, 2000), (49, 2049), (50, 1950), (99, 1999)])
def test_the_window_of_two_digit_years(year: int, full: int) -> None:
    assert formats.century(year) == full
    assert formats.day(bytes.fromhex(f"{year:02d}0131")).year == full


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_every_day_of_the_window(day: date) -> None:
    assert formats.day(bytes.fromhex(f"{day:%y%m%d}")) == day


@pytest.mark.parametrize("raw", ["301301", "260230", "260431", "260100", "26000A", "2601", "26010101", ""])
def test_no_such_day(raw: str) -> None:
    with pytest.raises(MalformedData, match=f"there is no day '{raw.lower()}'") as caught:
        formats.day(bytes.fromhex(raw), "5F24")
    assert caught.value.path == "5F24"
    with pytest.raises(MalformedData) as caught:
        formats.day(bytes.fromhex(raw))
    assert caught.value.path == ""


def test_a_certificate_lasts_to_the_end_of_its_month() -> None:
    assert formats.month_end(bytes.fromhex("0128")) == date(2028, 1, 31)
    assert formats.month_end(bytes.fromhex("0228")) == date(2028, 2, 29)
    assert formats.month_end(bytes.fromhex("1249")) == date(2049, 12, 31)
    assert formats.month_end(bytes.fromhex("1250")) == date(1950, 12, 31)
    for raw in ("1300", "0026", "0A26", "12", "122026", ""):
        assert formats.month_end(bytes.fromhex(raw)) is None


def test_a_shown_pan_keeps_six_and_four() -> None:
    assert formats.truncated_pan("6228480012345678901") == "622848*********8901"
    assert formats.truncated_pan("1234567890123") == "123456***0123"
    assert formats.truncated_pan("123456789012") == "********9012"
    assert formats.truncated_pan("123") == "123"
