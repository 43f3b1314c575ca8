"""TLV: offsets, every length form, filler, bounds, depth, duplicates; and that nothing but MalformedData comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.data import tlv
from jinka.kernel.errors import MalformedData


def test_offsets_point_at_tag_and_value() -> None:
    data = bytes.fromhex("5A0412345678 9F360200FF")
    first, second = tlv.scan(data)
    assert (first.tag, first.start, first.body, first.end) == (0x5A, 0, 2, 6)
    assert (second.tag, second.start, second.body, second.end) == (0x9F36, 6, 9, 11)
    assert data[second.body : second.end] == second.value == b"\x00\xff"


@pytest.mark.parametrize("length", ["04", "8104", "820004", "83000004", "8400000004"])
def test_every_length_form_is_read(length: str) -> None:
    (node,) = tlv.scan(bytes.fromhex(f"5A{length}12345678"))
    assert node.value == bytes.fromhex("12345678")


def test_long_values_need_long_forms() -> None:
    for size in (127, 128, 255, 256, 65535, 65536):
        value = bytes(size)
        (node,) = tlv.scan(tlv.encode(0x9F10, value))
        assert node.value == value
    assert tlv.length_bytes(127) == b"\x7f"
    assert tlv.length_bytes(128) == b"\x81\x80"
    assert tlv.length_bytes(256) == b"\x82\x01\x00"


def test_zero_bytes_around_objects_are_filler() -> None:
    nodes = tlv.scan(bytes.fromhex("0000 5A0112 000000 9F360100 00"))
    assert [(node.tag, node.start) for node in nodes] == [(0x5A, 2), (0x9F36, 8)]
    assert tlv.scan(b"") == tlv.scan(bytes(9)) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("5A80", "length byte 80"),  # the indefinite form
        ("5A850000000001AA", "length byte 85"),
        ("5A0212", "wants 2 bytes, 1 are there"),
        ("5A", "no length"),
        ("9F", "tag cut off"),
        ("9F36", "no length"),
        ("5A82", "cut off"),
        ("5A8201", "cut off"),
        ("9F81818181810100", "more than 4 bytes"),
        ("9F818181010100", "more than 4 bytes"),
        ("FF", "tag cut off"),  # FF is no filler
    ],
)
def test_what_is_refused(data: str, reason: str) -> None:
    with pytest.raises(MalformedData, match=reason) as caught:
        tlv.scan(bytes.fromhex(data))
    assert caught.value.clause == "emv-b3/annex-b"


def test_tags_of_one_to_four_bytes() -> None:
    for tag in (0x5A, 0x9F36, 0xDF8129, 0x9F8001, 0x9F818201):
        (node,) = tlv.scan(tlv.encode(tag, b"\1"))
        assert node.tag == tag
        assert tlv.tag_bytes(tag) == tag.to_bytes(len(tlv.tag_bytes(tag)), "big")


@pytest.mark.parametrize(
    ("tag", "constructed"),
    [(0x70, True), (0x6F, True), (0xBF0C, True), (0x5A, False), (0x9F38, False), (0xDF8129, False), (0xFF8102, True),
     (0xBF818201, True), (0x9F818201, False)],
)  # fmt: skip
def test_constructed_is_bit_6_of_the_first_byte(tag: int, constructed: bool) -> None:
    assert tlv.is_constructed(tag) is constructed


def test_templates_nest_twelve_deep() -> None:
    data = tlv.encode(0x5A, b"")
    for _ in range(11):
        data = tlv.encode(0x70, data)
    assert len(list(tlv.walk(tlv.tree(data)))) == 12
    with pytest.raises(MalformedData, match="deeper than 12"):
        tlv.tree(tlv.encode(0x70, data))


def test_duplicates_and_order_are_kept() -> None:
    nodes = tlv.scan(bytes.fromhex("5A0101 570102 5A0103"))
    assert [(node.tag, node.value) for node in nodes] == [(0x5A, b"\1"), (0x57, b"\2"), (0x5A, b"\3")]
    assert tlv.find(nodes, 0x5A) == b"\1"
    assert tlv.find(nodes, 0x50) is None


def test_tree_counts_offsets_from_the_outermost_bytes() -> None:
    data = bytes.fromhex("6F0B 8402AABB A505 50034A434B")
    (top,) = tlv.tree(data)
    label = top.children[1].children[0].node
    assert label.tag == 0x50
    assert data[label.body : label.end] == b"JCK"
    assert [node.tag for node in tlv.walk((top,))] == [0x6F, 0x84, 0xA5, 0x50]


def test_depth_is_bounded() -> None:
    data = b"\x5a\x01\x01"
    for _ in range(tlv.MAX_DEPTH - 1):
        data = tlv.encode(0x70, data)
    assert tlv.tree(data)
    with pytest.raises(MalformedData, match="deeper"):
        tlv.tree(tlv.encode(0x70, data))
    bomb = b""
    for _ in range(200):
        bomb = tlv.encode(0x61, bomb)
    with pytest.raises(MalformedData, match="deeper"):
        tlv.tree(bomb)


def test_a_fault_inside_a_template_names_the_way_there() -> None:
    with pytest.raises(MalformedData) as caught:
        tlv.tree(bytes.fromhex("6F04A5025005"))
    assert caught.value.path == "6F/A5"


def test_template_must_be_alone() -> None:
    assert [node.tag for node in tlv.template(bytes.fromhex("7003 5A0112"), 0x70)] == [0x5A]
    assert tlv.template(bytes.fromhex("00 7000 00"), 0x70) == []
    for data, found in (("", "nothing"), ("0000", "nothing"), ("7700", "77"), ("7000 7000", "70, 70"), ("7000 5A00", "70, 5A")):
        with pytest.raises(MalformedData, match=f"^.*one template 70 expected, found {found}$") as caught:
            tlv.template(bytes.fromhex(data), 0x70, what="SELECT")
        assert caught.value.path == "SELECT"
        with pytest.raises(MalformedData) as caught:
            tlv.template(bytes.fromhex(data), 0x70)
        assert caught.value.path == ""


def test_what_ends_with_a_length_is_empty() -> None:
    for data in ("5A00", "5A8100", "5A8400000000"):
        assert [node.value for node in tlv.scan(bytes.fromhex(data))] == [b""]
    assert tlv.tag_bytes(0) == b"\0"


# --- properties ---------------------------------------------------------------------------------------------------

_PRIMITIVE = st.sampled_from([0x5A, 0x57, 0x82, 0x9F36, 0x9F10, 0xDF69, 0xDF8129, 0x9F818201])
_TEMPLATE = st.sampled_from([0x70, 0x61, 0x6F, 0xBF0C, 0xFF8102])
_Objects = list[tuple[int, "bytes | _Objects"]]
_OBJECTS: st.SearchStrategy[_Objects] = st.recursive(
    st.lists(st.tuples(_PRIMITIVE, st.binary(max_size=140)), max_size=5),
    lambda inner: st.lists(st.one_of(st.tuples(_PRIMITIVE, st.binary(max_size=9)), st.tuples(_TEMPLATE, inner)), max_size=4),
    max_leaves=12,
)


def _encode(objects: _Objects) -> bytes:
    return b"".join(tlv.encode(tag, v if isinstance(v, bytes) else _encode(v)) for tag, v in objects)


def _read(trees: tuple[tlv.Tree, ...]) -> _Objects:
    return [(one.node.tag, _read(one.children) if one.node.constructed else one.node.value) for one in trees]


@given(_OBJECTS)
def test_encode_tree_encode(objects: _Objects) -> None:
    data = _encode(objects)
    read = _read(tlv.tree(data))
    assert read == objects
    assert _encode(read) == data


@given(_OBJECTS)
def test_every_offset_shows_the_value(objects: _Objects) -> None:
    data = _encode(objects)
    for node in tlv.walk(tlv.tree(data)):
        assert data[node.body : node.end] == node.value
        assert data[node.start : node.body].startswith(tlv.tag_bytes(node.tag))


@given(_OBJECTS, st.data())
def test_a_mutation_is_read_or_refused_but_never_crashes(objects: _Objects, choice: st.DataObject) -> None:
    data = bytearray(_encode(objects))
    for _ in range(choice.draw(st.integers(1, 4))):
        if data:
            data[choice.draw(st.integers(0, len(data) - 1))] = choice.draw(st.integers(0, 255))
    cut = bytes(data[: choice.draw(st.integers(0, len(data)))])
    try:
        list(tlv.walk(tlv.tree(cut)))
    except MalformedData:
        pass


@given(st.binary(max_size=300))
def test_noise_is_read_or_refused_but_never_crashes(data: bytes) -> None:
    try:
        nodes = tlv.scan(data)
    except MalformedData:
        return
    assert all(data[node.body : node.end] == node.value for node in nodes)
