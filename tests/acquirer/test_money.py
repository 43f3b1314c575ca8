"""Money is neither made nor lost: whatever fails in between, host and ledger agree once the debts are delivered."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.kernel.acquirer import AcquirerLink, Desk, HostConfig, deliver, settle
from jinka.kernel.acquirer.debts import HostLine
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.effects import Authorisation, Record, RecordKind, Service
from jinka.kernel.journal import Ledger, open_ledger
from jinka.simulator.host import HostDesk, HostServer
from jinka.simulator.issuer import Behaviour, Fault, Issuer, IssuerHost, Plan

from tests.issuer.ask import BOOK, ask

DEBIT = BOOK.account("debit")
# Where the terminal loses its power in a payment: not at all, or behind one of its steps.
CUTS = ["no", "intent", "answered", "recorded"]
SLOW = {Fault.LOST, Fault.NO_ANSWER, Fault.LATE, Fault.WRONG_STAN, Fault.WRONG_TERMINAL}
STEPS = st.one_of(
    st.tuples(
        st.just("pay"), st.integers(1, 500), st.sampled_from(list(Fault)), st.sampled_from(CUTS),
        st.sampled_from(["00", "05", "10"]),
    ),
    st.tuples(st.just("refund"), st.integers(1, 500), st.sampled_from(list(Fault)), st.sampled_from(CUTS), st.just("00")),
    st.tuples(st.just("offline"), st.integers(1, 500), st.just(Fault.NONE), st.just("no"), st.just("00")),
    st.tuples(st.just("card declines"), st.integers(1, 500), st.sampled_from(list(Fault)), st.just("no"), st.just("00")),
    st.tuples(st.just("deliver"), st.just(0), st.sampled_from(list(Fault)), st.just("no"), st.just("00")),
    st.tuples(st.just("settle"), st.just(0), st.sampled_from(list(Fault)), st.just("no"), st.just("00")),
)  # fmt: skip
Step = tuple[str, int, Fault, str, str]


class Till:
    """A terminal as far as money goes: what it writes down and sends, with the power cut where it is told."""

    def __init__(self, path: Path) -> None:
        self.path, self.number = path, 0
        self.ledger: Ledger = open_ledger(path)
        self.sold = 0

    def restart(self) -> None:
        self.ledger.close()
        self.ledger = open_ledger(self.path)

    def step(self, link: HostLine, step: Step) -> None:
        kind, amount, _, cut, _ = step
        self.number += 1
        if kind == "deliver":
            deliver(link, self.ledger, attempts=1)
        elif kind == "settle":
            settle(link, self.ledger, attempts=1)
        elif kind == "offline":
            self.sell(f"r{self.number}", amount)
        else:
            service = Service.REFUND if kind == "refund" else Service.PURCHASE
            self.pay(link, f"r{self.number}", service, amount, cut, accepts=kind != "card declines")

    def sell(self, reference: str, amount: int, service: str = "PURCHASE") -> None:
        fields = (("service", service), ("amount", amount))
        self.ledger.remember(Record(RecordKind.SALE, reference, fields, (), DEBIT.pan))
        self.sold += -amount if service == "REFUND" else amount

    def pay(self, link: HostLine, reference: str, service: Service, amount: int, cut: str, *, accepts: bool) -> None:
        fields = (("service", service.name), ("amount", amount))
        self.ledger.remember(Record(RecordKind.INTENT, reference, fields, (), DEBIT.pan))
        if cut == "intent":
            return self.restart()
        answer = Desk(link, self.ledger, attempts=1).authorise(ask("debit", service, amount, reference=reference))
        if cut == "answered":
            return self.restart()
        if not isinstance(answer, Authorisation):
            kind = RecordKind.REVERSAL if answer.sent else RecordKind.CLOSED
            self.ledger.remember(Record(kind, reference))
        elif answer.arc not in ("00", "10"):
            self.ledger.remember(Record(RecordKind.CLOSED, reference))
        elif accepts:
            self.sell(reference, amount, service.name)
        else:
            self.ledger.remember(Record(RecordKind.REVERSAL, reference, (("approval_code", "1"),)))
        if cut == "recorded":
            self.restart()
        return None

    def finish(self, connect: Callable[[Ledger], HostLine]) -> None:
        self.restart()
        link = connect(self.ledger)
        assert not deliver(link, self.ledger).reversals_left
        while True:
            settled = settle(link, self.ledger)
            assert settled.balanced is True
            if not settled.more:
                return


def agree(till: Till, issuer: Issuer) -> None:
    """The account has lost what the till has sold, every booking of it is captured and settled, nothing is owed."""
    assert DEBIT.balance - issuer.money.balance("debit") == till.sold
    for posting in issuer.money.postings():
        assert posting.state != "approved" or (posting.captured and posting.settled)
    assert set(till.ledger.counts()) <= {RecordKind.CLOSED}


@contextmanager
def till() -> Iterator[Till]:
    with tempfile.TemporaryDirectory() as folder:
        made = Till(Path(folder) / "ledger.db")
        try:
            yield made
        finally:
            made.ledger.close()


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=12))
def test_in_process(steps: list[Step]) -> None:
    host = IssuerHost()
    with till() as made:
        for step in steps:
            host.plan.queue = [Behaviour(step[2], None if step[4] == "00" else step[4])]
            made.step(host, step)
        host.plan = Plan()
        made.finish(lambda ledger: host)
        agree(made, host.issuer)
    host.issuer.close()


@pytest.mark.slow
@settings(max_examples=15)
@given(st.lists(STEPS.filter(lambda step: step[2] not in SLOW), max_size=8))
def test_over_the_wire(steps: list[Step]) -> None:
    issuer = Issuer()
    desk = HostDesk(issuer)
    with till() as made, HostServer(desk) as server:
        config = HostConfig("127.0.0.1", server.port, BOOK.terminal[Algorithm.TDES], connect_timeout=5, answer_timeout=5)
        for step in steps:
            code = None if step[4] == "00" else step[4]
            desk.plans["financial"] = Plan(then=[Behaviour(step[2], code)])
            desk.plans["errand"] = Plan(then=[Behaviour(step[2])])
            link = AcquirerLink(config, made.ledger)
            made.step(link, step)
            link.close()
        desk.plans["financial"], desk.plans["errand"] = Plan(), Plan()
        made.finish(lambda ledger: AcquirerLink(config, ledger))
        agree(made, issuer)
    issuer.close()
