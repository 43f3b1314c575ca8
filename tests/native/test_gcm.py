"""SM4-GCM: RFC 8998, A.1; `cryptography` (OpenSSL); GHASH written out from SP 800-38D; and what is refused."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka import native
from jinka.native import NativeFault, NotAuthentic, Sm4Gcm
from jinka.native._core import ffi, lib

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
IV = bytes.fromhex("00001234567800000000abcd")
AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
PLAIN = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("aabbccddeeffeeaa"))
SEALED = (
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
    "a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
)

under_every_name = pytest.mark.usefixtures("gcm_implementation")


def openssl(key: bytes, iv: bytes, data: bytes, aad: bytes) -> bytes:
    ciphers = pytest.importorskip("cryptography.hazmat.primitives.ciphers", reason="needs cryptography")
    context = ciphers.Cipher(ciphers.algorithms.SM4(key), ciphers.modes.GCM(iv)).encryptor()
    context.authenticate_additional_data(aad)
    sealed: bytes = context.update(data) + context.finalize()
    return sealed + bytes(context.tag)


def times(x: int, y: int) -> int:
    """SP 800-38D, 6.3: the product of two blocks, whose leftmost bit is the factor of x^0."""
    product = 0
    for i in range(127, -1, -1):
        product ^= y * (x >> i & 1)
        y = y >> 1 ^ (0xE1 << 120) * (y & 1)
    return product


def ghash(key: int, data: bytes) -> int:
    """6.4, for whole blocks."""
    y = 0
    for i in range(0, len(data), 16):
        y = times(y ^ int.from_bytes(data[i : i + 16], "big"), key)
    return y


def filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)


def lengths(first: bytes, second: bytes) -> bytes:
    return (8 * len(first)).to_bytes(8, "big") + (8 * len(second)).to_bytes(8, "big")


def by_the_book(key: bytes, iv: bytes, data: bytes, aad: bytes, *, j0: int | None = None) -> bytes:
    """7.1, with nothing but the block cipher from the core; from a counter block that no IV is known for, if one is given."""
    with native.Sm4(key) as sm4:
        h = int.from_bytes(sm4.encrypt_block(bytes(16)), "big")
        if j0 is None:
            j0 = int.from_bytes(iv + b"\0\0\0\1", "big") if len(iv) == 12 else ghash(h, filled(iv) + lengths(b"", iv))
        high, low = j0 >> 32 << 32, j0 & 0xFFFFFFFF
        counters = [(high | (low + i & 0xFFFFFFFF)).to_bytes(16, "big") for i in range(2 + len(data) // 16)]
        mask, *rest = (sm4.encrypt_block(block) for block in counters)
    out = bytes(a ^ b for a, b in zip(data, b"".join(rest), strict=False))
    tag = ghash(h, filled(aad) + filled(out) + lengths(aad, out)) ^ int.from_bytes(mask, "big")
    return out + tag.to_bytes(16, "big")


@under_every_name
def test_published() -> None:
    with Sm4Gcm(KEY) as key:
        assert key.seal(IV, PLAIN, AAD).hex() == SEALED
        assert key.open(IV, bytes.fromhex(SEALED), AAD) == PLAIN


def test_the_book_agrees_with_the_published() -> None:
    assert by_the_book(KEY, IV, PLAIN, AAD).hex() == SEALED


@under_every_name
def test_all_lengths_against_openssl() -> None:
    """Data of every length to three hundred, then around the sizes of pieces; every short length of `aad` and of IV."""
    chance = random.Random("gcm")
    shapes = [(n, n * 7 % 80, 12) for n in range(301)]
    shapes += [(n, 13, 12) for at in (1008, 1024, 2032, 9216, 65536) for n in (at - 1, at, at + 1, at + 16)]
    shapes += [(n % 50, n, 12) for n in range(81)] + [(70, 3000, 12)]
    shapes += [(n * 13 % 1200, n % 20, n) for n in range(8, 70)] + [(3000, 0, 16), (40, 0, 128)]
    with Sm4Gcm(KEY) as key:
        for data_length, aad_length, iv_length in shapes:
            data, aad, iv = (chance.randbytes(n) for n in (data_length, aad_length, iv_length))
            sealed = key.seal(iv, data, aad)
            assert sealed == openssl(KEY, iv, data, aad), (data_length, aad_length, iv_length)
            assert key.open(iv, sealed, aad) == data


@under_every_name
@pytest.mark.parametrize("iv_length", [1, 2, 7, 8, 11, 13, 15, 16, 17, 31, 32, 33, 300])
def test_ivs_of_other_lengths_against_the_book(iv_length: int) -> None:
    """OpenSSL takes none shorter than eight."""
    iv = bytes(range(200, 256)) * 6
    with Sm4Gcm(KEY) as key:
        assert key.seal(iv[:iv_length], PLAIN, AAD) == by_the_book(KEY, iv[:iv_length], PLAIN, AAD)


def inverse(x: int) -> int:
    """x^(2^128 - 2), the product of x^2, x^4 ... x^(2^127)."""
    product = 1 << 127
    for _ in range(127):
        x = times(x, x)
        product = times(product, x)
    return product


@under_every_name
@pytest.mark.parametrize("before", [1, 2, 5, 63, 64, 65, 100, 130])
def test_the_counter_wraps_within_its_four_bytes(before: int) -> None:
    """An IV of sixteen bytes made for the counter block it gives: GHASH(IV || length) = (IV H + length) H, solved for IV."""
    j0 = 0xFEDCBA9876543210FFFFFFFF << 32 | 0x100000000 - before
    h = int.from_bytes(native.sm4_encrypt_block(KEY, bytes(16)), "big")
    back = inverse(h)
    iv = times(times(j0, back) ^ 128, back).to_bytes(16, "big")
    data = bytes(range(256)) * 9
    with Sm4Gcm(KEY) as key:
        sealed = key.seal(iv, data, AAD)
        assert sealed == by_the_book(KEY, b"", data, AAD, j0=j0) == openssl(KEY, iv, data, AAD)
        assert key.open(iv, sealed, AAD) == data


@under_every_name
@given(
    st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=40), st.binary(max_size=1500), st.binary(max_size=99)
)
def test_random_data_against_openssl(key: bytes, iv: bytes, data: bytes, aad: bytes) -> None:
    with Sm4Gcm(key) as ours:
        sealed = ours.seal(iv, data, aad)
        assert sealed == openssl(key, iv, data, aad)
        assert ours.open(iv, sealed, aad) == data


@under_every_name
@pytest.mark.parametrize("length", [0, 1, 16, 64, 1100])
def test_one_bit_is_noticed_wherever_it_is(length: int) -> None:
    data = bytes(length)
    with Sm4Gcm(KEY) as key:
        sealed = key.seal(IV, data, AAD)
        assert key.open(bytearray(IV), memoryview(sealed), bytearray(AAD)) == data
        places = range(8 * len(sealed)) if length < 100 else range(5, 8 * len(sealed), 97)
        for bit in places:
            other = bytearray(sealed)
            other[bit // 8] ^= 1 << bit % 8
            with pytest.raises(NotAuthentic, match="not this message's"):
                key.open(IV, other, AAD)
        wrong: list[tuple[bytes, bytes, bytes]] = [
            (IV[:-1] + b"\0", sealed, AAD), (IV + b"\0", sealed, AAD), (IV, sealed, AAD[:-1]), (IV, sealed, AAD + b"\0"),
            (IV, sealed, b""), (IV, b"\0" + sealed, AAD), (IV, sealed + b"\0", AAD), (IV, bytes(len(sealed)), AAD),
        ]  # fmt: skip
        for iv, message, aad in wrong:
            with pytest.raises(NotAuthentic):
                key.open(iv, message, aad)
    with Sm4Gcm(KEY[::-1]) as stranger, pytest.raises(NotAuthentic):
        stranger.open(IV, sealed, AAD)


@pytest.mark.parametrize("tag_length", [4, 8, 12, 13, 14, 15, 16])
def test_a_shorter_tag_is_the_beginning_of_the_whole(tag_length: int) -> None:
    whole = bytes.fromhex(SEALED)
    with Sm4Gcm(KEY, tag_length) as key:
        sealed = key.seal(IV, PLAIN, AAD)
        assert sealed == whole[: len(PLAIN) + tag_length]
        assert key.open(IV, sealed, AAD) == PLAIN
        with pytest.raises(NotAuthentic):
            key.open(IV, sealed[:-1] + bytes([sealed[-1] ^ 1]), AAD)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Sm4Gcm(KEY[:15]),
        lambda: Sm4Gcm(b""),
        *(lambda n=n: Sm4Gcm(KEY, n) for n in (-1, 0, 1, 5, 7, 9, 11, 17)),
        lambda: Sm4Gcm(KEY).seal(b"", PLAIN),
        lambda: Sm4Gcm(KEY).open(b"", PLAIN),
        lambda: Sm4Gcm(KEY).open(IV, PLAIN[:15]),
    ],
)
def test_wrong_lengths_are_refused_without_telling_secrets(call: Callable[[], object]) -> None:
    with pytest.raises(NativeFault, match=r"of -?\d+ bytes \(want ") as caught:
        call()
    assert not isinstance(caught.value, NotAuthentic)
    assert KEY.hex()[:8] not in str(caught.value)


def test_the_limits_of_the_standard_are_refused_before_a_byte_is_read() -> None:
    context, byte, tag = ffi.new("jk_sm4_gcm_ctx *"), ffi.new("uint8_t[1]", b"Z"), ffi.new("uint8_t[16]", b"Z" * 16)
    lib.jk_sm4_gcm_init(context, KEY, 16)
    for data, aad, iv in ((2**36 - 31, 0, 12), (0, 2**61, 12), (0, 0, 2**61), (0, 0, 0)):
        for call in (lib.jk_sm4_gcm_seal, lib.jk_sm4_gcm_open):
            assert call(context, byte, data, tag, 16, byte, iv, byte, aad, byte, data) == lib.JK_ERR_LENGTH
    assert bytes(tag) == b"Z" * 16
    assert bytes(byte) == b"Z"


def test_a_forged_message_leaves_the_output_alone() -> None:
    context, out = ffi.new("jk_sm4_gcm_ctx *"), ffi.new("uint8_t[64]", b"Z" * 64)
    lib.jk_sm4_gcm_init(context, KEY, 16)
    status = lib.jk_sm4_gcm_open(context, out, 64, bytes(16), 16, IV, 12, AAD, 20, bytes.fromhex(SEALED)[:64], 64)
    assert status == lib.JK_ERR_VERIFY
    assert bytes(out) == b"Z" * 64
