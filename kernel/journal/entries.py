"""What may stand in a ledger, and which record may follow which.

A later record of the same reference supersedes an earlier one, but a debt does not vanish by being overwritten: a
reversal, a captured sale or an advice ends only when the host has acknowledged it.
"""

import json

from jinka.kernel.data.formats import truncated_pan
from jinka.kernel.effects import Record, RecordKind
from jinka.kernel.errors import MisuseError
from jinka.kernel.journal.redact import NEVER_STORED
from jinka.kernel.secret import Secret

Fields = dict[str, int | str]

# What may supersede what. An INTENT over a debt would be a reference used twice; the flow must not close a debt itself.
_FOLLOWERS: dict[RecordKind, frozenset[RecordKind]] = {
    RecordKind.INTENT: frozenset(RecordKind) - {RecordKind.COUNTER},
    RecordKind.CLOSED: frozenset(RecordKind) - {RecordKind.COUNTER},
    RecordKind.SALE: frozenset({RecordKind.SALE, RecordKind.REVERSAL, RecordKind.UNCERTAIN}),
    RecordKind.REVERSAL: frozenset({RecordKind.REVERSAL}),
    RecordKind.ADVICE: frozenset({RecordKind.ADVICE, RecordKind.REVERSAL}),
    RecordKind.UNCERTAIN: frozenset(RecordKind) - {RecordKind.COUNTER},
}


def check_order(reference: str, before: RecordKind, after: RecordKind) -> None:
    """Raises `MisuseError` when `after` would make a debt disappear."""
    if after not in _FOLLOWERS[before]:
        raise MisuseError(f"{reference}: {before.value} cannot become {after.value} without the host")


def pan_digits(pan: Secret | None) -> str:
    """The digits of a PAN (ASCII in a Secret), or nothing. Raises `MisuseError`, without the value, when it is none."""
    raw = pan.reveal() if pan is not None else b""
    if not raw.isdigit() and raw:
        raise MisuseError("a PAN travels as ASCII digits")
    return raw.decode("ascii")


def shown(pan: str) -> str:
    """First six and last four."""
    return truncated_pan(pan) if pan else ""


def clean_fields(record: Record, pan: str) -> Fields:
    """The plain fields. Raises `MisuseError` when one of them holds the PAN."""
    fields = dict(record.fields)
    for name, value in fields.items():
        if pan and pan in str(value):
            raise MisuseError(f"{record.reference}: field {name} holds a PAN in clear")
    return fields


def clean_chip(record: Record, pan: str) -> list[list[str]]:
    """The data objects that may be kept, as hexadecimal pairs; one that holds the PAN is left out."""
    return [
        [f"{tag:X}", value.hex().upper()]
        for tag, value in record.chip
        if tag not in NEVER_STORED and not (pan and (pan in value.hex() or pan.encode() in value))
    ]


def build(kind: str, reference: str, fields: str, chip: str, pan: Secret | None) -> Record:
    """A row as a record again."""
    return Record(
        RecordKind(kind),
        reference,
        tuple(json.loads(fields).items()),
        tuple((int(tag, 16), bytes.fromhex(value)) for tag, value in json.loads(chip)),
        pan,
    )
