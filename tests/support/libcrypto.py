"""SM2 of OpenSSL's libcrypto (3.0 or later) through ctypes: `cryptography` offers none.

Keys and signatures are the DER that it reads.
"""

import ctypes
import ctypes.util
from typing import Any

CURVE = bytes.fromhex("06082a811ccf5501822d")


def load() -> Any:
    name = ctypes.util.find_library("crypto")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    if not hasattr(library, "EVP_PKEY_CTX_set1_id"):  # 1.1.1 has no function of this name
        return None
    for function, result in (
        ("d2i_PUBKEY", ctypes.c_void_p),
        ("d2i_AutoPrivateKey", ctypes.c_void_p),
        ("EVP_PKEY_CTX_new", ctypes.c_void_p),
        ("EVP_MD_CTX_new", ctypes.c_void_p),
        ("EVP_sm3", ctypes.c_void_p),
    ):
        getattr(library, function).restype = result
    return library


crypto = load()


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    assert len(body) < 128
    return bytes([tag, len(body)]) + body


def integer(value: bytes) -> bytes:
    short = value.lstrip(b"\0")
    return der(2, (b"\0" if not short or short[0] & 0x80 else b"") + short)


def pack(signature: bytes) -> bytes:
    return der(0x30, integer(signature[:32]), integer(signature[32:]))


def unpack(data: bytes) -> bytes:
    first = data[4 : 4 + data[3]]
    second = data[6 + data[3] :]
    return first.lstrip(b"\0").rjust(32, b"\0") + second.lstrip(b"\0").rjust(32, b"\0")


class Peer:
    """A key of libcrypto's."""

    def __init__(self, public: bytes, private: bytes | None = None) -> None:
        point = der(3, b"\0\4", public)
        if private is None:
            text = der(0x30, der(0x30, bytes.fromhex("06072a8648ce3d0201"), CURVE), point)
            self.key = ctypes.c_void_p(crypto.d2i_PUBKEY(None, ctypes.byref(ctypes.c_char_p(text)), len(text)))
        else:
            text = der(0x30, der(2, b"\1"), der(4, private), der(0xA0, CURVE), der(0xA1, point))
            self.key = ctypes.c_void_p(crypto.d2i_AutoPrivateKey(None, ctypes.byref(ctypes.c_char_p(text)), len(text)))
        assert self.key.value is not None
        self.ctx = ctypes.c_void_p(crypto.EVP_PKEY_CTX_new(self.key, None))

    def __del__(self) -> None:
        crypto.EVP_PKEY_CTX_free(self.ctx)
        crypto.EVP_PKEY_free(self.key)

    def verify_digest(self, digest: bytes, signature: bytes) -> bool:
        packed = pack(signature)
        assert crypto.EVP_PKEY_verify_init(self.ctx) == 1
        return bool(crypto.EVP_PKEY_verify(self.ctx, packed, len(packed), digest, len(digest)) == 1)

    def _message(self, start: Any, ident: bytes) -> Any:
        md = ctypes.c_void_p(crypto.EVP_MD_CTX_new())
        crypto.EVP_MD_CTX_set_pkey_ctx(md, self.ctx)
        assert start(md, None, ctypes.c_void_p(crypto.EVP_sm3()), None, self.key) == 1
        assert crypto.EVP_PKEY_CTX_set1_id(self.ctx, ident, len(ident)) == 1
        return md

    def verify(self, message: bytes, signature: bytes, ident: bytes) -> bool:
        md = self._message(crypto.EVP_DigestVerifyInit, ident)
        packed = pack(signature)
        good = crypto.EVP_DigestVerify(md, packed, len(packed), message, len(message)) == 1
        crypto.EVP_MD_CTX_free(md)
        return good

    def sign(self, message: bytes, ident: bytes) -> bytes:
        md = self._message(crypto.EVP_DigestSignInit, ident)
        out, size = ctypes.create_string_buffer(80), ctypes.c_size_t(80)
        assert crypto.EVP_DigestSign(md, out, ctypes.byref(size), message, len(message)) == 1
        crypto.EVP_MD_CTX_free(md)
        return unpack(out.raw[: size.value])
