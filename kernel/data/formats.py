"""Formats: how values are written (EMV 4.4 Book 3 clause 4.3 and annex A).

n: BCD, right-justified, zeros to the left. cn: BCD, left-justified, F to the right. a, an, ans: characters.
b: bytes. Dates are YYMMDD with the window of EMV: 00-49 is 20xx, 50-99 is 19xx.
"""

from calendar import monthrange
from datetime import date
from enum import Enum, auto

from jinka.kernel.errors import MalformedData, MisuseError


class Format(Enum):
    """Data element formats."""

    N = auto()
    CN = auto()
    A = auto()
    AN = auto()
    ANS = auto()
    B = auto()


def numeric(value: int, size: int) -> bytes:
    """A number as `size` bytes of BCD. Raises `MisuseError` when it does not fit or is negative."""
    if size < 1 or value < 0 or value >= 10 ** (2 * size):
        raise MisuseError(f"{value} does not fit n{2 * size}")
    return bytes.fromhex(f"{value:0{2 * size}d}")


def number(raw: bytes, what: str = "") -> int:
    """BCD to a number. A nibble above 9 is a format error."""
    text = raw.hex()
    if not text.isdigit():
        raise MalformedData("not a number in BCD", path=what, clause="emv-b3/4.3")
    return int(text)


def digits(raw: bytes, what: str = "") -> str:
    """The digits of a cn value, without its F filler."""
    text = raw.hex().rstrip("f")
    if text and not text.isdigit():
        raise MalformedData("not digits with F filler", path=what, clause="emv-b3/4.3")
    return text


def compressed(text: str, size: int | None = None) -> bytes:
    """Digits as cn: left-justified, F to the right, to `size` bytes when given. Raises `MisuseError` when they do not
    fit or are not digits."""
    wide = 2 * size if size is not None else len(text) + len(text) % 2
    if len(text) > wide or (text and not (text.isascii() and text.isdigit())):
        raise MisuseError(f"{len(text)} characters do not make cn{wide}")
    return bytes.fromhex(text.ljust(wide, "F"))


def day(raw: bytes, what: str = "") -> date:
    """YYMMDD in BCD to a date. Raises `MalformedData` when there is no such day."""
    try:
        year, month, day = (int(f"{byte:02x}") for byte in raw)
        return date(century(year), month, day)
    except ValueError:
        raise MalformedData(f"there is no day {raw.hex()!r}", path=what, clause="emv-b3/annex-a") from None


def century(year: int) -> int:
    """Two digits of a year to four: 00-49 is 20xx, 50-99 is 19xx (EMV 4.4 Book 4 clause 6.7.3)."""
    return year + (2000 if year < 50 else 1900)


def month_end(raw: bytes) -> date | None:
    """MMYY in BCD to the last day of that month; None when it is not a month."""
    text = raw.hex()
    if len(raw) != 2 or not text.isdigit() or not 1 <= int(text[:2]) <= 12:
        return None
    year, month = century(int(text[2:])), int(text[:2])
    return date(year, month, monthrange(year, month)[1])


def truncated_pan(pan: str) -> str:
    """A PAN as it may be shown: first six and last four digits."""
    if len(pan) < 13:
        return "*" * max(len(pan) - 4, 0) + pan[-4:]
    return f"{pan[:6]}{'*' * (len(pan) - 10)}{pan[-4:]}"
