"""Log: the records a card keeps of its own transactions and loads (EMV 4.4 Book 3 annex D; JR/T 0025.5, 0025.13)."""

from typing import TypeAlias

from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.data import dol, pboc, tags, tlv
from jinka.kernel.errors import MalformedData, MissingData, UnexpectedStatus
from jinka.kernel.steps.transaction import Transaction

Line: TypeAlias = tuple[tuple[int, bytes], ...]

# A load log record starts with what the issuer wrote: P1 P2 of the PUT DATA, the old value and the new one.
_LOAD_HEAD = 14


async def read_log(tx: Transaction, entry_tag: int, format_tag: int) -> tuple[Line, ...]:
    """Reads a log, newest record first; unused records (all 00 or all FF) are left out.

    A load log line begins with the purse's tag twice: its old value, then its new one.
    """
    entry = tx.store.get(entry_tag)
    if entry is None:
        raise MissingData(entry_tag, "SELECT", clause="emv-b3/annex-d")
    sfi, most = entry[0] & 0x1F, entry[1]
    if not 11 <= sfi <= 30:
        raise MalformedData(f"SFI {sfi} for a log", path=f"{entry_tag:X}", clause="emv-b3/annex-d")
    response = await exchange(commands.get_data(format_tag))
    if response.sw != status.OK:
        raise UnexpectedStatus(response.sw, f"GET DATA {format_tag:X}", clause="emv-b3/annex-d")
    raw = tlv.find(tlv.scan(response.data), format_tag)
    layout = dol.parse(raw or b"", f"{format_tag:X}")
    head = _LOAD_HEAD if format_tag == pboc.LOAD_LOG_FORMAT else 0
    lines = []
    for record in range(1, most + 1):
        response = await exchange(commands.read_record(sfi, record))
        if response.sw == status.RECORD_NOT_FOUND:
            break
        if response.sw != status.OK:
            raise UnexpectedStatus(response.sw, f"READ RECORD {sfi}.{record}", clause="emv-b3/annex-d")
        data = response.data
        if set(data) <= {0x00} or set(data) <= {0xFF}:
            continue
        if len(data) < head + dol.total(layout):
            raise MalformedData(f"a log record of {len(data)} bytes", path=f"record {sfi}.{record}")
        lines.append(_line(data, layout, head))
    return tuple(lines)


def _line(data: bytes, layout: tuple[dol.Entry, ...], head: int) -> Line:
    purse = int.from_bytes(data[:2], "big")
    line = [(purse, data[2:8]), (purse, data[8:14])] if head else []
    at = head
    for tag, length in layout:
        if tag != tags.PAN:
            line.append((tag, data[at : at + length]))
        at += length
    return tuple(line)
