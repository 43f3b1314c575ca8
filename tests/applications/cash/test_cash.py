"""Electronic cash over contacts: purchase, load, balance and logs. # spec: jrt-0025.13/7, jrt-0025.15"""

from dataclasses import replace

import pytest
from jinka.kernel import Outcome, Terminal, Verdict, run
from jinka.kernel.apdu import Response
from jinka.kernel.config import Config
from jinka.kernel.data import pboc, tags
from jinka.kernel.effects import RecordKind, Slot
from jinka.simulator.issuer import Behaviour, Fault
from jinka.simulator.personality import load_personality
from jinka.simulator.world import SimulatedWorld, simulated_config

BALANCE = 100_00  # what the personality starts with, in fen


def config(**options: object) -> Config:
    base = simulated_config()
    return replace(base, options=replace(base.options, **options))


def limited(cash_limit: int | None, floor_limit: int = 1) -> Config:
    base = simulated_config()
    applications = tuple(
        replace(application, cash_limit=cash_limit, floor_limit=floor_limit) for application in base.applications
    )
    return replace(base, applications=applications)


def purse(world: SimulatedWorld) -> int:
    return int(world.card.memory().data[pboc.CASH_BALANCE].hex())


def pay(world: SimulatedWorld, amount: int, conf: Config | None = None) -> Outcome:
    world.insert()
    return run(Terminal(conf or simulated_config()).purchase(amount), world)


def test_a_purchase_is_paid_offline_and_captured():
    world = SimulatedWorld("ecash")
    outcome = pay(world, 30_00)
    assert outcome.verdict is Verdict.APPROVED
    assert (outcome.arc, outcome.online) == ("Y1", False)
    assert (outcome.balance_before, outcome.balance) == (BALANCE, BALANCE - 30_00)
    assert purse(world) == BALANCE - 30_00
    sale = world.keeper.records[-1]
    assert sale.kind is RecordKind.SALE
    assert sale.get("cash") == 1
    assert dict(sale.chip)[pboc.CASH_AUTHORISATION_CODE] == b"ECC001"
    assert dict(sale.chip)[tags.CID] == b"\x40"


def test_what_the_card_may_do_is_recorded_before_it_may():
    world = SimulatedWorld("ecash")
    pay(world, 30_00)
    kinds = [record.kind for record in world.keeper.records]
    assert kinds == [RecordKind.UNCERTAIN, RecordKind.SALE]
    assert world.keeper.records[0].get("balance_before") == BALANCE


@pytest.mark.parametrize(("amount", "cash"), [(49_99, True), (50_00, False), (50_01, False)])
def test_the_terminal_limit_is_strict(amount, cash):
    outcome = pay(SimulatedWorld("ecash"), amount, limited(50_00))
    assert outcome.approved
    assert (outcome.arc == "Y1") is cash


def test_without_a_limit_the_floor_limit_counts():
    assert pay(SimulatedWorld("ecash"), 19_99, limited(None, 20_00)).arc == "Y1"
    assert pay(SimulatedWorld("ecash"), 20_00, limited(None, 20_00)).arc == "00"


def test_a_terminal_without_electronic_cash_goes_online():
    world = SimulatedWorld("ecash")
    outcome = pay(world, 30_00, config(ecash=False))
    assert outcome.arc == "00"
    assert purse(world) == BALANCE


def test_more_than_the_balance_goes_online_as_debit():
    world = SimulatedWorld("ecash")
    outcome = pay(world, BALANCE + 1)
    assert (outcome.verdict, outcome.arc) == (Verdict.APPROVED, "00")
    assert purse(world) == BALANCE


def test_a_cashback_is_never_electronic_cash():
    world = SimulatedWorld("ecash")
    run(Terminal(simulated_config()).cashback(30_00, 10_00), world)
    assert purse(world) == BALANCE


def test_below_the_reset_threshold_the_issuer_is_asked_with_a_pin():
    personality = load_personality("ecash").changed({"9F6D": "000000009000"})
    world = SimulatedWorld(personality)
    outcome = pay(world, 30_00)
    assert outcome.online
    assert int.from_bytes(outcome.tvr, "big") >> 16 & 0x04, "the online PIN bit"
    assert purse(world) == BALANCE


def test_load_raises_the_balance_and_takes_it_from_the_account():
    world = SimulatedWorld("ecash")
    money = world.simulated.issuer.money
    before = money.balance("ecash")
    outcome = run(Terminal(simulated_config()).load(50_00), world)
    assert outcome.verdict is Verdict.APPROVED
    assert (outcome.balance_before, outcome.balance) == (BALANCE, BALANCE + 50_00)
    assert money.balance("ecash") == before - 50_00
    assert purse(world) == BALANCE + 50_00
    assert outcome.script_results[:1] == b"\x20"
    assert int.from_bytes(outcome.tvr, "big") >> 8 & 0x08, "forced online"


