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
_SETTLED, _BAD = ("pass", "not-applicable"), ("fail", "error")


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
            "bad": any(marks.get(mark) for mark in _BAD)}  # fmt: skip


def _groups(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases by group, in the order they come."""
    groups: dict[str, dict[str, Any]] = {}
    for case in run["cases"]:
        letters = group(case["code"])
        words = run.get("groups", {}).get(letters, {})
        held = groups.setdefault(letters, {
            "code": letters, "rows": [], "name": Text(words.get("name", ""), words.get("name_zh") or words.get("name", "")),
        })  # fmt: skip
        held["rows"].append(_row(run, case))
    for held in groups.values():
        cases = [row["case"] for row in held["rows"]]
        held["totals"] = [counted(cases, subject["name"]) for subject in run["subjects"]]
    # What is open when the page opens: the groups with a fault or, where none has, those with something unsettled.
    faulty = any(row["bad"] for held in groups.values() for row in held["rows"])
    for held in groups.values():
        held["shut"] = not any(row["bad" if faulty else "unsettled"] for row in held["rows"])
    return list(groups.values())


def _row(run: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    marks = [_mark(case, subject["name"]) for subject in run["subjects"]]
    findings = [
        {"subject": subject, "what": about(one["what"]), "wanted": masked(one["wanted"]), "seen": masked(one["seen"])}
        for subject in run["subjects"]
        if subject["name"] in case["results"]
        for one in case["results"][subject["name"]].get("findings", ())
        if one.get("mark") != "inconclusive"  # what could not be seen would fill the paper
    ]
    # Sub-cases have the title of their case; the end of the slug tells them apart.
    variant = case["id"].rpartition("/")[2] if "." in case["code"] else ""
    return {
        "case": case,
        "title": Text(case["title"], case.get("title_zh") or case["title"]),
        "variant": variant.replace("-", " "),
        "severity": case.get("severity", ""),
        "marks": marks,
        "unsettled": any(mark not in ("", *_SETTLED) for mark in marks),
        "bad": any(mark in _BAD for mark in marks),
        "findings": findings,
        "deviations": [case["results"].get(subject["name"], {}).get("deviation", "") for subject in run["subjects"]],
    }


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
    return text.replace("T", " ").replace("+00:00", " UTC").replace("Z", " UTC")


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
