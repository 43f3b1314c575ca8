"""How a transaction ends: what is written down, said and returned for every way there is. # spec: emv-b3/10.11, emv-b4/12"""

from datetime import datetime

import pytest
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.fields import Cid, Cryptogram, Tsi, Tvr
from jinka.kernel.effects import Authorisation, Message, Record, RecordKind, Remember, Service, Tell, Unreachable
from jinka.kernel.errors import Cancelled, CardRemoved, LinkTimeout, MalformedData, UnexpectedStatus
from jinka.kernel.outcome import Outcome, Verdict
from jinka.kernel.secret import Secret
from jinka.kernel.steps import complete
from jinka.kernel.steps.transaction import Answer, Transaction

from tests.steps.alone import AID, play, transaction

TC, ARQC, AAC = Cryptogram.TC, Cryptogram.ARQC, Cryptogram.AAC
PAN = Secret(b"6212340000000012")
CARD = {tags.PAN: "6212340000000012", tags.AIP: "7C00", pboc.CASH_AUTHORISATION_CODE: "454343303031"}
CHIP = ((tags.TVR, bytes.fromhex("0008000000")), (tags.AIP, b"\x7c\x00"), (tags.CVM_RESULTS, b"\x1f\x00\x02"))
CASH_CHIP = (*CHIP, (pboc.CASH_AUTHORISATION_CODE, b"ECC001"))
APPROVED, REFUSED = Authorisation("00", approval_code="001831", balance=7), Authorisation("51", approval_code="0")
INTENT, UNCERTAIN = RecordKind.INTENT, RecordKind.UNCERTAIN


def begun(**fields: object) -> Transaction:
    tx = transaction(CARD, other=20_00)
    tx.pan, tx.reference, tx.now = "6212340000000012", "REF", datetime(2026, 6, 1)
    tx.tvr, tx.tsi, tx.cvm_results = Tvr.NEW_CARD, Tsi.ODA_PERFORMED, b"\x1f\x00\x02"
    for name, value in fields.items():
        setattr(tx, name, value)
    return tx


def answer(kind: int, *, advice: bool = False, reason: int = 0) -> Answer:
    return Answer(Cid(Cryptogram(kind), advice, reason), b"", b"", b"")


def kept(asked: list[object]) -> list[Record]:
    return [effect.record for effect in asked if isinstance(effect, Remember)]


def said(asked: list[object]) -> list[str]:
    told = [effect for effect in asked if isinstance(effect, Tell)]
    assert told == [Tell(effect.message, None, "zh") for effect in told]
    return [effect.message.name for effect in told]


@pytest.mark.parametrize("asked", [TC, ARQC, AAC])
@pytest.mark.parametrize("balance", [None, 0, 100_00])
def test_before_an_approval_without_the_host(asked, balance):
    tx = begun(asked=asked, cash=balance is not None, cash_balance=balance)
    _, effects = play(complete.expect_approval(tx))
    cash = balance is not None
    fields = (("stage", "offline"), ("service", "PURCHASE"), ("amount", 150_00), ("cash", int(cash)))
    fields += (("balance_before", balance),) if cash else ()
    record = Record(UNCERTAIN, "REF", fields, CASH_CHIP if cash else CHIP, PAN)
    assert effects == ([Remember(record)] if asked is TC else [])
    assert tx.open is (UNCERTAIN if asked is TC else None)


