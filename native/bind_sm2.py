"""Python's way to SM2 signatures (GB/T 32918.2) in the C core; the conventions are those of `bind.py`.

A public key is 64 bytes, x and y, or 65 with 04 in front; a private key 32 bytes; a signature 64 bytes, r and s; all
numbers big-endian. Wrong lengths raise `NativeFault`. What has the right length but is wrong, a key that is no point of
the curve included, is a verification that fails: False.

The identifier is part of what is signed; PBOC and UnionPay use the default everywhere.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from jinka.native._core import ffi, lib
from jinka.native.bind import Buffer, refuse, type_of_digest, view, window
from jinka.native.bind_key import Held
from jinka.native.errors import NativeFault

type_of_pair = ffi.typeof("uint8_t[64]")

IDENT = b"1234567812345678"
LONGEST_IDENT = 8191
KEY, SIGNATURE = "64, or 65 beginning with 04", "64"


def sm2_public_key(private_key: Buffer) -> bytes:
    """The 64-byte public key of a 32-byte private key. Time does not depend on the key."""
    d, out = view(private_key), ffi.new(type_of_pair)
    settle(lib.jk_sm2_public_key(out, 64, d, len(d)), "sm2_public_key", private_key=(len(d), "32"))
    return window(out)[:]


def sm2_check_key(public_key: Buffer) -> bool:
    """Whether the key is a point of the curve."""
    key = view(public_key)
    return verdict(lib.jk_sm2_check_key(key, len(key)), "sm2_check_key", public_key=(len(key), KEY))


def sm2_za(public_key: Buffer, ident: Buffer = IDENT) -> bytes:
    """ZA, GB/T 32918.2, 5.5: the digest of identifier, curve and key, 32 bytes."""
    key, name, out = view(public_key), view(ident), ffi.new(type_of_digest)
    status = lib.jk_sm2_za(out, 32, key, len(key), name, len(name))
    settle(status, "sm2_za", public_key=(len(key), KEY), ident=ident_length(name))
    return window(out)[:]


def sm2_e(public_key: Buffer, message: Buffer, ident: Buffer = IDENT) -> bytes:
    """e = SM3(ZA || message), the digest that is signed, 32 bytes."""
    key, name, data, out = view(public_key), view(ident), view(message), ffi.new(type_of_digest)
    status = lib.jk_sm2_e(out, 32, key, len(key), name, len(name), data, len(data))
    settle(status, "sm2_e", public_key=(len(key), KEY), ident=ident_length(name))
    return window(out)[:]


def sm2_verify(public_key: Buffer, message: Buffer, signature: Buffer, ident: Buffer = IDENT) -> bool:
    """Whether the signature is valid. Time depends on the arguments, which are public."""
    key, name, data, rs = view(public_key), view(ident), view(message), view(signature)
    status = lib.jk_sm2_verify(key, len(key), name, len(name), data, len(data), rs, len(rs))
    told = {"public_key": (len(key), KEY), "signature": (len(rs), SIGNATURE), "ident": ident_length(name)}
    return verdict(status, "sm2_verify", **told)


def sm2_verify_digest(public_key: Buffer, digest: Buffer, signature: Buffer) -> bool:
    """As `sm2_verify`, for the digest e of `sm2_e`."""
    key, e, rs = view(public_key), view(digest), view(signature)
    status = lib.jk_sm2_verify_digest(key, len(key), e, len(e), rs, len(rs))
    told = {"public_key": (len(key), KEY), "digest": (len(e), "32"), "signature": (len(rs), SIGNATURE)}
    return verdict(status, "sm2_verify_digest", **told)


def sm2_verify_digests(public_keys: Buffer, digests: Buffer, signatures: Buffer) -> list[bool]:
    """Many verifications in one call, other threads running meanwhile: keys of 64 bytes, digests of 32, signatures of
    64, one after the other."""
    keys, e, rs = view(public_keys), view(digests), view(signatures)
    n = same_count("sm2_verify_digests", (keys, 64), (e, 32), (rs, 64))
    valid = ffi.new("uint8_t[]", n)
    lib.jk_sm2_verify_batch(valid, n, keys, e, rs)
    return [one == 1 for one in window(valid)[:]]


def sm2_verify_batch(
    public_keys: Sequence[Buffer], messages: Sequence[Buffer], signatures: Sequence[Buffer], ident: Buffer = IDENT
) -> list[bool]:
    """As many calls of `sm2_verify`, all under one identifier, in less time than one after the other."""
    keys, digests, pairs = bytearray(), bytearray(), bytearray()
    for public_key, message, signature in zip(public_keys, messages, signatures, strict=True):
        key, rs = bytes(public_key), bytes(signature)
        if len(key) not in (64, 65) or len(rs) != 64:
            refuse("sm2_verify_batch", public_key=(len(key), KEY), signature=(len(rs), SIGNATURE))
        # What is no key, for its first byte of 65, stays none: zeros are not on the curve.
        keys += key[1:] if len(key) == 65 and key[0] == 4 else key if len(key) == 64 else bytes(64)
        digests += sm2_e(keys[-64:], message, ident)
        pairs += rs
    return sm2_verify_digests(keys, digests, pairs)


def sm2_sign(private_key: Buffer, message: Buffer, ident: Buffer = IDENT, nonce: Buffer | None = None) -> bytes:
    """A signature, 64 bytes, in time that does not depend on key or nonce.

    `nonce` None takes 32 random bytes of the system's; b"" derives them from the private key and the digest, so that
    the signature is always the same. A nonce of 32 bytes serves a published example and nothing else: told, used twice
    or guessed in part, it gives the private key away. `NativeFault` if the private key is not 1 .. n - 2.
    """
    d, name, data = view(private_key), view(ident), view(message)

    def call(out: Any, k: Any, k_len: int) -> int:
        status: int = lib.jk_sm2_sign(out, 64, d, len(d), name, len(name), data, len(data), k, k_len)
        return status

    return signed(call, nonce, "sm2_sign", private_key=(len(d), "32"), ident=ident_length(name))


def sm2_sign_digest(private_key: Buffer, digest: Buffer, nonce: Buffer | None = None) -> bytes:
    """As `sm2_sign`, for the digest e of `sm2_e`."""
    d, e = view(private_key), view(digest)

    def call(out: Any, k: Any, k_len: int) -> int:
        status: int = lib.jk_sm2_sign_digest(out, 64, d, len(d), e, len(e), k, k_len)
        return status

    return signed(call, nonce, "sm2_sign_digest", private_key=(len(d), "32"), digest=(len(e), "32"))


def sm2_sign_digests(private_keys: Buffer, digests: Buffer, nonces: Buffer | None = None) -> bytes:
    """Many signatures in one call, other threads running meanwhile: private keys, digests and nonces of 32 bytes,
    signatures of 64, one after the other; nonces as in `sm2_sign`."""
    d, e = view(private_keys), view(digests)
    n = same_count("sm2_sign_digests", (d, 32), (e, 32))

    def call(made: Any, out: Any, k: Any) -> None:
        lib.jk_sm2_sign_batch(made, out, n, d, e, k)

    def again(i: int) -> bytes:
        here = slice(32 * i, 32 * i + 32)
        return sm2_sign_digest(memoryview(private_keys)[here], memoryview(digests)[here])

    return signed_many(call, n, nonces, "sm2_sign_digests", again)


class Sm2Key:
    """A public key prepared for many verifications: each takes a third of the time, the preparation that of ten. It
    holds 88 KB. Threads may share it. `NativeFault` if the key is no point of the curve."""

    __slots__ = ("_key",)

    def __init__(self, public_key: Buffer) -> None:
        key = view(public_key)
        self._key: Any = ffi.new("jk_sm2_key *")
        settle(lib.jk_sm2_key_init(self._key, key, len(key)), "Sm2Key", public_key=(len(key), KEY))

    @property
    def public_key(self) -> bytes:
        """The key, 64 bytes."""
        return window(self._key.public_key)[:]

    def verify(self, message: Buffer, signature: Buffer, ident: Buffer = IDENT) -> bool:
        """As `sm2_verify`."""
        name, data, rs = view(ident), view(message), view(signature)
        status = lib.jk_sm2_key_verify(self._key, name, len(name), data, len(data), rs, len(rs))
        return verdict(status, "Sm2Key.verify", signature=(len(rs), SIGNATURE), ident=ident_length(name))

    def verify_digest(self, digest: Buffer, signature: Buffer) -> bool:
        """As `sm2_verify_digest`."""
        e, rs = view(digest), view(signature)
        status = lib.jk_sm2_key_verify_digest(self._key, e, len(e), rs, len(rs))
        return verdict(status, "Sm2Key.verify_digest", digest=(len(e), "32"), signature=(len(rs), SIGNATURE))

    def verify_digests(self, digests: Buffer, signatures: Buffer) -> list[bool]:
        """As `sm2_verify_digests`, all by this key."""
        e, rs = view(digests), view(signatures)
        n = same_count("Sm2Key.verify_digests", (e, 32), (rs, 64))
        valid = ffi.new("uint8_t[]", n)
        lib.jk_sm2_key_verify_batch(self._key, valid, n, e, rs)
        return [one == 1 for one in window(valid)[:]]

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Sm2Key is not pickled; make it again from its public_key")


class Sm2Signer(Held):
    """A private key prepared for many signatures."""

    _type = "jk_sm2_signer"

    __slots__ = ()

    def __init__(self, private_key: Buffer) -> None:
        super().__init__()
        d = view(private_key)
        settle(lib.jk_sm2_signer_init(self._ctx, d, len(d)), "Sm2Signer", private_key=(len(d), "32"))

    @property
    def public_key(self) -> bytes:
        """The public key, 64 bytes."""
        return window((self._ctx or self._gone()).public_key)[:]

    def sign(self, message: Buffer, ident: Buffer = IDENT, nonce: Buffer | None = None) -> bytes:
        """As `sm2_sign`."""
        signer, name, data = self._ctx or self._gone(), view(ident), view(message)

        def call(out: Any, k: Any, k_len: int) -> int:
            status: int = lib.jk_sm2_signer_sign(signer, out, 64, name, len(name), data, len(data), k, k_len)
            return status

        return signed(call, nonce, "Sm2Signer.sign", ident=ident_length(name))

    def sign_digest(self, digest: Buffer, nonce: Buffer | None = None) -> bytes:
        """As `sm2_sign_digest`."""
        signer, e = self._ctx or self._gone(), view(digest)

        def call(out: Any, k: Any, k_len: int) -> int:
            status: int = lib.jk_sm2_signer_sign_digest(signer, out, 64, e, len(e), k, k_len)
            return status

        return signed(call, nonce, "Sm2Signer.sign_digest", digest=(len(e), "32"))

    def sign_digests(self, digests: Buffer, nonces: Buffer | None = None) -> bytes:
        """As `sm2_sign_digests`, all by this key."""
        signer, e = self._ctx or self._gone(), view(digests)
        n = same_count("Sm2Signer.sign_digests", (e, 32))

        def call(made: Any, out: Any, k: Any) -> None:
            lib.jk_sm2_signer_sign_batch(signer, made, out, n, e, k)

        def again(i: int) -> bytes:
            return self.sign_digest(memoryview(digests)[32 * i : 32 * i + 32])

        return signed_many(call, n, nonces, "Sm2Signer.sign_digests", again)


def ident_length(ident: Any) -> tuple[int, str]:
    return len(ident), f"at most {LONGEST_IDENT}"


def settle(status: int, function: str, **lengths: tuple[int, str]) -> None:
    """Nothing for JK_OK, else the fault that the status names."""
    if status == lib.JK_ERR_KEY:
        raise NativeFault(f"{function}: a public key off the curve, or a private key out of range")
    if status == lib.JK_ERR_RETRY:
        raise NativeFault(f"{function}: this nonce makes no signature")
    if status != lib.JK_OK:
        refuse(function, **lengths)


def verdict(status: int, function: str, **lengths: tuple[int, str]) -> bool:
    if status not in (lib.JK_OK, lib.JK_ERR_VERIFY, lib.JK_ERR_KEY):
        refuse(function, **lengths)
    return bool(status == lib.JK_OK)


def same_count(function: str, *columns: tuple[Any, int]) -> int:
    """The number of items in columns of so many bytes an item."""
    n = len(columns[0][0]) // columns[0][1]
    for data, size in columns:
        if len(data) != n * size:
            told = ", ".join(f"{len(data)} bytes of {size} each" for data, size in columns)
            raise NativeFault(f"{function}: {told} (want as many of each, whole)")
    return n


def signed(call: Callable[[Any, Any, int], int], nonce: Buffer | None, function: str, **told: tuple[int, str]) -> bytes:
    """The output of a signing call, with the nonce that was given, none, or random ones until one serves."""
    out = ffi.new(type_of_pair)
    if nonce is None:
        while (status := call(out, os.urandom(32), 32)) == lib.JK_ERR_RETRY:
            pass
    else:
        k = view(nonce)
        told["nonce"] = len(k), "32, or none"
        status = call(out, k if len(k) else ffi.NULL, len(k))
    settle(status, function, **told)
    return window(out)[:]


def signed_many(
    call: Callable[[Any, Any, Any], None], n: int, nonces: Buffer | None, function: str, again: Callable[[int], bytes]
) -> bytes:
    """The output of a signing call of n. What a random nonce did not sign is signed `again`; that tells a wrong key."""
    made, out = ffi.new("uint8_t[]", n), ffi.new("uint8_t[]", 64 * n)
    k = view(os.urandom(32 * n) if nonces is None else nonces)
    if len(k):
        same_count(function, (k, 32), (made, 1))
    call(made, out, k if len(k) else ffi.NULL)
    signatures = bytearray(window(out))
    for i, good in enumerate(window(made)[:]):
        if not good:
            if nonces is not None:
                raise NativeFault(f"{function}: the nonce {i} makes no signature, or the private key {i} is out of range")
            signatures[64 * i : 64 * i + 64] = again(i)
    return bytes(signatures)
