"""The base card C0 as a stranger reads it: bare bytes to the card, another library's TLV decoder, signatures by arithmetic.

Nothing of the kernel takes part but the wire. What the catalogue calls "C0" must be what its cases lean on.
"""

import tomllib
from collections import Counter
from datetime import date
from hashlib import sha1

import pytest
from jinka.conformance.reference import signatures, wire
from jinka.conformance.reference.signatures import Trust
from jinka.conformance.stand import base_card
from jinka.kernel.apdu import Command
from jinka.simulator.card import Card
from jinka.simulator.world import CA_KEYS
from pyemv import tlv

AID = bytes.fromhex("A000000333010101")
PSE = b"1PAY.SYS.DDF01"
TODAY = date(2026, 6, 1)
H = bytes.fromhex


def capk():
    """The authority's public keys as the terminal loads them, each with its checksum."""
    made = {}
    for entry in tomllib.loads(CA_KEYS.read_text("utf-8"))["capk"]:
        rid, modulus, exponent = H(entry["rid"]), H(entry["modulus"]), H(entry["exponent"])
        checked = rid + bytes((entry["index"],)) + modulus + exponent
        assert sha1(checked, usedforsecurity=False).hexdigest().upper() == entry["checksum"]
        made[rid, entry["index"]] = modulus, exponent, entry["expiry"]
    return made


TRUST = Trust(capk(), today=TODAY)


class Reader:
    """Sends bytes and keeps what came back."""

    def __init__(self):
        self.card, self.seen = Card(base_card("c0")), []
        self.card.power_on()

    def __call__(self, text):
        raw = H(text)
        answer = bytes(self.card.answer(Command.parse(raw)))
        self.seen.append((raw, answer))
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def ok(self, text):
        data, status = self(text)
        assert status == 0x9000, (text, f"{status:04X}")
        return data


def located(afl):
    for at in range(0, len(afl), 4):
        sfi, first, last, signed = afl[at : at + 4]
        for number in range(first, last + 1):
            yield sfi >> 3, number, number < first + signed


@pytest.fixture(scope="module")
def read():
    """The card, opened and read to the end: reader, AFL, records as the other library decodes them."""
    reader = Reader()
    reader.ok(f"00A4040008{AID.hex()}00")
    plain = tlv.decode(reader.ok("80A8000002830000"))["80"]
    aip, afl = plain[:2], plain[2:]
    assert aip == H("7C00")
    records = {}
    for sfi, number, _ in located(afl):
        records[sfi, number] = reader.ok(f"00B2{number:02X}{sfi << 3 | 4:02X}00")
    return reader, afl, records


def test_every_object_reads_alike_in_two_decoders_and_stands_once(read):
    records = read[2]
    seen = Counter()
    for record in records.values():
        [(tag, theirs)] = tlv.decode(record).items()
        assert tag == "70"
        ours = [(item.tag, item.value) for item in wire.items(wire.pick(record, "70"))]
        assert list(theirs.items()) == ours
        assert tlv.encode({"70": theirs}) == record  # no filler, shortest lengths, in order
        seen.update(name for name, _ in ours)
    assert max(seen.values()) == 1
    assert {"5A", "57", "5F24", "5F34", "8C", "8D", "8E", "8F", "90", "93", "9F32", "9F46", "9F47", "9F4A"} <= set(seen)


def test_the_data_agree_with_each_other(read):
    _, afl, records = read
    held = {tag: value for record in records.values() for tag, value in tlv.decode(record)["70"].items()}
    pan = held["5A"].hex().rstrip("f")
    weights = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(pan))]
    assert sum(value - 9 if value > 9 else value for value in weights) % 10 == 0, "the PAN's check digit"
    track = held["57"].hex()
    assert track.split("d")[0] == pan
    assert track.split("d")[1][:4] == held["5F24"].hex()[:4]
    assert held["5F25"].hex() < "260601" < held["5F24"].hex()
    assert held["8E"].hex() == "0000000000000000" + "42031e031f00"
    assert (held["9F0D"], held["9F0E"], held["9F0F"]) == (bytes(5),) * 3
    assert (held["5F28"], held["9F42"], held["9F08"]) == (H("0156"), H("0156"), H("0030"))
    assert held["9F4A"] == b"\x82"
    first, second = wire.names(held["8C"]), wire.names(held["8D"])
    for wanted in ("9F02", "9F03", "9F1A", "95", "5F2A", "9A", "9C", "9F37"):
        assert wanted in first
        assert wanted in second
    assert second[0] == "8A"
    assert [(sfi, number) for sfi, number, signed in located(afl) if signed] == [(2, 1)]


def test_what_cases_change_is_under_signature(read):
    """The objects a stale card is made of must lie in the signed record, or tampering with them proves nothing."""
    signed = tlv.decode(read[2][2, 1])["70"]
    assert {"5A", "5F24", "8E", "9F07", "9F0D", "9F0E", "9F0F", "5F28"} <= set(signed)


def test_the_directory_names_the_application():
    reader = Reader()
    fci = tlv.decode(reader.ok(f"00A404000E{PSE.hex()}00"))["6F"]
    assert fci["84"] == PSE
    sfi = fci["A5"]["88"][0]
    entry = tlv.decode(reader.ok(f"00B201{sfi << 3 | 4:02X}00"))["70"]["61"]
    assert entry["4F"] == AID
    assert reader(f"00B202{sfi << 3 | 4:02X}00")[1] == 0x6A83
    chosen = tlv.decode(reader.ok(f"00A4040008{AID.hex()}00"))["6F"]
    assert chosen["84"] == AID
    assert chosen["A5"]["50"] == entry["50"]


def test_certificates_and_signatures_hold(read):
    """Issuer and card certificate, signed static data, and a dynamic signature over what is sent here."""
    reader = read[0]
    answer = reader.ok("0088000004A1B2C3D400")
    card = wire.read(reader.seen)
    issuer = signatures.issuer_key(card, TRUST)
    key = signatures.card_key(card, TRUST)
    assert [len(held.modulus) * 8 for held in (issuer, key)] == [1152, 1024]
    assert len(TRUST.keys[AID[:5], card.objects["8F"][0]][0]) * 8 == 1408
    assert signatures.signed_static(card, TRUST) == H("DAC1")
    content = signatures.dynamic_content(key, tlv.decode(answer)["80"], H("A1B2C3D4"))
    assert len(signatures.dynamic_number(content)) == 8
    with pytest.raises(signatures.Wrong, match="hash"):
        signatures.dynamic_content(key, tlv.decode(answer)["80"], H("A1B2C3D5"))


def test_every_signed_byte_counts(read):
    """Any byte of the signed record turned: neither the static signature nor the card's certificate holds."""
    reader, _, records = read
    card = wire.read(reader.seen)
    whole = card.static
    for at in range(len(whole)):
        card.static = whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :]
        for check in (signatures.signed_static, signatures.card_key):
            with pytest.raises(signatures.Wrong, match="hash"):
                check(card, TRUST)
    card.static = whole
    assert whole == wire.pick(records[2, 1], "70")
