"""Decode: commands and responses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.apdu import Command
from jinka.kernel.decode import CommandDecoding, decode_apdu, decode_response
from jinka.kernel.errors import CardFault, MisuseError


def line(read: CommandDecoding, name: str) -> str:
    return next(one.value.en for one in read.lines if one.name.en == name)


@pytest.mark.parametrize(
    ("apdu", "name", "case", "part", "words"),
    [
        ("00A404000E315041592E5359532E444446303100", "SELECT", 4, "P1", "by name"),
        ("00A4040208A00000033301010100", "SELECT", 4, "P2", "next"),
        ("00B2011400", "READ RECORD", 2, "SFI", "2"),
        ("00B2031400", "READ RECORD", 2, "record", "3"),
        ("80A8000002830000", "GET PROCESSING OPTIONS", 4, "Lc", "2 bytes"),
        ("80AE9000020102", "GENERATE AC", 3, "cryptogram wanted", "ARQC (online) with CDA"),
        ("80AE400001 02 00", "GENERATE AC", 4, "cryptogram wanted", "TC (approved)"),
        ("80CA9F1700", "GET DATA", 2, "data object", "9F17 PIN try counter"),
        ("0084000000", "GET CHALLENGE", 2, "Le", "256 bytes"),
        ("008200000A0102030405060708 3030", "EXTERNAL AUTHENTICATE", 3, "Lc", "10 bytes"),
        ("04DA9F790A00000001000011223344", "PUT DATA", 3, "MAC", "11223344"),
        ("841E000004AABBCCDD", "APPLICATION BLOCK", 3, "class", "84, secure messaging"),
        ("8C1E000004AABBCCDD", "APPLICATION BLOCK", 3, "class", "8C, secure messaging with header"),
        ("00FF0102", "unknown command", 1, "P2", "02"),
        ("805C000204", "GET BALANCE", 2, "class", "80, proprietary"),
    ],
)
def test_commands(apdu: str, name: str, case: int, part: str, words: str) -> None:
    read = decode_apdu(apdu)
    assert read.name.en == name
    assert read.case == case
    assert line(read, part) == words
    json.dumps(read.to_json())


def test_a_pin_is_never_shown() -> None:
    read = decode_apdu("0020008008241234FFFFFFFFFF")
    assert read.secret
    assert read.data == b""
    assert line(read, "PIN") == "plain PIN"
    assert "241234" not in json.dumps(read.to_json())
    assert "241234" not in repr(read)


def test_a_filled_list_inside_a_command() -> None:
    options = decode_apdu("80A80000098307010000000012500000"[:30], "9F7A019F0206")
    assert options.objects is not None
    assert options.objects.items[0].tag == 0x83
    assert options.dol is not None
    assert [field.at for field in options.dol.fields] == [0, 1]
    generate = decode_apdu(Command(0x80, 0xAE, 0x80, 0, bytes.fromhex("0000000012500000000000"), 256), "9F02069505")
    assert generate.dol is not None
    first = generate.dol.fields[0].description
    assert first is not None
    assert first.summary.en == "12.50"
    with pytest.raises(MisuseError):
        decode_apdu("80AE8000020102", "9F0206")


def test_what_a_command_says_inside() -> None:
    select = decode_apdu("00A4040008A00000033301010100").meaning
    assert select is not None
    assert "UnionPay" in select.summary.en
    issuer = decode_apdu("008200000A01020304050607083030").meaning
    assert issuer is not None
    assert issuer.summary.en == "00"


def test_responses() -> None:
    record = decode_response("70055A03123456", 0x9000)
    assert record.status.en == "normal ending"
    assert record.objects is not None
    assert record.objects.items[0].children[0].tag == 0x5A
    assert decode_response("", 0x63C1).status.en == "verification failed, 1 tries left"
    assert "wants 5 bytes" in decode_response("700512", 0x9000).fault
    with pytest.raises(MisuseError):
        decode_response("", 0x12345)


@pytest.mark.parametrize(
    ("data", "command", "tags"),
    [
        ("800E7C00080101001001030118010200", "80A8000002830000", [0x82, 0x94]),
        ("80128000011122334455667788 07010103A00000", "80AE8000020102", [0x9F27, 0x9F36, 0x9F26, 0x9F10]),
        ("800401020304", "0088000004 11223344 00", [0x9F4B]),
        ("800401020304", None, []),
        ("80038000AA", "80AE800001 02", [0x9F27, 0x9F36]),
    ],
)
def test_format_1_is_read_by_its_command(data: str, command: str | None, tags: list[int]) -> None:
    assert [part.tag for part in decode_response(data, 0x9000, command).parts] == tags


def test_a_challenge_is_not_tlv() -> None:
    assert "not TLV" in decode_response("0102030405060708", 0x9000, "0084000000").fault


@given(st.binary(max_size=60), st.integers(-5, 70000), st.one_of(st.none(), st.binary(max_size=20)))
def test_bad_input_raises_only_what_is_promised(data: bytes, sw: int, command: bytes | None) -> None:
    for work in (lambda: decode_apdu(data), lambda: decode_apdu(data, command), lambda: decode_response(data, sw, command)):
        try:
            json.dumps(work().to_json())
        except (CardFault, MisuseError):
            pass


@given(st.sampled_from([0x00, 0x80, 0x84, 0x04, 0x8C]), st.integers(0, 255), st.binary(max_size=40), st.integers(0, 255))
def test_every_command_can_be_told(cla: int, ins: int, data: bytes, p2: int) -> None:
    read = decode_apdu(Command(cla, ins, 0x9F, p2, data, 256))
    assert all(0 <= one.offset and one.offset + one.length <= len(read.raw) for one in read.lines)
    json.dumps(read.to_json())
