"""libgcrypt through ctypes: SM3, SM4, triple DES and SM2 by people who are not us."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_void_p, create_string_buffer
from functools import cache
from typing import Any

SONAME = "libgcrypt.so.20"
OLDEST = b"1.10.0"  # the first with SM2

# Numbers of gcrypt.h: GCRY_CIPHER_*, GCRY_CIPHER_MODE_*, GCRY_MD_*.
SM4, TDES, DES = 318, 2, 302
ECB, CBC, CTR = 1, 3, 6
SM3 = 326


@cache
def load() -> Any:
    """The library, or None where it is not installed or too old."""
    try:
        library = ctypes.CDLL(SONAME)
    except OSError:
        return None
    library.gcry_check_version.restype = c_char_p
    if library.gcry_check_version(OLDEST) is None:
        return None
    library.gcry_md_hash_buffer.argtypes = [c_int, c_char_p, c_char_p, c_size_t]
    library.gcry_cipher_open.argtypes = [POINTER(c_void_p), c_int, c_int, c_uint]
    for name in ("setkey", "setiv", "setctr"):
        getattr(library, f"gcry_cipher_{name}").argtypes = [c_void_p, c_char_p, c_size_t]
    for name in ("encrypt", "decrypt"):
        getattr(library, f"gcry_cipher_{name}").argtypes = [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]
    library.gcry_cipher_close.argtypes = [c_void_p]
    library.gcry_sexp_new.argtypes = [POINTER(c_void_p), c_char_p, c_size_t, c_int]
    library.gcry_sexp_release.argtypes = [c_void_p]
    library.gcry_pk_verify.argtypes = [c_void_p, c_void_p, c_void_p]
    return library


def sm3(data: bytes) -> bytes:
    """The digest of SM3."""
    out = create_string_buffer(32)
    load().gcry_md_hash_buffer(SM3, out, data, len(data))
    return out.raw


class Cipher:
    """A cipher in a mode, made once: each call sets key and start anew."""

    def __init__(self, algorithm: int, mode: int) -> None:
        self.library, self.handle = load(), c_void_p()
        self.start = self.library.gcry_cipher_setctr if mode == CTR else self.library.gcry_cipher_setiv
        assert self.library.gcry_cipher_open(byref(self.handle), algorithm, mode, 0) == 0

    def __del__(self) -> None:
        self.library.gcry_cipher_close(self.handle)

    def run(self, key: bytes, first: bytes, data: bytes, *, decrypt: bool = False) -> bytes:
        """Encrypts or decrypts; `first` is the initial value or counter, empty for ECB."""
        out = create_string_buffer(len(data))
        self.library.gcry_cipher_setkey(self.handle, key, len(key))  # a weak DES key is an error, and is set
        if first:
            assert self.start(self.handle, first, len(first)) == 0
        work = self.library.gcry_cipher_decrypt if decrypt else self.library.gcry_cipher_encrypt
        assert work(self.handle, out, len(data), data, len(data)) == 0
        return out.raw


def _sexp(text: bytes) -> c_void_p:
    made = c_void_p()
    assert load().gcry_sexp_new(byref(made), text, len(text), 1) == 0
    return made


def _part(name: bytes, value: bytes) -> bytes:
    return b"(%d:%s%d:%s)" % (len(name), name, len(value), value)


def sm2_verify(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes is valid for the digest e under a public key of 64 bytes."""
    key = _sexp(b"(10:public-key(3:ecc" + _part(b"curve", b"sm2p256v1") + _part(b"q", b"\4" + public) + b"))")
    data = _sexp(b"(4:data(5:flags3:sm2)" + b"(4:hash3:sm3%d:%s))" % (len(digest), digest))
    numbers = _part(b"r", b"\0" + signature[:32]) + _part(b"s", b"\0" + signature[32:])
    signed = _sexp(b"(7:sig-val(3:sm2" + numbers + b"))")
    try:
        return bool(load().gcry_pk_verify(signed, data, key) == 0)
    finally:
        for one in (key, data, signed):
            load().gcry_sexp_release(one)
