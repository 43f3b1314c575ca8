"""Parameters: UnionPay records as TLV, the conforming one and those the field sends."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from jinka.kernel.config import Application, Hex, KeyAlgorithm
from jinka.kernel.errors import ConfigError
from jinka.kernel.parameters import (
    ContactlessLimits,
    Reading,
    application,
    ca_key,
    is_key,
    load_parameters,
)

AID = (
    "9F0608A000000333010101 DF010100 9F08020020 DF1105D84000A800 DF1205D84004F800 DF13050010000000 9F1B0400000001"
    " DF150400000000 DF160199 DF170199 DF14039F3704 DF180101 9F7B06000000100000 DF1906000000100000"
    " DF2006000000200000 DF2106000000030000"
)
MODULUS = "C1" + "5A" * 94 + "01"
SUM = hashlib.new("sha1", bytes.fromhex("A000000333F1" + MODULUS + "03"), usedforsecurity=False).hexdigest()
KEY = f"9F0605A000000333 9F2201F1 DF05083230333031323331 DF060101 DF070101 DF0260{MODULUS} DF040103 DF0314{SUM}"


STANDARD = Reading()


def read(text: str, reading: Reading = STANDARD) -> tuple[Application, ContactlessLimits, list[str]]:
    warnings: list[str] = []
    made, limits = application(bytes.fromhex(text), reading, warnings=warnings)
    return made, limits, warnings


def test_the_full_aid_record() -> None:
    made, limits, warnings = read(AID)
    assert made == Application(
        aid=Hex.fromhex("A000000333010101"),
        partial=True,
        version=Hex.fromhex("0020"),
        floor_limit=1,
        threshold=0,
        target=99,
        max_target=99,
        tac_default=Hex.fromhex("D84000A800"),
        tac_online=Hex.fromhex("D84004F800"),
        tac_denial=Hex.fromhex("0010000000"),
        default_ddol=Hex.fromhex("9F3704"),
        online_pin=True,
        cash_limit=100_000,
    )
    assert limits == ContactlessLimits(Hex.fromhex("A000000333010101"), 100_000, 200_000, 30_000, None)
    assert warnings == []


def test_a_record_may_say_little() -> None:
    made, limits, _ = read("9F0605A000000333")
    assert made == Application(aid=Hex.fromhex("A000000333"))
    assert limits == ContactlessLimits(Hex.fromhex("A000000333"))


@pytest.mark.parametrize(
    ("asi", "asi00_is_partial", "partial"), [("00", True, True), ("01", True, False), ("00", False, False), ("01", False, True)]
)
def test_the_selection_indicator_reads_both_ways(asi: str, asi00_is_partial: bool, partial: bool) -> None:
    made, _, _ = read(AID.replace("DF010100", f"DF0101{asi}"), Reading(asi00_is_partial=asi00_is_partial))
    assert made.partial is partial


def test_the_floor_limit_in_bcd_by_option() -> None:
    text = AID.replace("9F1B0400000001", "9F1B0400200000")
    assert read(text)[0].floor_limit == 0x200000
    assert "floor_limit_bcd" in read(text)[2][0]
    made, _, warnings = read(text, Reading(floor_limit_bcd=True))
    assert (made.floor_limit, warnings) == (200_000, [])


def test_the_contactless_limits_by_option() -> None:
    _, limits, _ = read(AID, Reading(df19_is_floor_limit=False))
    assert (limits.floor, limits.transaction) == (200_000, 100_000)


def test_a_truncated_ddol_is_repaired_and_told() -> None:
    made, _, warnings = read(AID.replace("DF14039F3704", "DF14029F37"))
    assert made.default_ddol == bytes.fromhex("9F3704")
    assert warnings == ["DF14: 9F37 without its length is read as 9F3704"]


def test_the_version_under_the_terminals_tag() -> None:
    assert read(AID.replace("9F08020020", "9F09020030"))[0].version == bytes.fromhex("0030")


@pytest.mark.parametrize(
    ("old", "new", "tag", "reason"),
    [
        ("9F0608A000000333010101", "", "9F06", "the record has no AID"),
        ("9F0608A000000333010101", "9F0604A0000003", "9F06", "5 to 16 bytes"),
        ("DF010100", "DF010102", "DF01", "00 or 01 is expected, not 02"),
        ("DF1105D84000A800", "DF1104D84000A8", "DF11", "5 bytes are expected, not 4"),
        ("9F1B0400000001", "9F1B03000001", "9F1B", "4 bytes are expected"),
        ("DF160199", "DF16019A", "DF16", "two BCD digits"),
        ("DF160199", "DF160150", "DF17", "above max_target 50"),
        ("9F7B06000000100000", "9F7B060000001000AA", "9F7B", "BCD"),
        ("DF14039F3704", "DF14019F", "DF14", "not a list"),
    ],
)
def test_what_is_wrong_in_an_aid_record(old: str, new: str, tag: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        application(bytes.fromhex(AID.replace(old, new)), file="f", place="line 3")
    assert caught.value.file == "f"
    assert caught.value.key == f"line 3 {tag}"
    assert reason in caught.value.reason


def test_what_is_no_tlv() -> None:
    with pytest.raises(ConfigError, match="f: line 3: not TLV"):
        application(bytes.fromhex("9F0608A0"), file="f", place="line 3")


def test_the_floor_limit_must_be_bcd_when_said_so() -> None:
    with pytest.raises(ConfigError, match="8 digits of BCD"):
        application(bytes.fromhex(AID.replace("9F1B0400000001", "9F1B040000000A")), Reading(floor_limit_bcd=True))


def test_a_ca_key_record() -> None:
    key = ca_key(bytes.fromhex(KEY))
    assert (key.rid, key.index, key.exponent) == (bytes.fromhex("A000000333"), 0xF1, b"\x03")
    assert (key.expiry, key.algorithm) == (date(2030, 12, 31), KeyAlgorithm.RSA)
    assert is_key(bytes.fromhex(KEY))
    assert not is_key(bytes.fromhex(AID))
    assert not is_key(b"\x9f")


@pytest.mark.parametrize(
    ("written", "expiry"),
    [("DF050420301231", date(2030, 12, 31)), ("DF05083230333031323331", date(2030, 12, 31)), ("DF050400000000", None),
     ("DF05083030303030303030", None), ("", None)],
)  # fmt: skip
def test_the_expiry_in_ascii_or_bcd(written: str, expiry: date | None) -> None:
    assert ca_key(bytes.fromhex(KEY.replace("DF05083230333031323331", written))).expiry == expiry


@pytest.mark.parametrize(
    ("old", "new", "tag", "reason"),
    [
        ("DF05083230333031323331", "DF05083230333030323331", "DF05", "no day 20300231"),
        ("DF05083230333031323331", "DF0503301231", "DF05", "YYYYMMDD"),
        ("DF070101", "DF070102", "DF07", "01 (RSA) or 04 (SM2)"),
        ("9F2201F1", "9F2202F1F2", "9F22", "1 byte, not 2"),
        ("DF040103", "", "DF04", "no exponent"),
        ("DF040103", "DF040111", "DF04", "3 or 65537"),
        (f"DF0314{SUM}", f"DF0314{'00' * 20}", "DF03", "does not match the key"),
        ("9F0605A000000333", "", "9F06", "no RID"),
    ],
)
def test_what_is_wrong_in_a_key_record(old: str, new: str, tag: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ca_key(bytes.fromhex(KEY.replace(old, new)), file="f", place="line 1")
    assert caught.value.key == f"line 1 {tag}"
    assert reason in caught.value.reason


def test_an_exponent_with_leading_zeros() -> None:
    warnings: list[str] = []
    key = ca_key(bytes.fromhex(KEY.replace("DF040103", "DF040400000003")), warnings=warnings)
    assert key.exponent == b"\x03"
    assert "zeros" in warnings[0]


def test_an_sm2_key_record() -> None:
    point = "11" * 64
    text = f"9F0605A000000333 9F220157 DF050420201231 DF060107 DF070104 DF0240{point}"
    warnings: list[str] = []
    key = ca_key(bytes.fromhex(text), warnings=warnings)
    assert (key.algorithm, key.exponent, len(key.modulus)) == (KeyAlgorithm.SM2, b"", 64)
    assert "no checksum" in warnings[0]
    with pytest.raises(ConfigError, match="looks like an SM2 key but says RSA"):
        ca_key(bytes.fromhex(text.replace("DF070104", "DF070101")))


def test_a_file_of_records(tmp_path: Path) -> None:
    path = tmp_path / "parameters.txt"
    again = AID.replace("9F1B0400000001", "9F1B0400000002")
    path.write_text(f'# a host\'s answer\n\n"{KEY.replace(" ", "").lower()}",\n  {AID}  # the first\n{again}\n', "utf-8")
    held = load_parameters(path)
    assert [one.floor_limit for one in held.applications] == [2]
    assert [key.index for key in held.keys] == [0xF1]
    assert len(held.contactless) == 1
    assert held.warnings == (f"{path}: line 5: AID A000000333010101 occurs again; the last record is used",)


@pytest.mark.parametrize(
    ("line", "key", "reason"),
    [("9F0", "line 2", "hexadecimal digits in pairs"), ("9F06", "line 2", "not TLV"), ("5A0112", "line 2 9F06", "no AID"),
     (KEY.replace("DF040103", "DF040105"), "line 2 DF04", "3 or 65537")],
)  # fmt: skip
def test_an_error_names_the_line(tmp_path: Path, line: str, key: str, reason: str) -> None:
    path = tmp_path / "p.txt"
    path.write_text(f"{AID}\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        load_parameters(path)
    assert (caught.value.file, caught.value.key) == (str(path), key)
    assert reason in caught.value.reason


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_parameters(tmp_path / "none.txt")
    (tmp_path / "x.txt").write_bytes(b"\xff\xff")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 0"):
        load_parameters(tmp_path / "x.txt")
