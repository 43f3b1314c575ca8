"""Begin: the terminal's own data objects, before any card is touched (EMV 4.4 Book 4 clause 6).

# spec: emv-b4/6.5
"""

from jinka.kernel.data import formats, pboc, tags
from jinka.kernel.effects import Memory, Now, Random, Reached, Recall, Record, RecordKind, Remember, Step
from jinka.kernel.errors import MisuseError
from jinka.kernel.steps.transaction import Transaction

SEQUENCE = "sequence"
LAST_SEQUENCE = 99_999_999


async def begin(tx: Transaction) -> None:
    """Takes date, time, a new sequence counter and an unpredictable number, and sets the terminal's data objects.

    The counter is kept before anything else happens, so that it also moves on for a transaction that is cut short
    (emv-b4/6.5.5: 1 to 99999999, never 0).
    """
    request = tx.request
    if not 0 <= request.other_amount <= request.amount < 10**12:
        raise MisuseError(f"amounts {request.amount} and {request.other_amount} do not make a transaction")
    tx.now = await Now()
    last = await Recall(Memory.COUNTER, SEQUENCE)
    before = last.get("value") if last is not None else 0
    tx.sequence = (before if isinstance(before, int) else 0) % LAST_SEQUENCE + 1
    fields = (("counter", SEQUENCE), ("value", tx.sequence))
    await Remember(Record(RecordKind.COUNTER, f"counter:{SEQUENCE}", fields))
    tx.reference = f"{tx.now:%Y%m%d}-{tx.device.terminal_id}-{tx.sequence:08d}"
    unpredictable = await Random(4, "9F37")
    set_terminal_data(tx, unpredictable)
    await Reached(Step.START, tx.snapshot(request.service.name.lower()))


def set_terminal_data(tx: Transaction, unpredictable: bytes) -> None:
    """Fills the store with what the terminal owns. An amount above the range of 81 or 9F04 is all FF there."""
    device, request, put = tx.device, tx.request, tx.put_terminal
    put(tags.AMOUNT, formats.numeric(request.amount, 6))
    put(tags.OTHER_AMOUNT, formats.numeric(request.other_amount, 6))
    put(tags.AMOUNT_BINARY, min(request.amount, 0xFFFFFFFF).to_bytes(4, "big"))
    put(tags.OTHER_AMOUNT_BINARY, min(request.other_amount, 0xFFFFFFFF).to_bytes(4, "big"))
    put(tags.CURRENCY, formats.numeric(device.currency, 2))
    put(tags.CURRENCY_EXPONENT, formats.numeric(device.exponent, 1))
    put(tags.TERMINAL_COUNTRY, formats.numeric(device.country, 2))
    put(tags.DATE, bytes.fromhex(f"{tx.now:%y%m%d}"))
    put(tags.TIME, bytes.fromhex(f"{tx.now:%H%M%S}"))
    put(tags.TYPE, formats.numeric(int(f"{request.service.value:02X}"), 1))
    put(tags.SEQUENCE_COUNTER, formats.numeric(tx.sequence, 4))
    put(tags.UNPREDICTABLE_NUMBER, unpredictable)
    put(tags.TERMINAL_TYPE, bytes.fromhex(device.type))
    put(tags.TERMINAL_CAPABILITIES, device.capabilities)
    put(tags.ADDITIONAL_CAPABILITIES, device.additional_capabilities)
    put(tags.TERMINAL_ID, _text(device.terminal_id, 8))
    put(tags.INTERFACE_SERIAL, _text(device.serial, 8))
    put(tags.MERCHANT_ID, _text(device.merchant_id, 15))
    if device.merchant_name:
        put(tags.MERCHANT_NAME, device.merchant_name.encode("gb18030")[:20].ljust(20))
    put(tags.MERCHANT_CATEGORY, formats.numeric(int(device.merchant_category or 0), 2))
    put(tags.ACQUIRER_ID, formats.numeric(int(device.acquirer_id or 0), 6))
    put(tags.ENTRY_MODE, b"\x05")
    put(pboc.CASH_INDICATOR, b"\x00")
    put(pboc.EXTENDED_INDICATOR, b"\x00")
    put(pboc.SM_INDICATOR, b"\x01" if tx.options.sm else b"\x00")


def set_application_data(tx: Transaction) -> None:
    """What the terminal keeps for each AID; set once the application is chosen."""
    application, put = tx.application, tx.put_terminal
    put(tags.AID_TERMINAL, application.aid)
    put(tags.VERSION_TERMINAL, application.version)
    put(tags.FLOOR_LIMIT, min(application.floor_limit, 0xFFFFFFFF).to_bytes(4, "big"))
    if application.risk_data:
        put(tags.RISK_DATA, application.risk_data)
    if application.merchant_category:
        put(tags.MERCHANT_CATEGORY, formats.numeric(int(application.merchant_category), 2))
    if application.cash_limit is not None:
        put(pboc.CASH_TERMINAL_LIMIT, formats.numeric(application.cash_limit, 6))


def _text(text: str, size: int) -> bytes:
    return text.encode("ascii", "replace")[:size].ljust(size)
