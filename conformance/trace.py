"""Trace: which clause stands in which source file and in which cases. Committed as `trace.txt`; CI compares.

A file of the kernel names a clause in a comment or docstring, `# spec:` and the ids of the register. A clause covers the
ones below it: a case for emv-b2/5 speaks for code that names emv-b2/5.4.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import jinka.kernel
from jinka.conformance.case import Case, load_catalogue, load_clauses

KEPT = Path(__file__).parent / "trace.txt"
KERNEL = Path(jinka.kernel.__file__).parent

_MARK = re.compile(r"# spec: ((?:[a-z][a-z0-9.-]*/[a-z0-9.-]*[a-z0-9](?:, )?)+)")


def marks(folder: Path = KERNEL) -> dict[str, set[str]]:
    """Clauses named in source files, with the files."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        for ids in _MARK.findall(path.read_text("utf-8")):
            for clause in ids.split(", "):
                found.setdefault(clause, set()).add(str(path.relative_to(folder)))
    return found


def unregistered() -> list[str]:
    """Clauses that code names and the register does not know."""
    return sorted(set(marks()) - set(load_clauses()))


def trace(cases: Iterable[Case] | None = None) -> str:
    """One line a clause: id, number of cases by group, source files; "-" where there are none."""
    code = marks()
    by_clause: dict[str, dict[str, int]] = {}
    for case in load_catalogue() if cases is None else cases:
        for clause in case.clauses:
            groups = by_clause.setdefault(clause, {})
            groups[case.group] = groups.get(case.group, 0) + 1
    lines = []
    for clause in sorted(load_clauses(), key=_order):
        groups = by_clause.get(clause, {})
        above = next((name for name in _above(clause) if name in by_clause), "")
        told = " ".join(f"{group}:{count}" for group, count in sorted(groups.items())) or (f"see {above}" if above else "-")
        lines.append(f"{clause:<22} {told:<40} {' '.join(sorted(code.get(clause, ()))) or '-'}".rstrip())
    return "\n".join(lines) + "\n"


def _above(clause: str) -> list[str]:
    document, _, section = clause.partition("/")
    parts = section.split(".")
    return [f"{document}/{'.'.join(parts[:count])}" for count in range(len(parts) - 1, 0, -1)]


def _order(clause: str) -> list[tuple[int, int, str]]:
    words = re.split(r"[./-]", clause)
    return [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in words]
