"""SM4's batches against OpenSSL and libgcrypt, message by message; threads, shared handles and the rules of the call."""

import ctypes
import ctypes.util
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from hypothesis import given, settings
from hypothesis import strategies as st
from jinka import native
from jinka.native import NativeFault, Padding, PurseReading, bind_batch


def padded(data: bytes, padding: Padding) -> bytes:
    if padding is Padding.METHOD_2:
        data += b"\x80"
    return data + bytes(-len(data) % 16 if data or padding is Padding.NONE else 16)


def openssl(key: bytes, data: bytes, padding: Padding = Padding.NONE) -> bytes:
    worker = Cipher(SM4(key), modes.CBC(bytes(16))).encryptor()
    return worker.update(padded(data, padding))[-16:]


def batch(rng: Random, count: int, length: int) -> tuple[bytes, bytes]:
    return rng.randbytes(16 * count), rng.randbytes(length * count)


def pieces(data: bytes, count: int) -> list[bytes]:
    each = len(data) // count
    return [data[each * i : each * i + each] for i in range(count)]


def wanted(keys: bytes, data: bytes, count: int, padding: Padding) -> bytes:
    return b"".join(openssl(k, m, padding) for k, m in zip(pieces(keys, count), pieces(data, count), strict=True))


@pytest.mark.parametrize("padding", list(Padding))
def test_every_count_against_openssl(sm4_implementation: str, padding: Padding) -> None:
    rng = Random(padding)
    for count in range(1, 201):
        length = 16 * rng.randrange(1, 4) if padding is Padding.NONE else rng.randrange(50)
        keys, data = batch(rng, count, length)
        assert native.sm4_cbc_mac_batch(keys, data, count, padding) == wanted(keys, data, count, padding)


@pytest.mark.parametrize("padding", list(Padding))
def test_every_length_against_openssl(sm4_implementation: str, padding: Padding) -> None:
    rng = Random(9)
    for length in range(16 if padding is Padding.NONE else 0, 81, 16 if padding is Padding.NONE else 1):
        count = rng.randrange(60, 75)
        keys, data = batch(rng, count, length)
        assert native.sm4_cbc_mac_batch(keys, data, count, padding) == wanted(keys, data, count, padding)


def test_against_libgcrypt(sm4_implementation: str) -> None:
    name = ctypes.util.find_library("gcrypt")
    if name is None:
        pytest.skip("libgcrypt is not installed")
    gcrypt = ctypes.CDLL(name)
    gcrypt.gcry_check_version(None)
    sm4, cbc, mac_only = 318, 3, 8
    if gcrypt.gcry_cipher_algo_info(sm4, 8, None, None) != 0:
        pytest.skip("this libgcrypt has no SM4")
    rng = Random(3)
    keys, data = batch(rng, 131, 48)
    found = pieces(native.sm4_cbc_mac_batch(keys, data, 131), 131)
    for key, message, mac in zip(pieces(keys, 131), pieces(data, 131), found, strict=True):
        handle, out = ctypes.c_void_p(), ctypes.create_string_buffer(48)
        assert gcrypt.gcry_cipher_open(ctypes.byref(handle), sm4, cbc, mac_only) == 0
        assert gcrypt.gcry_cipher_setkey(handle, key, 16) == 0
        assert gcrypt.gcry_cipher_encrypt(handle, out, 16, message, 48) == 0
        gcrypt.gcry_cipher_close(handle)
        assert out.raw[:16] == mac


@pytest.mark.parametrize("length", range(4, 17))
def test_verification_finds_the_wrong_ones(sm4_implementation: str, length: int) -> None:
    rng, count = Random(length), 137
    keys, data = batch(rng, count, 29)
    macs = [mac[:length] for mac in pieces(wanted(keys, data, count, Padding.METHOD_2), count)]
    assert native.sm4_cbc_mac_verify_batch(b"".join(macs), keys, data, count, Padding.METHOD_2) == [True] * count
    wrong = set(rng.sample(range(count), 9))
    for i in wrong:
        at = rng.randrange(length)
        macs[i] = macs[i][:at] + bytes([macs[i][at] ^ 1 << rng.randrange(8)]) + macs[i][at + 1 :]
    found = native.sm4_cbc_mac_verify_batch(b"".join(macs), keys, data, count, Padding.METHOD_2)
    assert found == [i not in wrong for i in range(count)]
    assert {type(one) for one in found} == {bool}


