"""Decode: what unlabelled bytes are taken for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.decode import decode_any
from jinka.kernel.errors import CardFault, MisuseError


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("3B6700004A494E4B410001", "atr"),
        ("3BE000008131FE45", "atr"),  # without its TCK: an ATR with a fault
        ("00A404000E315041592E5359532E444446303100", "command"),
        ("80A8000002830000", "command"),
        ("80AE9000020102", "command"),
        ("0020008008241234FFFFFFFFFF", "command"),
        ("84DA9F790A000000010000AABBCCDD", "command"),
        ("00B2011400", "command"),
        ("6F108408A000000333010101A50450024142", "tlv"),
        ("800E7C00080101001001030118010200", "tlv"),
        ("770A9F2701809F36020001 00", "tlv"),
        ("9F1B0400000001", "tlv"),
        ("9F7A019F02065F2A02DF6901 9F3704", "dol"),
        ("9F02069F03069F1A0295055F2A029A039C019F3704", "dol"),
        ("6985", "response"),
        ("9000", "response"),
        ("6F108408A000000333010101A504500241429000", "response"),
        ("DEADBEEF01", "unknown"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    guess = decode_any(text)
    assert guess.kind == kind, guess.reason
    assert guess.reason.en
    assert guess.reason.zh
    assert (guess.decoding is None) is (kind == "unknown")
    json.dumps(guess.to_json())


def test_the_reason_of_what_fits_nothing() -> None:
    assert "wants 26 bytes, 2 are there" in decode_any("701A5A08").reason.en


def test_nothing_to_decode() -> None:
    with pytest.raises(MisuseError):
        decode_any(" ")


@given(st.one_of(st.binary(max_size=60), st.text(max_size=30)))
def test_bad_input_raises_only_what_is_promised(given_input: bytes | str) -> None:
    try:
        json.dumps(decode_any(given_input).to_json())
    except (CardFault, MisuseError):
        pass
