"""Fixtures for every room, and the rule about peers: skipped on a user's machine, never in CI."""

import os
from collections.abc import Generator, Iterator

import hypothesis
import pytest

from tests.support.pcscd import PCSCD, VPCD, Pcscd
from tests.support.peers import require_peer, required

# How long an example takes says something of the machine, nothing of the kernel.
hypothesis.settings.register_profile("jinka", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("jinka")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turns the skip of a peer test into a failure where peers are required."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and required() and item.get_closest_marker("peer"):
        _condemn(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself: it never got as far as its markers."""
    report = yield
    if report.skipped and required():
        _condemn(report)
    return report


def _condemn(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"JINKA_REQUIRE_PEERS=1, and this was skipped. {reason}"


@pytest.fixture(scope="session")
def pcscd() -> Iterator[Pcscd]:
    """A private pcscd with one virtual reader of two slots. Use it in tests marked `peer` only."""
    require_peer(PCSCD, "apt-get install pcscd")
    require_peer(VPCD, "apt-get install vsmartcard-vpcd")
    require_peer("smartcard", "pip install 'jinka[pcsc]'")
    if os.geteuid() != 0:
        require_peer("/run/pcscd", "pcscd needs this directory, be it empty: sudo mkdir /run/pcscd")
    daemon = Pcscd()
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.close()
