"""Pack: the findings and lanes of a run as one small text that a page carries and a browser opens.

The transactions of a suite resemble each other: texts, sheets and entries that occur in many stand once in a pool, and
the rest is numbers, which compress well.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from gzip import compress
from pathlib import Path
from typing import Any

from jinka.conformance.lanes import CLAUSES
from jinka.conformance.report.words import about, bits, counted, masked, meaning, register, setting
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.data.lines import english
from jinka.kernel.data.meanings import Text
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.effects import Step
from jinka.kernel.faces.words import STEPS

# What a case may tell about itself, in the order a person wants to know.
_SETTINGS = ("personality", "card", "stale", "faults", "terminal", "host", "person")
_BASE = {"service": "purchase", "amount": 1000}
_RUN = ("service", "amount", "other", "forced_online", "services")
# Stages of a kind share a colour.
_FAMILIES = {
    Step.AUTHENTICATED: "trust", Step.RESTRICTED: "trust", Step.VERIFIED: "person", Step.RISK_MANAGED: "decision",
    Step.DECIDED: "decision", Step.FIRST_AC: "cryptogram", Step.SECOND_AC: "cryptogram", Step.ONLINE: "issuer",
    Step.ISSUER_AUTHENTICATED: "issuer", Step.SCRIPTS_BEFORE: "issuer", Step.SCRIPTS_AFTER: "issuer",
}  # fmt: skip


def pack(run: dict[str, Any], folder: Path | None) -> str:
    """What the page needs when a case is opened: JSON, compressed, in base 64. `folder` None: without evidence."""
    pool = _Pool()
    cases = {case["code"]: _case(case, folder, pool) for case in run["cases"]}
    made = {
        "texts": pool.texts, "sheets": pool.sheets, "entries": pool.entries, "cases": cases,
        "names": {tag: _pair(Text(info.name, info.zh)) for tag in sorted(pool.tags) if (info := PBOC.get(int(tag, 16)))},
        "steps": {
            step.name.lower(): {"name": _pair(name), "family": _FAMILIES.get(step, "opening"), "clauses": CLAUSES[step]}
            for step, name in STEPS.items()
        },
        "registers": {
            kind_name: {f"{bit.byte}.{bit.number}": _pair(Text(english(name), bit.text)) for name, bit in kind.members.items()}
            for kind_name, kind in (("TVR", Tvr), ("TSI", Tsi))
        },
    }  # fmt: skip
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return b64encode(compress(text.encode(), 9, mtime=0)).decode("ascii")


def _pair(text: Text) -> str | list[str]:
    return text.en if text.en == text.zh else [text.en, text.zh]


def _case(case: dict[str, Any], folder: Path | None, pool: "_Pool") -> dict[str, Any]:
    whole = case | _whole(folder, case)
    made: dict[str, Any] = {"id": case["id"], "settings": [*_settings(whole)], "seen": {}}
    for name in ("xref", "provisional", "sha256"):
        if case.get(name):
            made[name] = case[name]
    for subject, result in case["results"].items():
        seen = made["seen"][subject] = {
            "findings": [_finding(entry) for entry in result.get("findings", ())],
            "runs": [pool.run(lanes) for lanes in _evidence(folder, result.get("evidence", ""))],
        }
        for name in ("reason", "deviation"):
            if result.get(name):
                seen[name] = result[name]
        if result.get("seconds"):
            seen["ms"] = round(result["seconds"] * 1000, 1)
    return made


def _evidence(folder: Path | None, place: str) -> list[dict[str, Any]]:
    """The transactions kept for a case."""
    runs: list[dict[str, Any]] = _kept(folder, place, "lanes.json").get("runs", [])
    return runs


def _whole(folder: Path | None, case: dict[str, Any]) -> dict[str, Any]:
    """The case with every default filled in."""
    places = (result.get("evidence", "") for result in case["results"].values())
    return next((held for place in places if (held := _kept(folder, place, "case.json"))), {})


def _kept(folder: Path | None, place: str, name: str) -> dict[str, Any]:
    """A file of the evidence; nothing when it was not kept or was taken away."""
    if folder is None or not place:
        return {}
    path = (folder / place / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return {}
    held: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return held


def _finding(entry: dict[str, str]) -> dict[str, Any]:
    """A finding with its digits explained."""
    what, wanted, seen = entry["what"], entry["wanted"], entry["seen"]
    made: dict[str, Any] = {"what": _pair(about(what)), "wanted": masked(wanted), "seen": masked(seen)}
    if entry.get("mark", "fail") != "fail":
        made["mark"] = entry["mark"]
    for name, side, value in (("means", "wanted", wanted), ("meant", "seen", seen)):
        if (held := register(what, value)) is not None:
            made[side], made[name] = held[0], _pair(held[1])
        elif (told := meaning(what, value)) is not None and _pair(told) != value:
            made[name] = _pair(told)
    if found := bits(what, wanted, seen):
        made["bits"] = [[sign, place, _pair(name)] for sign, place, name in found]
    return made


def _settings(case: dict[str, Any]) -> Iterator[list[Any]]:
    """What the case changes about card, terminal, host and person, and the transactions it makes: [whom, name, value,
    meanings]."""
    for whom in _SETTINGS:
        value = case.get(whom)
        if not value or (whom, value) in (("personality", "c0"), ("host", "approve")):
            continue
        if isinstance(value, dict):
            for key in sorted(value, key=counted):
                held = value[key]
                secret = whom == "person" and key in ("pin", "wrong", "change")
                name, shown, told = setting(key, "withheld" if secret else held)
                yield [whom, _pair(name), shown, [_pair(text) for text in told]]
        else:
            for one in value if isinstance(value, list) else [value]:
                yield [whom, "", setting("", one)[1], []]
    for number, one in enumerate(case.get("runs", ()), 1):
        words = [f"{key} = {setting(key, one[key])[1]}" for key in _RUN if one.get(key) and one[key] != _BASE.get(key)]
        if words:
            yield ["run", f"{number}:" if len(case["runs"]) > 1 else "", ", ".join(words), []]


class _Pool:
    """What many transactions share, by number."""

    def __init__(self) -> None:
        self.texts: list[Any] = []
        self.sheets: list[Any] = []
        self.entries: list[Any] = []
        self.tags: set[str] = set()
        self._known: dict[str, dict[str, int]] = {"texts": {}, "sheets": {}, "entries": {}}

    def _number(self, kind: str, value: Any) -> int:
        key = value if isinstance(value, str) else json.dumps(value)
        known, held = self._known[kind], getattr(self, kind)
        if key not in known:
            known[key] = len(held)
            held.append(value)
        return known[key]

    def run(self, lanes: dict[str, Any]) -> dict[str, Any]:
        """One transaction: its outcome with the words in place, its entries by number."""
        texts = [self._number("texts", text) for text in lanes["texts"]]
        ended = dict(lanes["outcome"])
        for name in ("title", "told", "reason", "service"):
            if name in ended:
                ended[name] = texts[ended[name]]
        return {"outcome": ended, "entries": [self._number("entries", self._entry(one, texts)) for one in lanes["entries"]]}

    def _entry(self, entry: dict[str, Any], texts: list[int]) -> dict[str, Any]:
        made = {name: value for name, value in entry.items() if name != "ms"}
        made["title"] = texts[entry["title"]]
        if "details" in entry:
            made["details"] = [texts[at] for at in entry["details"]]
        if "told" in entry:
            made["told"] = texts[entry["told"]]
        if "flips" in entry:
            made["flips"] = [[*flip[:3], texts[flip[3]], *flip[4:]] for flip in entry["flips"]]
        for way in ("sent", "received"):
            if way in entry:
                made[way] = self._number("sheets", self._sheet(entry[way], texts))
        return made

    def _sheet(self, sheet: dict[str, Any], texts: list[int]) -> dict[str, Any]:
        made = {**sheet, "label": texts[sheet["label"]]}
        if "parts" in sheet:
            made["parts"] = [self._part(part, texts) for part in sheet["parts"]]
        return made

    def _part(self, part: list[Any], texts: list[int]) -> list[Any]:
        made = [texts[value] if at in (5, 6) and value != "" else value for at, value in enumerate(part)]
        if len(made) > 4 and made[4]:
            self.tags.add(made[4])
        if len(made) > 7:
            made[7] = [self._line(line, texts) for line in made[7]]
        return made

    def _line(self, line: list[Any], texts: list[int]) -> list[Any]:
        if isinstance(line[3], str):
            self.tags.add(line[3])
            return [*line[:4], *(texts[at] for at in line[4:])]
        return [*line[:3], *(texts[at] for at in line[3:])]
