"""Third-party peers of a test: a user's machine may lack them, CI may not.

A test that needs one carries `@pytest.mark.peer` and calls `require_peer`. Where the peer is missing it is skipped with
a reason; under JINKA_REQUIRE_PEERS=1 that skip is a failure (see tests/conftest.py).
"""

import importlib.util
import os
import shutil

import pytest


def required() -> bool:
    """True where a missing peer must fail the run."""
    return os.environ.get("JINKA_REQUIRE_PEERS") == "1"


def has_peer(what: str) -> bool:
    """`what` is a file's path (with a slash), a program on PATH, or a Python module."""
    if "/" in what:
        return os.path.exists(what)
    if shutil.which(what):
        return True
    try:
        return importlib.util.find_spec(what) is not None
    except ModuleNotFoundError:  # the parent package is missing
        return False


def require_peer(what: str, reason: str) -> None:
    """Skips the test when the peer is not there. `reason` says how to get it."""
    if not has_peer(what):
        pytest.skip(f"{what} is missing: {reason}")
