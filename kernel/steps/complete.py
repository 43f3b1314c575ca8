"""Complete: records, messages and the outcome (EMV 4.4 Book 3 clause 10.11, Book 4 clauses 6.3 and 12).

# spec: emv-b4/12

What moves money is recorded before it moves, and closed when it has moved or certainly has not.
"""

from collections.abc import Awaitable, Callable

from jinka.kernel.data import formats, pboc, tags
from jinka.kernel.data.fields import Cryptogram
from jinka.kernel.data.store import Value
from jinka.kernel.effects import Authorisation, Message, Reached, Record, RecordKind, Remember, Step
from jinka.kernel.errors import Cancelled, CardFault, LinkFault, UnexpectedStatus
from jinka.kernel.outcome import Outcome, Verdict
from jinka.kernel.steps.online import chip_data, owe_reversal, set_local_arc
from jinka.kernel.steps.transaction import Transaction

# Never part of an outcome: what identifies the card or opens the account.
HIDDEN = frozenset(
    {tags.PAN, tags.TRACK2, tags.TRACK1_DISCRETIONARY, tags.TRACK2_DISCRETIONARY, tags.CARDHOLDER_NAME,
     tags.CARDHOLDER_NAME_EXTENDED, pboc.DOCUMENT_NUMBER, tags.ICC_CERTIFICATE, tags.PIN_CERTIFICATE}
)  # fmt: skip


async def guarded(tx: Transaction, dialogue: Callable[[Transaction], Awaitable[Outcome]]) -> Outcome:
    """Runs a dialogue to an outcome, whatever the card, the wire or the cardholder does."""
    try:
        return await dialogue(tx)
    except (CardFault, LinkFault, Cancelled) as fault:
        return await break_off(tx, fault)


async def expect_approval(tx: Transaction) -> None:
    """Before a TC is asked for without the host: from here on the card may count or debit, so say so first."""
    if tx.asked is Cryptogram.TC:
        await uncertain(tx, "offline", ())


async def uncertain(tx: Transaction, stage: str, known: tuple[tuple[str, int | str], ...]) -> None:
    """Records that card and terminal may differ from here on, with what is known about it."""
    fields: tuple[tuple[str, int | str], ...] = (
        ("stage", stage),
        ("service", tx.request.service.name),
        ("amount", tx.request.amount),
        ("cash", int(tx.cash)),
        *known,
    )
    if tx.cash_balance is not None:
        fields += (("balance_before", tx.cash_balance),)
    await Remember(Record(RecordKind.UNCERTAIN, tx.reference, fields, chip_data(tx), tx.secret_pan))
    tx.open = RecordKind.UNCERTAIN


async def record_sale(tx: Transaction) -> None:
    """Captures the sale for the batch, with the amount the issuer approved. A sale approved offline after a reversal was
    owed gets a reference of its own: the reversal must not be superseded by it."""
    approval = tx.reply.approval_code if isinstance(tx.reply, Authorisation) else ""
    fields: tuple[tuple[str, int | str], ...] = (
        ("service", tx.request.service.name),
        ("amount", tx.granted),
        ("other_amount", tx.request.other_amount),
        ("currency", tx.device.currency),
        ("stage", "online" if tx.online else "offline"),
        ("arc", tx.arc),
        ("approval_code", approval),
        ("signature", int(tx.signature)),
        ("cash", int(tx.cash)),
    )
    if tx.pan_sequence is not None:
        fields += (("pan_sequence", tx.pan_sequence),)
    chip = chip_data(tx, tags.ARC)
    if tx.script_results:
        chip += ((tags.SCRIPT_RESULTS, tx.script_results),)
    reference = f"{tx.reference}.offline" if tx.reversed else tx.reference
    await Remember(Record(RecordKind.SALE, reference, fields, chip, tx.secret_pan))
    tx.open = None


async def close(tx: Transaction, reason: str) -> None:
    """Closes what is open: no money moved and nothing is owed."""
    if tx.open is not None:
        await Remember(Record(RecordKind.CLOSED, tx.reference, (("reason", reason), ("amount", tx.request.amount))))
        tx.open = None


async def approve(tx: Transaction, balance: int | None = None) -> Outcome:
    """Ends an approved transaction whose sale is recorded; `balance` is what is left on the card, when it told."""
    await tx.tell(Message.APPROVED)
    if tx.signature:
        await tx.tell(Message.SIGN)
    await tx.tell(Message.REMOVE_CARD)
    return await outcome(tx, Verdict.APPROVED, balance=balance)


