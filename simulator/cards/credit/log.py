"""Log: the transaction log, newest record first (JR/T 0025.5 annex, EMV 4.4 Book 3 annex D).

# spec: emv-b3/annex-d
"""

from typing import TYPE_CHECKING

from jinka.kernel.data import dol, tags
from jinka.kernel.errors import MalformedData
from jinka.simulator.cards.credit.memory import Memory, Session
from jinka.simulator.machine import Turn

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit


def line(turn: Turn[Memory, Session], form: bytes) -> bytes:
    """One record: the values a log format asks for, zeros for what this transaction did not have."""
    known = {**turn.session.values, tags.ATC: turn.memory.atc.to_bytes(2, "big")}
    try:
        entries = dol.parse(form, "log format")
    except MalformedData:
        return b""
    return b"".join(known.get(tag, b"")[:length].ljust(length, b"\0") for tag, length in entries)


def pushed(records: tuple[bytes, ...], record: bytes, room: int) -> tuple[bytes, ...]:
    """The log with one record more in front; the oldest makes room."""
    return (record, *records)[:room] if record else records


def write(card: "Credit", turn: Turn[Memory, Session]) -> None:
    """An approved transaction goes into the log."""
    entry = card.profile.discretionary.get(tags.LOG_ENTRY)
    form = turn.memory.data.get(tags.LOG_FORMAT)
    if entry and len(entry) == 2 and form:
        turn.memory.log = pushed(turn.memory.log, line(turn, form), entry[1])
