"""A host in threads of the test's own process, and a link to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jinka.kernel.acquirer import AcquirerLink, HostConfig
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.journal import Ledger
from jinka.simulator.host import Algorithms, HostDesk, HostServer
from jinka.simulator.issuer import Behaviour, Issuer, Plan

from tests.issuer.ask import BOOK

NOON = datetime(2026, 11, 23, 12, 34, 56)


@dataclass
class Bench:
    """Host, link and ledger together."""

    server: HostServer
    link: AcquirerLink
    ledger: Ledger
    config: HostConfig

    def behave(self, *then: Behaviour, on: str = "financial", default: Behaviour | None = None) -> None:
        self.server.desk.plans[on] = Plan(default, then)

    def view(self) -> dict[str, Any]:
        return self.server.ask({"ask": "view"})

    def seen(self) -> list[str]:
        return [entry["t"] for entry in self.view()["seen"]]

    def balance(self, name: str = "debit") -> int:
        return int(self.view()["accounts"][name]["balance"])


Maker = Callable[..., Bench]


@pytest.fixture
def bench_maker(tmp_path: Path) -> Iterator[Maker]:
    """Makes a bench; the arguments are fields of `HostConfig`."""
    with ExitStack() as stack:
        count = iter(range(100))

        def make(**settings: Any) -> Bench:
            key = settings.get("key_algorithm", Algorithm.TDES)
            algorithms = Algorithms(
                key, settings.get("mac_algorithm", Algorithm.TDES), settings.get("pin_algorithm", Algorithm.TDES)
            )
            issuer = Issuer(pin_algorithm=algorithms.pin)
            stack.callback(issuer.close)
            prefix = len(settings.get("tpdu", b"") + settings.get("header", b""))
            server = stack.enter_context(HostServer(HostDesk(issuer, algorithms), prefix=prefix))
            config = HostConfig("127.0.0.1", server.port, BOOK.terminal[key], connect_timeout=5, answer_timeout=5)
            config = replace(config, **settings)
            ledger = stack.enter_context(Ledger(tmp_path / f"ledger{next(count)}.db"))
            link = AcquirerLink(config, ledger, clock=lambda: NOON)
            stack.callback(link.close)
            return Bench(server, link, ledger, config)

        yield make


@pytest.fixture
def bench(bench_maker: Maker) -> Bench:
    return bench_maker()
