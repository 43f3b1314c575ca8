"""Lines: what is said of bits, whole, and what becomes of it in JSON."""

import pytest
from jinka.kernel.data.bits import Bits, bit
from jinka.kernel.data.dictionary import Source
from jinka.kernel.data.lines import NO, YES, Description, Line, bit_lines, bit_summary, english, plain
from jinka.kernel.data.meanings import Text, same


class Few(Bits, size=2):
    """Two bits with a name."""

    FIRST = bit(1, 8, "首")
    LAST_PIN = bit(2, 1, "末")


FIRST, LAST, RESERVED = Text("first", "首"), Text("last PIN", "末"), Text("reserved", "保留")


@pytest.mark.parametrize(
    ("raw", "lines", "summary"),
    [
        ("0000", [Line(3, 1, FIRST, NO, "8", False), Line(4, 1, LAST, NO, "1", False)], Text("none", "无")),
        ("8001", [Line(3, 1, FIRST, YES, "8", True), Line(4, 1, LAST, YES, "1", True)], Text("first, last PIN", "首、末")),
        (
            "0180",
            [Line(3, 1, FIRST, NO, "8", False), Line(3, 1, RESERVED, YES, "1", True), Line(4, 1, RESERVED, YES, "8", True),
             Line(4, 1, LAST, NO, "1", False)],
            Text("byte 4 bit 1, byte 5 bit 8", "第4字节b1、第5字节b8"),
        ),
        (
            "C003",
            [Line(3, 1, FIRST, YES, "8", True), Line(3, 1, RESERVED, YES, "7", True), Line(4, 1, RESERVED, YES, "2", True),
             Line(4, 1, LAST, YES, "1", True)],
            Text("first, byte 4 bit 7, byte 5 bit 2, last PIN", "首、第4字节b7、第5字节b2、末"),
        ),
    ],
)  # fmt: skip
def test_lines_of_bits(raw: str, lines: list[Line], summary: Text) -> None:
    made = bit_lines(Few, bytes.fromhex(raw), 3)
    assert made == lines
    assert bit_summary(made) == summary
    assert [line.offset for line in bit_lines(Few, bytes(2))] == [0, 1]


def test_words_for_yes_and_no() -> None:
    assert (YES, NO) == (Text("yes", "是"), Text("no", "否"))


def test_names_of_bits_become_english() -> None:
    capitals = "AC ATM CDA CVM DDA IC ICC ID MSD ODA PIN SDA TC TDOL XDA"
    assert english(capitals.replace(" ", "_")) == capitals
    assert english("QPBOC_FDDA_NEW_CARD") == "qPBOC fDDA new card"


def test_plain_values() -> None:
    line = Line(1, 2, same("name"), same("value"))
    assert plain(line) == {"offset": 1, "length": 2, "name": {"en": "name", "zh": "name"}, "value": {"en": "value", "zh": "value"},
                           "bits": "", "on": None}  # fmt: skip
    assert plain((b"\xab", [Source.CARD], True, None, 7, "text")) == ["AB", ["card"], True, None, 7, "text"]


def test_a_description_in_json() -> None:
    said = Description(0x82, same("AIP"), b"\x7c\x00", same("bits"))
    made = said.to_json()
    assert made == {"tag": 0x82, "name": {"en": "AIP", "zh": "AIP"}, "raw": "7C00", "summary": {"en": "bits", "zh": "bits"},
                    "lines": [], "faults": [], "sensitive": False}  # fmt: skip
    assert plain(said) == made


def test_what_is_sensitive_is_not_in_it() -> None:
    said = Description(0x5A, same("PAN"), b"\x62\x28", same("62**"), sensitive=True)
    made = {"tag": 0x5A, "name": {"en": "PAN", "zh": "PAN"}, "summary": {"en": "62**", "zh": "62**"}, "lines": [], "faults": [],
            "sensitive": True}  # fmt: skip
    assert said.to_json() == made
    assert plain([said]) == [{**made, "raw": ""}]
