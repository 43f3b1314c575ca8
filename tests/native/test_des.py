"""DES and triple DES: published answers, another library, every implementation, batches against singles."""

import warnings
from collections.abc import Iterator
from random import Random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from jinka import native
from jinka.native import NativeFault, Padding, Tdes, bind

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # two-key triple DES moved there with a warning
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

unhex = bytes.fromhex


@pytest.fixture(params=native.available())
def path(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each implementation in turn."""
    bind.start(request.param)
    yield request.param
    bind.start("")


def openssl(key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
    """Triple DES (single DES for an 8-byte key) by OpenSSL, ECB or CBC."""
    whole = key * 3 if len(key) == 8 else key + key[:8]
    worker = Cipher(TripleDES(whole), modes.ECB() if iv is None else modes.CBC(iv)).encryptor()  # noqa: S305
    return worker.update(data) + worker.finalize()


def padded(data: bytes, padding: Padding) -> bytes:
    if padding is Padding.METHOD_2:
        data += b"\x80"
    if padding is Padding.METHOD_1 and not data:
        return bytes(8)
    return data + bytes(-len(data) % 8)


def cbc_mac(key: bytes, data: bytes, padding: Padding, iv: bytes = bytes(8)) -> bytes:
    return openssl(key, padded(data, padding), iv)[-8:]


def retail(key: bytes, data: bytes, padding: Padding, iv: bytes = bytes(8)) -> bytes:
    whole = padded(data, padding)
    state = openssl(key[:8], whole[:-8], iv)[-8:] if len(whole) > 8 else iv
    return openssl(key, bytes(a ^ b for a, b in zip(state, whole[-8:], strict=True)))


# FIPS 81 tables B1 and C1; NIST SP 800-17 appendix A variable plaintext (single DES); ISO/IEC 9797-1 annex (alg. 3).
def test_published_answers(path: str) -> None:
    key, iv = unhex("0123456789ABCDEF"), unhex("1234567890ABCDEF")
    text = b"Now is the time for all "
    with Tdes(key) as des:
        assert des.encrypt_ecb(text) == unhex("3FA40E8A984D48156A271787AB8883F9893D51EC4B563B53")
        assert des.encrypt_cbc(iv, text) == unhex("E5C7CDDE872BF27C43E934008C389C0F683788499A7C05F6")
        assert des.decrypt_ecb(des.encrypt_ecb(text)) == text
        assert des.decrypt_cbc(iv, des.encrypt_cbc(iv, text)) == text
    ones = b"\x01" * 8
    assert native.tdes_encrypt_block(ones, unhex("8000000000000000")) == unhex("95F8A5E5DD31D900")
    assert native.tdes_encrypt_block(ones, unhex("0000000000000001")) == unhex("166B40B44ABA4BD6")
    assert native.tdes_encrypt_block(unhex("8001010101010101"), bytes(8)) == unhex("95A8D72813DAA94D")


def test_iso_9797_examples(path: str) -> None:
    """ISO/IEC 9797-1, annex: algorithm 1 and 3 over "Now is the time for all " with padding method 1."""
    key, text = unhex("0123456789ABCDEFFEDCBA9876543210"), b"Now is the time for all "
    assert native.tdes_cbc_mac(key[:8], text, Padding.METHOD_1) == unhex("70A30640CC76DD8B")
    assert native.retail_mac(key, text, Padding.METHOD_1) == unhex("A1C72E74EA3FA9B6")


@pytest.mark.parametrize("size", [8, 16])
def test_against_openssl(path: str, size: int) -> None:
    rng = Random(size)
    for _ in range(120):
        key, data, iv = rng.randbytes(size), rng.randbytes(8 * rng.randrange(1, 20)), rng.randbytes(8)
        with Tdes(key) as des:
            assert des.encrypt_ecb(data) == openssl(key, data)
            assert des.encrypt_cbc(iv, data) == openssl(key, data, iv)
            assert des.decrypt_ecb(des.encrypt_ecb(data)) == data
            assert des.decrypt_cbc(iv, des.encrypt_cbc(iv, data)) == data
        assert native.tdes_encrypt_block(key, data[:8]) == openssl(key, data[:8])
        assert native.tdes_decrypt_block(key, openssl(key, data[:8])) == data[:8]


@pytest.mark.parametrize("padding", list(Padding))
def test_macs_against_openssl(path: str, padding: Padding) -> None:
    rng = Random(padding)
    for length in range(70):
        if padding is Padding.NONE and (length % 8 or not length):
            continue
        key, data, iv = rng.randbytes(16), rng.randbytes(length), rng.randbytes(8)
        assert native.tdes_cbc_mac(key, data, padding) == cbc_mac(key, data, padding)
        assert native.tdes_cbc_mac(key, data, padding, iv) == cbc_mac(key, data, padding, iv)
        assert native.tdes_cbc_mac(key[:8], data, padding) == cbc_mac(key[:8], data, padding)
        assert native.retail_mac(key, data, padding) == retail(key, data, padding)
        with Tdes(key) as des:
            assert des.cbc_mac(data, padding, iv) == cbc_mac(key, data, padding, iv)
            assert des.retail_mac(data, padding, iv) == retail(key, data, padding, iv)


@pytest.mark.parametrize("count", [1, 2, 7, 63, 64, 65, 127, 129, 255, 256, 257, 511, 513, 900])
def test_batches_are_the_single_calls(path: str, count: int) -> None:
    rng = Random(count)
    length = rng.choice([0, 1, 7, 8, 13, 24, 32, 41])
    keys, data = rng.randbytes(16 * count), rng.randbytes(length * count)
    at = range(count)
    one = [(keys[16 * i : 16 * i + 16], data[length * i : length * i + length]) for i in at]
    macs = native.tdes_cbc_mac_batch(keys, data, count, Padding.METHOD_2)
    assert macs == b"".join(native.tdes_cbc_mac(key, text, Padding.METHOD_2) for key, text in one)
    retails = native.retail_mac_batch(keys, data, count, Padding.METHOD_2)
    assert retails == b"".join(native.retail_mac(key, text, Padding.METHOD_2) for key, text in one)
    short = b"".join(retails[8 * i : 8 * i + 4] for i in at)
    wrong = rng.randrange(count)
    spoiled = bytearray(short)
    spoiled[4 * wrong] ^= 1
    found = native.retail_mac_verify_batch(spoiled, keys, data, count, Padding.METHOD_2)
    assert found == [i != wrong for i in at]
    assert native.tdes_cbc_mac_verify_batch(macs, keys, data, count, Padding.METHOD_2) == [True] * count


def test_purse_batches(path: str) -> None:
    """Diversification, session key and MAC in one call are the same three steps one by one (JR/T 0025 electronic purse)."""
    rng = Random(5)
    master, n, length = rng.randbytes(16), 130, 15
    serials, seeds, data = rng.randbytes(8 * n), rng.randbytes(8 * n), rng.randbytes(length * n)

    def card(i: int) -> bytes:
        serial = serials[8 * i : 8 * i + 8]
        return openssl(master, serial + bytes(byte ^ 0xFF for byte in serial))

    def text(i: int) -> bytes:
        return data[length * i : length * i + length]

    macs = native.purse_mac_batch(master, serials, seeds, data)
    tacs = native.purse_tac_batch(master, serials, data)
    for i in range(n):
        session = openssl(card(i), seeds[8 * i : 8 * i + 8])
        assert macs[4 * i : 4 * i + 4] == cbc_mac(session, text(i), Padding.METHOD_2)[:4]
        tac_key = bytes(a ^ b for a, b in zip(card(i)[:8], card(i)[8:], strict=True))
        assert tacs[4 * i : 4 * i + 4] == cbc_mac(tac_key, text(i), Padding.METHOD_2)[:4]


def test_parity_is_ignored(path: str) -> None:
    key = Random(9).randbytes(16)
    other = bytes(byte ^ 1 for byte in key)
    assert native.tdes_encrypt_block(key, bytes(8)) == native.tdes_encrypt_block(other, bytes(8))


@pytest.mark.parametrize(
    "call",
    [
        lambda: native.tdes_encrypt_block(bytes(15), bytes(8)),
        lambda: native.tdes_decrypt_block(bytes(16), bytes(7)),
        lambda: native.tdes_cbc_mac(bytes(24), bytes(8)),
        lambda: native.tdes_cbc_mac(bytes(16), bytes(9)),
        lambda: native.tdes_cbc_mac(bytes(16), bytes(8), Padding.NONE, bytes(7)),
        lambda: native.retail_mac(bytes(8), bytes(8)),
        lambda: native.retail_mac(bytes(16), b""),
        lambda: native.tdes_cbc_mac_batch(bytes(32), bytes(17), 2),
        lambda: native.tdes_cbc_mac_batch(bytes(31), bytes(16), 2),
        lambda: native.retail_mac_batch(bytes(16), bytes(8), -1),
        lambda: native.retail_mac_verify_batch(bytes(3), bytes(16), bytes(8), 1),
        lambda: native.purse_mac_batch(bytes(15), bytes(8), bytes(8), bytes(8)),
        lambda: native.purse_tac_batch(bytes(16), bytes(16), bytes(9)),
        lambda: Tdes(bytes(9)),
        lambda: Tdes(bytes(16)).encrypt_ecb(bytes(7)),
        lambda: Tdes(bytes(16)).encrypt_cbc(bytes(7), bytes(8)),
        lambda: Tdes(bytes(16)).cbc_mac(bytes(7)),
        lambda: Tdes(bytes(16)).retail_mac(bytes(7)),
    ],
)
def test_wrong_lengths_are_refused(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NativeFault, match="want"):
        call()


def test_a_wiped_key_is_gone() -> None:
    des = Tdes(bytes(16))
    des.wipe()
    des.wipe()
    with pytest.raises(NativeFault, match="wiped"):
        des.encrypt_ecb(bytes(8))
    with pytest.raises(TypeError, match="pickled"):
        des.__reduce__()
