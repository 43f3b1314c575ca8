"""Certificates and signatures of simulated cards, opened with nothing but `pow` and `hashlib`."""


import pytest
from jinka.kernel.data import tags
from jinka.kernel.data.tlv import encode, scan
from jinka.kernel.errors import ConfigError, MisuseError
from jinka.simulator import rsa
from jinka.simulator.authority import load_authority, read_authority
from jinka.simulator.certificates import issuer_certificate
from jinka.simulator.personality import load_personality, names

from tests.simulator.reader import AAC, ARQC, CDA, DEBIT, TC, Reader, checked, recover, sha1

SOUND = [
    ("unionpay-debit", DEBIT), ("unionpay-credit", bytes.fromhex("A000000333010102")),
    ("unionpay-quasi-credit", bytes.fromhex("A000000333010103")), ("dda-only", DEBIT), ("cda", DEBIT),
    ("dual-algorithm", DEBIT), ("ecash", DEBIT), ("pure-ecash", bytes.fromhex("A000000333010106")),
]  # fmt: skip


@pytest.mark.parametrize("few", [0, 10**9])
def test_keys_sign_alike_with_either_arithmetic(monkeypatch, few: int) -> None:
    monkeypatch.setattr(rsa, "FEW", few)
    held = load_authority()
    for key in (*held.authorities.values(), *held.issuers.values(), *held.cards.values()):
        for block in (b"\x6a" * key.size, bytes(key.size), bytes(key.size - 1) + b"\1"):
            signed = key.sign(block)
            assert len(signed) == key.size
            assert pow(int.from_bytes(signed, "big"), key.exponent, key.p * key.q) == int.from_bytes(block, "big")


@pytest.mark.parametrize(("name", "aid"), SOUND)
def test_chain_to_dynamic_signature(name: str, aid: bytes) -> None:
    reader = Reader.of(name)
    static = reader.start(aid)
    modulus, exponent = reader.card_key(static)
    answer = reader.send("00880000", b"\x0a\x0b\x0c\x0d")
    node = scan(answer.data)[0]
    signed = node.value if node.tag == tags.RESPONSE_FORMAT_1 else scan(node.value)[0].value
    block = recover(signed, modulus, exponent)
    assert checked(block, b"\x0a\x0b\x0c\x0d")
    assert block[1:3] == b"\x05\x01"
    assert block[3] == block[4] + 1


@pytest.mark.parametrize("name", ["unionpay-debit", "sda-only", "ecash"])
def test_signed_static_data(name: str) -> None:
    reader = Reader.of(name)
    static = reader.start()
    block = recover(reader.known[tags.SIGNED_STATIC_DATA], *reader.issuer_key())
    assert checked(block, static)
    assert block[1:5] == b"\x03\x01\xda\xc1"


def test_ordinary_and_cash_records_are_signed_apart() -> None:
    reader = Reader.of("ecash")
    ordinary_first = reader.card.snapshot()
    cash = reader.start()
    reader.card_key(cash)
    reader.card.restore(ordinary_first)
    reader.set(amount=999_999_00)
    ordinary = reader.start()
    reader.card_key(ordinary)
    assert cash != ordinary


@pytest.mark.parametrize("kind", [TC, ARQC])
def test_combined_signature(kind: int) -> None:
    reader = Reader.of("unionpay-debit")
    modulus, exponent = reader.card_key(reader.start())
    answer = reader.generate(kind | CDA)
    nodes = scan(scan(answer.data)[0].value)
    assert tags.CRYPTOGRAM not in {node.tag for node in nodes}
    block = recover(reader.known[tags.SIGNED_DYNAMIC_DATA], modulus, exponent)
    assert checked(block, reader.values[tags.UNPREDICTABLE_NUMBER])
    dynamic = block[4 : 4 + block[3]]
    number = dynamic[0]
    assert dynamic[1 + number] == kind
    seen = reader.pdol + reader.fill(tags.CDOL1)
    seen += b"".join(encode(node.tag, node.value) for node in nodes if node.tag != tags.SIGNED_DYNAMIC_DATA)
    assert dynamic[-20:] == sha1(seen)


def test_combined_signature_of_the_second_cryptogram() -> None:
    reader = Reader.of("cda")
    modulus, exponent = reader.card_key(reader.start())
    first = reader.fill(tags.CDOL1)
    reader.generate(ARQC | CDA)
    block = recover(reader.known[tags.SIGNED_DYNAMIC_DATA], modulus, exponent)
    reader.cryptogram = block[4 + 2 + block[4] :][:8]
    assert reader.authenticate_issuer().sw == 0x9000
    answer = reader.generate(TC | CDA, second=True)
    block = recover(reader.known[tags.SIGNED_DYNAMIC_DATA], modulus, exponent)
    assert checked(block, reader.values[tags.UNPREDICTABLE_NUMBER])
    seen = reader.pdol + first + reader.fill(tags.CDOL2)
    for node in scan(scan(answer.data)[0].value):
        seen += encode(node.tag, node.value) if node.tag != tags.SIGNED_DYNAMIC_DATA else b""
    assert block[4 + block[3] - 20 : 4 + block[3]] == sha1(seen)


