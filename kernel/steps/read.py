"""Read: the records the AFL names (EMV 4.4 Book 3 clause 10.2).

# spec: emv-b3/10.2
"""

from typing import NamedTuple

from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.data import formats, tags, tlv
from jinka.kernel.effects import Reached, Step
from jinka.kernel.errors import MalformedData, UnexpectedStatus
from jinka.kernel.steps.transaction import Transaction

_CLAUSE = "emv-b3/10.2"


class Entry(NamedTuple):
    """One entry of an AFL: records `first` to `last` of `sfi`, the first `signed` of them in the static data."""

    sfi: int
    first: int
    last: int
    signed: int


def locate(afl: bytes, limit: int) -> list[Entry]:
    """Reads an application file locator. Raises `MalformedData` for an entry that cannot be, or more than `limit`
    records in all."""
    if not afl or len(afl) % 4:
        raise MalformedData(f"an AFL of {len(afl)} bytes", path="AFL", clause=_CLAUSE)
    entries, records = [], 0
    for at in range(0, len(afl), 4):
        sfi, first, last, signed = afl[at : at + 4]
        sound = not sfi & 7 and 1 <= sfi >> 3 <= 30 and 1 <= first <= last and signed <= last - first + 1
        if not sound:
            raise MalformedData(f"AFL entry {afl[at : at + 4].hex().upper()}", path="AFL", clause=_CLAUSE)
        entries.append(Entry(sfi >> 3, first, last, signed))
        records += last - first + 1
    if records > limit:
        raise MalformedData(f"an AFL of {records} records; {limit} are read at most", path="AFL", clause=_CLAUSE)
    return entries


async def read_records(tx: Transaction) -> None:
    """Reads all records in the order of the AFL, keeps their data objects and collects the static data.

    `tx.static` becomes None when a record meant for offline data authentication cannot be part of it.
    """
    static = b""
    usable = True
    for entry in locate(tx.afl, tx.options.max_records):
        for record in range(entry.first, entry.last + 1):
            where = f"record {entry.sfi}.{record}"
            response = await exchange(commands.read_record(entry.sfi, record))
            if response.sw != status.OK:
                raise UnexpectedStatus(response.sw, f"READ RECORD {entry.sfi}.{record}", clause=_CLAUSE)
            signed = record - entry.first < entry.signed
            if entry.sfi <= 10:
                nodes = tlv.scan(response.data)
                if len(nodes) != 1 or nodes[0].tag != tags.RECORD_TEMPLATE:
                    raise MalformedData("one template 70 expected", path=where, clause="emv-b3/6.5.11")
                try:
                    tx.store.take_all(tlv.scan(nodes[0].value), where, unique=True)
                except MalformedData as fault:
                    raise fault.within(where) if not fault.path else fault from None
                if signed:
                    static += nodes[0].value
            elif signed:
                usable = usable and response.data[:1] == b"\x70"
                static += response.data
    tx.static = static if usable else None
    _check(tx)
    await Reached(Step.READ, tx.snapshot())


def _check(tx: Transaction) -> None:
    """Mandatory data objects and the forms of those a decision needs. # spec: emv-b3/7.2, emv-b3/7.5"""
    tx.expiry = formats.day(tx.need(tags.EXPIRATION_DATE), "5F24")
    tx.pan = formats.digits(tx.need(tags.PAN), "5A")
    if not tx.pan:
        raise MalformedData("a PAN without digits", path="5A", clause="emv-b3/7.5")
    tx.need(tags.CDOL1)
    tx.need(tags.CDOL2)
    effective = tx.store.get(tags.EFFECTIVE_DATE)
    if effective is not None:
        formats.day(effective, "5F25")
    for tag in (tags.ISSUER_COUNTRY, tags.APPLICATION_CURRENCY, tags.PAN_SEQUENCE):
        if (raw := tx.store.get(tag)) is not None:
            formats.number(raw, f"{tag:X}")