SALE = {
    "service": "PURCHASE", "amount": 150_00, "other_amount": 20_00, "currency": 156, "stage": "offline", "arc": "Y1",
    "approval_code": "", "signature": 0, "cash": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "reference", "fields", "chip"),
    [
        ({}, "REF", {}, CHIP),
        ({"reversed": True}, "REF.offline", {}, CHIP),
        ({"reply": Unreachable("no line", True), "signature": True}, "REF", {"signature": 1}, CHIP),
        ({"reply": APPROVED, "online": True, "arc": "00"}, "REF", {"approval_code": "001831", "stage": "online", "arc": "00"}, CHIP),
        ({"reply": Authorisation("10", amount=1), "approved_online": True}, "REF", {"amount": 1}, CHIP),
        ({"cash": True}, "REF", {"cash": 1}, CASH_CHIP),
        ({"script_results": b"\x20\0\0\0\0"}, "REF", {}, (*CHIP, (tags.SCRIPT_RESULTS, b"\x20\0\0\0\0"))),
    ],
)
def test_a_sale(state, reference, fields, chip):
    tx = begun(arc="Y1", open=UNCERTAIN)
    for name, value in state.items():
        setattr(tx, name, value)
    _, effects = play(complete.record_sale(tx))
    assert effects == [Remember(Record(RecordKind.SALE, reference, tuple({**SALE, **fields}.items()), chip, PAN))]
    assert tx.open is None


def test_a_sale_with_the_cards_number_and_the_response_code():
    tx = begun(arc="Y1")
    tx.store.keep(tags.PAN_SEQUENCE, b"\x01", "record 1.1")
    tx.store.put(tags.ARC, b"Y1")
    [record] = kept(play(complete.record_sale(tx))[1])
    assert (record.get("pan_sequence"), record.chip) == (1, (*CHIP, (tags.ARC, b"Y1")))


@pytest.mark.parametrize(("signature", "balance"), [(False, None), (True, 5), (False, 0)])
def test_an_approval(signature, balance):
    tx = begun(signature=signature)
    outcome, effects = play(complete.approve(tx, balance))
    assert said(effects) == ["APPROVED", *["SIGN"] * signature, "REMOVE_CARD"]
    assert (outcome.verdict, outcome.reason, outcome.balance, outcome.signature) == (Verdict.APPROVED, "", balance, signature)


CLOSED, REVERSAL, ADVICE = "closed", "reversal", "advice"


@pytest.mark.parametrize(
    ("state", "records", "message"),
    [
        ({}, [], "DECLINED"),
        ({"open": INTENT, "online": True, "reply": REFUSED}, [CLOSED], "DECLINED"),
        ({"open": INTENT, "online": True, "approved_online": True, "reply": APPROVED}, [REVERSAL], "DECLINED"),
        ({"open": UNCERTAIN, "approved_online": True}, [CLOSED], "DECLINED"),
        ({"open": UNCERTAIN, "first": answer(AAC)}, [CLOSED], "DECLINED"),
        ({"open": UNCERTAIN, "cash": True}, [CLOSED], "DECLINED"),
        ({"open": UNCERTAIN, "cash": True, "first": answer(AAC)}, [CLOSED], "DECLINED"),
        ({"open": UNCERTAIN, "cash": True, "first": answer(TC)}, [], "DECLINED"),
        ({"open": UNCERTAIN, "first": answer(TC)}, [CLOSED], "DECLINED"),
        ({"open": UNCERTAIN, "cash": True, "first": answer(TC), "second": answer(AAC)}, [CLOSED], "DECLINED"),
        ({"open": UNCERTAIN, "cash": True, "approved_online": True, "second": answer(AAC)}, [], "DECLINED"),
        ({"first": answer(AAC, advice=True)}, [ADVICE], "DECLINED"),
        ({"first": answer(AAC, reason=1)}, [], "NOT_ACCEPTED"),
        ({"first": answer(AAC, advice=True, reason=1)}, [ADVICE], "NOT_ACCEPTED"),
        ({"first": answer(AAC, advice=True, reason=2)}, [ADVICE], "DECLINED"),
        ({"first": answer(ARQC, advice=True, reason=1), "second": answer(AAC)}, [], "DECLINED"),
        ({"open": INTENT, "first": answer(ARQC), "second": answer(AAC, advice=True)}, [CLOSED, ADVICE], "DECLINED"),
    ],
)
def test_a_decline(state, records, message):
    tx = begun(**state)
    outcome, effects = play(complete.decline(tx, "why"))
    last = tx.second or tx.first
    told = (("service", "PURCHASE"), ("amount", 150_00))
    code = state["reply"].approval_code if "reply" in state else ""
    every = {
        CLOSED: Record(RecordKind.CLOSED, "REF", (("reason", "why"), ("amount", 150_00))),
        REVERSAL: Record(RecordKind.REVERSAL, "REF", (("reason", "why"), *told, ("approval_code", code)), CHIP, PAN),
        ADVICE: Record(RecordKind.ADVICE, "REF.advice", (*told, ("reason", last.cid.reason if last else 0)), CHIP, PAN),
    }
    assert kept(effects) == [every[name] for name in records]
    assert said(effects) == [message, "REMOVE_CARD"]
    assert (outcome.verdict, outcome.reason, outcome.fallback) == (Verdict.DECLINED, "why", False)
    assert (outcome.reversal, outcome.advice) == (REVERSAL in records, ADVICE in records)
    assert tx.open is (None if CLOSED in records or REVERSAL in records else state.get("open"))


