"""A key kept in C's memory: what the objects that hold one have in common."""

from typing import Any, NoReturn, Self

from jinka.native._core import ffi, lib
from jinka.native.errors import NativeFault


class Held:
    """A context of the C core. It is overwritten by `wipe()`, at the end of a `with` block, and when the object dies;
    threads may share it as long as none wipes it. `_type` is its name in C, `self._ctx or self._gone()` the way to it."""

    _type: str

    __slots__ = ("_ctx",)

    def __init__(self) -> None:
        self._ctx: Any = ffi.gc(ffi.new(f"{self._type} *"), self._overwrite())

    @classmethod
    def _overwrite(cls) -> Any:
        return getattr(lib, cls._type.removesuffix("_ctx") + "_wipe")

    def wipe(self) -> None:
        """Overwrite the key. Every later use raises `NativeFault`; a second `wipe` does nothing."""
        if self._ctx is not None:
            self._overwrite()(self._ctx)
            self._ctx = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.wipe()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is neither copied nor pickled")

    def _gone(self) -> NoReturn:
        raise NativeFault(f"this {type(self).__name__} key has been wiped")
