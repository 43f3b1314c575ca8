"""Objects: data objects as a personality writes them, in their order, some of them to be signed later.

In TOML a value is hexadecimal text with blanks where they help, `text:...` for characters, or `@` for what the
authority computes (certificates, remainders, exponents, static signatures).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jinka.kernel.data.tlv import encode
from jinka.kernel.errors import ConfigError

REMOVED = "-"  # what TOML writes to take something out


class Hex(bytes):
    """Bytes written as hexadecimal text."""

    @classmethod
    def read(cls, text: object) -> "Hex":
        """Decodes one value; bytes are taken as they are. Raises `ConfigError`."""
        if isinstance(text, bytes):
            return cls(text)
        if not isinstance(text, str):
            raise ConfigError(f"hexadecimal text is expected, not {text!r}")
        if text.startswith("text:"):
            return cls(text[5:].encode("utf-8"))
        try:
            return cls.fromhex(text)
        except ValueError:
            raise ConfigError(f"not hexadecimal digits in pairs: {text!r}") from None


def read_tag(text: str) -> int:
    """A tag number out of its hexadecimal name."""
    try:
        return int(text, 16)
    except ValueError:
        raise ConfigError(f"{text!r} is not a tag") from None


class Objects:
    """An immutable row of (tag, value); a value of None is signed in when the card is made."""

    __slots__ = ("rows",)

    def __init__(self, rows: tuple[tuple[int, bytes | None], ...] = ()) -> None:
        self.rows = rows

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> "Objects":
        """Decodes a TOML table of tag = value."""
        return cls(tuple((read_tag(tag), None if text == "@" else Hex.read(text)) for tag, text in table.items()))

    def __iter__(self) -> Iterator[tuple[int, bytes | None]]:
        return iter(self.rows)

    def __contains__(self, tag: int) -> bool:
        return any(held == tag for held, _ in self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Objects) and self.rows == other.rows

    def __hash__(self) -> int:
        return hash(self.rows)

    def __repr__(self) -> str:
        return f"Objects({' '.join(f'{tag:X}' for tag, _ in self.rows)})"

    def get(self, tag: int) -> bytes | None:
        """The value of the first object with that tag; None when absent or not signed yet."""
        for held, value in self.rows:
            if held == tag:
                return value
        return None

    def with_value(self, tag: int, value: bytes | None) -> "Objects":
        """The same row with another value for a tag; a new tag goes to the end, None takes the object out."""
        if value is None:
            return Objects(tuple(row for row in self.rows if row[0] != tag))
        if tag not in self:
            return Objects((*self.rows, (tag, value)))
        return Objects(tuple((held, value if held == tag else old) for held, old in self.rows))

    def encode(self, signed: Mapping[int, bytes]) -> bytes:
        """All objects one after the other; what has no signature in `signed`, or an empty one, is left out."""
        parts = []
        for tag, value in self.rows:
            known = signed.get(tag, b"") if value is None else value
            if known or value is not None:
                parts.append(encode(tag, known))
        return b"".join(parts)
