"""Layouts: what a recovered RSA block holds (EMV 4.4 Book 2 tables 6, 7, 14, 15, 17, 23).

Described, not sliced. Every block is the header 6A, a byte that says what it is, its fields, SHA-1 over all but the
header, and the trailer BC; the last field before the hash takes the room that the key leaves.
"""

import struct
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

F = TypeVar("F", bound=tuple[object, ...])
HASH = 20


class Certificate(NamedTuple):
    """Of an issuer's or a card's key; `holder` is the issuer identifier (4 bytes) or the PAN (10), filled up with F."""

    holder: bytes
    expiry: bytes
    serial: bytes
    hash_algorithm: int
    key_algorithm: int
    key_length: int
    exponent_length: int
    key: bytes
    hash: bytes


class Static(NamedTuple):
    """Signed static data."""

    hash_algorithm: int
    authentication_code: bytes
    pad: bytes
    hash: bytes


class Dynamic(NamedTuple):
    """Signed dynamic data: `length` says how much of `content` is data, the rest is pad."""

    hash_algorithm: int
    length: int
    content: bytes
    hash: bytes


class Layout(Generic[F]):
    """A block of one kind. `format` is the byte behind the header; `fields`, in the notation of `struct`, are those before
    the one that takes the room."""

    def __init__(self, format: int, fields: str, made: Callable[..., F]) -> None:
        self.head, self.fields, self.made = bytes((0x6A, format)), fields, made
        self.fixed = len(self.head) + struct.calcsize(fields) + HASH + 1

    def parse(self, block: bytes) -> F | None:
        """The fields; None when header, format or trailer are not the layout's."""
        room = len(block) - self.fixed
        if room < 0 or not block.startswith(self.head) or not block.endswith(b"\xbc"):
            return None
        return self.made(*struct.unpack_from(f"{self.fields}{room}s{HASH}s", block, len(self.head)))


ISSUER_CERTIFICATE = Layout(0x02, ">4s2s3sBBBB", Certificate)
ICC_CERTIFICATE = Layout(0x04, ">10s2s3sBBBB", Certificate)
STATIC_DATA = Layout(0x03, ">B2s", Static)
DYNAMIC_DATA = Layout(0x05, ">BB", Dynamic)
