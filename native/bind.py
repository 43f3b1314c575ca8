"""Python's way into the C core: check, call, return bytes. Only the files named bind* touch cffi.

Every call has its own output buffer. cffi lets go of the GIL during a call, so a buffer shared between calls could be
overwritten by another thread before it is read. That buffer is the result itself: `bytes(n)` makes an object that nobody
else has, and the core fills it in before anybody does, as C extensions do by PyBytes_FromStringAndSize. Nothing else is
allocated, nothing is copied, and no result is left behind in a buffer that lives on. `start` checks that it holds.

Data is any contiguous bytes-like object and is not copied on the way in. Bytes go to cffi as they are; others take a
view, which costs more than many a call. Wrong lengths raise `NativeFault`, wrong types `TypeError`.

A call of a few hundred nanoseconds is mostly Python: hence the functions of `lib` bound to names, and the type asked
before `view` is called.
"""

import os
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Literal, NoReturn

from jinka.native.bind_key import Held
from jinka.native.errors import NativeFault

try:
    from jinka.native._core import ffi, lib  # untyped: all that comes out of it is Any, and is given a type below
except ImportError as error:
    raise ImportError("the C core of jinka.native is not built: run `make dev` or `python native/build.py`") from error

# A cffi buffer, whose slices are bytes: `window(out)[:]` is the content of an output buffer.
window: Callable[[Any], bytes] = ffi.buffer
type_of_bytes = ffi.typeof("uint8_t[]")
type_of_block = ffi.typeof("uint8_t[16]")
type_of_digest = ffi.typeof("uint8_t[32]")
NULL = ffi.NULL

jk_equal, jk_sm3, jk_hmac_sm3 = lib.jk_equal, lib.jk_sm3, lib.jk_hmac_sm3
jk_sm4_encrypt_block, jk_sm4_decrypt_block = lib.jk_sm4_encrypt_block, lib.jk_sm4_decrypt_block
jk_sm4_ecb_encrypt, jk_sm4_ecb_decrypt = lib.jk_sm4_ecb_encrypt, lib.jk_sm4_ecb_decrypt
jk_sm4_cbc_mac, jk_sm4_cbc_mac_key = lib.jk_sm4_cbc_mac, lib.jk_sm4_cbc_mac_key

Buffer = bytes | bytearray | memoryview


class Padding(IntEnum):
    """How a CBC-MAC completes the last block; the names of ISO/IEC 9797-1."""

    NONE = lib.JK_PAD_NONE
    """The data is whole blocks, at least one."""
    METHOD_1 = lib.JK_PAD_ZEROS
    """00 up to a block; nothing if already whole."""
    METHOD_2 = lib.JK_PAD_80
    """80 always, then 00 up to a block: the padding of EMV and PBOC."""


def start(name: str) -> None:
    """Choose implementations by name ("" = the best; names joined by "+") and run their self-tests. Called once below, and by
    tests."""
    status = lib.jk_init(name.encode())
    if status == lib.JK_ERR_ARGUMENT:
        raise NativeFault(f"JK_CPU={name}: this CPU has no such implementation; it has {', '.join(available())}")
    if status != lib.JK_OK:
        raise NativeFault("self-test of the C core failed: a known answer came out wrong; nothing may rely on it")
    if bytes(1) is bytes(1) or sm3(b"abc")[:4] != b"\x66\xc7\xf0\xf4":
        raise NativeFault("this Python does not let the C core fill in new bytes")


def available() -> tuple[str, ...]:
    """What `JK_CPU` may name on this CPU; the first is "portable", the last the default."""
    names: list[str] = []
    while name := lib.jk_available(len(names)):
        names.append(ffi.string(name).decode())
    return tuple(names)


def implementation() -> dict[str, str]:
    """Algorithm -> name of the implementation in use."""
    return {
        "sm3": ffi.string(lib.jk_sm3_implementation()).decode(),
        "sm4": ffi.string(lib.jk_sm4_implementation()).decode(),
        "sm2": ffi.string(lib.jk_sm2_implementation()).decode(),
        "tdes": ffi.string(lib.jk_tdes_implementation()).decode(),
        "ghash": ffi.string(lib.jk_ghash_implementation()).decode(),
    }


