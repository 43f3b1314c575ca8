"""Chip: the issuer's half of the cryptograms. Recomputed from field 55 alone; the terminal's opinion does not count.

# spec: jrt0025-5/14.1, jrt0025-17/cryptogram
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jinka.kernel.crypto import cryptogram
from jinka.kernel.crypto.derive import card_key, session_key
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.data import tags
from jinka.kernel.data.formats import number
from jinka.kernel.errors import JinkaError
from jinka.kernel.secret import Secret
from jinka.simulator.issuer.book import Account, Book

# The algorithm identifier in issuer application data; 04 for SM4 is the reading of most sources.
_ALGORITHMS = {0x01: Algorithm.TDES, 0x04: Algorithm.SM4}
_CASH_IDS = (0x01, 0x03)  # issuer discretionary data that starts with the electronic cash balance


@dataclass(frozen=True, slots=True)
class IssuerData:
    """Issuer application data (9F10): 07, DKI, CVN, CVR (4), algorithm, then length and issuer discretionary data.

    `cash_balance` is what the card says it holds, None when it does not say.
    """

    version: int
    cvr: bytes
    algorithm: Algorithm
    cash_balance: int | None

    @classmethod
    def parse(cls, raw: bytes) -> "IssuerData | None":
        """None when it is not in this form."""
        if len(raw) < 8 or raw[0] != 7 or raw[3] != 3 or raw[7] not in _ALGORITHMS:
            return None
        rest = raw[9:]
        held = None
        if len(rest) >= 6 and rest[0] in _CASH_IDS and rest[1:6].hex().isdigit():
            held = number(rest[1:6])
        return cls(raw[2], raw[3:7], _ALGORITHMS[raw[7]], held)


@dataclass(frozen=True, slots=True)
class CardSession:
    """The keys of one card in one transaction, with the ATC and the ARQC that scripts are bound to."""

    algorithm: Algorithm
    atc: int
    arqc: bytes
    ac: Secret
    mac: Secret
    enc: Secret
    card_ac: Secret

    def issuer_data(self, arc: str) -> bytes:
        """Tag 91: ARPC (8 bytes) and the response code it answers for (2)."""
        code = arc.encode("ascii")
        return cryptogram.arpc(self.algorithm, self.ac.reveal(), self.arqc, code) + code


def open_session(
    book: Book, account: Account, pan_sequence: int | None, chip: Mapping[int, bytes]
) -> CardSession | None:
    """The session keys a request asks for; None when it has no usable cryptogram."""
    arqc, atc = chip.get(tags.CRYPTOGRAM, b""), chip.get(tags.ATC, b"")
    data = IssuerData.parse(chip.get(tags.IAD, b""))
    if len(arqc) != 8 or len(atc) != 2 or data is None:
        return None
    algorithm, counter = data.algorithm, int.from_bytes(atc, "big")
    masters = book.masters[algorithm]
    keys = [
        card_key(algorithm, master.reveal(), account.digits, pan_sequence)
        for master in (masters.ac, masters.mac, masters.enc)
    ]
    ac, mac, enc = (Secret(session_key(algorithm, key, counter)) for key in keys)
    return CardSession(algorithm, counter, arqc, ac, mac, enc, Secret(keys[0]))


def verify(session: CardSession, chip: Mapping[int, bytes]) -> bool:
    """Whether the cryptogram of the request is the card's own."""
    data = IssuerData.parse(chip.get(tags.IAD, b""))
    if data is None:
        return False
    try:
        text = cryptogram.cryptogram_data(data.version, chip, chip.get(tags.AIP, bytes(2)), session.atc, data.cvr)
    except JinkaError:
        return False
    return cryptogram.application_cryptogram(session.algorithm, session.ac.reveal(), text) == session.arqc
