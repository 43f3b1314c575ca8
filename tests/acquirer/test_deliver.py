"""Debts: reversals first and until acknowledged, advices, batch upload and settlement."""

import pytest
from jinka.kernel.acquirer import Desk, deliver, settle
from jinka.kernel.acquirer.debts import BATCH_LIMIT
from jinka.kernel.data import tags
from jinka.kernel.effects import Authorisation, OnlineRequest, Record, RecordKind, Service, Unreachable
from jinka.kernel.journal import Ledger
from jinka.simulator.issuer import Behaviour, Fault, IssuerHost

from tests.acquirer.conftest import Bench, Maker
from tests.issuer.ask import BOOK, ask

DEBIT = BOOK.account("debit")


def intent(request: OnlineRequest) -> Record:
    fields = (("service", request.service.name), ("amount", request.amount))
    return Record(RecordKind.INTENT, request.reference, fields, request.chip, request.pan)


def sale(request: OnlineRequest, *more: tuple[str, int | str]) -> Record:
    fields = (("service", request.service.name), ("amount", request.amount), ("currency", 156), *more)
    return Record(RecordKind.SALE, request.reference, fields, request.chip, request.pan)


def pay(bench: Bench, reference: str, amount: int = 1000, service: Service = Service.PURCHASE) -> None:
    """A purchase as a flow does it: intent, request, then what came of it."""
    request = ask("debit", service, amount, reference=reference)
    bench.ledger.remember(intent(request))
    answer = Desk(bench.link, bench.ledger, attempts=1).authorise(request)
    if isinstance(answer, Authorisation):
        bench.ledger.remember(sale(request, ("approval_code", answer.approval_code)))
    elif answer.sent:
        bench.ledger.remember(Record(RecordKind.REVERSAL, reference))
    else:
        bench.ledger.remember(Record(RecordKind.CLOSED, reference))


def test_a_reversal_goes_before_the_next_financial_message(bench: Bench) -> None:
    bench.behave(Behaviour(Fault.BAD_MAC))
    pay(bench, "a")
    assert bench.ledger.counts() == {RecordKind.REVERSAL: 1}
    pay(bench, "b")
    assert [kind for kind in bench.seen() if kind != "0800"] == ["0200", "0400", "0200"]
    assert bench.ledger.counts() == {RecordKind.CLOSED: 1, RecordKind.SALE: 1}
    assert bench.balance() == DEBIT.balance - 1000


def test_with_a_reversal_owed_nothing_financial_leaves(bench: Bench) -> None:
    bench.behave(Behaviour(Fault.BAD_MAC))
    pay(bench, "a")
    bench.behave(default=Behaviour(Fault.DROP_REQUEST), on="errand")
    answer = Desk(bench.link, bench.ledger, attempts=2).authorise(ask(reference="b"))
    assert answer == Unreachable("an earlier reversal is not delivered", sent=False)
    assert [kind for kind in bench.seen() if kind != "0800"] == ["0200", "0400", "0400"]


@pytest.mark.parametrize("fault", [Fault.DROP_REQUEST, Fault.DROP_ANSWER, Fault.BAD_MAC, Fault.SHORT, Fault.GARBAGE])
def test_a_reversal_is_repeated_until_acknowledged(bench: Bench, fault: Fault) -> None:
    bench.behave(Behaviour(Fault.DROP_ANSWER))
    pay(bench, "a")
    bench.behave(Behaviour(fault), Behaviour(fault), on="errand")
    assert deliver(bench.link, bench.ledger, attempts=3).reversals == 1
    assert not bench.ledger.owed(RecordKind.REVERSAL)
    assert bench.balance() == DEBIT.balance
    assert len({entry["stan"] for entry in bench.view()["seen"] if entry["t"] == "0400"}) == 1


def test_repeats_are_bounded_and_the_debt_stays(bench: Bench) -> None:
    bench.behave(Behaviour(Fault.DROP_ANSWER))
    pay(bench, "a")
    bench.behave(default=Behaviour(code="96"), on="errand")
    delivered = deliver(bench.link, bench.ledger, attempts=3)
    assert (delivered.reversals, delivered.reversals_left) == (0, True)
    assert bench.seen().count("0400") == 3
    assert bench.ledger.attempted("a") == 4
    bench.behave(on="errand")
    assert deliver(bench.link, bench.ledger).reversals == 1


def test_a_reversal_without_a_request_is_acknowledged_too(bench: Bench) -> None:
    bench.ledger.remember(intent(ask(reference="never sent")))
    assert bench.ledger.recover() == ("never sent",)
    assert deliver(bench.link, bench.ledger).reversals == 1
    assert bench.balance() == DEBIT.balance


def test_an_advice_is_delivered_once(bench: Bench) -> None:
    fields = (("service", "PURCHASE"), ("amount", 300))
    bench.ledger.remember(Record(RecordKind.ADVICE, "a.advice", fields, ask().chip, DEBIT.pan))
    bench.behave(Behaviour(Fault.DROP_ANSWER), on="errand")
    assert deliver(bench.link, bench.ledger).advices == 1
    assert [advice[1:] for advice in bench.view()["advices"]] == [["debit", 300]]
    assert bench.balance() == DEBIT.balance
    assert bench.seen().count("0220") == 2


