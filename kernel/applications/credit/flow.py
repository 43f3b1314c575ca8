"""The contact debit/credit dialogues. Each reads like the chart of EMV 4.4 Book 3 clause 8.

`await` marks what talks to card, person, host or memory; a plain call is pure.
"""

from jinka.kernel.data import tags
from jinka.kernel.data.fields import Cryptogram
from jinka.kernel.effects import AskChoice, Option, Question, Unreachable
from jinka.kernel.outcome import Outcome, Verdict
from jinka.kernel.steps.authenticate import authenticate
from jinka.kernel.steps.begin import begin
from jinka.kernel.steps.cash import balance_after, decide_cash, offer_cash, recognise_cash
from jinka.kernel.steps.complete import (
    approve,
    decline,
    decline_offline,
    expect_approval,
    guarded,
    not_accepted,
    outcome,
    record_sale,
)
from jinka.kernel.steps.decide import decide, defaulted
from jinka.kernel.steps.generate import first_generate, second_generate
from jinka.kernel.steps.initiate import initiate
from jinka.kernel.steps.online import authenticate_issuer, go_online, set_local_arc
from jinka.kernel.steps.read import read_records
from jinka.kernel.steps.restrict import restrict
from jinka.kernel.steps.risk import manage_risk
from jinka.kernel.steps.script import run_scripts
from jinka.kernel.steps.select import build_candidates, choose, drop
from jinka.kernel.steps.transaction import Transaction
from jinka.kernel.steps.verify import verify_cardholder


async def purchase(tx: Transaction) -> Outcome:
    """Purchase, cash and cashback: from the card in the slot to the outcome. 消费、取现、返现"""
    return await guarded(tx, _purchase)


async def refund(tx: Transaction) -> Outcome:
    """Refund: the chip tells which card it is and confirms with an AAC; the host moves the money. 退货"""
    return await guarded(tx, _refund)


async def balance(tx: Transaction) -> Outcome:
    """Balance enquiry of the account: always online, nothing is captured. 余额查询"""
    return await guarded(tx, _balance)


async def _opened(tx: Transaction) -> bool:
    """Selection and initiation; an application that is not usable (6985) sends us back to the list."""
    await build_candidates(tx)
    while await choose(tx):
        offer_cash(tx)
        if await initiate(tx):
            return True
        drop(tx)
    return False


async def _purchase(tx: Transaction) -> Outcome:
    await begin(tx)
    if not await _opened(tx):
        return await not_accepted(tx)
    await read_records(tx)
    await recognise_cash(tx)
    await authenticate(tx)
    restrict(tx)
    await verify_cardholder(tx)
    await manage_risk(tx)
    await decide(tx)
    await decide_cash(tx)
    await expect_approval(tx)
    first = await first_generate(tx)
    if first.kind is Cryptogram.AAC:
        return await decline_offline(tx, "declined by the card")
    if first.kind is Cryptogram.TC:
        if first.forged:
            return await decline_offline(tx, "the signature of the card is wrong")
        set_local_arc(tx, "Y1")
        await record_sale(tx)
        return await approve(tx, await balance_after(tx) if tx.cash else None)
    if first.forged:
        set_local_arc(tx, "Z1")
        await second_generate(tx, Cryptogram.AAC)
        return await decline(tx, "the signature of the card is wrong")
    tx.cash = False
    return await _online(tx)


async def _online(tx: Transaction) -> Outcome:
    """From the ARQC to the end. # spec: emv-b3/10.8"""
    reply = await go_online(tx)
    if isinstance(reply, Unreachable):
        return await _unable(tx)
    if reply.arc in tx.options.referral_codes and tx.options.referral:
        line = Option(reply.approval_code or reply.arc)
        tx.approved_online = await AskChoice(Question.REFERRAL, (line,), tx.language) == 0
    await authenticate_issuer(tx)
    await run_scripts(tx, tags.SCRIPT_TEMPLATE_1)
    second = await second_generate(tx, Cryptogram.TC if tx.approved_online else Cryptogram.AAC)
    if second.kind is Cryptogram.TC and not second.forged:
        await record_sale(tx)
        before = tx.script_results
        await run_scripts(tx, tags.SCRIPT_TEMPLATE_2)
        if tx.script_results != before:
            await record_sale(tx)
        return await approve(tx)
    await run_scripts(tx, tags.SCRIPT_TEMPLATE_2)
    return await decline(tx, "declined by the card" if tx.approved_online else "declined by the issuer")


async def _unable(tx: Transaction) -> Outcome:
    """Unable to go online: the default action codes decide. # spec: emv-b3/10.7"""
    refused = defaulted(tx) or (tx.device.online_only and not tx.options.online_only_defaults)
    set_local_arc(tx, "Z3" if refused else "Y3")
    second = await second_generate(tx, Cryptogram.AAC if refused else Cryptogram.TC)
    if second.kind is Cryptogram.TC and not second.forged:
        await record_sale(tx)
        return await approve(tx)
    return await decline(tx, "unable to go online")


async def _refund(tx: Transaction) -> Outcome:
    await begin(tx)
    if not await _opened(tx):
        return await not_accepted(tx)
    await read_records(tx)
    restrict(tx)
    await decide(tx)
    await first_generate(tx)
    reply = await go_online(tx)
    if isinstance(reply, Unreachable) or not tx.approved_online:
        return await decline(tx, "unable to go online" if isinstance(reply, Unreachable) else "declined by the issuer")
    await record_sale(tx)
    return await approve(tx)


async def _balance(tx: Transaction) -> Outcome:
    await begin(tx)
    if not await _opened(tx):
        return await not_accepted(tx)
    await read_records(tx)
    await authenticate(tx)
    restrict(tx)
    await verify_cardholder(tx)
    await manage_risk(tx)
    await decide(tx)
    first = await first_generate(tx)
    if first.kind is not Cryptogram.ARQC or first.forged:
        return await decline_offline(tx, "declined by the card")
    if isinstance(await go_online(tx), Unreachable):
        set_local_arc(tx, "Z3")
        await second_generate(tx, Cryptogram.AAC)
        return await decline(tx, "unable to go online")
    await authenticate_issuer(tx)
    await run_scripts(tx, tags.SCRIPT_TEMPLATE_1)
    await second_generate(tx, Cryptogram.TC if tx.approved_online else Cryptogram.AAC)
    await run_scripts(tx, tags.SCRIPT_TEMPLATE_2)
    if not tx.approved_online:
        return await decline(tx, "declined by the issuer")
    return await outcome(tx, Verdict.COMPLETED)
