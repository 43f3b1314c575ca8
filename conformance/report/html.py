"""HTML: a run as one page that needs nothing else: the matrix of cases and subjects, and each case with its evidence.

The matrix stands in the page as it is; findings and lanes are packed and opened when a case is. Both languages are in the
page and a button switches.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinka.conformance.report.pack import pack
from jinka.conformance.report.verdicts import SEVERITIES, SIGNS, VERDICTS, counted, group
from jinka.conformance.report.words import about, masked
from jinka.kernel.data.meanings import Text
from jinka.kernel.faces.html import both
from jinka.kernel.faces.language import Language
from markupsafe import Markup

_HERE = Path(__file__).parent
_SETTLED = ("pass", "not-applicable")


def page(run: dict[str, Any], folder: Path | None = None, language: Language = Language.EN) -> str:
    """The page; `folder` is where the evidence of the run lies, `language` the one it opens in."""
    return _environment().get_template("page.html").render(
        language=language.value,
        run=run,
        subjects=[_subject(run, subject) for subject in run["subjects"]],
        groups=_groups(run),
        clauses=_clauses(run),
        verdicts=VERDICTS, signs=SIGNS, severities=SEVERITIES,
        present=[mark for mark in VERDICTS if any(_mark(case, one["name"]) == mark for case in run["cases"]
                                                  for one in run["subjects"])],
        excluded=run.get("excluded", []), unwritten=run.get("unwritten", {}),
        packed=pack(run, folder),
    )  # fmt: skip


def _mark(case: dict[str, Any], subject: str) -> str:
    return str(case["results"].get(subject, {}).get("mark", ""))


def _subject(run: dict[str, Any], subject: dict[str, Any]) -> dict[str, Any]:
    """A subject with its totals and the shares of a bar."""
    marks = counted(run["cases"], subject["name"])
    total = sum(marks.values())
    judged = total - marks.get("not-applicable", 0)
    return {**subject, "marks": marks, "total": total, "judged": judged, "passed": marks.get("pass", 0),
            "good": total > 0 and not any(marks.get(mark) for mark in VERDICTS if mark not in _SETTLED),
            "bad": bool(marks.get("fail") or marks.get("error"))}  # fmt: skip


def _groups(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases by group, in the order they come; a group where all is well is shut."""
    groups: dict[str, dict[str, Any]] = {}
    for case in run["cases"]:
        letters = group(case["code"])
        words = run.get("groups", {}).get(letters, {})
        held = groups.setdefault(letters, {
            "code": letters, "rows": [], "name": Text(words.get("name", letters), words.get("name_zh") or words.get("name", letters)),
        })  # fmt: skip
        held["rows"].append(_row(run, case))
    for held in groups.values():
        cases = [row["case"] for row in held["rows"]]
        held["totals"] = [counted(cases, subject["name"]) for subject in run["subjects"]]
        held["shut"] = all(row["settled"] for row in held["rows"])
    return list(groups.values())


def _row(run: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    marks = [_mark(case, subject["name"]) for subject in run["subjects"]]
    findings = [
        {"subject": subject, "what": about(one["what"]), "wanted": masked(one["wanted"]), "seen": masked(one["seen"])}
        for subject in run["subjects"]
        if subject["name"] in case["results"]
        for one in case["results"][subject["name"]].get("findings", ())
    ]
    return {
        "case": case, "marks": marks, "settled": all(mark in ("", *_SETTLED) for mark in marks), "findings": findings,
        "title": Text(case["title"], case.get("title_zh") or case["title"]), "severity": case.get("severity", ""),
    }  # fmt: skip


def _clauses(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The clauses that have a case, with how their cases went."""
    found = []
    for name, gist in sorted(run.get("clauses", {}).items()):
        cases = [case for case in run["cases"] if name in case["clauses"]]
        if cases:
            totals = [counted(cases, subject["name"]) for subject in run["subjects"]]
            found.append({"name": name, "gist": gist, "count": len(cases), "totals": totals})
    return found


def _source(name: str) -> Markup:
    """A file of this folder as it is."""
    return Markup((_HERE / name).read_text("utf-8"))  # noqa: S704  our own file


def _when(text: str) -> str:
    """A time of the record for a person."""
    return text.replace("T", " ").replace("Z", " UTC")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined,
    )  # fmt: skip
    made.filters["both"] = both
    made.filters["when"] = _when
    made.globals["source"] = _source
    made.globals["text"] = Text
    return made
