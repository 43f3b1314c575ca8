"""Symmetric crypto of card and issuer, against published worked examples and frozen constructions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.crypto import tdes
from jinka.kernel.crypto.cryptogram import (
    CVN_01,
    CVN_17,
    Algorithm,
    application_cryptogram,
    arpc,
    cryptogram_data,
    decipher_script,
    encipher_script,
    pin_block,
    pin_change_block,
    pin_from_change_block,
    script_mac,
)
from jinka.kernel.crypto.derive import card_key, diversifier, session_key
from jinka.kernel.crypto.mac import pad_80, pad_zeros, retail_mac, sm4_mac, tdes_cbc_mac, unpad_80
from jinka.kernel.errors import MisuseError

H = bytes.fromhex
CARD = H("0D2E3CB0BC1F9E03AED58F663A2F9679")
SESSION = H("C3D3F062E9992B4E923D338D66193526")
DATA = H("00000000123400000000003401 56D86004A800015612051601010101017C00000E03A4B904".replace(" ", ""))
TERMINAL = {
    0x9F02: H("000000001234"), 0x9F03: H("000000000034"), 0x9F1A: H("0156"), 0x95: H("D86004A800"), 0x5F2A: H("0156"),
    0x9A: H("120516"), 0x9C: H("01"), 0x9F37: H("01010101"),
}  # fmt: skip


def test_worked_example_of_a_cryptogram() -> None:
    assert session_key(Algorithm.TDES, CARD, 0x0E) == SESSION
    assert cryptogram_data(CVN_01, TERMINAL, H("7C00"), 0x0E, H("03A4B904")) == DATA
    assert application_cryptogram(Algorithm.TDES, SESSION, DATA) == H("F294D7022FA9B058")
    assert arpc(Algorithm.TDES, SESSION, H("F294D7022FA9B058"), b"00") == H("3846EEB4C8D34271")


def test_worked_example_of_a_card_key() -> None:
    assert diversifier("6210220110002707355", 1) == H("2011000270735501")
    master = H("C4D689158AD9FB9D23105B91CE046D0E")
    assert card_key(Algorithm.TDES, master, "6210220110002707355", 1) == H("B8A15DA5F7043C317D9FD8F8DFE2BD75")


def test_sm4_construction_is_frozen() -> None:
    key = card_key(Algorithm.SM4, H("0123456789ABCDEFFEDCBA9876543210"), "6210220110002707355", 1)
    assert key == H("680C7B578AE9EE35D41884A9C0185A6F")
    session = session_key(Algorithm.SM4, key, 0x0E)
    assert session == H("3C7CD28F1BFAD1A0EE4D3AD9A32868B2")
    assert application_cryptogram(Algorithm.SM4, session, DATA) == H("6DE01C48B8624584")


def test_absent_sequence_number_counts_as_zero() -> None:
    assert diversifier("6210948000000011", None) == diversifier("6210948000000011", 0) == H("1094800000001100")
    assert diversifier("12345", 2) == H("0000000001234502")
    for wrong in (("12A4", 1), ("1234", 100)):
        with pytest.raises(MisuseError):
            diversifier(*wrong)


def test_version_17_takes_the_second_byte_of_the_results() -> None:
    data = cryptogram_data(CVN_17, TERMINAL, H("7C00"), 0x0E, H("03A4B904"))
    assert data == H("00000000123401010101000EA4")
    assert cryptogram_data(CVN_17, {}, b"", 1, H("03900000")) == bytes(10) + H("000190")
    with pytest.raises(MisuseError):
        cryptogram_data(0x99, TERMINAL, b"", 1, bytes(4))


def test_paddings() -> None:
    assert pad_zeros(b"", 8) == bytes(8)
    assert pad_zeros(b"\1" * 8, 8) == b"\1" * 8
    assert pad_zeros(b"\1", 8) == b"\1" + bytes(7)
    assert pad_80(b"\1" * 8, 8) == b"\1" * 8 + b"\x80" + bytes(7)
    with pytest.raises(MisuseError):
        unpad_80(bytes(8))


def test_macs_by_hand() -> None:
    """The chains written out block by block with nothing but the block cipher."""
    one, two = CARD[:8], CARD[8:]
    padded = pad_80(DATA, 8)
    chain, triple = bytes(8), bytes(8)
    for at in range(0, len(padded), 8):
        block = padded[at : at + 8]
        chain = tdes.encrypt_ecb(one, bytes(a ^ b for a, b in zip(chain, block, strict=True)))
        triple = tdes.encrypt_ecb(CARD, bytes(a ^ b for a, b in zip(triple, block, strict=True)))
    assert retail_mac(CARD, DATA) == tdes.encrypt_ecb(one, tdes.decrypt_ecb(two, chain))
    assert tdes_cbc_mac(CARD, DATA, 4) == triple[:4]


def test_single_des_known_answer() -> None:
    """FIPS PUB 81, the first block of its ECB example."""
    assert tdes.encrypt_ecb(H("0123456789ABCDEF"), b"Now is t") == H("3FA40E8A984D4815")
    for key, data in ((bytes(7), bytes(8)), (bytes(16), bytes(7)), (bytes(16), b"")):
        with pytest.raises(MisuseError):
            tdes.encrypt_ecb(key, data)


def test_sm4_mac_against_another_implementation() -> None:
    from gmssl.sm4 import SM4_ENCRYPT, CryptSM4

    peer = CryptSM4()
    peer.set_key(CARD, SM4_ENCRYPT)
    chain = [0] * 16
    padded = pad_80(DATA, 16)
    for at in range(0, len(padded), 16):
        chain = peer.one_round(peer.sk, [a ^ b for a, b in zip(chain, padded[at : at + 16], strict=True)])
    assert sm4_mac(CARD, DATA, 16) == bytes(chain)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_script_mac_covers_everything(algorithm: Algorithm) -> None:
    base = (H("04DA9F790A"), 0x0E, H("F294D7022FA9B058"), H("000000100000"))
    known = script_mac(algorithm, SESSION, *base)
    assert len(known) == 4
    others = {
        script_mac(algorithm, SESSION, H("04DA9F780A"), *base[1:]),
        script_mac(algorithm, SESSION, base[0], 0x0F, *base[2:]),
        script_mac(algorithm, SESSION, *base[:2], bytes(8), base[3]),
        script_mac(algorithm, SESSION, *base[:3], H("000000100001")),
    }
    assert len(others | {known}) == 5


@given(data=st.binary(max_size=200), algorithm=st.sampled_from(Algorithm))
def test_script_encipherment_round_trip(data: bytes, algorithm: Algorithm) -> None:
    enciphered = encipher_script(algorithm, CARD, data)
    assert len(enciphered) % algorithm.block == 0
    assert decipher_script(algorithm, CARD, enciphered) == data
    assert unpad_80(pad_80(data, 16)) == data


@given(data=st.binary(min_size=16, max_size=48).filter(lambda raw: len(raw) % 16 == 0))
def test_deciphering_anything_never_surprises(data: bytes) -> None:
    try:
        decipher_script(Algorithm.TDES, CARD, data)
    except MisuseError:
        pass


def test_pin_blocks() -> None:
    assert pin_block("1234") == H("241234FFFFFFFFFF")
    assert pin_block("123456789012") == H("2C123456789012FF")
    block = pin_change_block(CARD, "123456")
    assert block == bytes(a ^ b for a, b in zip(H("00000000BC1F9E03"), H("06123456FFFFFFFF"), strict=True))
    assert pin_from_change_block(CARD, block) == "123456"
    mixed = pin_change_block(CARD, "654321", "1234")
    assert pin_from_change_block(CARD, mixed, "1234") == "654321"
    for wrong in ("123", "1234567890123", "12a4"):
        with pytest.raises(MisuseError):
            pin_block(wrong)
    with pytest.raises(MisuseError):
        pin_from_change_block(CARD, bytes(8))
