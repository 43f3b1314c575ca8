"""Jinka's native core: SM3 (GB/T 32905), HMAC-SM3, SM4 (GB/T 32907) and SM2 signatures (GB/T 32918.2) in C.

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
from jinka.native.bind_sm2 import (
    Sm2Key,
    Sm2Signer,
    sm2_check_key,
    sm2_e,
    sm2_public_key,
    sm2_sign,
    sm2_sign_digest,
    sm2_verify,
    sm2_verify_batch,
    sm2_verify_digest,
    sm2_verify_digests,
    sm2_za,
)
from jinka.native.errors import NativeFault

__all__ = [
    "NativeFault",
    "Padding",
    "Sm2Key",
    "Sm2Signer",
    "Sm3",
    "Sm4",
    "available",
    "equal",
    "hmac_sm3",
    "implementation",
    "sm2_check_key",
    "sm2_e",
    "sm2_public_key",
    "sm2_sign",
    "sm2_sign_digest",
    "sm2_verify",
    "sm2_verify_batch",
    "sm2_verify_digest",
    "sm2_verify_digests",
    "sm2_za",
    "sm3",
    "sm4_cbc_mac",
    "sm4_decrypt_block",
    "sm4_encrypt_block",
]
