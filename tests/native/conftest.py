"""Every implementation that this CPU can run is tested under its own name."""

from collections.abc import Iterator

import pytest
from jinka.native import available, bind
from jinka.native import implementation as chosen


@pytest.fixture(params=available(), scope="module")
def implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    bind.start(name)
    yield name
    bind.start("")


def sm2_names() -> list[str]:
    """Those of `available()` that bring an SM2 of their own: the others share the portable one."""
    names: list[str] = []
    for name in available():
        bind.start(name)
        if chosen()["sm2"] == name:
            names.append(name)
    bind.start("")
    return names


@pytest.fixture(params=sm2_names(), scope="module")
def sm2_implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    bind.start(name)
    yield name
    bind.start("")
