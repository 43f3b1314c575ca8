"""Purse: the one or two electronic purses of a card, by their data objects (JR/T 0025.13, JR/T 0025.15).

# spec: jrt0025-13/data, jrt0025-15/data
"""

from collections.abc import Mapping
from typing import NamedTuple

from jinka.kernel.data import pboc


class Purse(NamedTuple):
    """The tags of one purse; amounts are 6 bytes of BCD in minor units of the currency."""

    currency: int
    balance: int
    limit: int
    single: int
    threshold: int


PURSES = (
    Purse(
        pboc.CARD_CURRENCY, pboc.CASH_BALANCE, pboc.CASH_BALANCE_LIMIT, pboc.CASH_SINGLE_LIMIT, pboc.RESET_THRESHOLD
    ),
    Purse(
        pboc.SECOND_CURRENCY, pboc.SECOND_BALANCE, pboc.SECOND_BALANCE_LIMIT, pboc.SECOND_SINGLE_LIMIT,
        pboc.SECOND_RESET_THRESHOLD,
    ),
)  # fmt: skip


def value(data: Mapping[int, bytes], tag: int) -> int | None:
    """An amount; None when the card lacks it or it is not a number."""
    raw = data.get(tag)
    return int(raw.hex()) if raw and raw.hex().isdigit() else None


def purse_for(data: Mapping[int, bytes], currency: bytes) -> Purse | None:
    """The purse of a currency code (tag 5F2A), None when the card has none."""
    for purse in PURSES:
        if data.get(purse.currency) == currency and value(data, purse.balance) is not None:
            return purse
    return None


def by_balance(tag: int | None) -> Purse | None:
    """The purse whose balance has this tag."""
    return next((purse for purse in PURSES if purse.balance == tag), None)
