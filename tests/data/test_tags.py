"""Tags: the registry makes sense, and holds what the specifications say of well-known objects."""

import pytest
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.dictionary import Dictionary, Source
from jinka.kernel.data.formats import Format
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.data.tags import EMV
from jinka.kernel.data.tlv import is_constructed, scan, tag_bytes


def test_every_object_has_names_and_sane_lengths() -> None:
    for tag, info in PBOC.items():
        assert info.tag == tag
        assert info.name.strip() == info.name
        assert info.name
        assert info.zh
        assert any("\u4e00" <= letter <= "\u9fff" for letter in info.zh) or info.zh.isascii(), f"{tag:X}"
        assert 0 <= info.least <= info.most <= 261, f"{tag:X}"


def test_names_are_used_once() -> None:
    for names in ([info.name for info in PBOC.values()], [info.zh for info in PBOC.values()]):
        assert sorted(set(names)) == sorted(names)


def test_every_tag_is_one_tag_on_the_wire() -> None:
    for tag in PBOC:
        (node,) = scan(tag_bytes(tag) + b"\0")
        assert node.tag == tag


def test_templates_are_the_constructed_tags() -> None:
    assert {tag for tag in PBOC if is_constructed(tag)} == {0x6F, 0xA5, 0xBF0C, 0x61, 0x70, 0x77, 0x73, 0x71, 0x72}


def test_constants_are_the_registry() -> None:
    for module, held in ((tags, EMV), (pboc, PBOC)):
        numbers = [value for name, value in vars(module).items() if name.isupper() and isinstance(value, int)]
        assert set(numbers) <= set(held)
        assert len(set(numbers)) == len(numbers)
    assert set(EMV) < set(PBOC)


@pytest.mark.parametrize(
    ("tag", "form", "least", "most", "source"),
    [
        (0x9F02, Format.N, 6, 6, Source.TERMINAL), (0x9F03, Format.N, 6, 6, Source.TERMINAL),
        (0x81, Format.B, 4, 4, Source.TERMINAL), (0x5A, Format.CN, 1, 10, Source.CARD),
        (0x57, Format.B, 1, 19, Source.CARD), (0x5F24, Format.N, 3, 3, Source.CARD), (0x9A, Format.N, 3, 3, Source.TERMINAL),
        (0x9C, Format.N, 1, 1, Source.TERMINAL), (0x95, Format.B, 5, 5, Source.TERMINAL),
        (0x5F2A, Format.N, 2, 2, Source.TERMINAL), (0x9F1A, Format.N, 2, 2, Source.TERMINAL),
        (0x9F37, Format.B, 4, 4, Source.TERMINAL), (0x9F1B, Format.B, 4, 4, Source.TERMINAL),
        (0x9F33, Format.B, 3, 3, Source.TERMINAL), (0x9F40, Format.B, 5, 5, Source.TERMINAL),
        (0x9F35, Format.N, 1, 1, Source.TERMINAL), (0x9F1C, Format.AN, 8, 8, Source.TERMINAL),
        (0x9F1E, Format.AN, 8, 8, Source.TERMINAL), (0x9F16, Format.ANS, 15, 15, Source.TERMINAL),
        (0x8A, Format.AN, 2, 2, Source.ISSUER), (0x91, Format.B, 8, 16, Source.ISSUER),
        (0x9F10, Format.B, 0, 32, Source.CARD), (0x9F26, Format.B, 8, 8, Source.CARD), (0x9F36, Format.B, 2, 2, Source.CARD),
        (0x82, Format.B, 2, 2, Source.CARD), (0x94, Format.B, 4, 252, Source.CARD), (0x9F7A, Format.B, 1, 1, Source.TERMINAL),
        (0x9F7B, Format.N, 6, 6, Source.TERMINAL), (0x9F79, Format.N, 6, 6, Source.CARD), (0x9F74, Format.AN, 6, 6, Source.CARD),
        (0x9F51, Format.N, 2, 2, Source.CARD), (0x9F61, Format.AN, 1, 40, Source.CARD), (0x9F62, Format.B, 1, 1, Source.CARD),
        (0x9F63, Format.B, 16, 16, Source.CARD), (0xDF69, Format.B, 1, 1, Source.TERMINAL), (0xDF4D, Format.B, 2, 2, Source.CARD),
        (0xDF71, Format.N, 2, 2, Source.CARD), (0xDF79, Format.N, 6, 6, Source.CARD),
    ],
)  # fmt: skip
def test_well_known_objects(tag: int, form: Format, least: int, most: int, source: Source) -> None:
    info = PBOC[tag]
    assert (info.format, info.least, info.most, info.source) == (form, least, most, source)


def test_a_tag_is_defined_once() -> None:
    mine = Dictionary(EMV)
    with pytest.raises(ValueError, match="5A is defined twice"):
        mine.add(0x5A, "again", "又", Format.B, 1, Source.CARD)
    assert mine.add(0xDF01, "mine", "我的", Format.B, (1, 2), Source.CARD) == 0xDF01
    assert 0xDF01 not in EMV
    assert mine.fits(0xDF01, b"1")
    assert mine.fits(0xDF01, b"12")
    assert not mine.fits(0xDF01, b"")
    assert not mine.fits(0xDF01, b"123")
    assert mine.fits(0xDF02, b"anything")
