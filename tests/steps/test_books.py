"""What a transaction writes down, says and returns, whole: every field of its records, request, messages and outcome."""

from dataclasses import asdict, replace

import pytest
from jinka.conformance.subject import Evidence
from jinka.kernel import Outcome, Terminal, run
from jinka.kernel.config import Config
from jinka.kernel.data import tags
from jinka.kernel.effects import GoOnline, Memory, Recall, RecordKind, Remember, Service, Tell
from jinka.simulator.faults import Fault as F
from jinka.simulator.human import Human
from jinka.simulator.issuer import Behaviour, Fault
from jinka.simulator.personality import load_personality
from jinka.simulator.world import SimulatedWorld, simulated_config

REFERENCE = "20260601-00000001-00000001"
PAN = b"6212340000000000012"
FIELD_55 = "9F37 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41 9F63"
ANSWERED = "9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41 9F63"
SALE = {
    "service": "PURCHASE", "amount": 150_00, "other_amount": 0, "currency": 156, "stage": "online", "arc": "00",
    "approval_code": "001831", "signature": 0, "cash": 0, "pan_sequence": 1,
}  # fmt: skip
OUTCOME = {
    "reason": "", "service": "purchase", "amount": 150_00, "other_amount": 0, "currency": 156,
    "aid": bytes.fromhex("A000000333010101"), "label": "UnionPay Debit", "pan": "621234*********0012",
    "reference": REFERENCE, "online": True, "arc": "00", "approval_code": "001831", "tvr": bytes.fromhex("0000048000"),
    "tsi": bytes.fromhex("F800"), "cvm_results": bytes.fromhex("420300"), "signature": False, "reversal": False,
    "advice": False, "fallback": False, "script_results": b"", "language": "zh", "balance": None, "balance_before": None,
    "records": (),
}  # fmt: skip


def config(**application: object) -> Config:
    base = simulated_config()
    return replace(base, applications=tuple(replace(entry, **application) for entry in base.applications))


def played(world: SimulatedWorld, conf: Config | None = None, service: str = "purchase", *amounts: int):
    world.observer = seen = Evidence()
    world.insert()
    outcome = run(getattr(Terminal(conf or simulated_config()), service)(*(amounts or (150_00,))), world)
    return outcome, seen


def written(seen: Evidence) -> list[tuple[str, str, dict, str, bytes | None]]:
    records = [effect.record for effect, _ in seen.effects if isinstance(effect, Remember)]
    return [
        (one.kind.value, one.reference, dict(one.fields), " ".join(f"{tag:X}" for tag, _ in one.chip), one.pan and one.pan.reveal())
        for one in records
        if one.kind is not RecordKind.COUNTER
    ]


def said(seen: Evidence) -> list[str]:
    spoken = [effect for effect, _ in seen.effects if isinstance(effect, Tell)]
    assert {effect.language for effect in spoken} == {"zh"}
    return [effect.message.name for effect in spoken]


def told(outcome: Outcome, **other: object) -> None:
    assert {name: value for name, value in asdict(outcome).items() if name not in ("data", "verdict")} == {**OUTCOME, **other}


def test_an_online_purchase():
    outcome, seen = played(SimulatedWorld("unionpay-debit"))
    told(outcome)
    assert written(seen) == [
        ("intent", REFERENCE, {"stage": "online", "service": "PURCHASE", "amount": 150_00}, ANSWERED, PAN),
        ("sale", REFERENCE, SALE, f"{ANSWERED} 8A", PAN),
    ]
    assert said(seen) == ["PROCESSING", "APPROVED", "REMOVE_CARD"]
    [request] = [effect.request for effect, _ in seen.effects if isinstance(effect, GoOnline)]
    assert (request.reference, request.service, request.amount, request.other_amount) == (REFERENCE, Service.PURCHASE, 150_00, 0)
    assert (request.currency, request.pan_sequence, request.expiry, request.entry_mode) == (156, 1, "3012", "05")
    assert request.track2.reveal().hex() == "6212340000000000012d30122200000000000f"
    assert (request.pan.reveal(), len(request.pin_block.reveal())) == (PAN, 8)
    assert dict(outcome.data)[tags.ARC] == b"00"
    assert dict(outcome.data)[tags.TVR] == outcome.tvr
    assert dict(outcome.data)[tags.CVM_RESULTS] == outcome.cvm_results


def test_what_is_asked_of_the_memory():
    world = SimulatedWorld("unionpay-debit")
    _, seen = played(world)
    asked = [effect for effect, _ in seen.effects if isinstance(effect, Recall)]
    assert [(one.memory, one.name, one.pan_sequence) for one in asked] == [
        (Memory.COUNTER, "sequence", None), (Memory.HOT_LIST, "", 1), (Memory.LAST_SALE, "", 1),
    ]  # fmt: skip
    assert {one.pan.reveal() for one in asked[1:]} == {PAN}
    [counter] = [effect.record for effect, _ in seen.effects if isinstance(effect, Remember)][:1]
    assert (counter.kind, counter.reference, dict(counter.fields)) == (
        RecordKind.COUNTER, "counter:sequence", {"counter": "sequence", "value": 1},
    )  # fmt: skip
    outcome, _ = played(world)
    assert outcome.reference == "20260601-00000001-00000002"


