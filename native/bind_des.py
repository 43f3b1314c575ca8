"""Python's way to DES and two-key triple DES (ISO/IEC 18033-3) in the C core; the conventions are those of `bind.py`.

A key is 16 bytes, K1 and K2, or 8 for single DES; parity bits are ignored. A block is 8 bytes. The batches take one
message of equal length for each key, all one after the other, and let other threads run meanwhile.
"""

from typing import Any, Literal, NoReturn, Self

from jinka.native._core import ffi, lib
from jinka.native.bind import Buffer, Padding, refuse, view, window
from jinka.native.errors import NativeFault

type_of_block = ffi.typeof("uint8_t[8]")

KEY = "16, or 8 for single DES"
WANTED = {
    Padding.NONE: "whole blocks of 8, at least one",
    Padding.METHOD_1: "any length",
    Padding.METHOD_2: "any length",
}
Mac = Literal["cbc", "retail"]


def tdes_encrypt_block(key: Buffer, block: Buffer) -> bytes:
    """One 8-byte block."""
    k, b, out = view(key), view(block), ffi.new(type_of_block)
    if lib.jk_tdes_encrypt_block(out, 8, k, len(k), b, len(b)) != 0:
        refuse("tdes_encrypt_block", key=(len(k), KEY), block=(len(b), "8"))
    return window(out)[:]


def tdes_decrypt_block(key: Buffer, block: Buffer) -> bytes:
    """The inverse of `tdes_encrypt_block`."""
    k, b, out = view(key), view(block), ffi.new(type_of_block)
    if lib.jk_tdes_decrypt_block(out, 8, k, len(k), b, len(b)) != 0:
        refuse("tdes_decrypt_block", key=(len(k), KEY), block=(len(b), "8"))
    return window(out)[:]


