"""Objects that hold a key: what is forgotten is overwritten, whichever it is."""

import gc
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from jinka import native
from jinka.native import bind_key
from jinka.native._core import ffi, lib

KEY = bytes(range(1, 17))
HOLDERS: list[Callable[[], bind_key.Held]] = [
    lambda: native.Sm4(KEY),
    lambda: native.Sm4Cmac(KEY),
    lambda: native.Sm4Gcm(KEY),
    lambda: native.Tdes(KEY),
    lambda: native.HmacSm3(KEY),
    lambda: native.Sm2Signer(KEY * 2),
]


def _leaves(kind: type) -> set[type]:
    return set().union(*map(_leaves, kind.__subclasses__())) or {kind}


def test_every_holder_is_here() -> None:
    assert {type(make()) for make in HOLDERS} == _leaves(bind_key.Held)


@pytest.mark.parametrize("make", HOLDERS)
def test_a_forgotten_key_is_wiped(make: Callable[[], bind_key.Held], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    name = type(make())._type.removesuffix("_ctx") + "_wipe"

    def spy(context: object) -> None:
        getattr(lib, name)(context)
        seen.append(ffi.buffer(context)[:])

    monkeypatch.setattr(bind_key, "lib", SimpleNamespace(**{name: spy}))
    key = make()
    assert not seen
    del key
    gc.collect()
    assert len(seen) == 1
    assert not any(seen[0])
