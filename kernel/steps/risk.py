"""Risk: terminal risk management (EMV 4.4 Book 3 clause 10.6, Book 4 clause 6.3.5)."""

from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.data import tags, tlv
from jinka.kernel.data.fields import Aip, Tsi, Tvr
from jinka.kernel.effects import Memory, Random, Reached, Recall, Service, Step
from jinka.kernel.errors import MalformedData
from jinka.kernel.steps.transaction import Transaction


async def manage_risk(tx: Transaction) -> None:
    """Exception file, floor limit with split sales, random selection and velocity.

    A transaction paid with electronic cash skips the limits: the card keeps its own (JR/T 0025.13).
    """
    if tx.options.always_manage_risk or Aip.TERMINAL_RISK_MANAGEMENT in tx.aip:
        await check_exception_file(tx)
        if tx.request.forced_online and tx.options.force_online_allowed:
            tx.tvr |= Tvr.FORCED_ONLINE
        if not tx.cash:
            await _check_floor_limit(tx)
            if not tx.device.offline_only and not tx.device.online_only:
                await _select_at_random(tx)
            await _check_velocity(tx)
        tx.tsi |= Tsi.TERMINAL_RISK_MANAGEMENT_PERFORMED
    await Reached(Step.RISK_MANAGED, tx.snapshot())


async def check_exception_file(tx: Transaction) -> None:
    """A card on the hot list sets a bit; the action codes decide what follows."""
    if await Recall(Memory.HOT_LIST, pan=tx.secret_pan, pan_sequence=tx.pan_sequence) is not None:
        tx.tvr |= Tvr.ON_EXCEPTION_FILE


async def _check_floor_limit(tx: Transaction) -> None:
    """Floor limit; the last sale of the same card counts too, against split sales. # spec: emv-b3/10.6.1"""
    if tx.request.service is Service.BALANCE:
        return
    last = await Recall(Memory.LAST_SALE, pan=tx.secret_pan, pan_sequence=tx.pan_sequence)
    before = last.get("amount") if last is not None else 0
    if tx.request.amount + (before if isinstance(before, int) else 0) >= tx.application.floor_limit:
        tx.tvr |= Tvr.OVER_FLOOR_LIMIT


def selected(amount: int, draw: int, *, floor: int, threshold: int, target: int, most: int) -> bool:
    """Whether a draw of 1 to 99 selects a transaction for going online. # spec: emv-b3/10.6.2

    Below the threshold the target percentage counts; from there to the floor limit it rises to `most` in a line.
    """
    if amount >= floor:
        return False
    if amount < threshold:
        return draw <= target
    return draw <= target + (most - target) * (amount - threshold) // (floor - threshold)


async def _select_at_random(tx: Transaction) -> None:
    application = tx.application
    if Tvr.OVER_FLOOR_LIMIT in tx.tvr or not (application.target or application.max_target):
        return
    draw = int.from_bytes(await Random(8, "random selection"), "big") % 99 + 1
    if selected(
        tx.request.amount,
        draw,
        floor=application.floor_limit,
        threshold=application.threshold,
        target=application.target,
        most=application.max_target,
    ):
        tx.tvr |= Tvr.RANDOM_ONLINE


async def _check_velocity(tx: Transaction) -> None:
    """Consecutive offline limits and the new card. # spec: emv-b3/10.6.3"""
    lower, upper = tx.store.get(tags.LOWER_OFFLINE_LIMIT), tx.store.get(tags.UPPER_OFFLINE_LIMIT)
    if lower is None or upper is None or not tx.application.velocity_checking:
        return
    counter, last = await card_number(tags.ATC), await card_number(tags.LAST_ONLINE_ATC)
    if counter is None or last is None:
        tx.tvr |= Tvr.LOWER_LIMIT_EXCEEDED | Tvr.UPPER_LIMIT_EXCEEDED | Tvr.ICC_DATA_MISSING
        return
    if counter <= last:
        tx.tvr |= Tvr.LOWER_LIMIT_EXCEEDED | Tvr.UPPER_LIMIT_EXCEEDED
    else:
        if counter - last > lower[0]:
            tx.tvr |= Tvr.LOWER_LIMIT_EXCEEDED
        if counter - last > upper[0]:
            tx.tvr |= Tvr.UPPER_LIMIT_EXCEEDED
    if last == 0:
        tx.tvr |= Tvr.NEW_CARD


async def card_number(tag: int) -> int | None:
    """A two-byte counter by GET DATA; None when the card does not give it in its right length.

    Raises `MalformedData` when the answer is not a data object at all (emv-b3/6.5.7.4).
    """
    response = await exchange(commands.get_data(tag))
    if response.sw != status.OK:
        return None
    try:
        value = tlv.find(tlv.scan(response.data), tag)
    except MalformedData as fault:
        raise fault.within(f"GET DATA {tag:X}") from None
    return int.from_bytes(value, "big") if value is not None and len(value) == 2 else None
