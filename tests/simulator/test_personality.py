"""Personalities: all that ship are sound, and a change says what it does."""

from datetime import date
from pathlib import Path

import pytest
from jinka.kernel.data import tags
from jinka.kernel.data.formats import day
from jinka.kernel.errors import ConfigError
from jinka.simulator.card import Card
from jinka.simulator.cards.credit.machine import Credit
from jinka.simulator.cards.credit.profile import Profile
from jinka.simulator.faults import Fault
from jinka.simulator.objects import Hex, Objects
from jinka.simulator.personality import Personality, load_personality, names

from tests.simulator.reader import DEBIT, Reader, objects

BASE = load_personality("unionpay-debit")


def profile(personality: Personality, at: int = 0) -> Profile:
    found = personality.applications[at]
    assert isinstance(found, Profile)
    return found


@pytest.mark.parametrize("name", names())
def test_every_personality_is_sound(name: str) -> None:
    found = load_personality(name)
    assert found.name == name
    assert found.title
    assert any(ord(letter) > 0x3000 for letter in found.title_zh)
    assert load_personality(name) is found
    for at in range(len(found.applications)):
        told = profile(found, at)
        numbers = [int(digit) for digit in reversed(told.pan)]
        doubled = sum(digit // 5 + digit * 2 % 10 for digit in numbers[1::2])
        assert (sum(numbers[::2]) + doubled) % 10 == 0
        assert told.pan.startswith("621234")
        track = (told.find(tags.TRACK2) or b"").hex()
        assert track.split("d")[0] == told.pan
        expiry = told.find(tags.EXPIRATION_DATE) or b""
        assert track.split("d")[1][:4] == expiry.hex()[:4]
        assert len(track) <= 38
        assert day(expiry) >= date(2030, 12, 31) or name == "expired"
    for applet in found.applets():
        if isinstance(applet, Credit):
            assert all(len(record) <= 256 for record in applet.records.values())
    Card(found)


def test_the_base_card() -> None:
    reader = Reader.of("unionpay-debit")
    reader.start()
    assert reader.known[tags.AIP] == bytes.fromhex("7D00")
    assert reader.known[tags.AFL] == bytes.fromhex("080101001001030118010200")
    assert reader.known[tags.CVM_LIST][8:] == bytes.fromhex("42031E031F00")
    assert reader.known[tags.VERSION_CARD] == bytes.fromhex("0030")
    assert reader.known[tags.IAC_DENIAL] == bytes.fromhex("0010000000")
    assert len(reader.known[tags.ISSUER_CERTIFICATE]) * 8 == 1408
    assert len(reader.known[tags.ICC_CERTIFICATE]) * 8 == 1152


def test_a_change_goes_where_the_object_stands() -> None:
    changed = profile(
        BASE.changed(
            {
                "9F42": "0840", "50": "text:OTHER", "9F4D": "1405", "9F58": "03", "82": "7C00", "94": "08010100",
                "84": "A0000003330101", "9F36": "0100", "9F13": "0010", "9F17": "02", "9F38": "9F3704",
                "pin": "4321", "sign.code": "1234", "icc_cert.serial": "ABCDEF", "record.1.9": "7000",
            }
        )
    )  # fmt: skip
    assert changed.find(tags.APPLICATION_CURRENCY) == b"\x08\x40"
    assert changed.fci.get(tags.LABEL) == b"OTHER"
    assert changed.fci.get(tags.PDOL) == bytes.fromhex("9F3704")
    assert changed.discretionary.get(tags.LOG_ENTRY) == b"\x14\x05"
    assert changed.data.get(0x9F58) == b"\x03"
    assert (changed.aip, changed.afl, changed.df_name) == (b"\x7c\0", b"\x08\1\1\0", bytes.fromhex("A0000003330101"))
    assert (changed.atc, changed.last_online_atc, changed.pin_tries, changed.pin) == (256, 16, 2, "4321")
    assert profile(BASE.changed({"5F50": "41"})).records["2.1"].get(tags.ISSUER_URL) == b"A"
    assert profile(BASE.changed({"94": "08010100", "5F50": "41"})).records["1.1"].get(tags.ISSUER_URL) == b"A"
    assert changed.sign.code == b"\x12\x34"
    assert changed.icc_cert == {"serial": b"\xab\xcd\xef"}
    assert profile(BASE).find(tags.APPLICATION_CURRENCY) == b"\x01\x56"


def test_taking_something_out() -> None:
    reader = Reader.of(BASE.changed({"8C": None, "9F46": "-", "record.3.2": None}))
    reader.select()
    reader.begin()
    assert tags.CDOL1 not in objects(reader.send("00B20114").data)
    assert reader.send("00B2011C").data == b"\x70\x00"
    assert reader.send("00B2021C").sw == 0x6A83


def test_whole_records_and_environment() -> None:
    changed = BASE.changed(
        {"record.1.1": "71 01 00", "pse.88": "0B", "pse.record.1": "70 00", "pse.record.3": "61 00", "atr": "3B00"}
    )
    reader = Reader.of(changed)
    assert reader.card.atr == b"\x3b\x00"
    assert objects(reader.send("00A40400", b"1PAY.SYS.DDF01").data)[tags.SFI] == b"\x0b"
    assert [reader.send(f"00B2{at:02X}0C").data for at in (1, 2, 3)] == [b"\x70\0", b"\x70\0", b"\x61\0"]
    reader.select()
    reader.begin()
    assert reader.send("00B2010C").data == b"\x71\1\0"
    assert Reader.of(BASE.changed({"pse": None})).send("00A40400", b"1PAY.SYS.DDF01").sw == 0x6A82
    assert Reader.of(BASE.changed({"pse.blocked": True})).send("00A40400", b"1PAY.SYS.DDF01").sw == 0x6283
    assert Reader.of(BASE.changed({"pse.sfi": 2})).send("00A40400", b"1PAY.SYS.DDF01").data
    renamed = Reader.of(BASE.changed({"pse.name": "text:2PAY.SYS.DDF01"}))
    assert renamed.send("00A40400", b"2PAY.SYS.DDF01").sw == 0x9000
    assert Reader.of(BASE.changed({"blocked_card": True})).select().sw == 0x6A81


def test_one_of_several_applications() -> None:
    several = load_personality("multi-application").changed({"50": "text:SECOND"}, application=1)
    assert profile(several, 1).fci.get(tags.LABEL) == b"SECOND"
    assert profile(several, 0).fci.get(tags.LABEL) == b"UnionPay Credit"
    faulty = several.changed({}, faults=[Fault("mute", nth=3)])
    assert faulty.faults == (Fault("mute", nth=3),)
    assert several.faults == ()


@pytest.mark.parametrize(
    "changes",
    [{"9F4": "zz"}, {"colour": "01"}, {"sign.colour": 1}, {"pin_tries": "many"}, {"first": "maybe"}, {"8E": 7},
     {"sign.icc": "nobody"}, {"sign.issuer": "nobody"}],
)  # fmt: skip
def test_nonsense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Card(BASE.changed(changes))


HEAD = 'name = "x"\ntitle = "x"\ntitle_zh = "x"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "not TOML"),
        (HEAD, "at least one"),
        (HEAD + "colour = 1", "colour"),
        (HEAD + "[[application]]\naid = '00'", "needs a kind"),
        (HEAD + "[[application]]\nkind = 'shoe'", "no kind of card called shoe"),
        (HEAD + "[[application]]\nkind = 'credit'\naid = '0'", "hexadecimal"),
        (HEAD + "[[application]]\nlike = 'unionpay-debit'\naid = '00'", "only `change`"),
        (HEAD + "base = 'unionpay-debit'\n[change]\nzz = '00'", "not a tag"),
        (HEAD + "base = 'nobody'", "No such file"),
        (HEAD + "base = 'unionpay-debit'\n[[fault]]\nkind = 'explode'", "explode"),
    ],
)
def test_a_bad_file_says_where(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=says):
        load_personality(file)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'name = "mine"\ntitle = "Mine"\ntitle_zh = "我的"\nbase = "unionpay-debit"\nt0 = true\natr = "3B00"\n'
        '[change]\n9F07 = "FF80"\n[[application]]\nlike = "unionpay-credit"\n'
    )
    mine = load_personality(str(file))
    assert (mine.t0, mine.atr, len(mine.applications)) == (True, b"\x3b\0", 2)
    assert profile(mine).find(tags.AUC) == b"\xff\x80"
    assert Reader.of(mine).send("00A40400", DEBIT).sw >> 8 == 0x61


def test_objects() -> None:
    row = Objects.read({"5A": "62 12", "90": "@", "50": "text:卡"})
    assert row.get(0x5A) == b"\x62\x12"
    assert row.get(0x90) is None
    assert 0x90 in row
    assert row.encode({0x90: b"\1"}).startswith(bytes.fromhex("5A026212900101"))
    assert row.encode({}) == row.encode({0x90: b""})
    assert row.with_value(0x5A, b"\0").get(0x5A) == b"\0"
    assert row.with_value(0x5A, None) == Objects(row.rows[1:])
    assert hash(row) == hash(Objects(row.rows))
    assert repr(row) == "Objects(5A 90 50)"
    assert Hex.read(b"\1") == b"\1"
