"""Record: one run of the suite as a folder. `run.json` is the truth; every report is drawn from it and nothing else.

    OUT/run.json                              suite, statement, subjects, cases with their results, what was left out
    OUT/evidence/<subject>/<code>/case.json   the case as it was run, sub-case and defaults filled in
    OUT/evidence/<subject>/<code>/lanes.json  what was seen: commands, prompts, host, registers, decoded; secrets masked
    OUT/evidence/<subject>/<code>/SHA256SUMS  of the two
    OUT/SHA256SUMS                            of run.json and of every SHA256SUMS below: `sha256sum -c` follows the chain

A folder is written once: a second run gets a folder of its own, so that no verdict is ever overwritten.
"""

import json
import platform
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
from jinka.conformance.case import CATALOGUE, Case, load_clauses
from jinka.conformance.judge import Mark
from jinka.conformance.runner import Result
from jinka.conformance.statement import Statement
from jinka.conformance.subject import Subject
from jinka.kernel.data.meanings import Text

SCHEMA = 1
TIMES = ("started", "seconds", "jobs", "environment")


class RecordError(Exception):
    """A run that cannot be read or must not be overwritten."""


def digest(case: Case) -> str:
    """SHA-256 of the case as it is run."""
    return sha256(msgspec.json.encode(case, order="deterministic")).hexdigest()


def suite(cases: Iterable[Case]) -> dict[str, Any]:
    """Which suite this is: version and one digest over all cases."""
    try:
        number = version("jinka")
    except PackageNotFoundError:
        number = "source tree"
    every = sha256("".join(sorted(map(digest, cases))).encode()).hexdigest()
    return {"name": "jinka", "version": number, "catalogue": every}


def compose(
    chosen: Sequence[Case],
    results: Mapping[str, Sequence[Result]],
    *,
    subjects: Sequence[Subject],
    statement: Statement | None,
    excluded: Sequence[tuple[Case, Text]],
    started: datetime,
    seconds: float,
    jobs: int,
    kept: bool,
    known: Mapping[str, str],
) -> dict[str, Any]:
    """The content of run.json. `results` holds one list a subject, in the order of `chosen`; `known` the reasons of
    failures that count as settled."""
    clauses = load_clauses()
    used = sorted({clause for case in chosen for clause in case.clauses})
    known_groups = groups()
    return {
        "schema": SCHEMA,
        "suite": suite(chosen),
        "started": started.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "jobs": jobs,
        "generation": statement.generation if statement else "",
        "statement": _statement(statement) if statement else None,
        "environment": {"python": platform.python_version(), "system": platform.platform()},
        "subjects": [
            {"name": held.name, "title": held.title, "lacks": sorted(show.value for show in held.lacks)} for held in subjects
        ],
        "clauses": {name: clauses[name] for name in used},
        "groups": {
            name: known_groups[name] for name in dict.fromkeys(case.group for case in chosen) if name in known_groups
        },
        "cases": [
            _case(case) | {"results": {name: _result(held[at], name, kept, known) for name, held in results.items()}}
            for at, case in enumerate(chosen)
        ],
        "excluded": [
            {"code": case.code, "id": case.id, "title": case.title, "title_zh": case.title_zh, "reason": reason.en,
             "reason_zh": reason.zh}
            for case, reason in excluded
        ],
        "unwritten": unwritten(),
    }  # fmt: skip


def groups() -> dict[str, dict[str, Any]]:
    """The groups of the catalogue: name, name_zh, and how many rows the plan has."""
    return _table("groups.toml")


def unwritten() -> dict[str, str]:
    """Rows of the plan that are no case yet, with the reason."""
    return _table("unwritten.toml")


def _table(name: str) -> dict[str, Any]:
    path = CATALOGUE / name
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def _statement(held: Statement) -> dict[str, Any]:
    return {
        "name": held.name, "vendor": held.vendor, "version": held.version, "checksum": held.checksum,
        "sha256": held.digest, "facts": msgspec.to_builtins(dict(held.facts)),
    }  # fmt: skip


def _case(case: Case) -> dict[str, Any]:
    made = {
        name: getattr(case, name)
        for name in ("code", "id", "title", "title_zh", "severity", "clauses", "xref", "provisional", "card", "terminal",
                     "host", "person", "faults")
    }  # fmt: skip
    # As evidence has it: a date of a terminal's setting becomes text.
    told: dict[str, Any] = msgspec.to_builtins({key: value for key, value in made.items() if value})
    return told | {"sha256": digest(case)}