def test_an_offline_purchase():
    card = load_personality("unionpay-debit").changed({"9F52": "0000", "9F0F": "0000000000"})
    conf = config(tac_online=bytes(5), floor_limit=10000, target=0, max_target=0)
    outcome, seen = played(SimulatedWorld(card), conf, "purchase", 50_00)
    told(outcome, amount=50_00, online=False, arc="Y1", approval_code="", tvr=bytes.fromhex("0000040000"), tsi=bytes.fromhex("E800"))
    fields = {"stage": "offline", "service": "PURCHASE", "amount": 50_00, "cash": 0}
    sale = {**SALE, "amount": 50_00, "stage": "offline", "arc": "Y1", "approval_code": ""}
    assert written(seen) == [
        ("uncertain", REFERENCE, fields, FIELD_55, PAN), ("sale", REFERENCE, sale, f"{ANSWERED} 8A", PAN),
    ]  # fmt: skip
    assert said(seen) == ["APPROVED", "REMOVE_CARD"]


def test_a_cashback_that_nobody_answers():
    world = SimulatedWorld(load_personality("unionpay-debit").changed({"9F07": "FFC0"}), behaviour=Behaviour(fault=Fault.NO_ANSWER))
    outcome, seen = played(world, None, "cashback", 150_00, 50_00)
    told(outcome, reason="unable to go online", service="cashback", other_amount=50_00, online=False, arc="Z3",
         approval_code="", tsi=bytes.fromhex("E800"), reversal=True)  # fmt: skip
    owed = {"reason": "simulated: no-answer", "service": "CASHBACK", "amount": 150_00, "approval_code": ""}
    assert written(seen)[1:] == [("reversal", REFERENCE, owed, ANSWERED, PAN)]
    assert written(seen)[0][2] == {"stage": "online", "service": "CASHBACK", "amount": 150_00}
    assert said(seen) == ["PROCESSING", "DECLINED", "REMOVE_CARD"]


def test_a_card_that_declines_what_the_issuer_approved():
    outcome, seen = played(SimulatedWorld("rejects-issuer"))
    told(outcome, reason="declined by the card", tvr=bytes.fromhex("0000048040"), reversal=True)
    owed = {"reason": "declined by the card", "service": "PURCHASE", "amount": 150_00, "approval_code": "001831"}
    assert written(seen)[1:] == [("reversal", REFERENCE, owed, f"{ANSWERED} 8A", PAN)]


def test_an_issuer_that_declines():
    outcome, seen = played(SimulatedWorld("unionpay-debit", behaviour=Behaviour(code="51")))
    told(outcome, reason="declined by the issuer", arc="51", approval_code="")
    assert written(seen)[1:] == [("closed", REFERENCE, {"reason": "declined by the issuer", "amount": 150_00}, "", None)]


@pytest.mark.parametrize("fallback", [True, False])
def test_what_never_came_to_an_application(fallback):
    base = simulated_config()
    conf = replace(base, options=replace(base.options, magnetic_stripe_fallback=fallback))
    outcome, seen = played(SimulatedWorld("blocked-application"), conf)
    told(outcome, reason="no application that both sides can use", aid=b"", label="", pan="", online=False, arc="",
         approval_code="", tvr=bytes(5), tsi=bytes(2), cvm_results=bytes.fromhex("3F0000"), fallback=fallback)  # fmt: skip
    assert written(seen) == []
    assert said(seen) == ["NOT_ACCEPTED", "REMOVE_CARD"]


def test_a_cancelled_one():
    outcome, seen = played(SimulatedWorld("unionpay-debit", person=Human(cancels=True, pin_cipher=lambda pin, pan: bytes(8))))
    assert (outcome.verdict.value, outcome.reason) == ("cancelled", "the cardholder pressed cancel")
    assert (outcome.fallback, outcome.label) == (False, "UnionPay Debit")
    assert said(seen) == ["REMOVE_CARD"]


def test_a_card_that_falls_silent():
    outcome, seen = played(SimulatedWorld("mute-at-cryptogram"))
    assert (outcome.verdict.value, outcome.reason, outcome.fallback) == ("card removed", "the card does not answer", True)
    assert said(seen) == ["CARD_ERROR"]


def test_a_card_that_lacks_what_it_must_have():
    outcome, seen = played(SimulatedWorld("missing-data"))
    assert (outcome.verdict.value, outcome.fallback) == ("terminated", False)
    assert outcome.reason == "mandatory data object 8C missing in records"
    assert said(seen) == ["PROCESSING_ERROR", "REMOVE_CARD"]


def test_a_card_that_is_blocked():
    outcome, seen = played(SimulatedWorld("blocked-card"))
    assert (outcome.verdict.value, outcome.fallback, outcome.aid) == ("terminated", False, b"")
    assert said(seen) == ["CARD_BLOCKED", "REMOVE_CARD"]


def test_a_fault_after_an_approval_is_owed_to_the_host():
    card = load_personality("unionpay-debit").changed({}, faults=[F("remove", ins=0xAE, nth=2)])
    outcome, seen = played(SimulatedWorld(card))
    assert (outcome.verdict.value, outcome.reversal, outcome.fallback) == ("card removed", True, False)
    assert [(kind, fields.get("reason")) for kind, _, fields, _, _ in written(seen)] == [("intent", None), ("reversal", "CardRemoved")]
    outcome, seen = played(SimulatedWorld(card, behaviour=Behaviour(code="51")))
    assert [(kind, fields.get("reason")) for kind, _, fields, _, _ in written(seen)] == [("intent", None), ("closed", "CardRemoved")]
    assert outcome.reversal is False


def test_electronic_cash_that_breaks_off_stays_uncertain():
    card = load_personality("ecash").changed({}, faults=[F("remove", ins=0xAE, nth=1)])
    outcome, seen = played(SimulatedWorld(card), None, "purchase", 30_00)
    [uncertain] = written(seen)
    assert uncertain[0] == "uncertain"
    assert uncertain[2] == {"stage": "offline", "service": "PURCHASE", "amount": 30_00, "cash": 1, "balance_before": 100_00}
    assert (outcome.balance, outcome.balance_before) == (None, 100_00)
