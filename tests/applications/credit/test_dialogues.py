"""The debit/credit dialogues against the simulated cards: how each of them ends, and why."""

from dataclasses import replace

import pytest
from jinka.kernel import Outcome, Terminal, Verdict, run
from jinka.kernel.config import CdaMode, Config, Hex, Revoked
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.effects import AskPin, Message, PinKind, Question, RecordKind
from jinka.kernel.errors import ConfigError, MisuseError
from jinka.kernel.secret import Secret
from jinka.simulator.human import Human, zone_cipher
from jinka.simulator.issuer import Behaviour, Fault, Issuer, Script
from jinka.simulator.personality import load_personality
from jinka.simulator.world import SimulatedWorld, simulated_config

ZONE = Issuer().zone_key


def config(*, device: dict | None = None, options: dict | None = None, application: dict | None = None) -> Config:
    base = simulated_config()
    return replace(
        base,
        device=replace(base.device, **(device or {})),
        options=replace(base.options, **(options or {})),
        applications=tuple(replace(entry, **(application or {})) for entry in base.applications),
    )


def person(**script: object) -> Human:
    return Human(pin_cipher=zone_cipher(ZONE[1], ZONE[0]), **script)


def pay(world: SimulatedWorld, conf: Config | None = None, amount: int = 150_00, **more: object) -> Outcome:
    return run(Terminal(conf or simulated_config()).purchase(amount, **more), world)


def bits(*names: Tvr) -> bytes:
    value = Tvr(0)
    for name in names:
        value |= name
    return bytes(value)


OVER, PIN = Tvr.OVER_FLOOR_LIMIT, Tvr.ONLINE_PIN_ENTERED


@pytest.mark.parametrize(
    ("personality", "verdict", "arc", "tvr"),
    [
        ("unionpay-debit", Verdict.APPROVED, "00", (OVER, PIN)),
        ("dda-only", Verdict.APPROVED, "00", (OVER, PIN)),
        ("cda", Verdict.APPROVED, "00", (OVER, PIN)),
        ("sda-only", Verdict.APPROVED, "00", (OVER, PIN, Tvr.SDA_SELECTED)),
        ("dual-algorithm", Verdict.APPROVED, "00", (OVER, PIN)),
        ("unionpay-credit", Verdict.APPROVED, "00", (OVER,)),
        ("unionpay-quasi-credit", Verdict.APPROVED, "00", (OVER,)),
        ("expired", Verdict.DECLINED, "54", (OVER, PIN, Tvr.EXPIRED)),
        ("bad-issuer-certificate", Verdict.APPROVED, "00", (OVER, PIN, Tvr.CDA_FAILED)),
        ("expired-issuer-certificate", Verdict.APPROVED, "00", (OVER, PIN, Tvr.CDA_FAILED)),
        ("stale-static-data", Verdict.APPROVED, "00", (OVER, PIN, Tvr.CDA_FAILED)),
        ("bad-sdad", Verdict.DECLINED, "Z1", (OVER, PIN, Tvr.CDA_FAILED)),
        ("declines", Verdict.DECLINED, "Z1", (OVER, PIN)),
        ("rejects-issuer", Verdict.DECLINED, "00", (OVER, PIN, Tvr.ISSUER_AUTHENTICATION_FAILED)),
        ("pin-blocked", Verdict.APPROVED, "00", (OVER, Tvr.PIN_TRY_LIMIT_EXCEEDED)),
        ("unknown-cvm", Verdict.APPROVED, "00", (OVER, Tvr.UNRECOGNISED_CVM)),
        ("blocked-application", Verdict.NOT_ACCEPTED, "", ()),
        ("blocked-card", Verdict.TERMINATED, "", ()),
        ("missing-data", Verdict.TERMINATED, "", ()),
        ("refuses-options", Verdict.NOT_ACCEPTED, "", ()),
        ("mute-at-cryptogram", Verdict.CARD_REMOVED, "", (OVER, PIN)),
    ],
)
def test_how_a_purchase_ends(personality, verdict, arc, tvr):
    outcome = pay(SimulatedWorld(personality))
    assert (outcome.verdict, outcome.arc) == (verdict, arc), outcome.reason
    assert outcome.tvr.hex() == bits(*tvr).hex()


