"""HTML: a transaction as one page that needs nothing else: lanes, arrows, bytes with their meaning, the registers.

Both languages are in the page and a button switches; everything shown comes redacted out of the story.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from jinka.kernel.data import lines, structures
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.data.meanings import Text
from jinka.kernel.effects import Step
from jinka.kernel.faces.exchange import Part, Sheet
from jinka.kernel.faces.language import Language
from jinka.kernel.faces.story import Entry, Story
from jinka.kernel.faces.words import LANES, SERVICES, STEPS, VERDICTS, Lane, money, note, remarks
from jinka.kernel.outcome import Verdict
from markupsafe import Markup

_GOOD = (Verdict.APPROVED, Verdict.COMPLETED)
# Stages of a kind share a colour.
_FAMILIES = {
    Step.START: "opening", Step.SELECTED: "opening", Step.INITIATED: "opening", Step.READ: "opening",
    Step.AUTHENTICATED: "trust", Step.RESTRICTED: "trust", Step.VERIFIED: "person",
    Step.RISK_MANAGED: "decision", Step.DECIDED: "decision", Step.FIRST_AC: "cryptogram", Step.SECOND_AC: "cryptogram",
    Step.ONLINE: "issuer", Step.ISSUER_AUTHENTICATED: "issuer", Step.SCRIPTS_BEFORE: "issuer",
    Step.SCRIPTS_AFTER: "issuer", Step.COMPLETED: "opening",
}  # fmt: skip
_ORDER = (Lane.CARDHOLDER, Lane.TERMINAL, Lane.CARD, Lane.HOST)


def page(story: Story, language: Language = Language.EN) -> str:
    """The page; `language` is the one it opens in."""
    stages = _stages(story)
    ended = story.outcome
    return _environment().get_template("story.html").render(
        language=language.value,
        lanes=[(lane.value, LANES[lane]) for lane in _ORDER],
        stages=stages,
        registers=[_register("TVR", Tvr, story.state.tvr, stages), _register("TSI", Tsi, story.state.tsi, stages)],
        outcome=ended,
        cvm=structures.cvm_results(story.state.cvm_results)[1],
        cvm_hex=story.state.cvm_results.hex().upper(),
        good=ended is not None and ended.verdict in _GOOD,
        verdict=VERDICTS[ended.verdict] if ended is not None else Text("unfinished", "未结束"),
        service=SERVICES.get(ended.service, Text("", "")) if ended is not None else Text("", ""),
        amount=money(ended.amount, ended.currency) if ended is not None else "",
        facts=_facts(story),
        started=story.started,
    )


def _stages(story: Story) -> list[dict[str, Any]]:
    """The entries by stage, in the order the stages were reached; each with its milestone apart."""
    stages: list[dict[str, Any]] = []
    for entry in story.entries:
        if not stages or stages[-1]["step"] is not entry.step:
            stages.append({
                "step": entry.step, "name": STEPS[entry.step], "number": len(stages) + 1,
                "family": _FAMILIES[entry.step], "rows": [], "notes": [], "flips": [], "cvm": None, "good": True,
            })  # fmt: skip
        stage = stages[-1]
        stage["good"] = stage["good"] and (entry.good or entry.minor)
        if entry.state is None:
            stage["rows"].append(_row(entry))
            continue
        stage["notes"] += entry.details
        stage["flips"] += entry.state.flips
        stage["cvm"] = entry.state.cvm or stage["cvm"]
    return stages


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry,
        "lane": entry.lane.value,
        "sheets": [(way, _sheet(sheet)) for way, sheet in (("sent", entry.sent), ("received", entry.received)) if sheet],
        "open": any(sheet.parts for sheet in (entry.sent, entry.received) if sheet),
    }


def _sheet(sheet: Sheet) -> dict[str, Any]:
    pairs = [sheet.hex[at : at + 2] for at in range(0, len(sheet.hex), 2)]
    return {"label": sheet.label, "bytes": pairs, "parts": list(_flat(sheet.parts, 0))}


def _flat(parts: tuple[Part, ...], depth: int) -> Any:
    """A tree as lines with a depth: what a table can show."""
    for part in parts:
        yield depth, part
        yield from _flat(part.children, depth + 1)


def _register(name: str, kind: type[Tvr] | type[Tsi], value: bytes, stages: list[dict[str, Any]]) -> dict[str, Any]:
    """A register as rows of bits; a set bit knows the stage that set it."""
    number = int.from_bytes(value, "big")
    setters = {
        (flip.byte, flip.bit): {"name": STEPS[flip.step], "family": _FAMILIES[flip.step], "number": stage["number"]}
        for stage in stages
        for flip in stage["flips"]
        if flip.register == name and flip.on
    }
    known = {(bit.byte, bit.number): Text(lines.english(word), bit.text) for word, bit in kind.members.items()}
    rows = []
    for byte in range(1, kind.size + 1):
        cells = []
        for bit in range(8, 0, -1):
            on = bool(number >> (8 * (kind.size - byte) + bit - 1) & 1)
            words = known.get((byte, bit))
            cells.append({"on": on, "bit": bit, "words": words, "by": setters.get((byte, bit)) if on else None})
        rows.append({"byte": byte, "cells": cells})
    return {"name": name, "hex": value.hex().upper(), "rows": rows}


def _facts(story: Story) -> list[tuple[Text, Text | str]]:
    """The line of small print under the verdict."""
    ended = story.outcome
    if ended is None:
        return []
    facts: list[tuple[Text, Text | str]] = [
        (Text("application", "应用"), f"{ended.label} {ended.aid.hex().upper()}".strip()),
        (Text("card", "卡号"), ended.pan),
        (Text("reference", "参考号"), ended.reference),
        (Text("response code", "应答码"), ended.arc),
        (Text("approval code", "授权码"), ended.approval_code),
        (Text("reason", "原因"), note(ended.reason)),
        (Text("script results", "脚本结果"), ended.script_results.hex().upper()),
    ]
    facts += [(Text("note", "备注"), words) for words in remarks(ended)]
    return [(name, value) for name, value in facts if value and value != Text("", "")]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(default=True), trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["both"] = both
    return made


def both(text: Text | str | None) -> Markup:
    """A text in both languages, of which the page shows one."""
    if text is None:
        return Markup("")
    if isinstance(text, str):
        return Markup("{}").format(text)
    if text.en == text.zh:
        return Markup("{}").format(text.en)
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(text.en, text.zh)
