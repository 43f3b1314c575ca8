"""Triple DES with a double-length key, and single DES as its degenerate case (ISO/IEC 18033-3 clause 4.2).

A terminal never holds an issuer key: this file serves the simulated card, the simulated issuer and SAMs in software. The
cipher is the C core's.
"""

from jinka.kernel.errors import MisuseError

BLOCK = 8


def _check(key: bytes, data: bytes) -> None:
    """Raises `MisuseError` unless the key has 16 bytes (triple) or 8 (single) and the data is whole blocks."""
    if len(key) not in (8, 16):
        raise MisuseError(f"a DES key has 8 or 16 bytes, not {len(key)}")
    if not data or len(data) % BLOCK:
        raise MisuseError(f"{len(data)} bytes are not whole blocks of {BLOCK}")


def encrypt_ecb(key: bytes, data: bytes) -> bytes:
    """Each 8-byte block by itself; the key has 16 bytes (triple) or 8 (single)."""
    from jinka.native import Tdes

    _check(key, data)
    with Tdes(key) as cipher:
        return cipher.encrypt_ecb(data)


def decrypt_ecb(key: bytes, data: bytes) -> bytes:
    """The inverse of `encrypt_ecb`."""
    from jinka.native import Tdes

    _check(key, data)
    with Tdes(key) as cipher:
        return cipher.decrypt_ecb(data)