def test_an_approved_purchase_has_done_everything():
    outcome = pay(SimulatedWorld("unionpay-debit"))
    done = Tsi.parse(outcome.tsi)
    for flag in (Tsi.ODA_PERFORMED, Tsi.CVM_PERFORMED, Tsi.CARD_RISK_MANAGEMENT_PERFORMED,
                 Tsi.ISSUER_AUTHENTICATION_PERFORMED, Tsi.TERMINAL_RISK_MANAGEMENT_PERFORMED):  # fmt: skip
        assert flag in done
    assert outcome.cvm_results.hex() == "420300"
    assert outcome.label == "UnionPay Debit"
    assert outcome.pan == "621234*********0012"
    data = dict(outcome.data)
    assert tags.PAN not in data
    assert tags.TRACK2 not in data


@pytest.mark.parametrize(
    ("service", "arguments", "code"),
    [("cash", (100_00,), "01"), ("cashback", (150_00, 50_00), "09"), ("refund", (10_00,), "20"), ("balance", (), "31")],
)
def test_each_service_has_its_code(service, arguments, code):
    world = SimulatedWorld(load_personality("unionpay-debit").changed({"9F07": "FFC0"}))
    seen = []
    host = world.host
    world.host = type("Tap", (), {"authorise": lambda self, request: seen.append(request) or host.authorise(request)})()
    outcome = run(getattr(Terminal(simulated_config()), service)(*arguments), world)
    assert outcome.verdict in (Verdict.APPROVED, Verdict.COMPLETED), outcome.reason
    assert dict(seen[0].chip)[tags.TYPE].hex() == code
    if service == "balance":
        assert outcome.balance == 1_000_000


def test_usage_control_without_cashback_is_refused_by_the_terminal():
    outcome = run(Terminal(simulated_config()).cashback(150_00, 50_00), SimulatedWorld("unionpay-debit"))
    assert outcome.verdict is Verdict.DECLINED
    assert Tvr.SERVICE_NOT_ALLOWED in Tvr.parse(outcome.tvr)


@pytest.mark.parametrize("code", ["05", "51", "55", "99"])
def test_the_issuer_declines(code):
    outcome = pay(SimulatedWorld(behaviour=Behaviour(code=code)))
    assert (outcome.verdict, outcome.arc, outcome.reversal) == (Verdict.DECLINED, code, False)


@pytest.mark.parametrize(("agrees", "verdict"), [(True, Verdict.APPROVED), (False, Verdict.DECLINED)])
def test_a_referral_is_put_to_the_attendant(agrees, verdict):
    human = person(agrees=agrees)
    outcome = pay(SimulatedWorld(behaviour=Behaviour(code="01"), person=human))
    assert outcome.verdict is verdict
    assert Question.REFERRAL in [asked.question for asked in human.asked if not isinstance(asked, AskPin)]


@pytest.mark.parametrize(("granted", "kept"), [(50_00, 50_00), (None, 150_00), (200_00, 150_00), (0, 150_00)])
def test_a_partial_approval_is_recorded_as_such(granted, kept):
    world = SimulatedWorld(behaviour=Behaviour(code="10", amount=granted))
    outcome = pay(world)
    assert outcome.verdict is Verdict.APPROVED
    assert outcome.amount == kept
    [sale] = [record for record in world.keeper.records if record.kind is RecordKind.SALE]
    assert sale.get("amount") == kept


def test_without_referral_it_is_a_decline():
    outcome = pay(SimulatedWorld(behaviour=Behaviour(code="01")), config(options={"referral": False}))
    assert outcome.verdict is Verdict.DECLINED


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.NO_ANSWER, Fault.DROP_ANSWER])
@pytest.mark.parametrize(("tac", "arc"), [("0000000000", "Y3"), ("0000008000", "Z3")])
def test_unable_to_go_online(fault, tac, arc):
    """The floor limit bit decides by the default codes; what may have arrived is reversed, whatever the card says."""
    card = load_personality("unionpay-debit").changed({"9F0D": "0000000000"})
    world = SimulatedWorld(card, behaviour=Behaviour(fault))
    outcome = pay(world, config(application={"tac_default": Hex.fromhex(tac)}))
    assert outcome.arc == arc
    assert outcome.approved is (arc == "Y3")
    assert outcome.reversal is (fault is not Fault.REFUSE)
    kinds = [record.kind for record in world.keeper.records]
    assert (RecordKind.REVERSAL in kinds) is (fault is not Fault.REFUSE)
    assert (RecordKind.SALE in kinds) is (arc == "Y3")


