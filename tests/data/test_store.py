"""Store: who may write what, and what is ignored or ends a transaction."""

import pytest
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.dictionary import Source
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.data.store import STRICT, Store
from jinka.kernel.data.tlv import scan
from jinka.kernel.errors import MalformedData


def store() -> Store:
    return Store(PBOC)


def take(held: Store, objects: str, where: str = "record 1.1", *, unique: bool = True) -> None:
    held.take_all(scan(bytes.fromhex(objects)), where, unique=unique)


def test_provenance_is_kept() -> None:
    held = store()
    take(held, "5F2403301231")
    value = held.held(tags.EXPIRATION_DATE)
    assert value is not None
    assert value == (bytes.fromhex("301231"), Source.CARD, "record 1.1")
    held.put(tags.TVR, bytes(5))
    assert held.held(tags.TVR) == (bytes(5), Source.TERMINAL, "terminal")
    assert [tag for tag, _ in held.items()] == [tags.EXPIRATION_DATE, tags.TVR]


@pytest.mark.parametrize("tag", [tags.AMOUNT, tags.TVR, tags.UNPREDICTABLE_NUMBER, tags.CURRENCY, tags.ARC, pboc.SM_INDICATOR])
def test_the_card_never_writes_what_is_not_its_own(tag: int) -> None:
    held = store()
    held.put(tag, b"\x01")
    size = PBOC[tag].least
    take(held, f"{tag:X}{size:02X}" + "99" * size)
    assert held.get(tag) == b"\x01"
    empty = store()
    take(empty, f"{tag:X}{size:02X}" + "99" * size)
    assert empty.get(tag) is None


def test_zero_length_is_absent() -> None:
    held = store()
    take(held, "5F2400 5F2403301231")
    assert held.get(tags.EXPIRATION_DATE) == bytes.fromhex("301231")


def test_the_same_object_twice_in_the_records_ends_it() -> None:
    held = store()
    take(held, "5F2403301231")
    with pytest.raises(MalformedData, match="5F24 occurs twice") as caught:
        take(held, "5F2403301231", "record 2.1")
    assert caught.value.path == "record 2.1"


def test_an_object_from_selection_stands_against_the_records() -> None:
    held = store()
    take(held, "50024142", "SELECT", unique=False)
    take(held, "50024344")
    assert held.get(tags.LABEL) == b"AB"


def test_a_later_answer_to_selection_stands_unless_told_otherwise() -> None:
    held = store()
    for objects in ("50024142", "50024344"):
        held.take_all(scan(bytes.fromhex(objects)), "SELECT")
    assert held.get(tags.LABEL) == b"CD"


def test_unknown_objects_and_templates_are_not_kept() -> None:
    held = store()
    take(held, "DF7F0101 E1035A0112 DF7F0102")
    assert held.items() == []


@pytest.mark.parametrize("tag", sorted(STRICT))
def test_a_wrong_length_of_what_decides_ends_it(tag: int) -> None:
    size = PBOC[tag].most + 1
    with pytest.raises(MalformedData, match=f"data object {tag:X} has {size} bytes"):
        take(store(), f"{tag:X}" + (f"{size:02X}" if size < 128 else f"81{size:02X}") + "00" * size)


@pytest.mark.parametrize("objects", ["5F2001FF", "9F510100", "9F6D020000", "9F7701FF", "9F790100", "9F4D0100"])
def test_a_wrong_length_of_anything_else_is_ignored(objects: str) -> None:
    held = store()
    take(held, objects)
    assert held.items() == []
