"""Money is conserved: the terminal dies at every effect of every dialogue, comes back, and pays its debts.

Afterwards card, ledger and host agree, or the ledger says exactly what is uncertain.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from jinka.kernel import Terminal, Verdict, run
from jinka.kernel.effects import RecordKind
from jinka.simulator.issuer.behaviour import Behaviour, Fault
from jinka.simulator.world import simulated_config

from tests.support.power import Shop

TERMINAL = Terminal(simulated_config())


@dataclass(frozen=True)
class Case:
    """`account` and `purse` are what a completed run adds to either."""

    name: str
    personality: str
    account_name: str
    start: Callable[[], object]
    account: int
    purse: int = 0
    behaviour: Behaviour | None = None
    verdict: Verdict = Verdict.APPROVED


CASES = [
    Case("online purchase", "unionpay-debit", "debit", lambda: TERMINAL.purchase(150_00), -150_00),
    Case("declined by the issuer", "unionpay-debit", "debit", lambda: TERMINAL.purchase(150_00), 0,
         behaviour=Behaviour(code="05"), verdict=Verdict.DECLINED),
    Case("no answer from the host", "unionpay-debit", "debit", lambda: TERMINAL.purchase(150_00), 0,
         behaviour=Behaviour(Fault.NO_ANSWER), verdict=Verdict.DECLINED),
    Case("the host never heard of it", "unionpay-debit", "debit", lambda: TERMINAL.purchase(150_00), 0,
         behaviour=Behaviour(Fault.REFUSE), verdict=Verdict.DECLINED),
    Case("the card refuses the issuer", "rejects-issuer", "debit", lambda: TERMINAL.purchase(150_00), 0,
         verdict=Verdict.DECLINED),
    Case("refund", "unionpay-debit", "debit", lambda: TERMINAL.refund(20_00), +20_00),
    Case("balance", "unionpay-debit", "debit", lambda: TERMINAL.balance(), 0, verdict=Verdict.COMPLETED),
    Case("electronic cash", "ecash", "ecash", lambda: TERMINAL.purchase(30_00), 0, -30_00),
    Case("load", "ecash", "ecash", lambda: TERMINAL.load(50_00), -50_00, +50_00),
    Case("load refused by the issuer", "ecash", "ecash", lambda: TERMINAL.load(50_00), 0,
         behaviour=Behaviour(code="51"), verdict=Verdict.DECLINED),
    Case("load, no answer", "ecash", "ecash", lambda: TERMINAL.load(50_00), 0,
         behaviour=Behaviour(Fault.NO_ANSWER), verdict=Verdict.DECLINED),
]  # fmt: skip


def length(case: Case, path) -> int:
    shop = Shop(path, case.personality, case.account_name, case.behaviour)
    session = case.start()
    outcome = run(session, shop.world)
    assert outcome.verdict is case.verdict, outcome.reason
    shop.come_back()
    assert shop.account_balance - shop.start[0] == case.account
    if shop.start[1] is not None:
        assert shop.purse - shop.start[1] == case.purse
    shop.close()
    return len(session.history)


def agree(shop: Shop, case: Case) -> None:
    """Nothing is owed; host and card moved together, or the uncertain entry explains the difference."""
    account = shop.account_balance - shop.start[0]
    purse = shop.purse - shop.start[1] if shop.start[1] is not None else 0
    for kind in (RecordKind.INTENT, RecordKind.REVERSAL, RecordKind.ADVICE, RecordKind.SALE):
        assert shop.left(kind) == (), kind
    uncertain = shop.left(RecordKind.UNCERTAIN)
    if not uncertain:
        assert (account, purse) in ((0, 0), (case.account, case.purse))
        return
    [entry] = uncertain
    assert entry.get("amount") == abs(case.purse or case.account)
    assert account in (0, case.account)
    assert purse in (0, case.purse)
    if (account, purse) not in ((0, 0), (case.account, case.purse)):
        # Only the card knows: the entry names the balance before, so that its next tap, or a clerk, can settle it.
        assert entry.get("balance_before") == shop.start[1]
        assert entry.get("cash") == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_dies_at_every_effect(case, after, tmp_path):
    count = length(case, tmp_path / "whole")
    for at in range(count):
        shop = Shop(tmp_path / f"{at}", case.personality, case.account_name, case.behaviour)
        assert shop.cut(case.start, at, after=after) is None
        shop.come_back()
        agree(shop, case)
        # And life goes on: the next customer is served.
        shop.world.simulated.plan.default = Behaviour()
        assert run(TERMINAL.purchase(1_00), shop.world).verdict in (Verdict.APPROVED, Verdict.DECLINED)
        shop.close()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_card_is_torn_at_every_command(case, after, tmp_path):
    """The card leaves at each command, before it has acted or before its answer is heard; the terminal lives on."""
    for number in range(1, 60):
        shop = Shop(tmp_path / f"{number}", case.personality, case.account_name, case.behaviour)
        (shop.world.card.tear_after if after else shop.world.card.tear_before)(number)
        outcome = run(case.start(), shop.world)
        torn = not shop.world.card.snapshot().contact.powered
        if torn:
            assert outcome.verdict in (Verdict.CARD_REMOVED, case.verdict)
        if outcome.verdict is Verdict.CARD_REMOVED:
            assert not outcome.approved
        shop.come_back()
        agree(shop, case)
        shop.close()
        if not torn:
            return
    pytest.fail("the card is asked more than sixty commands")