def test_an_online_only_terminal_declines_when_it_cannot():
    card = load_personality("unionpay-debit").changed({"9F0D": "0000000000"})
    conf = config(device={"type": "21"}, application={"tac_default": Hex(bytes(5))})
    assert pay(SimulatedWorld(card, behaviour=Behaviour(Fault.REFUSE)), conf).arc == "Z3"


def test_an_offline_only_terminal_never_asks_the_host():
    card = load_personality("unionpay-debit").changed({"9F0D": "0000000000", "8E": "00000000000000001F00"})
    conf = config(device={"type": "23"}, application={"tac_default": Hex(bytes(5)), "online_pin": False})
    outcome = pay(SimulatedWorld(card), conf)
    assert (outcome.verdict, outcome.arc, outcome.online) == (Verdict.APPROVED, "Y1", False)


def test_scripts_run_before_and_after_and_are_reported():
    scripts = (Script.parse("71:pin-unblock"), Script.parse("72:pin-unblock"))
    world = SimulatedWorld(behaviour=Behaviour(scripts=scripts))
    outcome = pay(world)
    assert outcome.approved
    assert outcome.script_results.hex()[0::10] == "22"
    assert Tsi.SCRIPT_PERFORMED in Tsi.parse(outcome.tsi)
    sales = [record for record in world.keeper.records if record.kind is RecordKind.SALE]
    assert dict(sales[-1].chip)[tags.SCRIPT_RESULTS] == outcome.script_results


def test_wrong_pins_then_the_right_one():
    human = person(pin="1234", wrong=("9999",))
    card = load_personality("unionpay-quasi-credit")
    outcome = pay(SimulatedWorld(card, person=human))
    asked = [entry for entry in human.asked if isinstance(entry, AskPin)]
    assert [entry.kind for entry in asked] == [PinKind.OFFLINE] * len(asked)
    told = [entry.message for entry in human.told]
    assert Message.INCORRECT_PIN in told
    assert outcome.cvm_results[2] == 2 or Tvr.PIN_TRY_LIMIT_EXCEEDED in Tvr.parse(outcome.tvr)


def test_the_last_try_is_announced_and_the_limit_is_a_bit():
    human = person(wrong=("0001", "0002", "0003"))
    outcome = pay(SimulatedWorld("unionpay-quasi-credit", person=human))
    told = [entry.message for entry in human.told]
    assert Message.LAST_PIN_TRY in told
    assert Tvr.PIN_TRY_LIMIT_EXCEEDED in Tvr.parse(outcome.tvr)


def test_a_bypass_is_a_bit_and_bypasses_all():
    human = person(pin=None)
    outcome = pay(SimulatedWorld("unionpay-quasi-credit", person=human))
    assert Tvr.PIN_NOT_ENTERED in Tvr.parse(outcome.tvr)
    assert len([entry for entry in human.asked if isinstance(entry, AskPin)]) == 1


def test_a_bypass_that_is_not_allowed_cancels():
    outcome = pay(SimulatedWorld(person=person(pin=None)), config(options={"pin_bypass": False}))
    assert outcome.verdict is Verdict.CANCELLED


def test_a_cancel_cancels():
    world = SimulatedWorld(person=person(cancels=True))
    outcome = pay(world)
    assert outcome.verdict is Verdict.CANCELLED
    assert [record.kind for record in world.keeper.records] == []


def test_no_pin_pad_is_a_bit():
    outcome = pay(SimulatedWorld(person=person(pin_pad=False)))
    assert Tvr.PIN_PAD_MISSING in Tvr.parse(outcome.tvr)


def test_choosing_among_applications():
    human = person(choice=1)
    outcome = pay(SimulatedWorld("multi-application", person=human))
    [asked] = [entry for entry in human.asked if not isinstance(entry, AskPin)]
    assert asked.question is Question.APPLICATION
    assert outcome.aid == asked.options[1].aid


def test_choosing_none_of_them():
    outcome = pay(SimulatedWorld("multi-application", person=person(choice=None)))
    assert outcome.verdict in (Verdict.NOT_ACCEPTED, Verdict.CANCELLED)


