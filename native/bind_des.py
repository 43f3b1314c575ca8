"""Python's way to DES and two-key triple DES (ISO/IEC 18033-3) in the C core; the conventions are those of `bind.py`.

A key is 16 bytes, K1 and K2, or 8 for single DES; parity bits are ignored. A block is 8 bytes. The batches take one
message of equal length for each key, all one after the other, and let other threads run meanwhile.
"""

from jinka.native._core import lib
from jinka.native.bind import NULL, Buffer, Cipher, Padding, refuse, start_value, view, wanted
from jinka.native.bind_batch import run, verdicts

jk_tdes_encrypt_block, jk_tdes_decrypt_block = lib.jk_tdes_encrypt_block, lib.jk_tdes_decrypt_block
jk_tdes_cbc_mac, jk_tdes_cbc_mac_key = lib.jk_tdes_cbc_mac, lib.jk_tdes_cbc_mac_key
jk_tdes_retail_mac, jk_tdes_retail_mac_key = lib.jk_tdes_retail_mac, lib.jk_tdes_retail_mac_key

KEY = "16, or 8 for single DES"
COLUMNS = {"keys": "as many of 16", "data": "as many of one length"}


def tdes_encrypt_block(key: Buffer, block: Buffer) -> bytes:
    """One 8-byte block."""
    if type(key) is not bytes:
        key = view(key)
    if type(block) is not bytes:
        block = view(block)
    out = bytes(8)
    if jk_tdes_encrypt_block(out, 8, key, len(key), block, len(block)):
        refuse("tdes_encrypt_block", key=(len(key), KEY), block=(len(block), "8"))
    return out


def tdes_decrypt_block(key: Buffer, block: Buffer) -> bytes:
    """The inverse of `tdes_encrypt_block`."""
    if type(key) is not bytes:
        key = view(key)
    if type(block) is not bytes:
        block = view(block)
    out = bytes(8)
    if jk_tdes_decrypt_block(out, 8, key, len(key), block, len(block)):
        refuse("tdes_decrypt_block", key=(len(key), KEY), block=(len(block), "8"))
    return out


def tdes_cbc_mac(key: Buffer, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
    """ISO/IEC 9797-1 algorithm 1 with triple DES, the whole 8-byte last block; zeros for `iv` unless given."""
    if type(key) is not bytes:
        key = view(key)
    if type(data) is not bytes:
        data = view(data)
    first = NULL if iv is None else start_value("tdes_cbc_mac", iv, 8)
    out = bytes(8)
    if jk_tdes_cbc_mac_key(out, 8, key, len(key), first, data, len(data), padding):
        refuse("tdes_cbc_mac", key=(len(key), KEY), data=(len(data), wanted(padding, 8)))
    return out


def retail_mac(key: Buffer, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
    """ISO/IEC 9797-1 algorithm 3 under a 16-byte key, 8 bytes: DES along the message, triple DES at its end."""
    if type(key) is not bytes:
        key = view(key)
    if type(data) is not bytes:
        data = view(data)
    first = NULL if iv is None else start_value("retail_mac", iv, 8)
    out = bytes(8)
    if jk_tdes_retail_mac_key(out, 8, key, len(key), first, data, len(data), padding):
        refuse("retail_mac", key=(len(key), "16"), data=(len(data), wanted(padding, 8)))
    return out


def tdes_cbc_mac_batch(
    keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE, *, threads: int | None = None
) -> bytes:
    """`count` MACs of 8 bytes, each as `tdes_cbc_mac` of its message under its key."""
    return run("tdes_cbc_mac_batch", lib.jk_tdes_cbc_mac_batch, 8, count, COLUMNS, (keys, data), padding, threads=threads)


def retail_mac_batch(
    keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE, *, threads: int | None = None
) -> bytes:
    """`count` MACs of 8 bytes, each as `retail_mac` of its message under its key."""
    return run("retail_mac_batch", lib.jk_tdes_retail_mac_batch, 8, count, COLUMNS, (keys, data), padding, threads=threads)


def tdes_cbc_mac_verify_batch(
    macs: Buffer, keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE, *, threads: int | None = None
) -> list[bool]:
    """Whether each MAC begins as `macs` says, which has 4 to 8 bytes of each."""
    wants, call = {"macs": "as many of 4 to 8"} | COLUMNS, lib.jk_tdes_cbc_mac_verify_batch
    return verdicts(run("tdes_cbc_mac_verify_batch", call, 1, count, wants, (macs, keys, data), padding, threads=threads))


def retail_mac_verify_batch(
    macs: Buffer, keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE, *, threads: int | None = None
) -> list[bool]:
    """Whether each MAC begins as `macs` says, which has 4 to 8 bytes of each."""
    wants, call = {"macs": "as many of 4 to 8"} | COLUMNS, lib.jk_tdes_retail_mac_verify_batch
    return verdicts(run("retail_mac_verify_batch", call, 1, count, wants, (macs, keys, data), padding, threads=threads))


def purse_mac_batch(master: Buffer, serials: Buffer, seeds: Buffer, data: Buffer, *, threads: int | None = None) -> bytes:
    """MAC1 or MAC2 of many purse transactions, 4 bytes each: diversification from the 16-byte master key by the card's
    8-byte serial number, session key from the 8-byte seed, CBC-MAC with DES. Messages of one length, one for each."""
    wants, columns = {"serials": "8 each", "seeds": "8 each", "data": "as many of one length"}, (serials, seeds, data)
    return run("purse_mac_batch", lib.jk_tdes_purse_mac_batch, 4, None, wants, columns, master=master, threads=threads)


def purse_tac_batch(master: Buffer, serials: Buffer, data: Buffer, *, threads: int | None = None) -> bytes:
    """TACs of many purse transactions, 4 bytes each, under the XOR of the halves of the card's key."""
    wants, columns = {"serials": "8 each", "data": "as many of one length"}, (serials, data)
    return run("purse_tac_batch", lib.jk_tdes_purse_tac_batch, 4, None, wants, columns, master=master, threads=threads)


class Tdes(Cipher):
    """A DES or triple DES key, scheduled once."""

    block_size = 8
    _type = "jk_tdes_ctx"
    _prefix = "jk_tdes_"
    _key = KEY

    __slots__ = ()

    def cbc_mac(self, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
        """As `tdes_cbc_mac`, with this key."""
        if type(data) is not bytes:
            data = view(data)
        first = NULL if iv is None else start_value("Tdes.cbc_mac", iv, 8)
        out = bytes(8)
        if jk_tdes_cbc_mac(self._ctx or self._gone(), first, out, 8, data, len(data), padding):
            refuse("Tdes.cbc_mac", data=(len(data), wanted(padding, 8)))
        return out

    def retail_mac(self, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
        """As `retail_mac`, with this key."""
        if type(data) is not bytes:
            data = view(data)
        first = NULL if iv is None else start_value("Tdes.retail_mac", iv, 8)
        out = bytes(8)
        if jk_tdes_retail_mac(self._ctx or self._gone(), first, out, 8, data, len(data), padding):
            refuse("Tdes.retail_mac", data=(len(data), wanted(padding, 8)))
        return out
