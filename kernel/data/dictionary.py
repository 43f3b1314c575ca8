"""Dictionary: what a tag means, in one application.

The same private tag number means different things in different applications, so a dictionary is a value that is handed
around, never a global: `tags.EMV` is the common ground, `pboc.PBOC` adds JR/T 0025, a sector card brings its own.
"""

from enum import Enum, auto
from typing import NamedTuple

from jinka.kernel.data.formats import Format


class Source(Enum):
    """Who gives a data object its value. Card data never overwrites terminal data."""

    CARD = auto()
    TERMINAL = auto()
    ISSUER = auto()


class Info(NamedTuple):
    """One data object: lengths are in bytes; `zh` is its name in the Chinese standard."""

    tag: int
    name: str
    zh: str
    format: Format
    least: int
    most: int
    source: Source


class Dictionary(dict[int, Info]):
    """Data objects by tag number."""

    def add(self, tag: int, name: str, zh: str, form: Format, lengths: int | tuple[int, int], source: Source) -> int:
        """Adds an object and gives back its number; a second definition of a tag is a mistake."""
        if tag in self:
            raise ValueError(f"tag {tag:X} is defined twice")
        least, most = (lengths, lengths) if isinstance(lengths, int) else lengths
        self[tag] = Info(tag, name, zh, form, least, most, source)
        return tag

    def fits(self, tag: int, value: bytes) -> bool:
        """Whether a value has a length the dictionary allows (an unknown tag always fits)."""
        info = self.get(tag)
        return info is None or info.least <= len(value) <= info.most
