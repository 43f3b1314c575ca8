"""Store: the data objects of one transaction, each with its provenance.

Rules kept in one place (EMV 4.4 Book 3 clauses 7.5 and 10.2): card data never overwrites terminal data; an object of
zero length counts as absent; the same primitive object twice in the records ends the transaction; unknown tags are not
kept; optional objects of a wrong length are ignored, those a decision needs end the transaction.
"""

from typing import NamedTuple

from jinka.kernel.data import tags
from jinka.kernel.data.dictionary import Dictionary, Source
from jinka.kernel.data.tlv import Node
from jinka.kernel.errors import MalformedData

# A wrong length of these ends the transaction; of any other known object it makes the object ignored.
STRICT = frozenset(
    {tags.PAN, tags.EXPIRATION_DATE, tags.EFFECTIVE_DATE, tags.AIP, tags.AFL, tags.AUC, tags.ISSUER_COUNTRY,
     tags.VERSION_CARD, tags.APPLICATION_CURRENCY, tags.IAC_DEFAULT, tags.IAC_DENIAL, tags.IAC_ONLINE,
     tags.LOWER_OFFLINE_LIMIT, tags.UPPER_OFFLINE_LIMIT, tags.PAN_SEQUENCE, tags.CA_KEY_INDEX, tags.TRACK2,
     tags.CID, tags.ATC, tags.CRYPTOGRAM, tags.IAD}
)  # fmt: skip
_CARD = Source.CARD


class Value(NamedTuple):
    """A value and where it came from, such as 'SELECT', 'record 1.2', 'GENERATE AC'."""

    value: bytes
    source: Source
    where: str


class Store:
    """Data objects by tag, under one dictionary."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self._values: dict[int, Value] = {}

    def get(self, tag: int) -> bytes | None:
        """The value, or None when absent."""
        held = self._values.get(tag)
        return held.value if held is not None else None

    def held(self, tag: int) -> Value | None:
        """The value with its provenance."""
        return self._values.get(tag)

    def items(self) -> list[tuple[int, Value]]:
        """All objects in the order they came."""
        return list(self._values.items())

    def put(self, tag: int, value: bytes, source: Source = Source.TERMINAL, where: str = "terminal") -> None:
        """Sets a value that the terminal or the issuer owns."""
        self._values[tag] = Value(value, source, where)

    def keep(self, tag: int, value: bytes, where: str) -> None:
        """Sets a value of the card that a step has checked itself."""
        self._values[tag] = Value(value, Source.CARD, where)

    def forget_card(self) -> None:
        """Drops everything the card said: another application is about to be selected."""
        self._values = {tag: held for tag, held in self._values.items() if held.source is not Source.CARD}

    def take(self, node: Node, where: str, *, unique: bool) -> None:
        """Takes a data object the card sent.

        Raises `MalformedData` for the second occurrence when `unique` (records) and for a wrong length of an object
        that a decision needs.
        """
        tag, value = node.tag, node.value
        info = self.dictionary.get(tag)
        if info is None or info.source is not _CARD or not value:
            return
        if unique and (held := self._values.get(tag)) is not None:
            if held.where.startswith("record"):
                raise MalformedData(f"data object {tag:X} occurs twice", path=where, clause="emv-b3/10.2")
            return
        if not info.least <= len(value) <= info.most:
            if tag in STRICT:
                raise MalformedData(
                    f"data object {tag:X} has {len(value)} bytes", path=where, clause="emv-b3/7.5"
                )
            return
        self._values[tag] = Value(value, _CARD, where)

    def take_all(self, nodes: list[Node], where: str, *, unique: bool = False) -> None:
        """Takes what a template holds; inner templates are not opened."""
        for node in nodes:
            if not node.constructed:
                self.take(node, where, unique=unique)
