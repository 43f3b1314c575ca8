"""Python's way to many SM3 digests (GB/T 32905) at once and to HMAC-SM3 (RFC 2104) under a kept key; the conventions are
those of `bind.py`. Batches let other threads run meanwhile.
"""

from jinka.native._core import ffi, lib
from jinka.native.bind import Buffer, refuse, type_of_digest, view, window
from jinka.native.bind_key import Held


def sm3_batch(data: Buffer, count: int) -> bytes:
    """The digests, 32 bytes each, of `count` messages of one length that follow each other in `data`."""
    source = view(data)
    out = ffi.new("uint8_t[]", 32 * max(count, 0))
    if count < 0 or lib.jk_sm3_batch(out, len(out), source, len(source), count) != 0:
        refuse(f"sm3_batch of {count}", data=(len(source), "as many of one length"))
    return window(out)[:]


class HmacSm3(Held):
    """An HMAC-SM3 key of any length, prepared once, which halves the work for a short message."""

    _type = "jk_hmac_sm3_ctx"

    __slots__ = ()

    def __init__(self, key: Buffer) -> None:
        super().__init__()
        k = view(key)
        lib.jk_hmac_sm3_init(self._ctx, k, len(k))

    def mac(self, data: Buffer) -> bytes:
        """As `hmac_sm3` with this key, 32 bytes."""
        source, out = view(data), ffi.new(type_of_digest)
        lib.jk_hmac_sm3_mac(self._ctx or self._gone(), out, 32, source, len(source))
        return window(out)[:]

    def mac_batch(self, data: Buffer, count: int) -> bytes:
        """The MACs, 32 bytes each, of `count` messages of one length that follow each other in `data`."""
        source = view(data)
        out = ffi.new("uint8_t[]", 32 * max(count, 0))
        if count < 0 or lib.jk_hmac_sm3_batch(self._ctx or self._gone(), out, len(out), source, len(source), count) != 0:
            refuse(f"HmacSm3.mac_batch of {count}", data=(len(source), "as many of one length"))
        return window(out)[:]
