"""Recover: public keys and signed data out of RSA certificates (EMV 4.4 Book 2 clauses 5 to 7 and annex A2.1).

What fails here is a TVR bit, not an exception: every function gives back either what it recovered or a `Refused` that
says why. Public-key operations only: nothing secret is touched.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from jinka.kernel.crypto import layouts
from jinka.kernel.crypto.layouts import F, Layout
from jinka.kernel.data.formats import month_end

EXPONENTS = (b"\x03", b"\x01\x00\x01", b"\x00\x00\x03")
MAX_MODULUS = 248
HASH_SHA1 = 0x01
KEY_RSA = 0x01


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something could not be recovered or verified, in words for a trace. `missing`: the card left out a remainder
    that the key needs, which is one more TVR bit."""

    reason: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An RSA public key; `expiry` and `serial` (3 bytes) are those of its certificate, None for a CA key."""

    modulus: bytes
    exponent: bytes
    expiry: date | None = None
    serial: bytes | None = None

    @property
    def size(self) -> int:
        """The length of the modulus in bytes."""
        return len(self.modulus)


@dataclass(frozen=True, slots=True)
class StaticData:
    """What a signature over static data proved: the data authentication code, 2 bytes."""

    authentication_code: bytes


@dataclass(frozen=True, slots=True)
class DynamicData:
    """What a signature over dynamic data holds: the ICC dynamic data, without its length."""

    content: bytes


def raw(key: PublicKey, block: bytes) -> bytes | Refused:
    """The RSA public operation; the block must be as long as the modulus and smaller than it in value."""
    size = len(key.modulus)
    if size == 0 or size > MAX_MODULUS:
        return Refused(f"a modulus of {size} bytes")
    if len(block) != size:
        return Refused(f"{len(block)} bytes under a key of {size}")
    if key.exponent not in EXPONENTS:
        return Refused("the exponent is neither 3 nor 65537")
    modulus, value = int.from_bytes(key.modulus, "big"), int.from_bytes(block, "big")
    if not modulus & 1 or value >= modulus:
        return Refused("the block does not fit the modulus")
    return pow(value, int.from_bytes(key.exponent, "big"), modulus).to_bytes(size, "big")


def _open(key: PublicKey, block: bytes, layout: Layout[F]) -> tuple[bytes, F] | Refused:
    recovered = raw(key, block)
    if isinstance(recovered, Refused):
        return recovered
    fields = layout.parse(recovered)
    return (recovered, fields) if fields is not None else Refused("header, format or trailer of the recovered block")


def _key(fields: layouts.Certificate, remainder: bytes, exponent: bytes, limit: int) -> PublicKey | Refused:
    """The key inside a certificate: its left part from the block, the rest from the remainder. `limit` is the longest
    a key under this certificate may be."""
    length, room = fields.key_length, len(fields.key)
    if not 0 < length <= limit:
        return Refused(f"a key length of {length}")
    if fields.exponent_length != len(exponent) or exponent not in EXPONENTS:
        return Refused("the exponent")
    if length <= room:
        modulus = fields.key[:length]
    elif len(remainder) != length - room:
        return Refused(f"a remainder of {len(remainder)} bytes where {length - room} belong")
    else:
        modulus = fields.key + remainder
    return PublicKey(modulus, exponent, month_end(fields.expiry), fields.serial)


def _sound(fields: layouts.Certificate, hashed: bytes, today: date) -> str | None:
    """What both kinds of certificate must satisfy; the reason when it does not."""
    if fields.hash_algorithm != HASH_SHA1:
        return f"hash algorithm {fields.hash_algorithm:02X}"
    if hashlib.sha1(hashed, usedforsecurity=False).digest() != fields.hash:
        return "the hash"
    last = month_end(fields.expiry)
    if last is None or last < today:
        return "the certificate has expired"
    if fields.key_algorithm != KEY_RSA:
        return f"key algorithm {fields.key_algorithm:02X}"
    return None


def issuer_key(
    ca: PublicKey, certificate: bytes, remainder: bytes, exponent: bytes, pan: str, today: date
) -> PublicKey | Refused:
    """The issuer public key of tags 90, 92, 9F32. `pan` is the card's number in digits. # spec: emv-b2/6.3

    The caller checks the revocation list with the serial of what is returned.
    """
    opened = _open(ca, certificate, layouts.ISSUER_CERTIFICATE)
    if isinstance(opened, Refused):
        return opened
    block, fields = opened
    if not remainder and fields.key_length > len(fields.key):
        return Refused("no remainder, though the key needs one", missing=True)
    if reason := _sound(fields, block[1:-21] + remainder + exponent, today):
        return Refused(reason)
    issuer = fields.holder.hex().rstrip("f")
    if not 3 <= len(issuer) <= 8 or not pan.startswith(issuer):
        return Refused("the issuer identifier is not that of the PAN")
    return _key(fields, remainder, exponent, MAX_MODULUS)


def icc_key(
    issuer: PublicKey, certificate: bytes, remainder: bytes, exponent: bytes, static: bytes, pan: str, today: date
) -> PublicKey | Refused:
    """An ICC public key: tags 9F46, 9F48, 9F47 with the static data, or 9F2D, 9F2F, 9F2E with none.

    # spec: emv-b2/6.4, emv-b2/7.1
    """
    opened = _open(issuer, certificate, layouts.ICC_CERTIFICATE)
    if isinstance(opened, Refused):
        return opened
    block, fields = opened
    if not remainder and fields.key_length > len(fields.key):
        return Refused("no remainder, though the key needs one", missing=True)
    if reason := _sound(fields, block[1:-21] + remainder + exponent + static, today):
        return Refused(reason)
    if fields.holder.hex().rstrip("f") != pan:
        return Refused("the certificate is for another PAN")
    return _key(fields, remainder, exponent, issuer.size)


def static_data(issuer: PublicKey, signature: bytes, static: bytes) -> StaticData | Refused:
    """Verifies the signed static application data, tag 93. # spec: emv-b2/5.4"""
    opened = _open(issuer, signature, layouts.STATIC_DATA)
    if isinstance(opened, Refused):
        return opened
    block, fields = opened
    if fields.hash_algorithm != HASH_SHA1:
        return Refused(f"hash algorithm {fields.hash_algorithm:02X}")
    if hashlib.sha1(block[1:-21] + static, usedforsecurity=False).digest() != fields.hash:
        return Refused("the hash: the static data is not what was signed")
    return StaticData(fields.authentication_code)