def view(data: Buffer) -> Any:
    """Something that cffi takes as `const uint8_t *` and that has a length in bytes. Bytes need no wrapping."""
    return data if type(data) is bytes else ffi.from_buffer("uint8_t[]", data)


def refuse(function: str, **lengths: tuple[int, str]) -> NoReturn:
    """Raise the fault for a refused call, telling each length and what was wanted."""
    told = ", ".join(f"{name} of {length} bytes (want {wanted})" for name, (length, wanted) in lengths.items())
    raise NativeFault(f"{function}: {told}")


def equal(a: Buffer, b: Buffer) -> bool:
    """Whether two byte strings are equal, in time that depends on their lengths only."""
    if type(a) is not bytes:
        a = view(a)
    if type(b) is not bytes:
        b = view(b)
    return len(a) == len(b) and jk_equal(a, b, len(a)) == 1


def sm3(data: Buffer) -> bytes:
    """SM3 digest, 32 bytes."""
    if type(data) is not bytes:
        data = view(data)
    out = bytes(32)
    jk_sm3(out, 32, data, len(data))
    return out


def hmac_sm3(key: Buffer, data: Buffer) -> bytes:
    """HMAC-SM3, 32 bytes; a key of any length."""
    k, source, out = view(key), view(data), bytes(32)
    jk_hmac_sm3(out, 32, k, len(k), source, len(source))
    return out


class Sm3:
    """A digest made piece by piece, shaped like `hashlib`'s. One object belongs to one thread at a time."""

    digest_size = 32
    block_size = 64
    name = "sm3"

    __slots__ = ("_ctx",)

    def __init__(self, data: Buffer = b"") -> None:
        self._ctx = ffi.new("jk_sm3_ctx *")
        lib.jk_sm3_init(self._ctx)
        self.update(data)

    def update(self, data: Buffer) -> None:
        source = view(data)
        lib.jk_sm3_update(self._ctx, source, len(source))

    def digest(self) -> bytes:
        """The digest so far; the object can go on."""
        last, out = ffi.new("jk_sm3_ctx *", self._ctx[0]), bytes(32)
        lib.jk_sm3_final(last, out, 32)
        return out

    def hexdigest(self) -> str:
        return self.digest().hex()

    def copy(self) -> "Sm3":
        """An independent object in the same state."""
        twin = Sm3()
        twin._ctx[0] = self._ctx[0]
        return twin

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Sm3 is not pickled; use its copy()")


def sm4_encrypt_block(key: Buffer, block: Buffer) -> bytes:
    """One 16-byte block under a 16-byte key."""
    if type(key) is not bytes:
        key = view(key)
    if type(block) is not bytes:
        block = view(block)
    out = bytes(16)
    if jk_sm4_encrypt_block(out, 16, key, len(key), block, len(block)):
        refuse("sm4_encrypt_block", key=(len(key), "16"), block=(len(block), "16"))
    return out


def sm4_decrypt_block(key: Buffer, block: Buffer) -> bytes:
    """The inverse of `sm4_encrypt_block`."""
    if type(key) is not bytes:
        key = view(key)
    if type(block) is not bytes:
        block = view(block)
    out = bytes(16)
    if jk_sm4_decrypt_block(out, 16, key, len(key), block, len(block)):
        refuse("sm4_decrypt_block", key=(len(key), "16"), block=(len(block), "16"))
    return out


def start_value(function: str, iv: Buffer, size: int) -> Any:
    """A MAC's initial value; the core reads a block of it without asking, so the length is settled here."""
    source = view(iv)
    if len(source) != size:
        refuse(function, iv=(len(source), str(size)))
    return source


def wanted(padding: Padding, size: int) -> str:
    """What a MAC with blocks of `size` asks of its data."""
    return f"whole blocks of {size}, at least one" if Padding(padding) is Padding.NONE else "any length"