async def decline(tx: Transaction, reason: str) -> Outcome:
    """Ends a declined transaction: an approval the host gave is reversed, an advice the card asked for is kept.

    Where the card's purse may have moved all the same, the entry stays UNCERTAIN.
    """
    last = tx.second or tx.first
    debited = tx.cash and (tx.approved_online or (last is not None and last.kind is Cryptogram.TC))
    if tx.open is RecordKind.INTENT and tx.approved_online:
        await owe_reversal(tx, reason)
    elif not debited:
        await close(tx, reason)
    if last is not None and last.cid.advice and tx.options.advice:
        fields = (("service", tx.request.service.name), ("amount", tx.request.amount), ("reason", last.cid.reason))
        advice = Record(RecordKind.ADVICE, f"{tx.reference}.advice", fields, chip_data(tx, tags.ARC), tx.secret_pan)
        await Remember(advice)
        tx.advice = True
    not_allowed = last is not None and last.cid.reason == 1
    await tx.tell(Message.NOT_ACCEPTED if not_allowed else Message.DECLINED)
    await tx.tell(Message.REMOVE_CARD)
    return await outcome(tx, Verdict.DECLINED, reason)


async def decline_offline(tx: Transaction, reason: str) -> Outcome:
    """Declined without the host: the terminal's own response code is Z1."""
    set_local_arc(tx, "Z1")
    return await decline(tx, reason)


async def not_accepted(tx: Transaction) -> Outcome:
    """No application both sides can use: magnetic stripe fallback may be offered."""
    await tx.tell(Message.NOT_ACCEPTED)
    await tx.tell(Message.REMOVE_CARD)
    return await outcome(tx, Verdict.NOT_ACCEPTED, "no application that both sides can use", fallback=True)


async def break_off(tx: Transaction, fault: CardFault | LinkFault | Cancelled) -> Outcome:
    """Ends a transaction that a fault cut short. What the host approved is reversed; what is uncertain stays recorded.

    A debit or a load of electronic cash that was under way stays UNCERTAIN, whatever went wrong: only the card knows.
    """
    if tx.open is RecordKind.INTENT and tx.online and not tx.approved_online:
        await close(tx, type(fault).__name__)
    elif tx.open is RecordKind.INTENT:
        await owe_reversal(tx, type(fault).__name__)
    elif tx.open is RecordKind.UNCERTAIN and not tx.cash:
        await close(tx, type(fault).__name__)
    if isinstance(fault, Cancelled):
        await tx.tell(Message.REMOVE_CARD)
        return await outcome(tx, Verdict.CANCELLED, str(fault))
    if isinstance(fault, LinkFault):
        await tx.tell(Message.CARD_ERROR)
        return await outcome(tx, Verdict.CARD_REMOVED, str(fault), fallback=tx.first is None)
    blocked = isinstance(fault, UnexpectedStatus) and tx.chosen is None
    await tx.tell(Message.CARD_BLOCKED if blocked else Message.PROCESSING_ERROR)
    await tx.tell(Message.REMOVE_CARD)
    return await outcome(tx, Verdict.TERMINATED, str(fault))


async def outcome(
    tx: Transaction,
    verdict: Verdict,
    reason: str = "",
    *,
    fallback: bool = False,
    balance: int | None = None,
    records: tuple[tuple[tuple[int, bytes], ...], ...] = (),
) -> Outcome:
    """Puts the result together and reports the last milestone."""
    reply = tx.reply if isinstance(tx.reply, Authorisation) else None
    await Reached(Step.COMPLETED, tx.snapshot(verdict.value))
    return Outcome(
        verdict=verdict,
        reason=reason,
        service=tx.request.service.name.lower(),
        amount=tx.granted,
        other_amount=tx.request.other_amount,
        currency=tx.device.currency,
        aid=tx.chosen.aid if tx.chosen is not None else b"",
        label=tx.chosen.label if tx.chosen is not None else "",
        pan=formats.truncated_pan(tx.pan),
        reference=tx.reference,
        online=tx.online,
        arc=tx.arc,
        approval_code=reply.approval_code if reply is not None else "",
        tvr=bytes(tx.tvr),
        tsi=bytes(tx.tsi),
        cvm_results=tx.cvm_results,
        signature=tx.signature and verdict is Verdict.APPROVED,
        reversal=tx.reversed,
        advice=tx.advice,
        fallback=fallback and tx.options.magnetic_stripe_fallback,
        script_results=tx.script_results,
        language=tx.language,
        balance=reply.balance if balance is None and reply is not None else balance,
        balance_before=tx.cash_balance,
        data=_data(tx),
        records=records,
    )


def _data(tx: Transaction) -> tuple[tuple[int, bytes], ...]:
    """All data objects but the hidden ones, with the live TVR, TSI and CVM results."""
    held: list[tuple[int, Value]] = tx.store.items()
    kept = [(tag, found.value) for tag, found in held if tag not in HIDDEN]
    live = [(tags.TVR, bytes(tx.tvr)), (tags.TSI, bytes(tx.tsi)), (tags.CVM_RESULTS, tx.cvm_results)]
    return tuple(kept + live)