def tdes_cbc_mac(key: Buffer, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
    """ISO/IEC 9797-1 algorithm 1 with triple DES, the whole 8-byte last block; zeros for `iv` unless given."""
    k, source, out = view(key), view(data), ffi.new(type_of_block)
    first = start_value("tdes_cbc_mac", iv)
    if lib.jk_tdes_cbc_mac_key(out, 8, k, len(k), first, source, len(source), padding) != 0:
        refuse("tdes_cbc_mac", key=(len(k), KEY), data=(len(source), WANTED[Padding(padding)]))
    return window(out)[:]


def retail_mac(key: Buffer, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
    """ISO/IEC 9797-1 algorithm 3 under a 16-byte key, 8 bytes: DES along the message, triple DES at its end."""
    k, source, out = view(key), view(data), ffi.new(type_of_block)
    first = start_value("retail_mac", iv)
    if lib.jk_tdes_retail_mac_key(out, 8, k, len(k), first, source, len(source), padding) != 0:
        refuse("retail_mac", key=(len(k), "16"), data=(len(source), WANTED[Padding(padding)]))
    return window(out)[:]


def tdes_cbc_mac_batch(keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE) -> bytes:
    """`count` MACs of 8 bytes, each as `tdes_cbc_mac` of its message under its key."""
    return batch("cbc", keys, data, count, padding)


def retail_mac_batch(keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE) -> bytes:
    """`count` MACs of 8 bytes, each as `retail_mac` of its message under its key."""
    return batch("retail", keys, data, count, padding)


def tdes_cbc_mac_verify_batch(
    macs: Buffer, keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE
) -> list[bool]:
    """Whether each MAC begins as `macs` says, which has 4 to 8 bytes of each."""
    return verified("cbc", macs, keys, data, count, padding)


def retail_mac_verify_batch(
    macs: Buffer, keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE
) -> list[bool]:
    """Whether each MAC begins as `macs` says, which has 4 to 8 bytes of each."""
    return verified("retail", macs, keys, data, count, padding)


def purse_mac_batch(master: Buffer, serials: Buffer, seeds: Buffer, data: Buffer) -> bytes:
    """MAC1 or MAC2 of many purse transactions, 4 bytes each: diversification from the 16-byte master key by the card's
    8-byte serial number, session key from the 8-byte seed, CBC-MAC with DES. Messages of one length, one for each."""
    m, s, r, source = view(master), view(serials), view(seeds), view(data)
    n = len(s) // 8
    out = ffi.new("uint8_t[]", 4 * n)
    status = lib.jk_tdes_purse_mac_batch(out, 4 * n, m, len(m), s, len(s), r, len(r), source, len(source), n)
    if status != 0:
        refuse("purse_mac_batch", master=(len(m), "16"), serials=(len(s), "8 each"), seeds=(len(r), "8 each"),
               data=(len(source), "messages of one length"))  # fmt: skip
    return window(out)[:]


def purse_tac_batch(master: Buffer, serials: Buffer, data: Buffer) -> bytes:
    """TACs of many purse transactions, 4 bytes each, under the XOR of the halves of the card's key."""
    m, s, source = view(master), view(serials), view(data)
    n = len(s) // 8
    out = ffi.new("uint8_t[]", 4 * n)
    if lib.jk_tdes_purse_tac_batch(out, 4 * n, m, len(m), s, len(s), source, len(source), n) != 0:
        refuse("purse_tac_batch", master=(len(m), "16"), serials=(len(s), "8 each"), data=(len(source), "of one length"))
    return window(out)[:]


def start_value(function: str, iv: Buffer | None) -> Any:
    """A MAC's initial value; the core reads eight bytes without asking, so the length is settled here."""
    if iv is None:
        return ffi.NULL
    source = view(iv)
    if len(source) != 8:
        refuse(function, iv=(len(source), "8"))
    return source


def batch(kind: Mac, keys: Buffer, data: Buffer, count: int, padding: Padding) -> bytes:
    k, source = view(keys), view(data)
    out = ffi.new("uint8_t[]", 8 * max(count, 0))
    call = lib.jk_tdes_cbc_mac_batch if kind == "cbc" else lib.jk_tdes_retail_mac_batch
    if count < 0 or call(out, len(out), k, len(k), source, len(source), count, padding) != 0:
        refuse(f"{kind} MAC batch of {count}", keys=(len(k), "as many of 16"), data=(len(source), "as many of one length"))
    return window(out)[:]


def verified(kind: Mac, macs: Buffer, keys: Buffer, data: Buffer, count: int, padding: Padding) -> list[bool]:
    told, k, source = view(macs), view(keys), view(data)
    out = ffi.new("uint8_t[]", max(count, 0))
    call = lib.jk_tdes_cbc_mac_verify_batch if kind == "cbc" else lib.jk_tdes_retail_mac_verify_batch
    status = call(out, len(out), told, len(told), k, len(k), source, len(source), count, padding) if count >= 0 else -1
    if status != 0:
        refuse(f"{kind} MAC batch of {count}", macs=(len(told), "as many of 4 to 8"), keys=(len(k), "as many of 16"),
               data=(len(source), "as many of one length"))  # fmt: skip
    return [one == 1 for one in window(out)[:]]


class Tdes:
    """A DES or triple DES key, scheduled once. Threads may share it as long as none wipes it.

    The round keys are overwritten by `wipe()`, at the end of a `with` block, and when the object dies.
    """

    block_size = 8

    __slots__ = ("_ctx",)

    def __init__(self, key: Buffer) -> None:
        k = view(key)
        self._ctx: Any = ffi.gc(ffi.new("jk_tdes_ctx *"), lib.jk_tdes_wipe)
        if lib.jk_tdes_init(self._ctx, k, len(k)) != 0:
            refuse("Tdes", key=(len(k), KEY))

    def wipe(self) -> None:
        """Overwrite the round keys. Every later use raises `NativeFault`; a second `wipe` does nothing."""
        if self._ctx is not None:
            lib.jk_tdes_wipe(self._ctx)
            self._ctx = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.wipe()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is neither copied nor pickled")

    def _key(self) -> Any:
        if self._ctx is None:
            raise NativeFault("this Tdes key has been wiped")
        return self._ctx

    def _run(self, mode: Literal["ecb_encrypt", "ecb_decrypt"], data: Buffer) -> bytes:
        source = view(data)
        out = ffi.new("uint8_t[]", len(source))
        if getattr(lib, f"jk_tdes_{mode}")(self._key(), out, len(source), source, len(source)) != 0:
            refuse(f"Tdes.{mode}", data=(len(source), "whole blocks of 8"))
        return window(out)[:]

    def _chain(self, mode: Literal["cbc_encrypt", "cbc_decrypt"], iv: Buffer, data: Buffer) -> bytes:
        start, source = view(iv), view(data)
        if len(start) != 8:
            refuse(f"Tdes.{mode}", iv=(len(start), "8"))
        chain, out = ffi.new(type_of_block, bytes(start)), ffi.new("uint8_t[]", len(source))
        if getattr(lib, f"jk_tdes_{mode}")(self._key(), chain, out, len(source), source, len(source)) != 0:
            refuse(f"Tdes.{mode}", data=(len(source), "whole blocks of 8"))
        return window(out)[:]

    def encrypt_ecb(self, data: Buffer) -> bytes:
        """Each 8-byte block by itself; no padding is added."""
        return self._run("ecb_encrypt", data)

    def decrypt_ecb(self, data: Buffer) -> bytes:
        return self._run("ecb_decrypt", data)

    def encrypt_cbc(self, iv: Buffer, data: Buffer) -> bytes:
        """Whole blocks, chained from the 8-byte `iv`; no padding is added."""
        return self._chain("cbc_encrypt", iv, data)

    def decrypt_cbc(self, iv: Buffer, data: Buffer) -> bytes:
        return self._chain("cbc_decrypt", iv, data)

    def cbc_mac(self, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
        """As `tdes_cbc_mac`, with this key."""
        source, out = view(data), ffi.new(type_of_block)
        first = start_value("Tdes.cbc_mac", iv)
        if lib.jk_tdes_cbc_mac(self._key(), first, out, 8, source, len(source), padding) != 0:
            refuse("Tdes.cbc_mac", data=(len(source), WANTED[Padding(padding)]))
        return window(out)[:]

    def retail_mac(self, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
        """As `retail_mac`, with this key."""
        source, out = view(data), ffi.new(type_of_block)
        first = start_value("Tdes.retail_mac", iv)
        if lib.jk_tdes_retail_mac(self._key(), first, out, 8, source, len(source), padding) != 0:
            refuse("Tdes.retail_mac", data=(len(source), WANTED[Padding(padding)]))
        return window(out)[:]