def test_load_that_the_issuer_refuses_leaves_everything():
    world = SimulatedWorld("ecash", behaviour=Behaviour(code="51"))
    outcome = run(Terminal(simulated_config()).load(50_00), world)
    assert (outcome.verdict, outcome.arc) == (Verdict.DECLINED, "51")
    assert purse(world) == BALANCE
    assert not outcome.reversal


def test_load_without_an_answer_is_reversed():
    world = SimulatedWorld("ecash", behaviour=Behaviour(Fault.NO_ANSWER))
    outcome = run(Terminal(simulated_config()).load(50_00), world)
    assert (outcome.verdict, outcome.reversal) == (Verdict.DECLINED, True)
    assert purse(world) == BALANCE


def test_load_whose_script_the_card_refuses_is_reversed():
    """The issuer would exceed the balance limit: the card does not take the new balance."""
    personality = load_personality("ecash").changed({"9F77": "000000012000"})
    world = SimulatedWorld(personality)
    outcome = run(Terminal(simulated_config()).load(50_00), world)
    assert outcome.verdict is Verdict.DECLINED
    assert outcome.reversal
    assert purse(world) == BALANCE


def test_balance_needs_no_transaction():
    world = SimulatedWorld("ecash")
    counter = world.card.memory().atc
    outcome = run(Terminal(simulated_config()).cash_balance(), world)
    assert (outcome.verdict, outcome.balance) == (Verdict.COMPLETED, BALANCE)
    assert world.card.memory().atc == counter


def test_logs_tell_what_happened_newest_first():
    world = SimulatedWorld("ecash")
    terminal = Terminal(simulated_config())
    for amount in (10_00, 20_00):
        assert pay(world, amount).approved
    world.insert()
    assert run(terminal.load(5_00), world).approved
    world.insert()
    log = run(terminal.transaction_log(), world)
    assert log.verdict is Verdict.COMPLETED
    amounts = [int(dict(line)[tags.AMOUNT].hex()) for line in log.records]
    assert amounts[-2:] == [20_00, 10_00] or amounts[:3] == [5_00, 20_00, 10_00]
    world.insert()
    [line] = run(terminal.load_log(), world).records
    assert line[0] == (pboc.CASH_BALANCE, bytes.fromhex("000000007000"))
    assert line[1] == (pboc.CASH_BALANCE, bytes.fromhex("000000007500"))


def test_a_card_without_a_log_ends_the_query():
    outcome = run(Terminal(simulated_config()).load_log(), SimulatedWorld("unionpay-debit"))
    assert outcome.verdict is Verdict.TERMINATED
    assert "DF4D" in outcome.reason


def lie(world: SimulatedWorld, ins: int, response: Response) -> None:
    """The card acts on a command, and then something else is heard than what it said."""
    honest = world.slots[Slot.CARD]

    class Wire:
        def transmit(self, command):
            said = honest.transmit(command)
            return response if command.ins == ins else said

    world.slots[Slot.CARD] = Wire()


@pytest.mark.parametrize("heard", [Response(b"\x80\x01\x40"), Response(sw=0x6F00), Response(b"\x77\x00")])
def test_a_debit_whose_answer_makes_no_sense_stays_uncertain(heard):
    world = SimulatedWorld("ecash")
    lie(world, 0xAE, heard)
    outcome = run(Terminal(simulated_config()).purchase(30_00), world)
    assert outcome.verdict is Verdict.TERMINATED
    assert purse(world) == BALANCE - 30_00
    assert world.keeper.records[-1].kind is RecordKind.UNCERTAIN
    assert world.keeper.records[-1].get("balance_before") == BALANCE


def test_a_debit_with_a_forged_signature_is_declined_and_stays_uncertain():
    card = load_personality("ecash")
    world = SimulatedWorld(card)
    honest = world.slots[Slot.CARD]

    class Forger:
        def transmit(self, command):
            said = honest.transmit(command)
            if command.ins != 0xAE:
                return said
            return Response(said.data[:-20] + bytes(20), said.sw)

    world.slots[Slot.CARD] = Forger()
    outcome = run(Terminal(simulated_config()).purchase(30_00), world)
    assert outcome.verdict in (Verdict.DECLINED, Verdict.TERMINATED)
    assert purse(world) == BALANCE - 30_00
    assert world.keeper.records[-1].kind is RecordKind.UNCERTAIN


def test_a_load_whose_balance_cannot_be_read_afterwards_stays_uncertain():
    world = SimulatedWorld("ecash")
    honest, scripted = world.slots[Slot.CARD], []

    class Silent:
        def transmit(self, command):
            said = honest.transmit(command)
            scripted.extend([True] if command.ins == 0xDA else [])
            return Response(sw=0x6F00) if scripted and command.ins == 0xCA else said

    world.slots[Slot.CARD] = Silent()
    outcome = run(Terminal(simulated_config()).load(50_00), world)
    assert outcome.verdict is Verdict.TERMINATED
    assert not outcome.reversal
    last = world.keeper.records[-1]
    assert (last.kind, last.get("balance_wanted")) == (RecordKind.UNCERTAIN, BALANCE + 50_00)
