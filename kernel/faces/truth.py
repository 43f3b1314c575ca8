"""Truth: a transaction for machines. The same story gives the same JSON, byte for byte."""

import json
from dataclasses import fields
from typing import Any

from jinka.kernel.data import lines
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.faces.exchange import Sheet
from jinka.kernel.faces.story import Entry, Story
from jinka.kernel.faces.words import Lane
from jinka.kernel.journal import redact
from jinka.kernel.outcome import Outcome


def truth(story: Story, *, entries: bool = False) -> dict[str, Any]:
    """The whole transaction as JSON values; with `entries` every step of it, decoded."""
    ended = story.outcome
    made: dict[str, Any] = {
        "outcome": None if ended is None else _outcome(ended),
        "verdict": None if ended is None else ended.verdict.value,
        "tvr": story.state.tvr.hex().upper(),
        "tsi": story.state.tsi.hex().upper(),
        "cvm_results": story.state.cvm_results.hex().upper(),
        "bits": {
            "tvr": _names(Tvr, story.state.tvr),
            "tsi": _names(Tsi, story.state.tsi),
        },
        "arc": "" if ended is None else ended.arc,
        "milestones": [_milestone(entry) for entry in story.entries if entry.state is not None],
        "apdus": [_apdu(entry) for entry in story.entries if entry.lane is Lane.CARD],
        "host": [
            {"direction": direction, **_message(sheet)}
            for entry in story.entries
            if entry.lane is Lane.HOST
            for direction, sheet in (("request", entry.sent), ("answer", entry.received))
            if sheet is not None
        ],
        "cardholder": [
            {"asked": entry.title.en, "answered": entry.received.label.en if entry.received else None}
            for entry in story.entries
            if entry.lane is Lane.CARDHOLDER
        ],
    }
    if entries:
        made["entries"] = story.to_json()
    return made


def to_text(value: Any) -> str:
    """JSON as it is printed: stable order, readable, ending in a newline."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _names(kind: type[Tvr] | type[Tsi], raw: bytes) -> list[str]:
    return [lines.english(name) for name in kind.parse(raw).names()]


def _outcome(ended: Outcome) -> dict[str, Any]:
    made = {field.name: lines.plain(getattr(ended, field.name)) for field in fields(ended)}
    made["verdict"] = ended.verdict.value
    made["data"] = redact.objects(ended.data)
    made["records"] = [redact.objects(record) for record in ended.records]
    return made


def _milestone(entry: Entry) -> dict[str, Any]:
    state = entry.state
    assert state is not None  # noqa: S101
    return {
        "step": entry.title.en,
        "note": entry.details[0].en if entry.details else "",
        "tvr": state.tvr.hex().upper(),
        "tsi": state.tsi.hex().upper(),
        "cvm_results": state.cvm_results.hex().upper(),
    }


def _apdu(entry: Entry) -> dict[str, Any]:
    answered = entry.received.hex if entry.received is not None else ""
    made: dict[str, Any] = {
        "step": entry.step.value,
        "name": entry.title.en,
        "command": entry.sent.hex if entry.sent is not None else "",
        "response": answered[:-4],
        "sw": answered[-4:],
    }
    if entry.elapsed:
        made["elapsed"] = entry.elapsed
    return made


def _message(sheet: Sheet) -> dict[str, Any]:
    return {
        "text": sheet.label.en,
        "fields": {part.name.en: part.summary.en for part in sheet.parts if not part.tag},
        "chip": [[part.tag, part.value] for part in sheet.parts if part.tag],
    }
