"""Published answers: GB/T 32905, GB/T 32907, GM/T 0042 (HMAC-SM3), draft-ribose-cfrg-sm4 (modes)."""

import pytest
from jinka import native
from jinka.native import Padding

pytestmark = pytest.mark.usefixtures("implementation")

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
COUNT = bytes(range(16))


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3(message: bytes, digest: str) -> None:
    assert native.sm3(message).hex() == digest
    assert native.Sm3(message).hexdigest() == digest


@pytest.mark.parametrize(
    ("key", "message", "mac"),
    [
        (
            bytes(range(1, 33)),
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
            "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
        ),
        (bytes(range(1, 38)), b"\xcd" * 50, "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"),
        (b"\x0b" * 32, b"Hi There", "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882",
        ),
    ],
)
def test_hmac_sm3(key: bytes, message: bytes, mac: str) -> None:
    assert native.hmac_sm3(key, message).hex() == mac


def test_sm4_block() -> None:
    cipher = bytes.fromhex("681edf34d206965e86b3e94f536e4246")
    assert native.sm4_encrypt_block(KEY, KEY) == cipher
    assert native.sm4_decrypt_block(KEY, cipher) == KEY
    with native.Sm4(KEY) as key:
        assert key.encrypt_block(KEY) == cipher
        assert key.decrypt_block(cipher) == KEY


def test_sm4_a_million_times() -> None:
    # CBC of zeros from an initial value is that value encrypted over and over; it keeps the loop in C.
    block = KEY
    with native.Sm4(KEY) as key:
        for _ in range(100):
            block = key.encrypt_cbc(block, bytes(16 * 10_000))[-16:]
    assert block.hex() == "595298c7c6fd271f0402f804c33d3f66"


LETTERS = bytes.fromhex("aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb")
PAIRS = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "aa" * 8 + "bb" * 8)


def test_sm4_modes() -> None:
    ecb = "5ec8143de509cff7b5179f8f474b86192f1d305a7fb17df985f81c8482192304"
    cbc = "78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d"
    ctr = (
        "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
        "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514"
    )
    with native.Sm4(KEY) as key:
        assert key.encrypt_ecb(LETTERS).hex() == ecb
        assert key.decrypt_ecb(bytes.fromhex(ecb)) == LETTERS
        assert key.encrypt_cbc(COUNT, LETTERS).hex() == cbc
        assert key.decrypt_cbc(COUNT, bytes.fromhex(cbc)) == LETTERS
        assert key.ctr(COUNT, PAIRS).hex() == ctr
        assert key.ctr(COUNT, bytes.fromhex(ctr)) == PAIRS


def test_cbc_mac_is_the_last_block_of_cbc() -> None:
    with native.Sm4(KEY) as key:
        last = key.encrypt_cbc(COUNT, LETTERS)[-16:]
        assert key.cbc_mac(LETTERS, iv=COUNT) == last
        assert native.sm4_cbc_mac(KEY, LETTERS, iv=COUNT) == last
        assert key.cbc_mac(LETTERS) == native.sm4_cbc_mac(KEY, LETTERS, iv=bytes(16)) != last


@pytest.mark.parametrize(
    ("padding", "data", "padded"),
    [
        (Padding.METHOD_1, b"", bytes(16)),
        (Padding.METHOD_1, b"abc", b"abc" + bytes(13)),
        (Padding.METHOD_1, b"a" * 16, b"a" * 16),
        (Padding.METHOD_1, b"a" * 17, b"a" * 17 + bytes(15)),
        (Padding.METHOD_2, b"", b"\x80" + bytes(15)),
        (Padding.METHOD_2, b"a" * 15, b"a" * 15 + b"\x80"),
        (Padding.METHOD_2, b"a" * 16, b"a" * 16 + b"\x80" + bytes(15)),
        (Padding.METHOD_2, b"a" * 33, b"a" * 33 + b"\x80" + bytes(14)),
    ],
)
def test_cbc_mac_padding(padding: Padding, data: bytes, padded: bytes) -> None:
    expected = native.sm4_cbc_mac(KEY, padded)
    assert native.sm4_cbc_mac(KEY, data, padding) == expected
    with native.Sm4(KEY) as key:
        assert key.cbc_mac(data, padding) == expected
