"""Every implementation that this CPU can run is tested under its own name."""

from collections.abc import Iterator

import pytest
from jinka.native import bind

from tests.support.core import Core, compiler_of, own


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Core:
    """core("gcc", *flags): the objects of the core so compiled, once for all tests that ask for them."""
    return compiler_of(lambda: tmp_path_factory.mktemp("core"))


def under(name: str) -> Iterator[str]:
    """A fixture's body: the name, while it is chosen."""
    bind.start(name)
    yield name
    bind.start("")


@pytest.fixture(params=own("sm3", "sm4"), scope="module")
def implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from under(request.param)


@pytest.fixture(params=own("sm2"), scope="module")
def sm2_implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from under(request.param)


@pytest.fixture(params=own("sm4"), scope="module")
def sm4_implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from under(request.param)


@pytest.fixture(params=[*own("sm4", "ghash"), ""], scope="module")
def gcm_implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each cipher with the portable hash, each hash with the portable cipher, and the best of both."""
    yield from under(request.param)
