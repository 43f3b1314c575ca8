"""Decode: data objects, lists and bits, with the place of every byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.decode import decode_bits, decode_dol, decode_tlv, octets
from jinka.kernel.errors import CardFault, MalformedData, MisuseError

FCI = "6F21 8408A000000333010101 A515 500A50424F43204445424954 9F38069F02069F3704"


def test_hexadecimal_as_people_write_it() -> None:
    for text in ("6F0084", "6f 00 84", "6F:00:84", "0x6F, 0x00, 0x84", "6F-00-84\n", "6F_00 84"):
        assert octets(text) == b"\x6f\x00\x84"
    assert octets(b"\x01") == b"\x01"
    with pytest.raises(MisuseError, match="'G' is not"):
        octets("GG")
    with pytest.raises(MisuseError, match="3 hexadecimal digits"):
        octets("123")


def test_templates_are_opened_and_offsets_are_outermost() -> None:
    read = decode_tlv(FCI)
    (top,) = read.items
    name, proprietary = top.children
    label, pdol = proprietary.children
    for item in (top, name, proprietary, label, pdol):
        assert read.raw[item.body : item.end] == item.value
        assert item.length == len(item.value)
    assert (name.name.en, name.name.zh) == ("Dedicated file (DF) name", "专用文件(DF)名称")
    assert label.description is not None
    assert label.description.summary.en == "PBOC DEBIT"
    assert pdol.description is not None
    assert [line.name.en for line in pdol.description.lines] == [
        "9F02 Amount, authorised (numeric)",
        "9F37 Unpredictable number",
    ]
    assert top.description is None


def test_filler_is_shown() -> None:
    read = decode_tlv("00 5A0112 0000")
    assert read.filler == (0, 4, 5)


def test_a_closed_template_says_why() -> None:
    (item,) = decode_tlv("7003 5A0512").items
    assert item.children == ()
    assert "wants 5 bytes" in item.fault
    deep = "00"
    for _ in range(14):
        deep = f"70{len(deep) // 2:02X}" + deep
    at = decode_tlv(deep).items[0]
    while at.children:
        at = at.children[0]
    assert "deeper" in at.fault


def test_a_list_and_what_it_was_filled_with() -> None:
    read = decode_dol("9F0206 9F3704 5F2A02", "000000001250 11223344 0156")
    assert read.total == 12
    assert [(field.start, field.at) for field in read.fields] == [(0, 0), (3, 6), (6, 10)]
    words = [field.description.summary.en for field in read.fields if field.description]
    assert words == ["12.50", "11223344", "156 CNY Yuan renminbi"]
    assert all(field.description is None for field in decode_dol("9F0206").fields)
    with pytest.raises(MisuseError, match="wants 6 bytes, 5 were given"):
        decode_dol("9F0206", "0000000012")
    with pytest.raises(MalformedData):
        decode_dol("9F02")


def test_bits_by_name() -> None:
    assert decode_bits("TVR", "8000000000").summary.en == "ODA not performed"
    assert decode_bits("9F33", "E0F8C8").name.zh == "终端性能"


def test_json_is_plain() -> None:
    text = json.dumps(decode_tlv(FCI).to_json(), ensure_ascii=False)
    back = json.loads(text)
    assert back["items"][0]["children"][0]["name"] == {"en": "Dedicated file (DF) name", "zh": "专用文件(DF)名称"}
    assert back["items"][0]["tag"] == 0x6F
    assert json.loads(json.dumps(decode_dol("9F0206", "000000001250").to_json()))["total"] == 6


@given(st.one_of(st.text(max_size=40), st.binary(max_size=80)), st.text(max_size=6))
def test_bad_input_raises_only_what_is_promised(given_input: str | bytes, name: str) -> None:
    for work in (decode_tlv, decode_dol, octets, lambda data: decode_dol("9F0206", data), lambda data: decode_bits(name, data)):
        try:
            work(given_input)
        except (CardFault, MisuseError):
            pass
