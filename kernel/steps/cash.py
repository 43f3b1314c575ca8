"""Cash: what electronic cash adds to a contact purchase (JR/T 0025.13 clause 7; two currencies: JR/T 0025.15)."""

from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.data import formats, pboc, tags, tlv
from jinka.kernel.data.fields import Cryptogram, Tvr
from jinka.kernel.effects import AskPin, PinKind, PinState, Service
from jinka.kernel.errors import MalformedData, UnexpectedStatus
from jinka.kernel.steps.decide import analyse
from jinka.kernel.steps.transaction import Transaction


def offer_cash(tx: Transaction) -> None:
    """Tells the card by 9F7A whether electronic cash is welcome: a purchase strictly below the terminal's limit.

    Without 9F7B the floor limit counts; without either there is no electronic cash.
    """
    application, request = tx.application, tx.request
    limit = application.cash_limit if application.cash_limit is not None else application.floor_limit
    welcome = tx.options.ecash and request.service is Service.PURCHASE and 0 < request.amount < limit
    tx.put_terminal(pboc.CASH_INDICATOR, b"\x01" if welcome and not request.other_amount else b"\x00")


async def recognise_cash(tx: Transaction) -> None:
    """An electronic cash transaction is one that was offered and whose records hold 9F74; then the balance is read.

    Raises `UnexpectedStatus` or `MalformedData` when the card does not give its balance.
    """
    offered = tx.store.get(pboc.CASH_INDICATOR) == b"\x01"
    tx.cash = offered and tx.store.get(pboc.CASH_AUTHORISATION_CODE) is not None
    if tx.cash:
        second = await uses_second_purse(tx)
        tx.cash_balance = await amount(pboc.SECOND_BALANCE if second else pboc.CASH_BALANCE)
        threshold = await amount(pboc.SECOND_RESET_THRESHOLD if second else pboc.RESET_THRESHOLD)
        tx.put_terminal(pboc.RESET_THRESHOLD, formats.numeric(threshold, 6))


async def uses_second_purse(tx: Transaction) -> bool:
    """Whether the transaction currency is that of the card's second purse and not of its first."""
    first = await optional(pboc.CARD_CURRENCY)
    wanted = formats.numeric(tx.device.currency, 2)
    return first is not None and first != wanted and await optional(pboc.SECOND_CURRENCY) == wanted


async def amount(tag: int) -> int:
    """An amount the card keeps, by GET DATA, in minor units."""
    response = await exchange(commands.get_data(tag))
    if response.sw != status.OK:
        raise UnexpectedStatus(response.sw, f"GET DATA {tag:X}", clause="jrt-0025.13/7")
    value = tlv.find(tlv.scan(response.data), tag)
    if value is None or len(value) != 6:
        raise MalformedData("six bytes of BCD expected", path=f"GET DATA {tag:X}", clause="jrt-0025.13/7")
    return formats.number(value, f"GET DATA {tag:X}")


async def optional(tag: int) -> bytes | None:
    """A data object by GET DATA, None when the card does not give it."""
    response = await exchange(commands.get_data(tag))
    if response.sw != status.OK:
        return None
    try:
        nodes = tlv.scan(response.data)
    except MalformedData:
        return None
    return tlv.find(nodes, tag)


async def decide_cash(tx: Transaction) -> None:
    """Corrects what terminal action analysis asked for by what is left on the card: below the reset threshold, or
    without enough, the issuer is asked, with an online PIN so that it can load the card at once."""
    if not tx.cash or tx.asked is Cryptogram.AAC:
        return
    if analyse(tx) is Cryptogram.ARQC or tx.cash_balance is None or tx.device.offline_only:
        tx.cash = tx.asked is Cryptogram.TC
        return
    rest = tx.cash_balance - tx.request.amount
    if rest < 0:
        tx.asked, tx.cash = Cryptogram.ARQC, False
    elif rest < formats.number(tx.need(pboc.RESET_THRESHOLD), "9F6D"):
        entry = await AskPin(PinKind.ONLINE, None, tx.secret_pan, tx.request.amount, tx.language)
        if entry.state is PinState.ENTERED:
            tx.pin_block = entry.pin
            tx.tvr |= Tvr.ONLINE_PIN_ENTERED
            tx.asked, tx.cash = Cryptogram.ARQC, False


async def balance_after(tx: Transaction) -> int | None:
    """The balance after a purchase: out of 9F10, else by GET DATA; None when neither tells. Undoes no approval."""
    told = balance_of(tx)
    if told is not None:
        return told
    raw = await optional(pboc.CASH_BALANCE)
    return formats.number(raw, "9F79") if raw is not None and len(raw) == 6 and raw.hex().isdigit() else None


def balance_of(tx: Transaction) -> int | None:
    """The electronic cash balance the issuer discretionary data in 9F10 carries, in minor units; None without one.

    # spec: jrt-0025.5/iad: length 07, ..., length of the discretionary data, id 01 or 03, 5 bytes of BCD.
    """
    iad = tx.store.get(tags.IAD)
    if not iad:
        return None
    at = 1 + iad[0]
    if len(iad) < at + 7 or iad[at] < 6 or iad[at + 1] not in (0x01, 0x03):
        return None
    raw = iad[at + 2 : at + 7]
    return formats.number(raw, "9F10") if raw.hex().isdigit() else None