@pytest.mark.parametrize("reading", [PurseReading(i) for i in range(4)])
def test_purse(sm4_implementation: str, reading: PurseReading) -> None:
    """The call is the same steps one by one, by OpenSSL. That cards do so is nowhere published."""
    rng, n, length = Random(5), 530, 15
    master, serials, seeds, data = rng.randbytes(16), rng.randbytes(8 * n), rng.randbytes(8 * n), rng.randbytes(length * n)
    macs, tacs = (
        pieces(native.sm4_purse_mac_batch(master, serials, seeds, data, reading), n),
        pieces(native.sm4_purse_tac_batch(master, serials, data, reading), n),
    )

    def inverted(x: bytes) -> bytes:
        return bytes(byte ^ 0xFF for byte in x)

    def four(key: bytes, message: bytes) -> bytes:
        mac = openssl(key, message, Padding.METHOD_2)
        if PurseReading.FOLD_XOR in reading:
            return bytes(mac[i] ^ mac[4 + i] ^ mac[8 + i] ^ mac[12 + i] for i in range(4))
        return mac[:4]

    for i in range(0, n, 7):
        serial, seed, message = pieces(serials, n)[i], pieces(seeds, n)[i], pieces(data, n)[i]
        card = openssl(master, serial + inverted(serial))
        session = openssl(card, seed + (inverted(seed) if PurseReading.SEED_NOT in reading else b"\x80" + bytes(7)))
        assert macs[i] == four(session, message)
        assert tacs[i] == four(card, message)


@given(st.data())
@settings(max_examples=60)
def test_any_batch_is_its_single_calls(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 140))
    padding = data.draw(st.sampled_from(list(Padding)))
    length = data.draw(st.integers(1, 5).map(lambda n: 16 * n) if padding is Padding.NONE else st.integers(0, 90))
    threads = data.draw(st.sampled_from([None, 1, 2, 3, 200]))
    kind = data.draw(st.sampled_from([bytes, bytearray, memoryview]))
    keys, text = batch(Random(data.draw(st.integers())), count, length)
    macs = native.sm4_cbc_mac_batch(kind(keys), kind(text), count, padding, threads=threads)
    assert pieces(macs, count) == [
        native.sm4_cbc_mac(k, m, padding) for k, m in zip(pieces(keys, count), pieces(text, count), strict=True)
    ]
    assert all(native.sm4_cbc_mac_verify_batch(macs, kind(keys), kind(text), count, padding, threads=threads))


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_keep_the_order(threads: int) -> None:
    rng, n = Random(threads), 1000
    keys, data, seeds, serials = rng.randbytes(16 * n), rng.randbytes(24 * n), rng.randbytes(8 * n), rng.randbytes(8 * n)
    master = keys[:16]
    for call, arguments in (
        (native.sm4_cbc_mac_batch, (keys, data, n, Padding.METHOD_2)),
        (native.sm4_purse_mac_batch, (master, serials, seeds, data)),
        (native.sm4_purse_tac_batch, (master, serials, data, PurseReading.FOLD_XOR)),
        (native.tdes_cbc_mac_batch, (keys, data, n)),
        (native.retail_mac_batch, (keys, data, n, Padding.METHOD_2)),
        (native.purse_mac_batch, (master, serials, seeds, data)),
        (native.purse_tac_batch, (master, serials, data)),
    ):
        several: Callable[..., bytes] = call
        assert several(*arguments, threads=threads) == several(*arguments, threads=1)
    macs = bytearray(native.retail_mac_batch(keys, data, n))
    macs[8 * 501] ^= 4
    found = native.retail_mac_verify_batch(macs, keys, data, n, threads=threads)
    assert found == [i != 501 for i in range(n)]


