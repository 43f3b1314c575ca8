"""Cryptograms: what a card and its issuer compute, recomputed through other libraries than the kernel and simulator use.

# spec: jrt0025-5/derivation, jrt0025-5/14.1, jrt0025-5/script-mac, jrt0025-5/pin-change, jrt0025-17/mac

DES comes from pycryptodomex one block at a time and triple DES is put together here; SM4 comes from gmssl. TEST KEYS only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

TDES, SM4 = "tdes", "sm4"
# The last byte of the standard part of the IAD; sources disagree about the value for SM4.
ALGORITHMS = {0x01: TDES, 0x04: SM4}
# What a cryptogram of version 01 covers of the terminal's data, in order.
COVERED = ("9F02", "9F03", "9F1A", "95", "5F2A", "9A", "9C", "9F37")
SIZES = {"9F02": 6, "9F03": 6, "9F1A": 2, "95": 5, "5F2A": 2, "9A": 3, "9C": 1, "9F37": 4}

Cipher = Callable[[bytes], bytes]


@lru_cache(maxsize=64)
def _des(key: bytes) -> tuple[Cipher, Cipher]:
    """One block enciphered and deciphered under 8 bytes."""
    from Cryptodome.Cipher import DES

    made = DES.new(key, DES.MODE_ECB)  # noqa: S304 - what the standard says
    return made.encrypt, made.decrypt


def _sm4(key: bytes) -> Cipher:
    from gmssl import sm4

    made = sm4.CryptSM4()
    made.set_key(key, sm4.SM4_ENCRYPT)
    return lambda block: bytes(made.one_round(made.sk, list(block)))


def block(algorithm: str, key: bytes) -> tuple[Cipher, int]:
    """Enciphers one block under 16 bytes; the size of a block."""
    if algorithm == SM4:
        return _sm4(key), 16
    (left, _), (_, back) = _des(key[:8]), _des(key[8:])
    return lambda plain: left(back(left(plain))), 8


def ecb(algorithm: str, key: bytes, plain: bytes) -> bytes:
    """Whole blocks, each by itself."""
    cipher, size = block(algorithm, key)
    return b"".join(cipher(plain[at : at + size]) for at in range(0, len(plain), size))


def padded(plain: bytes, size: int) -> bytes:
    """80, then 00 to a whole block."""
    plain += b"\x80"
    while len(plain) % size:
        plain += b"\0"
    return plain


@lru_cache(maxsize=64)
def mac(algorithm: str, key: bytes, plain: bytes) -> bytes:
    """The whole last block. DES: ISO/IEC 9797-1 algorithm 3, single DES but for the end; SM4: algorithm 1."""
    cipher, size = _sm4(key) if algorithm == SM4 else _des(key[:8])[0], 16 if algorithm == SM4 else 8
    plain, chained = padded(plain, size), bytes(size)
    for at in range(0, len(plain), size):
        chained = cipher(bytes(a ^ b for a, b in zip(chained, plain[at : at + size], strict=True)))
    return chained if algorithm == SM4 else cipher(_des(key[8:])[1](chained))


@dataclass(frozen=True, slots=True)
class Keys:
    """Three keys of 16 bytes: cryptogram, script MAC, script encipherment. Masters, a card's, or a session's."""

    algorithm: str
    ac: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    enc: bytes = field(repr=False)

    def _derived(self, first: bytes, second: bytes) -> "Keys":
        ac, mac_, enc = (ecb(self.algorithm, key, first + second) for key in (self.ac, self.mac, self.enc))
        return Keys(self.algorithm, ac, mac_, enc)

    def card(self, pan: str, sequence: int | None) -> "Keys":
        """A card's keys, from the issuer's masters."""
        digits = bytes.fromhex(f"{pan}{sequence or 0:02d}"[-16:].rjust(16, "0"))
        return self._derived(digits, turned(digits))

    def session(self, atc: bytes) -> "Keys":
        """The keys of one transaction, from a card's."""
        return self._derived(bytes(6) + atc, bytes(6) + turned(atc))


def turned(plain: bytes) -> bytes:
    """Every bit the other way round."""
    return bytes(255 - byte for byte in plain)


def application_cryptogram(session: Keys, values: Mapping[str, bytes], aip: bytes, atc: bytes, iad: bytes) -> bytes:
    """The cryptogram of version 01 over the terminal's values, by tag; what a list did not ask for counts as zeros."""
    plain = b"".join(values.get(tag, bytes(SIZES[tag])) for tag in COVERED) + aip + atc + iad[3:7]
    return mac(session.algorithm, session.ac, plain)[:8]


def response_cryptogram(session: Keys, cryptogram: bytes, code: bytes) -> bytes:
    """The issuer's answer: the card's cryptogram with the response code mixed into its first two bytes, enciphered."""
    mixed = bytes((cryptogram[0] ^ code[0], cryptogram[1] ^ code[1])) + cryptogram[2:]
    cipher, size = block(session.algorithm, session.ac)
    return cipher(mixed.ljust(size, b"\0"))[:8]


def script_mac(session: Keys, command: bytes, atc: bytes, cryptogram: bytes) -> bytes:
    """The four bytes at the end of a script command: over its header with Lc, ATC, the first cryptogram and its data."""
    return mac(session.algorithm, session.mac, command[:5] + atc + cryptogram + command[5 : 1 + command[4]])[:4]


def pin_change(session: Keys, card: Keys, pin: str, current: str | None = None) -> bytes:
    """The enciphered data of PIN CHANGE: length, block, padding."""
    hidden = bytes.fromhex(f"0{len(pin)}{pin}".ljust(16, "F"))
    mask = bytes(4) + card.ac[4:8]
    digits = bytes.fromhex((current or "").ljust(16, "0"))
    plain = b"\x08" + bytes(a ^ b ^ c for a, b, c in zip(hidden, mask, digits, strict=True))
    size = 16 if session.algorithm == SM4 else 8
    return ecb(session.algorithm, session.enc, padded(plain, size) if len(plain) % size else plain)
