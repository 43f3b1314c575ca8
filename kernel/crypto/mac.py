"""MAC: message authentication codes over block ciphers (ISO/IEC 9797-1), and the two ciphers a PBOC card may use.

Keys are 16 bytes for either algorithm. The initial value is zero unless given.
"""

from enum import Enum

from jinka.kernel.crypto import tdes
from jinka.kernel.errors import MisuseError


class Algorithm(Enum):
    """The symmetric algorithm of a card application: international or SM (国密)."""

    TDES = "3des"
    SM4 = "sm4"

    @property
    def block(self) -> int:
        """Block length in bytes."""
        return tdes.BLOCK if self is Algorithm.TDES else 16


def pad_zeros(data: bytes, block: int) -> bytes:
    """Padding method 1: 00 up to a whole block, nothing when already whole; empty data gives one block."""
    return data + bytes(-len(data) % block if data else block)


def pad_80(data: bytes, block: int) -> bytes:
    """Padding method 2: one 80 always, then 00 up to a whole block."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad_80(data: bytes) -> bytes:
    """Takes padding method 2 off. Raises `MisuseError` when there is none."""
    body = data.rstrip(b"\0")
    if not body.endswith(b"\x80"):
        raise MisuseError("no 80 in the padding")
    return body[:-1]


def retail_mac(key: bytes, data: bytes, length: int = 8, *, iv: bytes | None = None) -> bytes:
    """MAC algorithm 3 over DES with padding method 2: single DES along the chain, triple DES on the last block.

    The leftmost `length` bytes (4 to 8).
    """
    from jinka import native

    return native.retail_mac(key, data, native.Padding.METHOD_2, iv)[:length]


def tdes_cbc_mac(key: bytes, data: bytes, length: int = 8, *, iv: bytes | None = None) -> bytes:
    """MAC algorithm 1 over triple DES with padding method 2. The leftmost `length` bytes."""
    from jinka import native

    return native.tdes_cbc_mac(key, data, native.Padding.METHOD_2, iv)[:length]


def sm4_mac(key: bytes, data: bytes, length: int = 8, *, iv: bytes | None = None) -> bytes:
    """MAC algorithm 1 over SM4 with padding method 2. The leftmost `length` bytes (at most 16)."""
    from jinka.native import Padding, sm4_cbc_mac

    return sm4_cbc_mac(key, data, Padding.METHOD_2, iv)[:length]


def mac(algorithm: Algorithm, key: bytes, data: bytes, length: int = 8) -> bytes:
    """The MAC a PBOC card uses under its algorithm. # spec: jrt-0025.17/mac"""
    return retail_mac(key, data, length) if algorithm is Algorithm.TDES else sm4_mac(key, data, length)


def encrypt(algorithm: Algorithm, key: bytes, data: bytes) -> bytes:
    """Whole blocks, each by itself (ECB)."""
    if algorithm is Algorithm.TDES:
        return tdes.encrypt_ecb(key, data)
    from jinka.native import Sm4

    with Sm4(key) as cipher:
        return cipher.encrypt_ecb(data)


def decrypt(algorithm: Algorithm, key: bytes, data: bytes) -> bytes:
    """The inverse of `encrypt`."""
    if algorithm is Algorithm.TDES:
        return tdes.decrypt_ecb(key, data)
    from jinka.native import Sm4

    with Sm4(key) as cipher:
        return cipher.decrypt_ecb(data)
