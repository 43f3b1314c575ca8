"""Layouts: what a recovered RSA block holds (EMV 4.4 Book 2 tables 6, 7, 14, 15, 17, 23).

Described, not sliced: `size` is the length of the block, all of them start with 6A and end with BC.
"""

from typing import Any

from construct import Byte, Bytes, Const, Container, Struct, this

ISSUER_CERTIFICATE = Struct(
    Const(b"\x6a\x02"),
    "issuer" / Bytes(4),
    "expiry" / Bytes(2),
    "serial" / Bytes(3),
    "hash_algorithm" / Byte,
    "key_algorithm" / Byte,
    "key_length" / Byte,
    "exponent_length" / Byte,
    "key" / Bytes(this._.size - 36),
    "hash" / Bytes(20),
    Const(b"\xbc"),
)

ICC_CERTIFICATE = Struct(
    Const(b"\x6a\x04"),
    "pan" / Bytes(10),
    "expiry" / Bytes(2),
    "serial" / Bytes(3),
    "hash_algorithm" / Byte,
    "key_algorithm" / Byte,
    "key_length" / Byte,
    "exponent_length" / Byte,
    "key" / Bytes(this._.size - 42),
    "hash" / Bytes(20),
    Const(b"\xbc"),
)

STATIC_DATA = Struct(
    Const(b"\x6a\x03"),
    "hash_algorithm" / Byte,
    "authentication_code" / Bytes(2),
    "pad" / Bytes(this._.size - 26),
    "hash" / Bytes(20),
    Const(b"\xbc"),
)

DYNAMIC_DATA = Struct(
    Const(b"\x6a\x05"),
    "hash_algorithm" / Byte,
    "length" / Byte,
    "content" / Bytes(this._.size - 25),
    "hash" / Bytes(20),
    Const(b"\xbc"),
)


def parse(layout: "Struct[Any, Any]", block: bytes) -> "Container[Any]":
    """Reads a block; raises `construct.ConstructError` when header, format or trailer are not the layout's."""
    return layout.parse(block, size=len(block))
