"""Certificates: what an authority signs for an issuer, an issuer for a card, and a card for a terminal.

# spec: emv-b2/5.1, emv-b2/5.2, emv-b2/6.1, emv-b2/6.5.2, emv-b2/6.6.1, emv-b2/7.1

Every block is a row of named fields between header 6A and trailer BC with SHA-1 over what lies between. Any field can
be given another value, so that provoking cards need no code of their own. The extra names are: `hash` (20 bytes in
place of the right one), `hash_flip` (one byte: the number of a hash bit to turn), `remainder`, `length` (two bytes: the
signed block is cut to so many bytes).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinka.kernel.errors import MisuseError
from jinka.simulator.rsa import RsaKey

Fields = Mapping[str, bytes]
NOTHING: Fields = {}
EXTRA = frozenset({"hash", "hash_flip", "remainder", "length"})


@dataclass(frozen=True, slots=True)
class Certificate:
    """A public key certificate: the signed block, the rest of the modulus that did not fit, and the exponent."""

    signed: bytes
    remainder: bytes
    exponent: bytes


@lru_cache(maxsize=512)
def _signed(signer: RsaKey, block: bytes) -> bytes:
    """Signatures over static blocks come back at every new card of a personality."""
    return signer.sign(block)


@lru_cache(maxsize=48)
def _signed_now(signer: RsaKey, block: bytes) -> bytes:
    """Those over dynamic ones come back only when a world of one seed is run again: a few are kept, whoever runs for long."""
    return signer.sign(block)


def _block(fields: list[tuple[str, bytes]], hashed_after: bytes, changes: Fields) -> bytes:
    """Puts the fields together; the hash runs over all but the header, with `hashed_after` behind."""
    names = {name for name, _ in fields} | {"header", "trailer"} | EXTRA
    if unknown := set(changes) - names:
        raise MisuseError(f"no field {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}")
    body = b"".join(changes.get(name, value) for name, value in fields)
    digest = changes.get("hash", hashlib.sha1(body + hashed_after).digest())  # noqa: S324 - what the standard says
    if "hash_flip" in changes:
        bit = changes["hash_flip"][0] % 160
        digest = (int.from_bytes(digest, "big") ^ 1 << bit).to_bytes(20, "big")
    return changes.get("header", b"\x6a") + body + digest + changes.get("trailer", b"\xbc")


def _cut(block: bytes, changes: Fields) -> bytes:
    return block[: int.from_bytes(changes["length"], "big")] if "length" in changes else block


def _certificate(
    signer: RsaKey, subject: RsaKey, holder: list[tuple[str, bytes]], room: int, static: bytes, changes: Fields
) -> Certificate:
    """What issuer and card certificates have in common; `room` is how much of a modulus fits."""
    modulus, exponent = subject.modulus_bytes, subject.exponent_bytes
    key, remainder = modulus[:room].ljust(room, b"\xbb"), modulus[room:]
    fields = [
        *holder,
        ("hash_algorithm", b"\x01"),
        ("key_algorithm", b"\x01"),
        ("key_length", bytes((len(modulus),))),
        ("exponent_length", bytes((len(exponent),))),
        ("key", key),
    ]
    block = _block(fields, changes.get("remainder", remainder) + exponent + static, changes)
    if len(block) != signer.size:
        raise MisuseError(f"a changed field has another length: {len(block)} bytes for a key of {signer.size}")
    return Certificate(_cut(_signed(signer, block), changes), changes.get("remainder", remainder), exponent)


def issuer_certificate(
    signer: RsaKey, issuer: RsaKey, *, identifier: bytes, expiry: bytes, serial: bytes, changes: Fields = NOTHING
) -> Certificate:
    """Tag 90 with 92 and 9F32. `identifier`: 4 bytes, PAN digits filled with F; `expiry`: MMYY; `serial`: 3 bytes."""
    holder = [("format", b"\x02"), ("identifier", identifier), ("expiry", expiry), ("serial", serial)]
    return _certificate(signer, issuer, holder, signer.size - 36, b"", changes)


def card_certificate(
    signer: RsaKey,
    card: RsaKey,
    *,
    pan: bytes,
    expiry: bytes,
    serial: bytes,
    static: bytes = b"",
    changes: Fields = NOTHING,
) -> Certificate:
    """Tags 9F46, 9F48, 9F47, or with empty `static` those of the PIN encipherment key: 9F2D, 9F2F, 9F2E.

    `pan`: 10 bytes filled with F; `expiry`: MMYY; `serial`: 3 bytes; `static`: the static data to be authenticated.
    """
    holder = [("format", b"\x04"), ("pan", pan), ("expiry", expiry), ("serial", serial)]
    return _certificate(signer, card, holder, signer.size - 42, static, changes)


def signed_static_data(signer: RsaKey, *, code: bytes, static: bytes, changes: Fields = NOTHING) -> bytes:
    """Tag 93. `code` is the 2-byte data authentication code."""
    fields = [
        ("format", b"\x03"),
        ("hash_algorithm", b"\x01"),
        ("code", code),
        ("pad", b"\xbb" * (signer.size - 26)),
    ]
    return _cut(_signed(signer, _block(fields, static, changes)), changes)


def signed_dynamic_data(signer: RsaKey, *, dynamic: bytes, terminal: bytes, changes: Fields = NOTHING) -> bytes:
    """Tag 9F4B. `dynamic`: the card's dynamic data; `terminal`: the DDOL data, or 9F37 for a combined signature."""
    fields = [
        ("format", b"\x05"),
        ("hash_algorithm", b"\x01"),
        ("dynamic_length", bytes((len(dynamic),))),
        ("dynamic", dynamic),
        ("pad", b"\xbb" * (signer.size - len(dynamic) - 25)),
    ]
    return _cut(_signed_now(signer, _block(fields, terminal, changes)), changes)