def _result(result: Result, subject: str, kept: bool, known: Mapping[str, str]) -> dict[str, Any]:
    whole = result.to_json()
    made = {key: whole[key] for key in ("mark", "findings", "seconds")}
    if reason := known.get(result.code, ""):
        made["deviation"] = reason
    return made | ({"evidence": f"evidence/{subject}/{result.code}"} if kept and result.lanes is not None else {})


class Folder:
    """A run on its way to disk. Raises `RecordError` when the folder holds a run already."""

    def __init__(self, path: Path) -> None:
        if (path / "run.json").exists():
            raise RecordError(f"{path} holds a run already; a run is never overwritten")
        self.path, self._sums = path, dict[str, str]()
        path.mkdir(parents=True, exist_ok=True)

    def keep(self, subject: str, case: Case, result: Result) -> None:
        """Writes the evidence of one case."""
        if result.lanes is None:
            return
        place = self.path / "evidence" / subject / case.code
        place.mkdir(parents=True, exist_ok=True)
        files = {"case.json": msgspec.json.encode(case, order="deterministic"), "lanes.json": _bytes(result.lanes)}
        for name, content in files.items():
            (place / name).write_bytes(content)
        sums = _sums({name: sha256(content).hexdigest() for name, content in files.items()})
        (place / "SHA256SUMS").write_text(sums, "ascii")
        self._sums[str((place / "SHA256SUMS").relative_to(self.path))] = sha256(sums.encode()).hexdigest()

    def close(self, whole: Mapping[str, Any]) -> None:
        """Writes run.json and the sums that end the chain."""
        content = json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"
        (self.path / "run.json").write_bytes(content)
        self._sums["run.json"] = sha256(content).hexdigest()
        (self.path / "SHA256SUMS").write_text(_sums(self._sums), "ascii")


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _sums(digests: Mapping[str, str]) -> str:
    return "".join(f"{held}  {name}\n" for name, held in sorted(digests.items()))


def load_run(path: Path) -> dict[str, Any]:
    """A run by its folder or its run.json. Raises `RecordError`."""
    place = path / "run.json" if path.is_dir() else path
    try:
        whole: dict[str, Any] = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise RecordError(f"{place}: {fault}") from None
    if whole.get("schema") != SCHEMA:
        raise RecordError(f"{place}: schema {whole.get('schema')} is not {SCHEMA}")
    return whole


def verify(path: Path) -> list[str]:
    """Files of a run's folder that are not what its sums say; empty when the chain holds."""
    wrong: list[str] = []
    for sums in (path / "SHA256SUMS", *sorted(path.glob("evidence/*/*/SHA256SUMS"))):
        for line in sums.read_text("ascii").splitlines() if sums.exists() else []:
            held, _, name = line.partition("  ")
            file = sums.parent / name
            if not file.exists() or sha256(file.read_bytes()).hexdigest() != held:
                wrong.append(str(file.relative_to(path)))
    return wrong if (path / "SHA256SUMS").exists() else ["SHA256SUMS"]


def timeless(whole: Mapping[str, Any]) -> dict[str, Any]:
    """A run without what differs from run to run: times, number of processes, machine."""
    made = {key: value for key, value in whole.items() if key not in TIMES}
    made["cases"] = [
        case | {"results": {name: {k: v for k, v in held.items() if k != "seconds"} for name, held in case["results"].items()}}
        for case in whole["cases"]
    ]
    return made


def marks(whole: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Verdict words by subject and code."""
    return {(name, case["code"]): held["mark"] for case in whole["cases"] for name, held in case["results"].items()}


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[tuple[str, str, str, str]]]:
    """What became of each case: fixed, broken, changed, new, gone, same. Rows are subject, code, before, after.

    Two runs of one subject each are compared whatever the subjects are called.
    """
    old, new = marks(before), marks(after)
    if len(before["subjects"]) == len(after["subjects"]) == 1:
        name = after["subjects"][0]["name"]
        old = {(name, code): mark for (_, code), mark in old.items()}
    good = Mark.PASS.word
    made: dict[str, list[tuple[str, str, str, str]]] = {
        kind: [] for kind in ("broken", "fixed", "changed", "new", "gone", "same")
    }
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key, ""), new.get(key, "")
        kind = (
            "new" if not was else "gone" if not now else "same" if was == now
            else "fixed" if now == good else "broken" if was == good else "changed"
        )  # fmt: skip
        made[kind].append((*key, was, now))
    return made