def test_no_advice_where_the_terminal_keeps_none():
    tx = transaction(options={"advice": False})
    tx.first = answer(AAC, advice=True)
    outcome, effects = play(complete.decline(tx, "why"))
    assert (kept(effects), outcome.advice) == ([], False)


def test_what_an_advice_and_a_reversal_carry():
    tx = begun(open=INTENT, approved_online=True, reply=APPROVED, first=answer(AAC, advice=True))
    tx.store.put(tags.ARC, b"00")
    assert [record.chip for record in kept(play(complete.decline(tx, "why"))[1])] == [(*CHIP, (tags.ARC, b"00"))] * 2


def test_a_decline_without_the_host():
    tx = begun()
    outcome, _ = play(complete.decline_offline(tx, "why"))
    assert (outcome.verdict, outcome.reason, outcome.arc, tx.store.get(tags.ARC)) == (Verdict.DECLINED, "why", "Z1", b"Z1")


def test_no_application():
    outcome, effects = play(complete.not_accepted(begun()))
    assert said(effects) == ["NOT_ACCEPTED", "REMOVE_CARD"]
    assert (outcome.verdict, outcome.fallback) == (Verdict.NOT_ACCEPTED, True)
    assert outcome.reason == "no application that both sides can use"


BAD, STATUS = MalformedData("bad"), UnexpectedStatus(0x6A81, "SELECT")


@pytest.mark.parametrize(
    ("state", "records", "after"),
    [
        ({}, [], None),
        ({"open": INTENT}, [REVERSAL], None),
        ({"open": INTENT, "online": True, "reply": REFUSED}, [CLOSED], None),
        ({"open": INTENT, "online": True, "approved_online": True, "reply": APPROVED}, [REVERSAL], None),
        ({"open": UNCERTAIN}, [CLOSED], None),
        ({"open": UNCERTAIN, "online": True}, [CLOSED], None),
        ({"open": UNCERTAIN, "cash": True}, [], UNCERTAIN),
    ],
)
@pytest.mark.parametrize(
    ("fault", "verdict", "messages", "fallback"),
    [
        (Cancelled("stop"), Verdict.CANCELLED, ["REMOVE_CARD"], False),
        (LinkTimeout("silence"), Verdict.CARD_REMOVED, ["CARD_ERROR"], True),
        (CardRemoved(), Verdict.CARD_REMOVED, ["CARD_ERROR"], True),
        (BAD, Verdict.TERMINATED, ["PROCESSING_ERROR", "REMOVE_CARD"], False),
        (STATUS, Verdict.TERMINATED, ["PROCESSING_ERROR", "REMOVE_CARD"], False),
    ],
)
def test_a_fault_that_cuts_short(state, records, after, fault, verdict, messages, fallback):
    tx = begun(**state)
    outcome, effects = play(complete.break_off(tx, fault))
    word = type(fault).__name__
    code = state["reply"].approval_code if "reply" in state else ""
    owed = (("reason", word), ("service", "PURCHASE"), ("amount", 150_00), ("approval_code", code))
    every = {
        CLOSED: Record(RecordKind.CLOSED, "REF", (("reason", word), ("amount", 150_00))),
        REVERSAL: Record(RecordKind.REVERSAL, "REF", owed, CHIP, PAN),
    }
    assert kept(effects) == [every[name] for name in records]
    assert said(effects) == messages
    assert (outcome.verdict, outcome.reason, outcome.fallback, tx.open) == (verdict, str(fault), fallback, after)


