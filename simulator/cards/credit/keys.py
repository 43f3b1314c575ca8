"""Keys: a card's symmetric keys, derived from the simulated issuer's master keys. TEST KEYS only."""

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache

from jinka.kernel.crypto.derive import card_key, session_key
from jinka.kernel.crypto.mac import Algorithm
from jinka.simulator.authority import DATA

ALGORITHMS = {"tdes": Algorithm.TDES, "sm4": Algorithm.SM4}


@dataclass(frozen=True, slots=True)
class CardKeys:
    """The three keys of one card, 16 bytes each: cryptograms, script MAC, script encipherment."""

    algorithm: Algorithm
    ac: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    enc: bytes = field(repr=False)

    def session(self, atc: int) -> "CardKeys":
        """The keys of one transaction."""
        return _session(self, atc)


@lru_cache(maxsize=64)
def _session(card: CardKeys, atc: int) -> CardKeys:
    """A command asks for them several times, and a transaction that is run again from the beginning once more."""
    ac, mac, enc = (session_key(card.algorithm, key, atc) for key in (card.ac, card.mac, card.enc))
    return CardKeys(card.algorithm, ac, mac, enc)


@lru_cache(maxsize=1)
def _masters() -> dict[str, dict[str, str]]:
    masters: dict[str, dict[str, str]] = tomllib.loads((DATA / "issuer.toml").read_text("utf-8"))["keys"]
    return masters


@lru_cache(maxsize=64)
def card_keys(name: str, pan: str, sequence: int | None) -> CardKeys:
    """The keys the issuer's master keys `name` ("tdes" or "sm4") give for a PAN and its sequence number."""
    algorithm, masters = ALGORITHMS[name], _masters()[name]
    ac, mac, enc = (
        card_key(algorithm, bytes.fromhex(masters[use]), pan or "0", sequence) for use in ("ac", "mac", "enc")
    )
    return CardKeys(algorithm, ac, mac, enc)
