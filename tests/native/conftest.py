"""Every implementation that this CPU can run is tested under its own name."""

from collections.abc import Iterator

import pytest
from jinka.native import available, bind
from jinka.native import implementation as chosen

from tests.support.core import Core, compiler_of


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Core:
    """core("gcc", *flags): the objects of the core so compiled, once for all tests that ask for them."""
    return compiler_of(lambda: tmp_path_factory.mktemp("core"))


def names(*algorithms: str) -> list[str]:
    """Those of `available()` that bring an implementation of their own of one of these; the others share the portable one."""
    found: list[str] = []
    for name in available():
        bind.start(name)
        if name in (chosen()[algorithm] for algorithm in algorithms):
            found.append(name)
    bind.start("")
    return found


@pytest.fixture(params=names("sm3", "sm4"), scope="module")
def implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    bind.start(name)
    yield name
    bind.start("")


@pytest.fixture(params=names("sm2"), scope="module")
def sm2_implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    bind.start(name)
    yield name
    bind.start("")


@pytest.fixture(params=names("sm4"), scope="module")
def sm4_implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    bind.start(name)
    yield name
    bind.start("")


@pytest.fixture(params=[*names("sm4", "ghash"), ""], scope="module")
def gcm_implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each cipher with the portable hash, each hash with the portable cipher, and the best of both."""
    name: str = request.param
    bind.start(name)
    yield name
    bind.start("")