def test_the_list_of_aids_finds_what_the_directory_would():
    with_pse = pay(SimulatedWorld("unionpay-debit"))
    without = pay(SimulatedWorld("unionpay-debit"), config(options={"use_pse": False}))
    assert with_pse.aid == without.aid
    assert without.approved


def test_a_revoked_issuer_certificate_fails_authentication():
    base = simulated_config()
    data = dict(pay(SimulatedWorld("dda-only")).data)
    [index] = data[tags.CA_KEY_INDEX]
    ca = base.key(bytes.fromhex("A000000333"), index)
    # The serial number stands at offset 8 of the recovered block (emv-b2, table 6).
    certificate, modulus = (int.from_bytes(raw, "big") for raw in (data[tags.ISSUER_CERTIFICATE], ca.modulus))
    block = pow(certificate, int.from_bytes(ca.exponent, "big"), modulus).to_bytes(len(ca.modulus), "big")
    entry = Revoked(Hex(ca.rid), index, Hex(block[8:11]))
    for listed, failed in ((entry, True), (replace(entry, index=index ^ 1), False)):
        outcome = pay(SimulatedWorld("dda-only"), replace(base, revoked=(listed,)))
        assert (Tvr.DDA_FAILED in Tvr.parse(outcome.tvr)) is failed


@pytest.mark.parametrize(
    ("mode", "p1"),
    [(CdaMode.BOTH, "90 50"), (CdaMode.FIRST, "90 40"), (CdaMode.NEITHER, "80 40"), (CdaMode.SECOND, "80 50")],
)
def test_cda_modes(mode, p1):
    asked = []

    def watch(effect, answer):
        command = getattr(effect, "command", None)
        if command is not None and command.ins == 0xAE:
            asked.append(f"{command.p1:02x}")

    outcome = pay(SimulatedWorld("cda", observer=watch), config(options={"cda_mode": mode}))
    assert outcome.approved
    assert " ".join(asked) == p1


def test_forced_online_is_a_bit_where_it_is_allowed():
    assert Tvr.FORCED_ONLINE in Tvr.parse(pay(SimulatedWorld(), forced_online=True).tvr)
    refused = config(options={"force_online_allowed": False})
    assert Tvr.FORCED_ONLINE not in Tvr.parse(pay(SimulatedWorld(), refused, forced_online=True).tvr)


def test_a_card_on_the_exception_file():
    world = SimulatedWorld()
    world.keeper.hot.add((b"6212340000000000012", None))
    assert Tvr.ON_EXCEPTION_FILE in Tvr.parse(pay(world).tvr)


def test_split_sales_count_together():
    conf = config(application={"floor_limit": 100_00, "target": 0, "max_target": 0})
    card = load_personality("unionpay-debit").changed({"8E": "00000000000000001F00"})
    world = SimulatedWorld(card)
    assert Tvr.OVER_FLOOR_LIMIT not in Tvr.parse(pay(world, conf, 60_00).tvr)
    world.insert()
    assert Tvr.OVER_FLOOR_LIMIT in Tvr.parse(pay(world, conf, 60_00).tvr)


def test_the_sequence_counter_moves_on_after_every_end():
    world = SimulatedWorld("blocked-card")
    first = pay(world).reference
    world.insert()
    second = pay(world).reference
    assert int(second[-8:]) == int(first[-8:]) + 1


def test_what_makes_no_transaction_is_refused_at_once():
    terminal = Terminal(simulated_config())
    for arguments in ((-1,), (10**12,)):
        with pytest.raises(MisuseError):
            run(terminal.purchase(*arguments), SimulatedWorld())
    with pytest.raises(MisuseError):
        run(terminal.cashback(10_00, 20_00), SimulatedWorld())
    with pytest.raises(ConfigError, match="at least one application"):
        Terminal(Config())


def test_the_pin_is_a_secret_on_its_way():
    seen = []
    pay(SimulatedWorld("unionpay-quasi-credit", observer=lambda effect, answer: seen.append((effect, answer))))
    text = repr(seen)
    assert "1234FFFFFFFFFF" not in text.upper()
    assert "pin='1234'" not in text
    commands = [effect.command for effect, _ in seen if getattr(effect, "command", None) is not None]
    verify = [command for command in commands if command.ins == 0x20]
    assert verify
    for command in verify:
        assert "241234" not in command.shown()
    assert all(isinstance(entry.pin, Secret) for _, entry in seen if hasattr(entry, "pin") and entry.pin is not None)