def dynamic_data(icc: PublicKey, signature: bytes, terminal_data: bytes) -> DynamicData | Refused:
    """Verifies the signed dynamic application data, tag 9F4B, over what the terminal sent. # spec: emv-b2/6.5.2"""
    opened = _open(icc, signature, layouts.DYNAMIC_DATA)
    if isinstance(opened, Refused):
        return opened
    block, fields = opened
    if fields.hash_algorithm != HASH_SHA1:
        return Refused(f"hash algorithm {fields.hash_algorithm:02X}")
    if fields.length > len(fields.content):
        return Refused("more dynamic data than the block can hold")
    if hashlib.sha1(block[1:-21] + terminal_data, usedforsecurity=False).digest() != fields.hash:
        return Refused("the hash: not a signature over this transaction")
    return DynamicData(fields.content[: fields.length])


def holds_pin(key: PublicKey) -> bool:
    """Whether a block that begins with 7F, PIN block and challenge fits: 17 bytes, and an odd modulus of full length.

    A key that cannot is found out before a PIN is asked for. # spec: emv-b2/7.2
    """
    return key.size >= 17 and bool(key.modulus[0] & 0x80 and key.modulus[-1] & 1)


def encipher(key: PublicKey, block: bytes) -> bytes | Refused:
    """The same public operation, for an enciphered PIN. # spec: emv-b2/7.2"""
    return raw(key, block)
