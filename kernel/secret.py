"""Secret: bytes that must not be printed, logged, journalled or written as JSON.

A PIN, a session key or clear track 2 travels in this type. `repr`, `str` and `format` are redacted; the value is only
reached through `reveal()`, so that every use of it can be found with a search.
"""


class Secret:
    """Bytes with a redacted face. Equality is on the value; hashing is refused, so none ends up as a key in a dict."""

    __hash__ = None  # type: ignore[assignment]
    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = bytes(value)

    def reveal(self) -> bytes:
        """The value itself. Whoever calls this answers for where it goes."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __repr__(self) -> str:
        return f"Secret({len(self._value)} bytes)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not serialised")