def test_only_large_batches_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bind_batch, "processors", lambda: 4)
    share = bind_batch.SHARE
    assert bind_batch.shares(1000, None, [2 * share - 1000]) == [(0, 1000)]
    assert len(bind_batch.shares(1000, None, [2 * share + 1000 - 2 * share % 1000])) == 2
    assert bind_batch.shares(10, None, [10 * share]) == [(0, 2), (2, 3), (5, 2), (7, 3)]
    assert bind_batch.shares(10, 1, [10 * share]) == [(0, 10)]


@pytest.mark.parametrize(
    "call",
    [
        lambda: native.sm4_cbc_mac_batch(bytes(32), bytes(33), 2, Padding.METHOD_2),
        lambda: native.sm4_cbc_mac_batch(bytes(31), bytes(32), 2, Padding.METHOD_2),
        lambda: native.sm4_cbc_mac_batch(bytes(32), bytes(34), 2),
        lambda: native.sm4_cbc_mac_batch(bytes(32), bytes(34), 2, threads=2),
        lambda: native.sm4_cbc_mac_batch(bytes(16), b"", 1),
        lambda: native.sm4_cbc_mac_batch(bytes(16), bytes(16), -1),
        lambda: native.sm4_cbc_mac_verify_batch(bytes(3), bytes(16), bytes(16), 1),
        lambda: native.sm4_cbc_mac_verify_batch(bytes(34), bytes(32), bytes(32), 2),
        lambda: native.sm4_purse_mac_batch(bytes(15), bytes(8), bytes(8), bytes(8)),
        lambda: native.sm4_purse_mac_batch(bytes(16), bytes(8), bytes(16), bytes(8)),
        lambda: native.sm4_purse_tac_batch(bytes(16), bytes(16), bytes(9)),
        lambda: native.sm4_purse_tac_batch(bytes(16), bytes(9), bytes(9)),
    ],
)
def test_wrong_lengths_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NativeFault, match=r"of \d+ bytes \(want "):
        call()


def test_no_messages_is_no_macs() -> None:
    assert native.sm4_cbc_mac_batch(b"", b"", 0) == b""
    assert native.sm4_cbc_mac_verify_batch(b"", b"", b"", 0) == []


def test_threads_share_functions_and_handles() -> None:
    """Each output belongs to one call: many threads in the same few functions must not see one another's."""
    key = Random(1).randbytes(16)
    blocks = [Random(i).randbytes(16) for i in range(40)]
    sm4, tdes = native.Sm4(key), native.Tdes(key)

    def answers(block: bytes) -> tuple[bytes, ...]:
        return (
            sm4.encrypt_block(block), sm4.decrypt_block(block), sm4.cbc_mac(block * 3), sm4.encrypt_ecb(block * 5),
            sm4.ctr(block, block * 2), native.sm4_encrypt_block(block, block), native.sm4_decrypt_block(block, key),
            native.sm4_cbc_mac(block, block * 2), native.sm3(block), native.hmac_sm3(key, block),
            tdes.cbc_mac(block), tdes.retail_mac(block), native.retail_mac(block, block),
            native.tdes_encrypt_block(block, block[:8]), native.sm4_cbc_mac_batch(block * 3, block * 6, 3),
        )  # fmt: skip

    expected = [answers(block) for block in blocks]
    turns = [Random(t).sample(range(40), 40) for t in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda turn: [(i, answers(blocks[i])) for _ in range(8) for i in turn], turns):
            assert all(expected[i] == answer for i, answer in found)


def test_results_are_new_objects() -> None:
    """The core fills in the bytes that are returned; a small or an empty one must not be one that Python shares."""
    sm4 = native.Sm4(bytes(16))
    singles = {sm4.ctr(bytes(16), bytes([i])) for i in range(256)}
    assert len(singles) == 256
    assert [bytes([i]) for i in range(256)] == [i.to_bytes(1, "big") for i in range(256)]
    assert sm4.ctr(bytes(16), b"") == b""
    assert bytes(16) == b"\x00" * 16