@pytest.mark.parametrize(
    ("state", "fault", "message", "fallback"),
    [
        ({"chosen": None}, STATUS, Message.CARD_BLOCKED, False),
        ({"chosen": None}, BAD, Message.PROCESSING_ERROR, False),
        ({"first": answer(AAC)}, LinkTimeout("silence"), Message.CARD_ERROR, False),
    ],
)
def test_what_is_said_of_a_fault(state, fault, message, fallback):
    outcome, effects = play(complete.break_off(begun(**state), fault))
    assert (effects[0], outcome.fallback) == (Tell(message, None, "zh"), fallback)


@pytest.mark.parametrize("fault", [Cancelled("stop"), LinkTimeout("silence"), BAD])
def test_every_fault_of_others_ends_in_an_outcome(fault):
    async def dialogue(tx: Transaction) -> Outcome:
        raise fault

    assert play(complete.guarded(begun(), dialogue))[0].reason == str(fault)


@pytest.mark.parametrize(
    ("reply", "told", "balance"),
    [(None, None, None), (None, 5, 5), (APPROVED, None, 7), (APPROVED, 5, 5), (APPROVED, 0, 0), (Unreachable("no line", True), None, None)],
)
def test_an_outcome(reply, told, balance):
    tx = begun(reply=reply, cash_balance=9, arc="00", online=True, reversed=True, advice=True, signature=True)
    tx.script_results, tx.language = b"\x20\0\0\0\0", "en"
    lines = (((tags.DATE, b"\x26\x06\x01"),),)
    assert play(complete.outcome(tx, Verdict.COMPLETED, "why", fallback=True, balance=told, records=lines)) == (
        Outcome(
            verdict=Verdict.COMPLETED, reason="why", service="purchase", amount=150_00, other_amount=20_00, currency=156, aid=AID,
            label="UnionPay", pan="621234******0012", reference="REF", online=True, arc="00",
            approval_code="001831" if reply is APPROVED else "", tvr=bytes.fromhex("0008000000"), tsi=b"\x80\x00",
            cvm_results=b"\x1f\x00\x02", signature=False, reversal=True, advice=True, fallback=True,
            script_results=b"\x20\0\0\0\0", language="en", balance=balance, balance_before=9,
            data=((tags.AIP, b"\x7c\x00"), (pboc.CASH_AUTHORISATION_CODE, b"ECC001"), (tags.TVR, bytes.fromhex("0008000000")),
                  (tags.TSI, b"\x80\x00"), (tags.CVM_RESULTS, b"\x1f\x00\x02")),
            records=lines,
        ),
        [],
    )  # fmt: skip


def test_an_outcome_says_nothing_that_opens_an_account():
    tx = begun(chosen=None)
    for tag in complete.HIDDEN:
        tx.store.keep(tag, b"\x01", "record 1.1")
    outcome, _ = play(complete.outcome(tx, Verdict.TERMINATED))
    assert {tag for tag, _ in outcome.data} == {tags.AIP, pboc.CASH_AUTHORISATION_CODE, tags.TVR, tags.TSI, tags.CVM_RESULTS}
    assert (outcome.aid, outcome.label, outcome.reason, outcome.fallback, outcome.records) == (b"", "", "", False, ())
    assert complete.HIDDEN == {0x5A, 0x57, 0x9F1F, 0x9F20, 0x5F20, 0x9F0B, 0x9F61, 0x9F46, 0x9F2D}


def test_services_are_named_in_small_letters():
    tx = transaction(service=Service.CASH)
    assert play(complete.outcome(tx, Verdict.COMPLETED))[0].service == "cash"
