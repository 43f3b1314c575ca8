"""Against independent implementations: `cryptography` (OpenSSL) and `gmssl` (pure Python)."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinka import native

pytestmark = pytest.mark.usefixtures("implementation")

hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes", reason="needs cryptography")
from cryptography.hazmat.primitives import hmac  # noqa: E402
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: E402

# The answers are judged here, not the speed of a busy machine.
sixteen = st.binary(min_size=16, max_size=16)
anything = st.binary(max_size=1000)
# Every width of every implementation: single blocks, the wide path, and ragged ends after it.
whole_blocks = st.integers(0, 70).flatmap(lambda n: st.binary(min_size=16 * n, max_size=16 * n))


def openssl(key: bytes, mode: modes.Mode, data: bytes, *, decrypt: bool = False) -> bytes:
    cipher: Any = Cipher(algorithms.SM4(key), mode)
    context = cipher.decryptor() if decrypt else cipher.encryptor()
    result: bytes = context.update(data) + context.finalize()
    return result


@given(anything)
@example(b"a" * 55)
@example(b"a" * 56)
@example(b"a" * 64)
def test_sm3(data: bytes) -> None:
    peer = hashes.Hash(hashes.SM3())
    peer.update(data)
    assert native.sm3(data) == peer.finalize()


@given(st.lists(anything, max_size=8))
def test_sm3_in_pieces(pieces: list[bytes]) -> None:
    """However a message is cut, and wherever the digest is looked at on the way."""
    stream = native.Sm3()
    so_far = b""
    for piece in pieces:
        stream.update(piece)
        so_far += piece
        assert stream.digest() == native.sm3(so_far)


def test_sm3_every_split() -> None:
    data = bytes(range(200))
    for cut in range(len(data) + 1):
        stream = native.Sm3(data[:cut])
        stream.update(data[cut:])
        assert stream.digest() == native.sm3(data)


@given(st.binary(max_size=200), anything)
@example(b"k" * 64, b"")
@example(b"k" * 65, b"")
def test_hmac_sm3(key: bytes, data: bytes) -> None:
    # RFC 2104 fills a short key with zeros, so an empty key, which some builds of OpenSSL refuse, is one zero.
    peer = hmac.HMAC(key or b"\0", hashes.SM3())
    peer.update(data)
    assert native.hmac_sm3(key, data) == peer.finalize()


@given(sixteen, whole_blocks)
def test_sm4_ecb(key: bytes, data: bytes) -> None:
    expected = openssl(key, modes.ECB(), data)  # noqa: S305  # the mode under test
    with native.Sm4(key) as ours:
        assert ours.encrypt_ecb(data) == expected
        assert ours.decrypt_ecb(expected) == data


@given(sixteen, sixteen, whole_blocks)
def test_sm4_cbc(key: bytes, iv: bytes, data: bytes) -> None:
    expected = openssl(key, modes.CBC(iv), data)
    with native.Sm4(key) as ours:
        assert ours.encrypt_cbc(iv, data) == expected
        assert ours.decrypt_cbc(iv, expected) == data
        assert ours.decrypt_cbc(iv, data) == openssl(key, modes.CBC(iv), data, decrypt=True)
        if data:
            assert ours.cbc_mac(data, iv=iv) == expected[-16:]
            assert native.sm4_cbc_mac(key, data, iv=iv) == expected[-16:]


@given(sixteen, sixteen, anything)
@example(bytes(16), b"\xff" * 16, bytes(100))
@example(bytes(16), bytes(8) + b"\xff" * 8, bytes(1000))
@example(bytes(16), b"\xff" * 15 + b"\xf0", bytes(1000))
def test_sm4_ctr(key: bytes, counter: bytes, data: bytes) -> None:
    expected = openssl(key, modes.CTR(counter), data)
    with native.Sm4(key) as ours:
        assert ours.ctr(counter, data) == expected
        assert ours.ctr(counter, expected) == data


@given(sixteen, sixteen)
def test_against_gmssl(key: bytes, block: bytes) -> None:
    sm3 = pytest.importorskip("gmssl.sm3", reason="needs gmssl")
    sm4 = pytest.importorskip("gmssl.sm4", reason="needs gmssl")
    peer = sm4.CryptSM4()
    peer.set_key(key, sm4.SM4_ENCRYPT)
    encrypted = native.sm4_encrypt_block(key, block)
    assert list(encrypted) == peer.one_round(peer.sk, list(block))
    assert native.sm4_decrypt_block(key, encrypted) == block
    assert native.sm3(key + block).hex() == sm3.sm3_hash(list(key + block))
