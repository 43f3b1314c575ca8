"""The thread that can be left behind, and PC/SC without pyscard."""

import sys
import threading

import pytest
from jinka.kernel.errors import ConfigError, LinkTimeout
from jinka.kernel.transports.pcsc import PcscReader
from jinka.kernel.transports.worker import Worker

SOON = 5.0  # seconds


def test_results_and_errors_come_back() -> None:
    worker = Worker("test")
    assert worker.call(lambda: 6 * 7, SOON) == 42
    assert worker.call(lambda: None, None) is None
    with pytest.raises(ZeroDivisionError):
        worker.call(lambda: 1 // 0, SOON)
    assert worker.call(threading.current_thread, SOON) is not threading.current_thread()
    assert worker.leave(lambda: None, SOON)


def test_a_call_that_hangs_is_left_and_cleaned_up_after() -> None:
    worker, hold, cleaned = Worker("test"), threading.Event(), threading.Event()
    with pytest.raises(LinkTimeout, match=r"0\.05 s"):
        worker.call(hold.wait, 0.05)
    assert not worker.leave(cleaned.set)
    assert not cleaned.is_set()
    hold.set()
    assert cleaned.wait(SOON)


def test_a_worker_that_never_worked_can_be_left() -> None:
    assert Worker("test").leave(lambda: None, SOON)


def test_without_pyscard_the_terminal_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    with pytest.raises(ConfigError, match="pyscard"):
        PcscReader.names()
