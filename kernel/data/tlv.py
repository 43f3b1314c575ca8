"""BER-TLV as EMV uses it (ISO/IEC 8825-1; EMV 4.4 Book 3 annex B). # spec: emv-b3/annex-b

A node is a tiny immutable view that remembers where it stood; order and duplicates are kept, because both decide
verdicts. `scan` reads one level and is what the kernel uses; `tree` reads all levels for a person or a test.

Rules: tags of 1 to 4 bytes; lengths in 1 to 5 bytes, shorter than needed or not (the indefinite form is refused);
00 bytes before, between and after objects are filler. FF filler is refused: it is the start of a tag.
"""

from collections.abc import Iterator
from typing import NamedTuple

from jinka.kernel.errors import MalformedData

MAX_DEPTH = 12
_CLAUSE = "emv-b3/annex-b"


class Node(NamedTuple):
    """One data object: `start` is the offset of its tag, `body` of its value, in the bytes it was read from."""

    tag: int
    value: bytes
    start: int
    body: int

    @property
    def end(self) -> int:
        """The offset just behind the value."""
        return self.body + len(self.value)

    @property
    def constructed(self) -> bool:
        """Whether the value is itself made of data objects (bit 6 of the first tag byte)."""
        return is_constructed(self.tag)


class Tree(NamedTuple):
    """A node and, when constructed, what is inside; offsets are those of the outermost bytes."""

    node: Node
    children: "tuple[Tree, ...]"


def is_constructed(tag: int) -> bool:
    """Whether a tag number is that of a template."""
    first = tag if tag < 0x100 else tag >> 8 if tag < 0x10000 else tag >> 16 if tag < 0x1000000 else tag >> 24
    return bool(first & 0x20)


def scan(data: bytes) -> list[Node]:
    """Reads one level of data objects. Raises `MalformedData` with the offset of what is wrong."""
    nodes: list[Node] = []
    append = nodes.append
    make = tuple.__new__
    size = len(data)
    at = 0
    while at < size:
        start = at
        tag = data[at]
        at += 1
        if tag == 0:
            continue
        if tag & 0x1F == 0x1F:
            while True:
                if at >= size:
                    raise MalformedData(f"tag cut off at offset {start}", clause=_CLAUSE)
                byte = data[at]
                at += 1
                tag = tag << 8 | byte
                if byte < 0x80:
                    break
                if at - start >= 4:
                    raise MalformedData(f"tag of more than 4 bytes at offset {start}", clause=_CLAUSE)
        if at >= size:
            raise MalformedData(f"no length after tag {tag:X} at offset {start}", clause=_CLAUSE)
        length = data[at]
        at += 1
        if length >= 0x80:
            count = length & 0x7F
            if count == 0 or count > 4:
                raise MalformedData(f"length byte {length:02X} of tag {tag:X} at offset {at - 1}", clause=_CLAUSE)
            if at + count > size:
                raise MalformedData(f"length of tag {tag:X} cut off at offset {at}", clause=_CLAUSE)
            length = int.from_bytes(data[at : at + count], "big")
            at += count
        end = at + length
        if end > size:
            raise MalformedData(
                f"tag {tag:X} at offset {start} wants {length} bytes, {size - at} are there", clause=_CLAUSE
            )
        append(make(Node, (tag, data[at:end], start, at)))
        at = end
    return nodes


def tree(data: bytes, *, base: int = 0, depth: int = MAX_DEPTH) -> tuple[Tree, ...]:
    """Reads all levels. Offsets count from the outermost bytes. Deeper nesting than `depth` is refused."""
    if depth <= 0:
        raise MalformedData(f"templates nested deeper than {MAX_DEPTH}", clause=_CLAUSE)
    trees = []
    for node in scan(data):
        inner: tuple[Tree, ...] = ()
        if node.constructed:
            try:
                inner = tree(node.value, base=base + node.body, depth=depth - 1)
            except MalformedData as fault:
                raise fault.within(f"{node.tag:X}") from None
        trees.append(Tree(Node(node.tag, node.value, base + node.start, base + node.body), inner))
    return tuple(trees)


def template(data: bytes, tag: int, *, what: str = "") -> list[Node]:
    """The objects inside the one template `tag` that `data` must consist of. Filler around it is allowed."""
    nodes = scan(data)
    if len(nodes) != 1 or nodes[0].tag != tag:
        found = ", ".join(f"{node.tag:X}" for node in nodes) or "nothing"
        raise MalformedData(f"one template {tag:X} expected, found {found}", path=what, clause=_CLAUSE)
    try:
        return scan(nodes[0].value)
    except MalformedData as fault:
        raise fault.within(f"{tag:X}") from None


def find(nodes: "list[Node]", tag: int) -> bytes | None:
    """The value of the first object with that tag on this level, or None."""
    for node in nodes:
        if node.tag == tag:
            return node.value
    return None


def walk(trees: tuple[Tree, ...]) -> Iterator[Node]:
    """Every node, outermost first."""
    for branch in trees:
        yield branch.node
        yield from walk(branch.children)


def tag_bytes(tag: int) -> bytes:
    """A tag number as it stands on the wire."""
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big")


def length_bytes(length: int) -> bytes:
    """A length in its shortest form."""
    if length < 0x80:
        return bytes((length,))
    raw = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(raw),)) + raw


def encode(tag: int, value: bytes) -> bytes:
    """One data object, shortest form."""
    return tag_bytes(tag) + length_bytes(len(value)) + value


def encode_all(objects: "tuple[tuple[int, bytes], ...] | list[tuple[int, bytes]]") -> bytes:
    """Data objects one after the other."""
    return b"".join(encode(tag, value) for tag, value in objects)
