"""CSV: the matrix of cases and subjects as a spreadsheet reads it."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from jinka.conformance.report.verdicts import group

# A byte order mark: without it a spreadsheet does not take the Chinese for UTF-8.
_MARK = "\N{BYTE ORDER MARK}"
_HEAD = ("code", "id", "title", "title_zh", "group", "severity", "clauses", "xref", "provisional")


def table(run: dict[str, Any]) -> str:
    """One row a case, excluded and unwritten cases at the end; for each subject a mark, the reason and the findings."""
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows([_cell(text) for text in row] for row in _rows(run))
    return _MARK + out.getvalue()


def _rows(run: dict[str, Any]) -> Iterator[list[str]]:
    names = [subject["name"] for subject in run["subjects"]]
    yield [*_HEAD, *(f"{name}{what}" for name in names for what in ("", " reason", " findings"))]
    for case in run["cases"]:
        row = [
            case["code"], case["id"], case["title"], case.get("title_zh", ""), group(case["code"]), case.get("severity", ""),
            " ".join(case["clauses"]), " ".join(case.get("xref", ())), case.get("provisional", ""),
        ]  # fmt: skip
        for name in names:
            result = case["results"].get(name, {})
            found = "; ".join(
                f"{one['what']}: wanted {one['wanted']}, seen {one['seen']}" for one in result.get("findings", ())
            )
            row += [result.get("mark", ""), result.get("reason", ""), found]
        yield row
    for case in run.get("excluded", ()):
        head = [case["code"], case.get("id", ""), case.get("title", ""), case.get("title_zh", ""), group(case["code"])]
        yield [*head, "", "", "", "", *(text for _ in names for text in ("excluded", case["reason"], ""))]
    for code, reason in run.get("unwritten", {}).items():
        yield [code, "", "", "", group(code), "", "", "", "", *(text for _ in names for text in ("unwritten", reason, ""))]


def _cell(text: str) -> str:
    """A text that a spreadsheet would run as a formula is quoted: what a terminal said is not to be trusted."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
