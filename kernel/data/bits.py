"""Bits: one big-endian flag type, its members written as the specification prints them.

    class Tvr(Bits, size=5):
        SDA_FAILED = bit(1, 7)      # byte 1, bit 7: the byte count starts left, the bit count right, both at 1

Values are immutable; unknown bits survive a round trip. A plain int under the hood: the kernel tests and sets some
fifty bits in a transaction, and `enum.Flag` would cost more than the rest of the step.
"""

from typing import Any, ClassVar, Self


class bit:
    """A named bit of a `Bits` type: byte 1 is the leftmost, bit 8 the most significant."""

    __slots__ = ("byte", "number", "text", "value")
    value: Any  # of the type it is a member of

    def __init__(self, byte: int, number: int, text: str = "") -> None:
        self.byte, self.number, self.text = byte, number, text

    def __get__(self, instance: object, owner: type["Bits"]) -> Any:
        return self.value


class Bits(int):
    """Base of the flag types; a subclass names its size in bytes."""

    size: ClassVar[int]
    members: ClassVar[dict[str, bit]]

    def __init_subclass__(cls, size: int) -> None:
        cls.size = size
        cls.members = {}
        for name, member in list(vars(cls).items()):
            if isinstance(member, bit):
                if not (1 <= member.byte <= size and 1 <= member.number <= 8):
                    raise ValueError(f"{cls.__name__}.{name} lies outside {size} bytes")
                member.value = cls(1 << (8 * (size - member.byte) + member.number - 1))
                cls.members[name] = member

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Reads exactly `size` bytes."""
        if len(raw) != cls.size:
            raise ValueError(f"{cls.__name__} has {cls.size} bytes, not {len(raw)}")
        return cls(int.from_bytes(raw, "big"))

    def __bytes__(self) -> bytes:
        return int(self).to_bytes(self.size, "big")

    def __or__(self, other: int) -> Self:
        return type(self)(int(self) | int(other))

    def __and__(self, other: int) -> Self:
        return type(self)(int(self) & int(other))

    def __invert__(self) -> Self:
        return type(self)(~int(self) & ((1 << 8 * self.size) - 1))

    def __contains__(self, other: int) -> bool:
        return int(self) & int(other) == int(other)

    def names(self) -> list[str]:
        """The names of the bits that are set, in the order of the specification; unknown ones as 'byte 1 bit 1'."""
        found = [name for name, member in self.members.items() if int(self) & int(member.value)]
        known = 0
        for member in self.members.values():
            known |= int(member.value)
        rest = int(self) & ~known
        for position in reversed(range(rest.bit_length())):
            if rest >> position & 1:
                found.append(f"byte {self.size - position // 8} bit {position % 8 + 1}")
        return found

    def __str__(self) -> str:
        return "|".join(self.names()) or "0"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({bytes(self).hex().upper()}: {self})"
