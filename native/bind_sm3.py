"""Python's way to many SM3 digests (GB/T 32905) at once and to HMAC-SM3 (RFC 2104) under a kept key; the conventions are
those of `bind.py`. Batches let other threads run meanwhile.
"""

from typing import Any, NoReturn, Self

from jinka.native._core import ffi, lib
from jinka.native.bind import Buffer, refuse, type_of_digest, view, window
from jinka.native.errors import NativeFault


def sm3_batch(data: Buffer, count: int) -> bytes:
    """The digests, 32 bytes each, of `count` messages of one length that follow each other in `data`."""
    source = view(data)
    out = ffi.new("uint8_t[]", 32 * max(count, 0))
    if count < 0 or lib.jk_sm3_batch(out, len(out), source, len(source), count) != 0:
        refuse(f"sm3_batch of {count}", data=(len(source), "as many of one length"))
    return window(out)[:]


class HmacSm3:
    """An HMAC-SM3 key of any length, prepared once, which halves the work for a short message. Threads may share it as
    long as none wipes it.

    What is kept of the key is overwritten by `wipe()`, at the end of a `with` block, and when the object dies.
    """

    __slots__ = ("_ctx",)

    def __init__(self, key: Buffer) -> None:
        k = view(key)
        self._ctx: Any = ffi.gc(ffi.new("jk_hmac_sm3_ctx *"), lib.jk_hmac_sm3_wipe)
        lib.jk_hmac_sm3_init(self._ctx, k, len(k))

    def wipe(self) -> None:
        """Overwrite the key. Every later use raises `NativeFault`; a second `wipe` does nothing."""
        if self._ctx is not None:
            lib.jk_hmac_sm3_wipe(self._ctx)
            self._ctx = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.wipe()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is neither copied nor pickled")

    def _key(self) -> Any:
        if self._ctx is None:
            raise NativeFault("this HmacSm3 key has been wiped")
        return self._ctx

    def mac(self, data: Buffer) -> bytes:
        """As `hmac_sm3` with this key, 32 bytes."""
        source, out = view(data), ffi.new(type_of_digest)
        lib.jk_hmac_sm3_mac(self._key(), out, 32, source, len(source))
        return window(out)[:]

    def mac_batch(self, data: Buffer, count: int) -> bytes:
        """The MACs, 32 bytes each, of `count` messages of one length that follow each other in `data`."""
        source = view(data)
        out = ffi.new("uint8_t[]", 32 * max(count, 0))
        if count < 0 or lib.jk_hmac_sm3_batch(self._key(), out, len(out), source, len(source), count) != 0:
            refuse(f"HmacSm3.mac_batch of {count}", data=(len(source), "as many of one length"))
        return window(out)[:]
