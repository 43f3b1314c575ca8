"""What a timed call works on: inputs, the same in every run, in memory that begins at a line of the cache."""

import random
from typing import Any

from jinka import native

from tests.bench.native.library import ffi


def aligned(content: bytes, size: int) -> tuple[Any, Any]:
    """`size` bytes that begin with `content`: their owner and a pointer."""
    owner = ffi.new("uint8_t[]", size + 64)
    pointer = owner + -int(ffi.cast("uintptr_t", owner)) % 64
    ffi.memmove(pointer, content, len(content))
    return owner, pointer


def contents(call: str, size: int, count: int) -> tuple[bytes, bytes]:
    """Input and keys; SM2's are the columns that peer.h describes."""
    source = random.Random(f"{size} {count}")
    if not call.startswith("sm2"):
        return source.randbytes(size * count), source.randbytes(16 * count)
    secrets = [source.randbytes(32) for _ in range(count)]
    if "key" in call:
        secrets = secrets[:1] * count
    messages = [source.randbytes(32) for _ in range(count)]
    if "sign" in call:
        return b"".join(messages) + source.randbytes(32 * count), b"".join(secrets)
    keys = [native.sm2_public_key(secret) for secret in secrets]
    # A call for one is given the digest, a call for many the messages.
    sign = native.sm2_sign if count > 1 else native.sm2_sign_digest
    return b"".join(messages + [sign(d, m, nonce=b"") for d, m in zip(secrets, messages, strict=True)]), b"".join(keys)


def chained(call: str) -> bool:
    """Whether the answer is the next call's input, so that no call begins before the last has ended."""
    return not call.startswith("sm2") and not call.endswith("batch")


class Work:
    """A `struct work`, `struct`. The answer takes the place of the input if the call is chained, else a place of its own;
    either has room for what a call adds to its input, a tag or digests."""

    def __init__(self, call: str, size: int, count: int) -> None:
        self.fresh, keys = contents(call, size, count)
        self.owners, pointers = zip(
            aligned(self.fresh, len(self.fresh) + 64), aligned(keys, len(keys)), aligned(b"", 64 * count + 64), strict=True
        )
        self.input, key, apart = pointers
        self.output = self.input if chained(call) else apart
        fields = {"out": self.output, "in": self.input, "key": key, "size": size, "count": count}
        self.struct = ffi.new("struct work *", fields)

    def reset(self) -> None:
        ffi.memmove(self.input, self.fresh, len(self.fresh))

    def answer(self, length: int) -> bytes:
        return bytes(ffi.buffer(self.output, length))