def sm4_cbc_mac(key: Buffer, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
    """CBC-MAC of `data`, the whole 16-byte last block; zeros for `iv` unless given. Truncation is the caller's."""
    if type(key) is not bytes:
        key = view(key)
    if type(data) is not bytes:
        data = view(data)
    first = NULL if iv is None else start_value("sm4_cbc_mac", iv, 16)
    out = bytes(16)
    if jk_sm4_cbc_mac_key(out, 16, key, len(key), first, data, len(data), padding):
        refuse("sm4_cbc_mac", key=(len(key), "16"), data=(len(data), wanted(padding, 16)))
    return out


class Cipher(Held):
    """The key of a block cipher, scheduled once, and the modes that all of them have."""

    block_size: int
    _prefix: str
    _key: str
    """What a key's length must be."""

    __slots__ = ()

    def __init__(self, key: Buffer) -> None:
        super().__init__()
        k = view(key)
        if getattr(lib, self._prefix + "init")(self._ctx, k, len(k)) != 0:
            refuse(type(self).__name__, key=(len(k), self._key))

    def _run(self, mode: Literal["ecb_encrypt", "ecb_decrypt"], data: Buffer) -> bytes:
        source = view(data)
        out = bytes(len(source))
        if getattr(lib, self._prefix + mode)(self._ctx or self._gone(), out, len(source), source, len(source)) != 0:
            self._refuse(mode, source)
        return out

    def _chain(self, mode: Literal["cbc_encrypt", "cbc_decrypt", "ctr"], first: Buffer, data: Buffer) -> bytes:
        start, source, size = view(first), view(data), self.block_size
        if len(start) != size:
            refuse(f"{type(self).__name__}.{mode}", **{"counter" if mode == "ctr" else "iv": (len(start), str(size))})
        chain, out = ffi.new(type_of_bytes, bytes(start)), bytes(len(source))
        if getattr(lib, self._prefix + mode)(self._ctx or self._gone(), chain, out, len(source), source, len(source)) != 0:
            self._refuse(mode, source)
        return out

    def _refuse(self, mode: str, source: Any) -> NoReturn:
        refuse(f"{type(self).__name__}.{mode}", data=(len(source), f"whole blocks of {self.block_size}"))

    def encrypt_ecb(self, data: Buffer) -> bytes:
        """Each block by itself; no padding is added."""
        return self._run("ecb_encrypt", data)

    def decrypt_ecb(self, data: Buffer) -> bytes:
        return self._run("ecb_decrypt", data)

    def encrypt_cbc(self, iv: Buffer, data: Buffer) -> bytes:
        """Whole blocks, chained from `iv`, a block; no padding is added."""
        return self._chain("cbc_encrypt", iv, data)

    def decrypt_cbc(self, iv: Buffer, data: Buffer) -> bytes:
        return self._chain("cbc_decrypt", iv, data)


class Sm4(Cipher):
    """An SM4 key, scheduled once."""

    block_size = 16
    _type = "jk_sm4_ctx"
    _prefix = "jk_sm4_"
    _key = "16"

    __slots__ = ()

    def encrypt_block(self, block: Buffer) -> bytes:
        if type(block) is not bytes:
            block = view(block)
        out = bytes(16)
        # An output of 16 makes 16 the only input length that passes.
        if jk_sm4_ecb_encrypt(self._ctx or self._gone(), out, 16, block, len(block)):
            refuse("Sm4.encrypt_block", block=(len(block), "16"))
        return out

    def decrypt_block(self, block: Buffer) -> bytes:
        if type(block) is not bytes:
            block = view(block)
        out = bytes(16)
        if jk_sm4_ecb_decrypt(self._ctx or self._gone(), out, 16, block, len(block)):
            refuse("Sm4.decrypt_block", block=(len(block), "16"))
        return out

    def ctr(self, counter: Buffer, data: Buffer) -> bytes:
        """Any number of bytes, both ways; `counter` is the first 16-byte big-endian counter block."""
        return self._chain("ctr", counter, data)

    def cbc_mac(self, data: Buffer, padding: Padding = Padding.NONE, iv: Buffer | None = None) -> bytes:
        """As `sm4_cbc_mac`, with this key."""
        if type(data) is not bytes:
            data = view(data)
        first = NULL if iv is None else start_value("Sm4.cbc_mac", iv, 16)
        out = bytes(16)
        if jk_sm4_cbc_mac(self._ctx or self._gone(), first, out, 16, data, len(data), padding):
            refuse("Sm4.cbc_mac", data=(len(data), wanted(padding, 16)))
        return out


lib.jk_ask_host()
start(os.environ.get("JK_CPU", ""))
