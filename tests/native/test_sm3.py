"""SM3 by the batch and HMAC-SM3 under a kept key, of every implementation: against OpenSSL, and against the single calls."""

import copy
import hashlib
from random import Random

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from jinka import native
from jinka.native import HmacSm3, NativeFault
from jinka.native._core import ffi

pytestmark = pytest.mark.usefixtures("implementation")


def openssl(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def openssl_hmac(key: bytes, data: bytes) -> bytes:
    peer = hmac.HMAC(key, hashes.SM3())
    peer.update(data)
    return peer.finalize()


def parts(data: bytes, count: int) -> list[bytes]:
    each = len(data) // count if count else 0
    return [data[i * each : (i + 1) * each] for i in range(count)]


def test_every_length() -> None:
    """Each number of bytes in the last block, after none, one and more whole ones."""
    rng = Random(1)
    for length in range(301):
        data = rng.randbytes(length)
        assert native.sm3(data) == openssl(data), length


def test_a_long_message() -> None:
    """GB/T 32905 has no long example; OpenSSL agrees on a megabyte and a bit."""
    data = Random(2).randbytes(2**20 + 77)
    assert native.sm3(data) == openssl(data)


def test_batches_of_every_length_and_number() -> None:
    rng = Random(3)
    for length in range(301):
        count = 1 + length * 29 % 70
        data = rng.randbytes(length * count)
        assert native.sm3_batch(data, count) == b"".join(openssl(one) for one in parts(data, count)), (length, count)
    for count in range(71):
        for length in (0, 1, 32, 55, 56, 63, 64, 119, 120, 128):
            data = rng.randbytes(length * count)
            assert native.sm3_batch(data, count) == b"".join(map(native.sm3, parts(data, count))), (length, count)


def test_published_answers_by_the_batch() -> None:
    """GB/T 32905, A.1 and A.2."""
    abc = bytes.fromhex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
    abcd = bytes.fromhex("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
    for count in (1, 3, 16, 33):
        assert native.sm3_batch(b"abc" * count, count) == abc * count
        assert native.sm3_batch(b"abcd" * 16 * count, count) == abcd * count


def test_hmac_with_a_kept_key() -> None:
    rng = Random(4)
    for length in range(1, 140):
        key, data = rng.randbytes(length), rng.randbytes(rng.randrange(300))
        with HmacSm3(key) as kept:
            expected = openssl_hmac(key, data)
            assert native.hmac_sm3(key, data) == expected
            assert kept.mac(data) == expected
            assert kept.mac(data) == expected


@pytest.mark.parametrize("count", [0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 150])
def test_hmac_batches(count: int) -> None:
    rng = Random(count)
    kept = HmacSm3(b"key")
    for length in (0, 1, 31, 55, 56, 64, 100):
        data = rng.randbytes(length * count)
        assert kept.mac_batch(data, count) == b"".join(openssl_hmac(b"key", one) for one in parts(data, count))


def test_any_bytes_like_object() -> None:
    data = bytes(range(96))
    for kind in (bytearray, memoryview):
        assert native.sm3_batch(kind(data), 3) == native.sm3_batch(data, 3)
        assert HmacSm3(kind(data)).mac_batch(kind(data), 3) == HmacSm3(data).mac_batch(data, 3)


@pytest.mark.parametrize("count", [-1, 0, 2, 4])
def test_a_number_that_does_not_divide_is_refused(count: int) -> None:
    with pytest.raises(NativeFault, match=rf"batch of {count}: data of 33 bytes \(want "):
        native.sm3_batch(bytes(33), count)
    with pytest.raises(NativeFault, match="want"):
        HmacSm3(b"").mac_batch(bytes(33), count)


def test_a_wiped_key_is_zeros_and_unusable() -> None:
    kept = HmacSm3(b"key")
    context = kept._ctx
    assert any(ffi.buffer(context)[:])
    kept.wipe()
    kept.wipe()
    assert not any(ffi.buffer(context)[:])
    for use in (lambda: kept.mac(b""), lambda: kept.mac_batch(b"", 1)):
        with pytest.raises(NativeFault, match="wiped"):
            use()
    with pytest.raises(TypeError, match="neither copied nor pickled"):
        copy.copy(HmacSm3(b"key"))