def offline(ledger: Ledger, reference: str, amount: int, *, cash: bool = False, name: str = "debit") -> None:
    request = ask(name, Service.PURCHASE, amount, reference=reference)
    chip = request.chip + (((0x9F74, b"ECASH1"),) if cash else ())
    fields = (("service", "PURCHASE"), ("amount", amount), ("stage", "offline"), ("pan_sequence", 1))
    ledger.remember(Record(RecordKind.SALE, reference, fields, (*chip, (tags.ARC, b"Y1")), request.pan))


def test_settlement_of_a_mixed_batch(bench: Bench) -> None:
    for number in range(5):
        pay(bench, f"online-{number}", 100 + number)
    pay(bench, "refund", 50, Service.REFUND)
    for number in range(5):
        offline(bench.ledger, f"offline-{number}", 10)
    offline(bench.ledger, "cash", 700, cash=True, name="ecash")
    bench.behave(Behaviour(Fault.DROP_ANSWER))
    pay(bench, "lost", 999)
    done = settle(bench.link, bench.ledger)
    assert done.balanced is True
    assert (done.uploaded, done.totals, done.more) == (12, (510 + 50 + 700, 11, 50, 1), False)
    view = bench.view()
    assert view["accounts"]["debit"]["balance"] == DEBIT.balance - 510 - 50 + 50
    assert view["accounts"]["ecash"] == {"balance": 500000, "cash_balance": 10000 - 700, "tries": 3}
    assert all(posting["settled"] for posting in view["postings"] if posting["captured"])
    assert bench.ledger.counts() == {RecordKind.CLOSED: 13}
    assert bench.ledger.batch() == 2
    again = settle(bench.link, bench.ledger)
    assert (again.uploaded, again.totals, again.balanced) == (0, (0, 0, 0, 0), True)


@pytest.mark.parametrize("fault", [Fault.DROP_REQUEST, Fault.DROP_ANSWER, Fault.NO_CODE])
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_an_interrupted_settlement_goes_on(bench: Bench, fault: Fault, at: int) -> None:
    for number in range(3):
        offline(bench.ledger, f"s{number}", 100)
    bench.behave(*[Behaviour()] * at, Behaviour(fault), on="errand")
    first = settle(bench.link, bench.ledger, attempts=1)
    assert first.balanced is None
    assert settle(bench.link, bench.ledger).balanced is True
    assert bench.balance() == DEBIT.balance - 300
    assert len(bench.view()["postings"]) == 3
    assert bench.ledger.counts() == {RecordKind.CLOSED: 3}


def test_sales_after_a_lost_settlement_answer_belong_to_the_next_batch(bench: Bench) -> None:
    offline(bench.ledger, "before", 100)
    bench.behave(Behaviour(), Behaviour(Fault.DROP_ANSWER), on="errand")
    assert settle(bench.link, bench.ledger, attempts=1).balanced is None
    offline(bench.ledger, "after", 30)
    again = settle(bench.link, bench.ledger)
    assert (again.uploaded, again.totals, again.balanced, again.more) == (0, (100, 1, 0, 0), True, True)
    last = settle(bench.link, bench.ledger)
    assert (last.uploaded, last.totals, last.balanced, last.more) == (1, (30, 1, 0, 0), True, False)
    settled = [posting["settled"] for posting in bench.view()["postings"]]
    assert settled == ["00000001/000001", "00000001/000002"]


def test_an_unbalanced_batch_stays_open(bench: Bench) -> None:
    offline(bench.ledger, "s", 100)
    bench.behave(Behaviour(), Behaviour(code="95"), on="errand")
    assert settle(bench.link, bench.ledger).balanced is False
    assert [record.reference for record in bench.ledger.frozen()] == ["s"]
    bench.behave(Behaviour(code="95"), on="errand")
    assert settle(bench.link, bench.ledger).balanced is False
    bench.ledger.settled()
    assert bench.ledger.counts() == {RecordKind.CLOSED: 1}


def test_a_batch_has_at_most_so_many_sales(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    monkeypatch.setattr("jinka.kernel.acquirer.debts.BATCH_LIMIT", 3)
    host = IssuerHost()
    with Ledger(Path(str(tmp_path)) / "ledger.db") as ledger:
        for number in range(5):
            offline(ledger, f"s{number}", 1)
        first, second = settle(host, ledger), settle(host, ledger)
    host.issuer.close()
    assert (first.uploaded, first.balanced, first.more) == (3, True, True)
    assert (second.uploaded, second.balanced, second.more) == (2, True, False)
    assert BATCH_LIMIT == 999


def test_a_line_that_is_down_is_not_tried_a_hundred_times(bench_maker: Maker) -> None:
    bench = bench_maker()
    bench.link.sign_on()
    for number in range(10):
        bench.ledger.remember(Record(RecordKind.REVERSAL, f"r{number}", (("amount", 1),), (), DEBIT.pan))
    bench.behave(default=Behaviour(Fault.DROP_REQUEST), on="errand")
    assert deliver(bench.link, bench.ledger, attempts=2).reversals_left
    assert bench.seen().count("0400") == 2
