"""Describe: the words said of values, in both languages; and that no value, however bad, raises."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.data import codes, meanings
from jinka.kernel.data.describe import BITS, SENSITIVE, Description, describe, describe_bits
from jinka.kernel.data.dictionary import Dictionary, Source
from jinka.kernel.data.formats import Format
from jinka.kernel.data.lines import english
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.data.tags import EMV
from jinka.kernel.errors import MalformedData, MisuseError


def told(tag: int, raw: str) -> Description:
    return describe(tag, bytes.fromhex(raw))


def part(said: Description, name: str) -> str:
    return next(line.value.en for line in said.lines if line.name.en == name)


@pytest.mark.parametrize(
    ("tag", "raw", "english_words", "chinese_words"),
    [
        (0x95, "0000048000", "online PIN entered, over floor limit", "已输入联机PIN、交易超过最低限额"),
        (0x95, "0000000000", "none", "无"),
        (0x9F0D, "D84000A800", "ODA not performed", "未进行脱机数据认证"),
        (0x82, "7C00", "SDA supported, DDA supported", "支持SDA、支持DDA"),
        (0x94, "0801010010010301", "records 1.1, 2.1-3", "记录 1.1、2.1-3"),
        (0x8E, "000000000000000042031E031F00", "online PIN; signature; no CVM required", "联机加密PIN验证;签名;无需CVM"),
        (0x8E, "00000000000000002000", "identity document", "持卡人证件出示"),
        (0x9F34, "420302", "online PIN: successful", "联机加密PIN验证:成功"),
        (0x9F34, "3F0000", "no CVM performed: unknown", "未执行CVM:未知"),
        (0x9F27, "80", "ARQC (online)", "ARQC(联机)"),
        (0x9F35, "22", "22: merchant, attended, offline with online capability", "22:商户,有人值守,可脱机可联机"),
        (0x8A, "5931", "Y1: offline approved", "Y1:脱机批准"),
        (0x8A, "3030", "00: approved", "00:批准"),
        (0x5F2A, "0156", "156 CNY Yuan renminbi", "156 CNY 人民币元"),
        (0x9F1A, "0344", "344 HK Hong Kong, China", "344 HK 中国香港"),
        (0x5F2A, "0007", "007", "007"),
        (0x9F02, "000000001250", "12.50", "12.50"),
        (0x9F1B, "00002710", "100.00", "100.00"),
        (0x9A, "261123", "2026-11-23", "2026-11-23"),
        (0x9F21, "235959", "23:59:59", "23:59:59"),
        (0x9C, "63", "63: load with cash", "63:现金充值"),
        (0x9F62, "00", "00: identity card", "00:身份证"),
        (0x9F7A, "01", "01: supported", "01:支持"),
        (0x9F5B, "2000000000", "successful", "成功"),
        (0xDF31, "1312345678", "failed", "失败"),
        (0x84, "A000000333010101", "A000000333010101 UnionPay 银联", "A000000333010101 UnionPay 银联"),
        (0x84, "315041592E5359532E4444463031", "1PAY.SYS.DDF01", "1PAY.SYS.DDF01"),
        (0x9F38, "9F7A019F0206", "2 objects, 7 bytes", "2个数据对象,共7字节"),
        (0x9F4A, "82", "82 Application interchange profile (AIP)", "82 应用交互特征(AIP)"),
        (0x9F36, "012C", "300", "300"),
        (0x9F4E, "B3ACCAD0", "超市", "超市"),
        (0x50, "50424F43204445424954", "PBOC DEBIT", "PBOC DEBIT"),
        (0x5F30, "0220", "220: international, use the chip; authorisation by the issuer only", "220:国际,优先使用芯片"),
        (0x9F66, "36800080", "online cryptogram required", "要求联机密文"),
        (0x9F6C, "8000", "online PIN required", "需要联机PIN"),
        (0x9F4D, "0B0A", "SFI 11, 10 records", "SFI 11,10条记录"),
        (0xDF55, "0102", "0102", "0102"),
        (0x5F24, "", "empty", "空"),
    ],
)
def test_summaries(tag: int, raw: str, english_words: str, chinese_words: str) -> None:
    said = told(tag, raw)
    assert english_words in said.summary.en
    assert chinese_words in said.summary.zh


def test_every_bit_is_a_line_and_points_at_its_place() -> None:
    said = told(0x95, "8000000001")
    assert len(said.lines) == 28 + 1  # 28 declared and one unknown
    on = [(line.offset, line.bits, line.name.en) for line in said.lines if line.on]
    assert on == [(0, "8", "ODA not performed"), (4, "1", "reserved")]
    assert said.summary.en == "ODA not performed, byte 5 bit 1"


def test_issuer_application_data_of_unionpay() -> None:
    said = told(0x9F10, "07010103A00000010A010000038787868FD1FC")
    assert not said.faults
    assert part(said, "cryptogram version") == "1 (01)"
    assert part(said, "first GENERATE AC") == "ARQC (online)"
    assert part(said, "second GENERATE AC") == "not requested"
    assert part(said, "algorithm") == "3DES"
    assert part(said, "electronic cash balance") == "387.87"
    assert part(said, "MAC") == "868FD1FC"
    assert [line.offset for line in said.lines] == sorted(line.offset for line in said.lines)


def test_verification_results_bit_by_bit() -> None:
    said = describe_bits("CVR", bytes.fromhex("03A45021"))
    on = [line.name.en for line in said.lines if line.on]
    assert on == ["offline PIN verification performed", "PIN try limit exceeded", "new card"]
    assert part(said, "script commands processed") == "2"
    assert said.summary.en == "first ARQC (online), second not requested"


def test_other_issuers_may_lay_it_out_as_they_like() -> None:
    said = told(0x9F10, "0110A00003220000")
    assert said.faults[0].en == "not the layout of PBOC"
    assert said.summary.en == "0110A00003220000"


@pytest.mark.parametrize(
    ("raw", "pan", "places"),
    [
        ("6228480012345678D30122201234567890", "622848******5678", [(0, 8), (8, 3), (10, 2), (12, 5)]),
        ("6228480012345678901D30122201234567", "622848*********8901", [(0, 10), (10, 2), (12, 2), (13, 4)]),
    ],
)
def test_track_2_is_masked(raw: str, pan: str, places: list[tuple[int, int]]) -> None:
    said = told(0x57, raw)
    assert part(said, "PAN") == pan
    assert part(said, "expiry") == "12/30"
    assert part(said, "service code").startswith("220: ")
    assert [(line.offset, line.length) for line in said.lines] == places
    assert "5678901" not in json.dumps(said.to_json())
    assert "0012345678" not in json.dumps(said.to_json())


def test_cardholder_data_never_leaves_whole() -> None:
    for tag in SENSITIVE:
        for raw in (b"6228480012345678", bytes.fromhex("6228480012345678"), b"\xff" * 9, b""):
            said = describe(tag, raw)
            assert said.sensitive
            text = json.dumps(said.to_json(), ensure_ascii=False)
            assert "raw" not in said.to_json()
            assert "6228480012345678" not in text
            assert "36323238" not in text
    assert told(0x5A, "6228480012345678").summary.en == "622848******5678"


@pytest.mark.parametrize(
    ("tag", "raw", "reason"),
    [
        (0x9A, "261332", "there is no day '261332'"),
        (0x5F2A, "0A56", "not a number in BCD"),
        (0x95, "00", "1 byte where 5 are allowed"),
        (0x94, "0801010010", "no entries of 4"),
        (0x8E, "0000000000000000020302", "rules of 2"),
        (0x9F38, "9F02", "no length for tag 9F02"),
        (0x9F21, "256000", "not a time of day"),
        (0x57, "6228480012345678", "separator D"),
        (0x50, "00FF", "characters"),
        (0x91, "0102030405060708", "response code of 2"),
    ],
)
def test_what_is_wrong_is_told(tag: int, raw: str, reason: str) -> None:
    said = told(tag, raw)
    assert any(reason in fault.en for fault in said.faults), said.faults
    assert all(fault.zh for fault in said.faults)


@pytest.mark.parametrize("name", sorted({*BITS, "CVR", "cid", " tvr "}))
def test_bits_by_name(name: str) -> None:
    for size in range(6):
        try:
            said = describe_bits(name, bytes(size))
        except MalformedData:
            continue
        assert len(said.raw) == size
        break
    else:
        pytest.fail("no size fits")


def test_bits_by_tag_are_the_data_object() -> None:
    for name in ["9f27", *(name for name in BITS if name[0] in "89")]:
        raw = bytes(BITS[name].size if name in BITS else 1)
        assert describe_bits(name, raw) == describe(int(name, 16), raw)
    said = describe_bits(" tvr ", bytes(5))
    assert (said.tag, said.name) == (0, meanings.same("TVR"))


def test_an_unknown_name_of_bits_lists_the_known() -> None:
    with pytest.raises(MisuseError) as caught:
        describe_bits("FOO", b"")
    known = ", ".join(sorted([*BITS, "CID", "CVR"]))
    assert str(caught.value) == f"no bits are known under 'FOO'; known: {known}"


def test_digits_of_an_object_that_is_only_digits() -> None:
    mine = Dictionary()
    mine.add(0xDF01, "mine", "我的", Format.CN, 3, Source.CARD)
    assert describe(0xDF01, bytes.fromhex("0123FF"), mine).summary == meanings.same("0123")


@pytest.mark.parametrize(
    ("sw", "words", "zh"),
    [
        (0x9000, "normal ending", "正常"), (0x6283, "application blocked", "应用锁定"), (0x63C2, "2 tries left", "还可尝试2次"),
        (0x6A81, "card blocked", "卡片锁定"), (0x611C, "28 bytes to fetch", "28字节"), (0x6C00, "256 bytes", "256字节"),
        (0x9401, "insufficient balance", "金额不足"), (0x6A99, "wrong parameters", "错误"), (0x1234, "unknown", "未知"),
    ],
)  # fmt: skip
def test_status_words(sw: int, words: str, zh: str) -> None:
    assert words in meanings.status(sw).en
    assert zh in meanings.status(sw).zh


def test_commands_by_name() -> None:
    for cla, ins, name in ((0x00, 0xA4, "SELECT"), (0x80, 0xA8, "GET PROCESSING OPTIONS"), (0x84, 0x1E, "APPLICATION BLOCK"),
                           (0x04, 0xDA, "PUT DATA"), (0x8C, 0x24, "PIN CHANGE/UNBLOCK"), (0x80, 0xCA, "GET DATA")):  # fmt: skip
        found = meanings.command(cla, ins)
        assert found is not None
        assert found.en == name
    assert meanings.command(0x00, 0xFF) is None


def test_code_tables_have_both_languages_and_no_doubles() -> None:
    assert len(codes.CURRENCIES) == len(codes._CURRENCIES.strip().splitlines())
    assert len(codes.COUNTRIES) == len(codes._COUNTRIES.strip().splitlines())
    assert len({one.code for one in codes.CURRENCIES.values()}) == len(codes.CURRENCIES)
    assert len({one.code for one in codes.COUNTRIES.values()}) == len(codes.COUNTRIES)
    for one in (*codes.CURRENCIES.values(), *codes.COUNTRIES.values()):
        assert one.name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in one.zh)
        assert one.number < 1000
    assert codes.CURRENCIES[392].exponent == 0


def test_names_of_bits_become_words() -> None:
    assert english("ODA_NOT_PERFORMED") == "ODA not performed"
    assert english("ICC_DATA_MISSING") == "ICC data missing"
    assert english("FDDA_VERSION_01") == "fDDA version 01"


@pytest.mark.parametrize("raw", ["1F", "829F", "9F80"])
def test_a_tag_list_that_ends_within_a_tag(raw: str) -> None:
    said = told(0x9F4A, raw)
    assert not said.lines
    assert [fault.en for fault in said.faults] == [f"tag cut off at offset {int(raw.startswith('82'))}"]


@given(st.sampled_from(sorted({*PBOC, 0xDF55, 0x1F55})), st.binary(max_size=60), st.booleans())
def test_no_value_raises(tag: int, raw: bytes, fitting: bool) -> None:
    info = PBOC.get(tag)
    if fitting and info:
        raw = raw.ljust(info.least, b"\0")[: info.most]
    for dictionary in (PBOC, EMV):
        said = describe(tag, raw, dictionary)
        json.dumps(said.to_json())
        assert all(0 <= line.offset and line.offset + line.length <= max(len(raw), 1) for line in said.lines), said
        assert said.name.en
        assert said.summary.zh
