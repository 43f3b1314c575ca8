"""Jinka's native core: SM3 (GB/T 32905), HMAC-SM3 and SM4 (GB/T 32907) in constant-time C.

Only `jinka.kernel.crypto` should import this package; it turns bytes into friendly objects.
"""

from jinka.native.bind import (
    Padding,
    Sm3,
    Sm4,
    available,
    equal,
    hmac_sm3,
    implementation,
    sm3,
    sm4_cbc_mac,
    sm4_decrypt_block,
    sm4_encrypt_block,
)
from jinka.native.errors import NativeFault

__all__ = [
    "NativeFault",
    "Padding",
    "Sm3",
    "Sm4",
    "available",
    "equal",
    "hmac_sm3",
    "implementation",
    "sm3",
    "sm4_cbc_mac",
    "sm4_decrypt_block",
    "sm4_encrypt_block",
]
