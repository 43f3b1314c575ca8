"""Online: asking the issuer, and letting the card check the answer (EMV 4.4 Book 3 clauses 10.8 and 10.9)."""

from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.dictionary import Source
from jinka.kernel.data.fields import Aip, Tsi, Tvr
from jinka.kernel.effects import (
    Authorisation,
    GoOnline,
    Message,
    OnlineRequest,
    Reached,
    Record,
    RecordKind,
    Remember,
    Service,
    Step,
    Unreachable,
)
from jinka.kernel.secret import Secret
from jinka.kernel.steps.transaction import Transaction

# Field 55 of a UnionPay request: what must be there, then what is there when the terminal has it (JR/T 0025.6).
FIELD_55 = (
    tags.CRYPTOGRAM, tags.CID, tags.IAD, tags.UNPREDICTABLE_NUMBER, tags.ATC, tags.TVR, tags.DATE, tags.TYPE,
    tags.AMOUNT, tags.CURRENCY, tags.AIP, tags.TERMINAL_COUNTRY, tags.OTHER_AMOUNT, tags.TERMINAL_CAPABILITIES,
    tags.CVM_RESULTS, tags.TERMINAL_TYPE, tags.INTERFACE_SERIAL, tags.DF_NAME, tags.VERSION_TERMINAL,
    tags.SEQUENCE_COUNTER, pboc.PRODUCT, pboc.CASH_AUTHORISATION_CODE,
)  # fmt: skip


def chip_data(tx: Transaction, *more: int) -> tuple[tuple[int, bytes], ...]:
    """The data objects for field 55 or a batch record, as they stand now; one without a value is none."""
    found = ((tag, tx.value(tag)) for tag in (*FIELD_55, *more) if tx.cash or tag != pboc.CASH_AUTHORISATION_CODE)
    return tuple((tag, value) for tag, value in found if value)


def request(tx: Transaction) -> OnlineRequest:
    """The request for the acquirer, built from the transaction as it stands."""
    track2 = tx.store.get(tags.TRACK2)
    return OnlineRequest(
        reference=tx.reference,
        service=tx.request.service,
        amount=tx.request.amount,
        other_amount=tx.request.other_amount,
        currency=tx.device.currency,
        pan=tx.secret_pan,
        pan_sequence=tx.pan_sequence,
        expiry=f"{tx.expiry:%y%m}",
        track2=Secret(track2) if track2 is not None else None,
        entry_mode="05",
        pin_block=tx.pin_block,
        chip=chip_data(tx),
    )


async def go_online(tx: Transaction) -> Authorisation | Unreachable:
    """Asks the issuer. The intent is kept first: a restart that finds it open owes the host a reversal.

    When no usable answer came back although the request may have arrived, the reversal is recorded at once. A balance
    enquiry moves nothing: there is nothing to keep and nothing to take back.
    """
    asked = request(tx)
    await tx.tell(Message.PROCESSING)
    if tx.request.service is not Service.BALANCE:
        fields = (("stage", "online"), ("service", tx.request.service.name), ("amount", tx.request.amount))
        await Remember(Record(RecordKind.INTENT, tx.reference, fields, asked.chip, tx.secret_pan))
        tx.open = RecordKind.INTENT
    tx.reply = reply = await GoOnline(asked)
    tx.pin_block = None
    if isinstance(reply, Unreachable):
        if reply.sent and tx.open is RecordKind.INTENT:
            await owe_reversal(tx, reply.reason)
        await Reached(Step.ONLINE, tx.snapshot(f"unable to go online: {reply.reason}"))
        return reply
    tx.online = True
    tx.arc = reply.arc
    tx.approved_online = reply.arc in tx.options.approved_codes
    tx.store.put(tags.ARC, reply.arc.encode("ascii", "replace")[:2].ljust(2), Source.ISSUER, "issuer")
    await Reached(Step.ONLINE, tx.snapshot(f"answered {reply.arc}"))
    return reply


async def owe_reversal(tx: Transaction, reason: str) -> None:
    """Records that the host must be told: what it may have approved did not happen."""
    fields = (
        ("reason", reason),
        ("service", tx.request.service.name),
        ("amount", tx.request.amount),
        ("approval_code", tx.reply.approval_code if isinstance(tx.reply, Authorisation) else ""),
    )
    record = Record(RecordKind.REVERSAL, tx.reference, fields, chip_data(tx, tags.ARC), tx.secret_pan)
    await Remember(record)
    tx.reversed, tx.open = True, None


async def authenticate_issuer(tx: Transaction) -> None:
    """Hands the issuer authentication data to the card: by EXTERNAL AUTHENTICATE where the AIP says so, and always to
    CDOL2. # spec: emv-b3/10.9"""
    if not isinstance(tx.reply, Authorisation) or not tx.reply.issuer_data:
        return
    data = tx.reply.issuer_data
    if not 8 <= len(data) <= 16:
        tx.tvr |= Tvr.ISSUER_AUTHENTICATION_FAILED
    else:
        tx.store.put(tags.ISSUER_AUTHENTICATION_DATA, data, Source.ISSUER, "issuer")
        if Aip.ISSUER_AUTHENTICATION not in tx.aip:
            return
        response = await exchange(commands.external_authenticate(data))
        tx.tsi |= Tsi.ISSUER_AUTHENTICATION_PERFORMED
        if response.sw != status.OK:
            tx.tvr |= Tvr.ISSUER_AUTHENTICATION_FAILED
    failed = Tvr.ISSUER_AUTHENTICATION_FAILED in tx.tvr
    await Reached(Step.ISSUER_AUTHENTICATED, tx.snapshot("failed" if failed else "successful"))


def set_local_arc(tx: Transaction, arc: str) -> None:
    """A response code the terminal makes itself: Y1 Z1 offline, Y3 Z3 unable to go online (emv-b4/annex-a6)."""
    tx.arc = arc
    tx.store.put(tags.ARC, arc.encode(), Source.TERMINAL, "terminal")
