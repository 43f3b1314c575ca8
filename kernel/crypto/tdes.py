"""Triple DES with a double-length key, and single DES as its degenerate case (ISO/IEC 18033-3 clause 4.2).

A terminal never holds an issuer key: this file serves the simulated card, the simulated issuer and SAMs in software.
The cipher comes from the `cryptography` package, imported at the first use: an embedded kernel need not have it.
"""

from typing import Any

from jinka.kernel.errors import MisuseError

BLOCK = 8


def _cipher(key: bytes, mode: Any) -> Any:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher

    return Cipher(TripleDES(key), mode)


def _long(key: bytes) -> bytes:
    """A key as K1 K2 K3: 16 bytes mean K3 = K1, 8 bytes single DES."""
    if len(key) == 16:
        return key + key[:8]
    if len(key) == 8:
        return key * 3
    raise MisuseError(f"a DES key has 8 or 16 bytes, not {len(key)}")


def _whole(data: bytes) -> bytes:
    if not data or len(data) % BLOCK:
        raise MisuseError(f"{len(data)} bytes are not whole blocks of {BLOCK}")
    return data


def encrypt_ecb(key: bytes, data: bytes) -> bytes:
    """Each 8-byte block by itself; the key has 16 bytes (triple) or 8 (single)."""
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    result: bytes = _cipher(_long(key), ECB()).encryptor().update(_whole(data))  # noqa: S305 - the standard's own mode
    return result


def decrypt_ecb(key: bytes, data: bytes) -> bytes:
    """The inverse of `encrypt_ecb`."""
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    result: bytes = _cipher(_long(key), ECB()).decryptor().update(_whole(data))  # noqa: S305 - as above
    return result


def encrypt_cbc(key: bytes, data: bytes, iv: bytes = bytes(BLOCK)) -> bytes:
    """Whole 8-byte blocks chained from `iv`; the key has 16 bytes (triple) or 8 (single)."""
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    result: bytes = _cipher(_long(key), CBC(iv)).encryptor().update(_whole(data))
    return result
