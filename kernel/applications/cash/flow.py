"""The electronic cash dialogues beside the purchase: load, balance query and the card's logs."""

from jinka.kernel.data import pboc, tags
from jinka.kernel.data.fields import Cryptogram, Tvr
from jinka.kernel.effects import Unreachable
from jinka.kernel.outcome import Outcome, Verdict
from jinka.kernel.steps.authenticate import authenticate
from jinka.kernel.steps.begin import begin
from jinka.kernel.steps.cash import amount, uses_second_purse
from jinka.kernel.steps.complete import (
    approve,
    decline,
    decline_offline,
    guarded,
    not_accepted,
    outcome,
    record_sale,
    uncertain,
)
from jinka.kernel.steps.decide import decide
from jinka.kernel.steps.generate import first_generate, second_generate
from jinka.kernel.steps.initiate import initiate
from jinka.kernel.steps.log import read_log
from jinka.kernel.steps.online import authenticate_issuer, go_online, owe_reversal, set_local_arc
from jinka.kernel.steps.read import read_records
from jinka.kernel.steps.restrict import restrict
from jinka.kernel.steps.risk import manage_risk
from jinka.kernel.steps.script import run_scripts
from jinka.kernel.steps.select import build_candidates, choose, drop
from jinka.kernel.steps.transaction import Transaction
from jinka.kernel.steps.verify import verify_cardholder


async def load(tx: Transaction) -> Outcome:
    """Load: the issuer takes the money from an account and writes the new balance by script. 圈存"""
    return await guarded(tx, _load)


async def balance(tx: Transaction) -> Outcome:
    """Reads the electronic cash balance; no GET PROCESSING OPTIONS, no transaction. 电子现金余额查询"""
    return await guarded(tx, _balance)


async def transaction_log(tx: Transaction) -> Outcome:
    """Reads the card's transaction log. 交易日志"""
    return await guarded(tx, _transaction_log)


async def load_log(tx: Transaction) -> Outcome:
    """Reads the card's load log. 圈存日志"""
    return await guarded(tx, _load_log)


async def _load(tx: Transaction) -> Outcome:
    await begin(tx)
    await build_candidates(tx)
    while await choose(tx):
        if await initiate(tx):
            break
        drop(tx)
    else:
        return await not_accepted(tx)
    await read_records(tx)
    purse = pboc.SECOND_BALANCE if await uses_second_purse(tx) else pboc.CASH_BALANCE
    tx.cash_balance = await amount(purse)
    await authenticate(tx)
    restrict(tx)
    await verify_cardholder(tx)
    await manage_risk(tx)
    tx.tvr |= Tvr.FORCED_ONLINE
    await decide(tx)
    first = await first_generate(tx)
    if first.kind is not Cryptogram.ARQC or first.forged:
        return await decline_offline(tx, "declined by the card")
    reply = await go_online(tx)
    if isinstance(reply, Unreachable):
        set_local_arc(tx, "Z3")
        await second_generate(tx, Cryptogram.AAC)
        return await decline(tx, "unable to go online")
    await authenticate_issuer(tx)
    if not tx.approved_online:
        await run_scripts(tx, tags.SCRIPT_TEMPLATE_1)
        await second_generate(tx, Cryptogram.AAC)
        await run_scripts(tx, tags.SCRIPT_TEMPLATE_2)
        return await decline(tx, "declined by the issuer")
    return await _write_balance(tx, purse)


async def _write_balance(tx: Transaction, purse: int) -> Outcome:
    """The scripts may raise the balance from here on: only the card can tell whether they did, so it is asked."""
    assert tx.cash_balance is not None  # noqa: S101  read before the first GENERATE AC
    tx.cash = True
    await uncertain(tx, "load", (("balance_wanted", tx.cash_balance + tx.request.amount),))
    await run_scripts(tx, tags.SCRIPT_TEMPLATE_1)
    await second_generate(tx, Cryptogram.TC)
    await run_scripts(tx, tags.SCRIPT_TEMPLATE_2)
    after = await amount(purse)
    if after == tx.cash_balance + tx.request.amount:
        await record_sale(tx)
        return await approve(tx, after)
    if after == tx.cash_balance:
        await owe_reversal(tx, "the card did not take the load")
    return await decline(tx, "the card did not take the load")


async def _balance(tx: Transaction) -> Outcome:
    await begin(tx)
    await build_candidates(tx)
    if not await choose(tx):
        return await not_accepted(tx)
    purse = pboc.SECOND_BALANCE if await uses_second_purse(tx) else pboc.CASH_BALANCE
    return await outcome(tx, Verdict.COMPLETED, balance=await amount(purse))


async def _transaction_log(tx: Transaction) -> Outcome:
    await begin(tx)
    await build_candidates(tx)
    if not await choose(tx):
        return await not_accepted(tx)
    return await outcome(tx, Verdict.COMPLETED, records=await read_log(tx, tags.LOG_ENTRY, tags.LOG_FORMAT))


async def _load_log(tx: Transaction) -> Outcome:
    await begin(tx)
    await build_candidates(tx)
    if not await choose(tx):
        return await not_accepted(tx)
    return await outcome(tx, Verdict.COMPLETED, records=await read_log(tx, pboc.LOAD_LOG_ENTRY, pboc.LOAD_LOG_FORMAT))