def test_a_decline_is_never_signed() -> None:
    reader = Reader.of("declines")
    reader.start()
    reader.generate(TC | CDA)
    assert reader.kind == AAC
    assert tags.CRYPTOGRAM in reader.known


def test_pin_key_certificate() -> None:
    reader = Reader.of("unionpay-credit")
    reader.start(bytes.fromhex("A000000333010102"))
    block = recover(reader.known[tags.PIN_CERTIFICATE], *reader.issuer_key())
    assert checked(block, reader.known[tags.PIN_REMAINDER] + reader.known[tags.PIN_EXPONENT])
    assert block[1] == 4


@pytest.mark.parametrize(
    ("change", "offset", "wanted"),
    [
        ({"issuer_cert.trailer": "BD"}, -1, b"\xbd"),
        ({"issuer_cert.header": "6B"}, 0, b"\x6b"),
        ({"issuer_cert.format": "03"}, 1, b"\x03"),
        ({"issuer_cert.expiry": "1126"}, 6, b"\x11\x26"),
        ({"issuer_cert.hash_algorithm": "02"}, 11, b"\x02"),
        ({"issuer_cert.key_length": "F8"}, 13, b"\xf8"),
    ],
)
def test_every_field_can_be_wrong(change: dict[str, str], offset: int, wanted: bytes) -> None:
    reader = Reader.of(load_personality("unionpay-debit").changed(change))
    reader.start()
    root = load_authority().authorities[0xF2]
    block = recover(reader.known[tags.ISSUER_CERTIFICATE], root.modulus_bytes, root.exponent_bytes)
    assert block[offset:][: len(wanted)] == wanted


def test_other_corruptions() -> None:
    base = load_personality("unionpay-debit")
    short = Reader.of(base.changed({"issuer_cert.length": "00AF", "icc_cert.hash_flip": "05", "ssad.code": "1234"}))
    static = short.start()
    assert len(short.known[tags.ISSUER_CERTIFICATE]) == 175
    issuer = Reader.of(base.changed({"icc_cert.hash_flip": "05"}))
    static = issuer.start()
    with pytest.raises(AssertionError):
        issuer.card_key(static)
    with pytest.raises(MisuseError):
        base.changed({"icc_cert.colour": "05"}).applets()
    with pytest.raises(MisuseError):
        base.changed({"icc_cert.expiry": "051226"}).applets()


def test_changed_data_is_signed_anew_or_left_stale() -> None:
    base = load_personality("unionpay-debit")
    anew = Reader.of(base.changed({"9F07": "FF80"}))
    anew.card_key(anew.start())
    stale = Reader.of(base.changed({"9F07": "FF80"}, resign=False))
    static = stale.start()
    assert stale.known[tags.AUC] == b"\xff\x80"
    with pytest.raises(AssertionError):
        stale.card_key(static)
    named = Reader.of("stale-static-data")
    static = named.start()
    with pytest.raises(AssertionError):
        named.card_key(static)


def test_no_remainder_when_the_key_fits() -> None:
    reader = Reader.of("unionpay-quasi-credit")
    reader.start(bytes.fromhex("A000000333010103"))
    assert tags.ISSUER_REMAINDER not in reader.known
    assert tags.ICC_REMAINDER in reader.known


def test_authority_round_trip_and_public_half() -> None:
    from jinka.kernel.load import default_config
    from jinka.simulator.authority import DATA

    authority = load_authority()
    again = read_authority(authority.to_toml())
    assert again.capk_toml() == authority.capk_toml() == (DATA / "capk.toml").read_text("utf-8")
    assert {key.exponent for key in authority.authorities.values()} == {3, 65537}
    sizes = {key.size * 8 for key in authority.authorities.values()}
    assert sizes == {1024, 1152, 1408, 1984}
    loaded = default_config(keys=DATA / "capk.toml").keys
    assert {key.index: bytes(key.modulus) for key in loaded} == {
        index: key.modulus_bytes for index, key in authority.authorities.items()
    }
    with pytest.raises(ConfigError):
        read_authority("rid = 1")


def test_keys_sign_what_they_open() -> None:
    authority = load_authority()
    for key in [*authority.authorities.values(), *authority.issuers.values(), *authority.cards.values()]:
        block = b"\x6a" + bytes(range(256))[: key.size - 2] + b"\xbc"
        assert recover(key.sign(block), key.modulus_bytes, key.exponent_bytes) == block
        assert key.modulus.bit_length() == key.size * 8
    with pytest.raises(MisuseError):
        key.sign(b"short")


def test_generated_keys_have_the_size_and_exponent_asked_for() -> None:
    from jinka.simulator.rsa import generate

    key = generate("fresh", 1024, 65537)
    assert key.size == 128
    made = issuer_certificate(key, key, identifier=b"\x62\x12\x34\xff", expiry=b"\x12\x49", serial=bytes(3))
    assert len(made.remainder) == 36
    assert checked(recover(made.signed, key.modulus_bytes, b"\1\0\1"), made.remainder + b"\1\0\1")


def test_making_a_card_again_is_cheap() -> None:
    import time

    from jinka.simulator.card import Card

    for name in names():
        Card(load_personality(name))
    began = time.perf_counter()
    for name in names():
        Card(load_personality(name))
    assert (time.perf_counter() - began) / len(names()) < 0.05
