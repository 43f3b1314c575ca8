"""Certificate recovery against published test cards: keys of 1984, 1408 and 1152 bits under the schemes' test CA keys.

The sources stand in the vector files; the details were recovered by others and checked with a second implementation.
"""

import hashlib
from datetime import date

import pytest
from jinka.kernel.crypto import recover
from jinka.kernel.crypto.recover import DynamicData, PublicKey, Refused, StaticData
from jinka.kernel.data import tags

from tests.support.traces import ca_key, load

TODAY = date(2012, 3, 16)
CARDS = [
    "unionpay_ft01_contact_sda_dda", "amex_aeips_cda", "mastercard_mcd04_contact_sda", "mastercard_mcd04_cda",
    "emvutils_visa94_objects", "emvutils_mastercardF1_objects", "emvpt_contact_t0_dda",
]  # fmt: skip


class Objects:
    """The objects of a traced card by tag."""

    def __init__(self, name: str) -> None:
        self.trace = load(name)
        self.ca = PublicKey(ca_key(self.trace).modulus, ca_key(self.trace).exponent)
        self.pan = self[tags.PAN].hex().rstrip("f")

    def __getitem__(self, tag: int) -> bytes:
        return bytes.fromhex(self.trace["objects"].get(f"{tag:X}", ""))

    def issuer(self, certificate: bytes | None = None, today: date = TODAY, pan: str = "") -> PublicKey | Refused:
        return recover.issuer_key(
            self.ca, certificate or self[tags.ISSUER_CERTIFICATE], self[tags.ISSUER_REMAINDER],
            self[tags.ISSUER_EXPONENT], pan or self.pan, today,
        )  # fmt: skip


@pytest.mark.parametrize("name", CARDS)
def test_issuer_keys(name):
    card = Objects(name)
    detail = card.trace["verified"]["issuer_cert_detail"]
    key = card.issuer()
    assert isinstance(key, PublicKey), key
    assert key.size * 8 == detail["modulus_bits"]
    assert key.serial.hex().upper() == detail["serial"]
    assert f"{key.expiry:%m%y}" == detail["expiry_MMYY"]


@pytest.mark.parametrize("name", CARDS)
def test_every_changed_byte_is_refused(name):
    card = Objects(name)
    certificate = card[tags.ISSUER_CERTIFICATE]
    for at in range(0, len(certificate), 7):
        changed = bytearray(certificate)
        changed[at] ^= 0x10
        assert isinstance(card.issuer(bytes(changed)), Refused)
    for wrong in (certificate[:-1], certificate + b"\0", b"", b"\1", card.ca.modulus):
        assert isinstance(card.issuer(wrong or b"\0"), Refused)


def test_expiry_is_the_last_day_of_the_month():
    card = Objects("mastercard_mcd04_contact_sda")
    assert isinstance(card.issuer(today=date(2014, 12, 31)), PublicKey)
    assert card.issuer(today=date(2015, 1, 1)) == Refused("the certificate has expired")


def test_the_issuer_identifier_must_be_the_pans():
    card = Objects("unionpay_ft01_contact_sda_dda")
    assert isinstance(card.issuer(pan="6210990000000000"), Refused)


@pytest.mark.parametrize("name", ["unionpay_ft01_contact_sda_dda", "amex_aeips_cda", "mastercard_mcd04_contact_sda"])
def test_static_data(name):
    card = Objects(name)
    issuer = card.issuer()
    static = bytes.fromhex(card.trace["static_data"])
    static = static if static.endswith(card[tags.AIP]) else static + card[tags.AIP]
    proved = recover.static_data(issuer, card[tags.SIGNED_STATIC_DATA], static)
    assert isinstance(proved, StaticData), proved
    detail = card.trace["verified"].get("ssad_detail")
    assert proved.authentication_code.hex().upper() == detail["9F45"]
    assert isinstance(recover.static_data(issuer, card[tags.SIGNED_STATIC_DATA], static + b"\0"), Refused)


@pytest.mark.parametrize("name", ["emvutils_visa94_objects", "unionpay_ft01_contact_sda_dda"])
def test_dynamic_data(name):
    """The key of the card is taken out of its certificate by hand here: not every source has the static data."""
    card = Objects(name)
    issuer = card.issuer()
    block = recover.raw(issuer, card[tags.ICC_CERTIFICATE])
    length = block[19]
    modulus = (block[21 : 21 + issuer.size - 42] + card[tags.ICC_REMAINDER])[:length]
    key = PublicKey(modulus, card[tags.ICC_EXPONENT])
    sent = bytes.fromhex(card.trace["terminal"]["internal_authenticate_data"])
    signature = card[tags.SIGNED_DYNAMIC_DATA]
    if not signature:
        [answer] = [pair["response"] for pair in card.trace["apdus"] if pair["command"].startswith("0088")]
        signature = bytes.fromhex(answer)[3:-2]
    proved = recover.dynamic_data(key, signature, sent)
    assert isinstance(proved, DynamicData), proved
    number = card.trace["verified"]["sdad_dda_detail"]["9F4C"]
    assert proved.content[1:].hex().upper() == number
    assert isinstance(recover.dynamic_data(key, signature, bytes(4)), Refused)


@pytest.mark.parametrize("modulus", [b"", b"\0" * 128, b"\xff" * 127 + b"\xfe", b"\xff" * 249, b"\1"])
@pytest.mark.parametrize("exponent", [b"", b"\0", b"\3", b"\1\0\1", b"\5", b"\xff" * 3])
def test_keys_that_cannot_be(modulus, exponent):
    key = PublicKey(modulus, exponent)
    for block in (b"", b"\0" * len(modulus), b"\xff" * len(modulus)):
        assert isinstance(recover.raw(key, block), Refused | bytes)
    if len(modulus) != 1 or exponent not in (b"\3", b"\1\0\1"):
        assert isinstance(recover.raw(key, b"\xff" * len(modulus)), Refused)


def test_the_test_keys_are_what_they_say():
    """The checksum of the UnionPay test key in the trace: SHA-1 over RID, index, modulus and exponent."""
    key = ca_key(load("unionpay_ft01_contact_sda_dda"))
    digest = hashlib.sha1(key.rid + bytes((key.index,)) + key.modulus + key.exponent, usedforsecurity=False).hexdigest()
    assert digest.upper() == "A075306EAB0045BAF72CDD33B3B678779DE1F527"
