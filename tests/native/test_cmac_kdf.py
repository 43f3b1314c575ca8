"""SM4-CMAC against `cryptography` (OpenSSL), and the key derivation of SM2 against gmssl and `hashlib`'s SM3."""

import copy
import hashlib
import pickle

import pytest
from jinka import native
from jinka.native import NativeFault, Sm4Cmac, Sm4Gcm
from jinka.native._core import ffi, lib

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
TEXT = bytes(i * 7 & 255 for i in range(1400))


def openssl(key: bytes, data: bytes) -> bytes:
    cmac = pytest.importorskip("cryptography.hazmat.primitives.cmac", reason="needs cryptography")
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4

    code = cmac.CMAC(SM4(key))
    code.update(data)
    result: bytes = code.finalize()
    return result


@pytest.mark.usefixtures("implementation")
def test_cmac_of_every_length() -> None:
    # Keys for which the block of zeros becomes one with its highest bit set, and not: doubling reduces, or does not.
    for key in (KEY, bytes(16), KEY[::-1], b"\xff" * 16):
        with Sm4Cmac(key) as ours:
            for n in (*range(100), 255, 256, 257, 1040, 1400):
                expected = openssl(key, TEXT[:n])
                assert ours.mac(TEXT[:n]) == expected, n
                assert native.sm4_cmac(key, memoryview(TEXT)[:n]) == expected, n
    highest = {native.sm4_encrypt_block(key, bytes(16))[0] >> 7 for key in (KEY, bytes(16), KEY[::-1], b"\xff" * 16)}
    assert highest == {0, 1}


@pytest.mark.usefixtures("implementation")
def test_kdf() -> None:
    func = pytest.importorskip("gmssl.sm3", reason="needs gmssl")
    # gmssl takes and gives hexadecimal text.
    assert native.sm3_kdf(KEY * 4, 19).hex() == func.sm3_kdf((KEY * 4).hex().encode(), 19)
    for z in (b"", KEY, TEXT[:51], TEXT[:52], TEXT[:60], TEXT[:63], TEXT[:64], TEXT):
        stream = b"".join(hashlib.new("sm3", z + i.to_bytes(4, "big")).digest() for i in range(1, 12))
        for n in (*range(70), 96, 97, 319, 320):
            assert native.sm3_kdf(z, n) == stream[:n], (len(z), n)


def test_refusals() -> None:
    for key in (b"", KEY[:15], KEY + b"x"):
        for call in (lambda key=key: native.sm4_cmac(key, TEXT), lambda key=key: Sm4Cmac(key)):
            with pytest.raises(NativeFault, match=r"key of \d+ bytes \(want 16\)"):
                call()
    with pytest.raises(NativeFault, match="-1 bytes of key"):
        native.sm3_kdf(KEY, -1)
    out = ffi.new("uint8_t[16]", b"Z" * 16)
    assert lib.jk_sm4_cmac_key(out, 15, KEY, 16, KEY, 16) == lib.JK_ERR_LENGTH
    assert lib.jk_sm3_kdf(out, 32 * (2**32 - 1) + 1, KEY, 16) == lib.JK_ERR_LENGTH
    assert bytes(out) == b"Z" * 16


@pytest.mark.parametrize("kind", [Sm4Cmac, Sm4Gcm])
def test_a_key_is_wiped_and_neither_copied_nor_used_again(kind: type[Sm4Cmac | Sm4Gcm]) -> None:
    key = kind(KEY)
    context = key._ctx
    assert any(ffi.buffer(context)[:])
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            attempt(key)
    with pytest.raises(ZeroDivisionError), key:
        raise ZeroDivisionError
    assert not any(ffi.buffer(context)[:])
    key.wipe()
    with pytest.raises(NativeFault, match=f"this {kind.__name__} key has been wiped"):
        key.mac(TEXT) if isinstance(key, Sm4Cmac) else key.open(KEY, TEXT)
