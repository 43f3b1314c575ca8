"""Load: TOML to Config, and errors that name the file, the key and the reason."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from jinka.kernel.config import CaKey, CdaMode, Config, Generation, Hex, KeyAlgorithm, Revoked
from jinka.kernel.errors import ConfigError
from jinka.kernel.load import TERMINALS, default_config, load_config

MODULUS = "C1" + "5A" * 94 + "01"
CHECKSUM = hashlib.new("sha1", bytes.fromhex(f"A000000333F1{MODULUS}03"), usedforsecurity=False).hexdigest()
CAPK = f"""
[[capk]]
rid = "A000000333"
index = 0xF1
modulus = "{MODULUS}"
exponent = "03"
checksum = "{CHECKSUM}"
expiry = 2030-12-31
"""
AID = '[[application]]\naid = "A000000333010101"\n'


def write(folder: Path, text: str, name: str = "pos.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def refused(path: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "")) == Config()


def test_everything_in_one_file(tmp_path: Path) -> None:
    held = load_config(
        write(
            tmp_path,
            """
            generation = "emv-4.4"
            [device]
            type = "25"
            capabilities = "60 f8 c8"
            country = 344
            [options]
            cda_mode = "first"
            script_limit = 256
            approved_codes = ["00", "10"]
            [[application]]
            aid = "a000000333010101"
            partial = false
            floor_limit = 10000
            target = 20
            max_target = 50
            tac_online = "D84004F800"
            cash_limit = 100000
            [[revoked]]
            rid = "A000000333"
            index = "F1"
            serial = "000001"
            """
            + CAPK,
        )
    )
    assert held.generation is Generation.EMV_44
    assert held.device.type == "25"
    assert held.device.capabilities == bytes.fromhex("60F8C8")
    assert held.device.country == 344
    assert held.options.cda_mode is CdaMode.FIRST
    assert held.options.approved_codes == ("00", "10")
    (application,) = held.applications
    assert isinstance(application.aid, Hex)
    assert (application.target, application.max_target, application.cash_limit) == (20, 50, 100000)
    key = held.key(bytes.fromhex("A000000333"), 0xF1)
    assert key is not None
    assert (key.expiry, key.exponent, key.algorithm) == (date(2030, 12, 31), b"\x03", KeyAlgorithm.RSA)
    assert held.is_revoked(key.rid, 0xF1, b"\0\0\1")
    assert held.revoked == (Revoked(Hex.fromhex("A000000333"), 0xF1, Hex.fromhex("000001")),)


@pytest.mark.parametrize("written", ["1", '"both"', '"BOTH"'])
def test_an_enum_by_name_or_value(tmp_path: Path, written: str) -> None:
    assert load_config(write(tmp_path, f"[options]\ncda_mode = {written}")).options.cda_mode is CdaMode.BOTH


@pytest.mark.parametrize("written", ['"pboc-2013"', '"PBOC_2013"', '"pboc_2013"'])
def test_a_generation_by_name_or_value(tmp_path: Path, written: str) -> None:
    assert load_config(write(tmp_path, f"generation = {written}")).generation is Generation.PBOC_2013


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[device]\ntyp = '22'", "device.typ", "no such key; did you mean type?"),
        ("[terminal]\ntype = '22'", "terminal", "no such key"),
        ("[[aplication]]\naid = 'A0'", "aplication", "did you mean application?"),
        ("[device]\ntype = 22", "device.type", "expected text, not a whole number"),
        ("[device]\ntype = '31'", "device.type", "no terminal type 31"),
        ("[device]\ncapabilities = 'E0F9'", "device.capabilities", "9F33 has 3 bytes, not 2"),
        ("[device]\ncapabilities = 'E0F9C'", "device.capabilities", "not hexadecimal digits in pairs"),
        ("[device]\ncapabilities = 12", "device.capabilities", "hexadecimal text is expected"),
        ("[device]\nadditional_capabilities = '00'", "device.additional_capabilities", "9F40 has 5 bytes"),
        ("[device]\ntype = '23'", "device.capabilities", "online PIN, but terminal type 23 is offline only"),
        ("[device]\ntype = '25'", "device.capabilities", "no attendant"),
        ("[device]\ncountry = 1560", "device.country", "not between 0 and 999"),
        ("[device]\nlanguages = ['zh', 'eng']", "device.languages[1]", "ISO 639"),
        ("[device]\nlanguages = ['zh', 1]", "device.languages[1]", "expected text"),
        ("[device]\nterminal_id = '123456789'", "device.terminal_id", "up to 8"),
        ("[device]\nmerchant_id = '商户'", "device.merchant_id", "printable ASCII"),
        ("[device]\nacquirer_id = '12'", "device.acquirer_id", "6 to 11 digits"),
        ("[device]\ncapabilities = 'E0F9C8'", "options.cda_mode", "claims CDA"),
        ("[options]\ncda_mode = 5", "options.cda_mode", "one of both (1), first (2), neither (3), second (4)"),
        ("[options]\nsm = 1", "options.sm", "expected true or false, not a whole number"),
        ("[options]\nmax_records = 0", "options.max_records", "not between"),
        ("[options]\napproved_codes = ['000']", "options.approved_codes[0]", "two letters or digits"),
        ("[options]\nreferral_codes = ['00']", "options.referral_codes", "also among the approved"),
        ("generation = 'emv-5'", "generation", "one of emv-4.3"),
        ("generation = 1", "generation", "text is expected"),
        ("application = 1", "application", "[[application]] is expected"),
        ("application = [1]", "application[0]", "a table is expected"),
        ("[application]\naid = 'A000000333'", "application", "[[application]] is expected"),
        ("[[application]]\nname = 'x'", "application[0].aid", "is missing"),
        ("[[application]]\naid = 'A0000003'", "application[0].aid", "5 to 16 bytes, not 4"),
        (AID + AID + "tac_online = 'D84004F8'", "application[1].tac_online", "5 bytes, not 4"),
        (AID + "target = 60\nmax_target = 50", "application[0].target", "above max_target 50"),
        (AID + "max_target = 100", "application[0].max_target", "percentage from 0 to 99"),
        (AID + "target = '20'", "application[0].target", "expected a whole number, not text"),
        (AID + "floor_limit = -1", "application[0].floor_limit", "4 bytes of 9F1B"),
        (AID + "default_ddol = '9F37'", "application[0].default_ddol", "not a list of tags and lengths"),
        (AID + "cash_limit = 1000000000000", "application[0].cash_limit", "12 digits of 9F7B"),
        (AID + "risk_data = '000000000000000000'", "application[0].risk_data", "1 to 8 bytes"),
        (AID + "merchant_category = '12'", "application[0].merchant_category", "4 digits"),
        (CAPK.replace(CHECKSUM, "00" * 20), "capk[0].checksum", f"does not match the key: {CHECKSUM.upper()} was computed"),
        (CAPK.replace(CHECKSUM, "00" * 19), "capk[0].checksum", "20 bytes, not 19"),
        (CAPK.replace("0xF1", "256"), "capk[0].index", "does not fit one byte"),
        (CAPK.replace("0xF1", "'F'"), "capk[0].index", "two hexadecimal digits"),
        (CAPK.replace("2030-12-31", "'2030-02-31'"), "capk[0].expiry", "not a date like"),
        (CAPK.replace("A000000333", "A00000033301"), "capk[0].rid", "5 bytes, not 6"),
        (CAPK.replace('"03"', '"05"'), "capk[0].exponent", "3 or 65537"),
        (CAPK + "algorithm = 'dsa'", "capk[0].algorithm", "one of rsa (1), sm2 (4)"),
        (CAPK + "algorithm = 'sm2'", "capk[0].modulus", "64 bytes, not 96"),
        (CAPK.replace(MODULUS, "C1" * 249), "capk[0].modulus", "up to 248 bytes"),
        (CAPK.replace(MODULUS, "00" + MODULUS), "capk[0].modulus", "does not begin with a zero byte"),
        ("[[revoked]]\nrid='A000000333'\nindex=1\nserial='00'", "revoked[0].serial", "3 bytes, not 1"),
        ("include = 'x.toml'", "include", "a list is expected"),
        ("include = [1]", "include[0]", "name of a file"),
        ("include = ['pos.toml']", "include", "includes itself"),
    ],
)
def test_every_error_names_file_key_and_reason(tmp_path: Path, text: str, key: str, reason: str) -> None:
    path = write(tmp_path, text)
    fault = refused(path)
    assert fault.file == str(path)
    assert fault.key == key
    assert reason in fault.reason
    assert str(fault) == f"{path}: {key}: {fault.reason}"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = refused(tmp_path / "none.toml")
    assert (missing.file, missing.reason) == (str(tmp_path / "none.toml"), "No such file or directory")
    assert "not TOML" in refused(write(tmp_path, "[device")).reason
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# \xff")
    assert refused(path).reason == "not UTF-8 at byte 2"
    with pytest.raises(ConfigError, match="No such file"):
        load_config(write(tmp_path, "include = ['none.toml']"))


def test_included_files_come_first_and_the_includer_has_the_last_word(tmp_path: Path) -> None:
    write(tmp_path, "[device]\nserial = 'BASE'\nterminal_id = 'BASE'\n" + AID + "name = 'base'", "base.toml")
    write(tmp_path, CAPK, "keys.toml")
    path = write(
        tmp_path,
        "include = ['base.toml', 'keys.toml']\n[device]\nterminal_id = 'OWN'\n" + AID + "name = 'own'\n"
        "[[application]]\naid = 'A000000333010102'",
    )
    held = load_config(path)
    assert (held.device.serial, held.device.terminal_id) == ("BASE", "OWN")
    assert [one.name for one in held.applications] == ["own", ""]
    assert len(held.keys) == 1


def test_an_error_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    base = write(tmp_path, "[device]\ncountry = 4000", "base.toml")
    assert refused(write(tmp_path, "include = ['base.toml']")).file == str(base)
    base.write_text("include = ['pos.toml']")
    assert refused(tmp_path / "pos.toml").reason == "includes itself"


def test_records_may_be_included(tmp_path: Path) -> None:
    write(tmp_path, "9F0608A000000333010101DF0101019F1B0400200000", "aids.txt")
    held = load_config(
        write(tmp_path, "include = ['aids.txt']\n[records]\nfloor_limit_bcd = true\nasi00_is_partial = false")
    )
    assert held.applications[0].floor_limit == 200000
    assert held.applications[0].partial
    fault = refused(write(tmp_path, "[records]\nasi = true"))
    assert fault.key == "records.asi"


def test_of_two_keys_the_last_wins_and_algorithms_live_side_by_side(tmp_path: Path) -> None:
    later = CAPK.replace("2030-12-31", "2031-12-31")
    sm2 = f"[[capk]]\nrid='A000000333'\nindex=0xF1\nalgorithm='sm2'\nmodulus='{'11' * 64}'\n"
    held = load_config(write(tmp_path, CAPK + later + sm2))
    assert [(key.algorithm, key.expiry) for key in held.keys] == [
        (KeyAlgorithm.RSA, date(2031, 12, 31)),
        (KeyAlgorithm.SM2, None),
    ]


def test_an_expired_key_is_kept(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, CAPK.replace("2030", "2001"))).keys[0].expiry == date(2001, 12, 31)


@pytest.mark.parametrize("size", [0, 19, 31])
def test_an_sm2_checksum_of_another_length_is_a_warning(tmp_path: Path, size: int) -> None:
    text = f"[[capk]]\nrid='A000000333'\nindex=0x57\nalgorithm='sm2'\nmodulus='{'11' * 64}'\nchecksum='{'22' * size}'"
    warnings: list[str] = []
    load_config(write(tmp_path, text), warnings=warnings)
    assert len(warnings) == 1
    assert "capk[0].checksum" in warnings[0]


POINT_57 = "E8105E77861FD2EB727C84E36D3D4A5666BD0ADCE8781F0145D3D82D72B92748E22D5404C6C41F3EC8B790DE2F61CF29FAECB168C79F5C8666762D53CC26A460"


@pytest.mark.parametrize(
    "right",
    ["50F51D94F2DE963702AF420F478E339B73EE62F7", "27BADB4295C9AECD34A1B127E7A36F221AC91B1F261C749CBA9383B6401F7772"],
    ids=["SHA-1", "SM3"],
)
def test_an_sm2_checksum_is_verified_when_its_kind_is_known(tmp_path: Path, right: str) -> None:
    text = "[[capk]]\nrid='A000000333'\nindex='57'\nalgorithm='sm2'\nmodulus='{}'\nchecksum='{}'"
    assert load_config(write(tmp_path, text.format(POINT_57, right))).keys[0].checksum == bytes.fromhex(right)
    other = POINT_57.replace("E8105E77", "E8105E78")
    assert "does not match" in refused(write(tmp_path, text.format(other, right))).reason


def test_a_key_without_checksum_is_taken_with_a_warning(tmp_path: Path) -> None:
    warnings: list[str] = []
    assert load_config(write(tmp_path, CAPK.replace(CHECKSUM, "")), warnings=warnings).keys
    assert "no checksum" in warnings[0]


def test_keys_may_be_added_by_the_caller(tmp_path: Path) -> None:
    path, keys = write(tmp_path, AID), write(tmp_path, CAPK, "keys.toml")
    assert load_config(path, keys=keys).keys == load_config(path, keys=[str(keys)]).keys
    one = load_config(path, keys=keys).keys[0]
    assert load_config(path, keys=one).keys == load_config(path, keys=(one, keys)).keys == (one,)
    wrong = CaKey(one.rid, 0xF2, one.modulus, one.exponent, checksum=one.checksum)
    with pytest.raises(ConfigError, match=r"capk F2\.checksum: does not match"):
        load_config(path, keys=wrong)
    with pytest.raises(ConfigError, match="application: there is no such key"):
        load_config(path, keys=path)


def test_the_stock_terminal() -> None:
    held = default_config()
    assert held.keys == ()
    assert held.device.type == "22"
    assert {one.aid.hex().upper() for one in held.applications} == {
        f"A0000003330101{last}" for last in ("01", "02", "03", "06", "08")
    }
    for one in held.applications:
        assert one.tac_default.hex().upper() == "D84000A800"
        assert one.tac_online.hex().upper() == "D84004F800"
        assert one.tac_denial.hex().upper() == "0010000000"
        assert one.cash_limit == 100_000
        assert one.partial


def test_the_published_test_keys() -> None:
    warnings: list[str] = []
    held = load_config(TERMINALS / "pos.toml", keys=TERMINALS / "unionpay-test-capk.toml", warnings=warnings)
    assert warnings == []
    rid = bytes.fromhex("A000000333")
    sums = {key.index: key.checksum.hex().upper() for key in held.keys if key.rid == rid}
    assert sums == {
        0x08: "EE23B616C95C02652AD18860E48787C079E8E85A",
        0x09: "A075306EAB0045BAF72CDD33B3B678779DE1F527",
        0x0A: "C88BE6B2417C4F941C9371EA35A377158767E4E3",
        0x0B: "BD331F9996A490B33C13441066A09AD3FEB5F66C",
        0x57: "27BADB4295C9AECD34A1B127E7A36F221AC91B1F261C749CBA9383B6401F7772",
        0x58: "EC63853524BF260B253219650F1CA4939169F6C4809814AFCB0FAB1BF44C2039",
    }
    sizes = {key.index: len(key.modulus) for key in held.keys}
    assert sizes == {0x08: 144, 0x09: 176, 0x0A: 128, 0x0B: 248, 0x57: 64, 0x58: 64}


@pytest.mark.parametrize("path", sorted(TERMINALS.glob("*.toml")), ids=lambda path: path.name)
def test_every_shipped_file_loads(path: Path) -> None:
    load_config(path)
