"""Derive: a card's keys from the issuer's master keys, and session keys from a card's keys.

# spec: jrt-0025.5/derivation, jrt-0025.17/derivation

Triple DES is confirmed by published worked examples. The SM4 forms follow the same construction with one 16-byte block;
vectors in `tests/crypto` freeze them.
"""

from jinka.kernel.crypto.mac import Algorithm, encrypt
from jinka.kernel.errors import MisuseError


def _inverted(block: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in block)


def diversifier(pan: str, sequence: int | None) -> bytes:
    """Y: the rightmost 16 digits of PAN and sequence number (00 when absent), 8 bytes."""
    if not pan.isdigit() or not 0 <= (sequence or 0) <= 99:
        raise MisuseError("a PAN is digits and its sequence number is 0 to 99")
    return bytes.fromhex(f"{pan}{sequence or 0:02d}".rjust(16, "0")[-16:])


def card_key(algorithm: Algorithm, master: bytes, pan: str, sequence: int | None) -> bytes:
    """The 16-byte key of one card. DES parity is left as it falls."""
    seed = diversifier(pan, sequence)
    return encrypt(algorithm, master, seed + _inverted(seed))


def session_key(algorithm: Algorithm, key: bytes, atc: int) -> bytes:
    """The 16-byte key of one transaction, from a card key and the application transaction counter."""
    counter = atc.to_bytes(2, "big")
    return encrypt(algorithm, key, bytes(6) + counter + bytes(6) + _inverted(counter))
