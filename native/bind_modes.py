"""Python's way to what the C core builds on SM4 and SM3: GCM (NIST SP 800-38D, RFC 8998), CMAC (NIST SP 800-38B; ISO/IEC
9797-1, algorithm 5) and the key derivation of SM2 (GB/T 32918.3, 5.4.3). The conventions are those of `bind.py`.
"""

from jinka.native._core import ffi, lib
from jinka.native.bind import Buffer, refuse, type_of_block, view, window
from jinka.native.bind_key import Held
from jinka.native.errors import NativeFault, NotAuthentic

TAG = "12 to 16, or 4 or 8"


def sm3_kdf(z: Buffer, length: int) -> bytes:
    """`length` bytes of key from the shared secret `z`: SM3(z || 1) || SM3(z || 2) ..., the counter four bytes."""
    if length < 0:
        raise NativeFault(f"sm3_kdf: {length} bytes of key")
    source, out = view(z), ffi.new("uint8_t[]", length)
    if lib.jk_sm3_kdf(out, length, source, len(source)) != 0:
        refuse("sm3_kdf", key=(length, "32 (2^32 - 1) at most"))
    return window(out)[:]


def sm4_cmac(key: Buffer, data: Buffer) -> bytes:
    """CMAC of `data`, of any length, under a 16-byte key: 16 bytes. Truncation, to the leftmost bytes, is the caller's."""
    k, source, out = view(key), view(data), ffi.new(type_of_block)
    if lib.jk_sm4_cmac_key(out, 16, k, len(k), source, len(source)) != 0:
        refuse("sm4_cmac", key=(len(k), "16"))
    return window(out)[:]


class Sm4Cmac(Held):
    """A 16-byte key for CMACs."""

    _type = "jk_sm4_cmac_ctx"

    __slots__ = ()

    def __init__(self, key: Buffer) -> None:
        super().__init__()
        k = view(key)
        if lib.jk_sm4_cmac_init(self._ctx, k, len(k)) != 0:
            refuse("Sm4Cmac", key=(len(k), "16"))

    def mac(self, data: Buffer) -> bytes:
        """As `sm4_cmac`, with this key."""
        source, out = view(data), ffi.new(type_of_block)
        lib.jk_sm4_cmac(self._ctx or self._gone(), out, 16, source, len(source))
        return window(out)[:]


class Sm4Gcm(Held):
    """A 16-byte key for GCM, and the length of its tags: 12 to 16 bytes, or 4 or 8 where SP 800-38D, appendix C, permits it.

    An IV is 12 bytes in every protocol with SM4; other lengths, from 1, are hashed. No IV may serve twice under one key, and
    of random ones no more than 2^32: two messages with one IV give away both texts and the key of the tags.
    """

    _type = "jk_sm4_gcm_ctx"

    __slots__ = ("tag_length",)

    def __init__(self, key: Buffer, tag_length: int = 16) -> None:
        if tag_length not in (4, 8, 12, 13, 14, 15, 16):
            refuse("Sm4Gcm", tag=(tag_length, TAG))
        super().__init__()
        k = view(key)
        if lib.jk_sm4_gcm_init(self._ctx, k, len(k)) != 0:
            refuse("Sm4Gcm", key=(len(k), "16"))
        self.tag_length = tag_length

    def seal(self, iv: Buffer, data: Buffer, aad: Buffer = b"") -> bytes:
        """The encrypted data, of the same length, and its tag behind it. `aad` is authenticated with it, not contained."""
        start, source, extra = view(iv), view(data), view(aad)
        n = len(source)
        out = ffi.new("uint8_t[]", n + self.tag_length)
        status = lib.jk_sm4_gcm_seal(
            self._ctx or self._gone(), out, n, out + n, self.tag_length, start, len(start), extra, len(extra), source, n
        )
        if status != 0:
            refuse("Sm4Gcm.seal", iv=(len(start), "1 or more"), data=(n, "2^36 - 32 at most"))
        return window(out)[:]

    def open(self, iv: Buffer, sealed: Buffer, aad: Buffer = b"") -> bytes:
        """The data of a `seal`. `NotAuthentic` if IV, data, tag or `aad` is not as it was sealed: nothing is decrypted then."""
        start, source, extra = view(iv), ffi.from_buffer("uint8_t[]", sealed), view(aad)
        n = len(source) - self.tag_length
        if n < 0:
            refuse("Sm4Gcm.open", sealed=(len(source), f"{self.tag_length} or more"))
        out = ffi.new("uint8_t[]", n)
        status = lib.jk_sm4_gcm_open(
            self._ctx or self._gone(), out, n, source + n, self.tag_length, start, len(start), extra, len(extra), source, n
        )
        if status == lib.JK_ERR_VERIFY:
            raise NotAuthentic("Sm4Gcm.open: the tag is not this message's")
        if status != 0:
            refuse("Sm4Gcm.open", iv=(len(start), "1 or more"), sealed=(len(source), "2^36 - 32 at most, and the tag"))
        return window(out)[:]
