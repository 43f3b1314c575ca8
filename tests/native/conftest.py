"""Every implementation that this CPU can run is tested under its own name."""

from collections.abc import Iterator

import pytest
from jinka.native import available, bind


@pytest.fixture(params=available(), scope="module")
def implementation(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    bind.start(name)
    yield name
    bind.start("")
