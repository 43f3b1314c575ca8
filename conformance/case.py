"""Case: what a terminal is told and shown, and what must be seen of it. Read from TOML, checked when it is read.

    conformance/catalogue/<application>/<group>.toml

    [[case]]
    code = "CVM-027"                                  # short and stable, never used twice
    id = "cvm/under-x-equal"                          # a slug that says what it is about
    title = "Condition 06: an amount equal to X is not under X"
    clauses = ["emv-b3/annex-c3"]                     # ids of clauses/*.toml
    severity = "H"
    generations = ["pboc-2018"]                       # where only some editions ask for it; see statement.py
    applies = "true in option.referral"               # what the statement must give, beyond what the case itself shows
    card = { 8E = "000003E8 00000000 0106 1F00" }     # data objects, records, faults: see simulator/personality.py;
                                                      # "application.2.87" is that of a card's second application
    terminal = { "application.floor_limit" = 1 }      # device., application. or options. and a field of kernel/config.py
    host = "decline 51"                               # as `jinka pay --host` takes it, or a table of Behaviour's fields
    hot = ["6212340000000000012"]                     # the exception file: PAN, or PAN/sequence number
    person = { wrong = ["0000"] }                     # fields of simulator/human.py
    trace = "unionpay_ft01_contact_sda_dda"           # a recorded card of traces/ in place of the simulated one
    free = { AE = ["9F37"] }                          # what may differ from it, by instruction: see replay.py
    service = "purchase"
    amount = 1000                                     # fen; a case of several transactions has [[case.run]] tables
    [case.expect]
    verdict = "approved"
    cvm = "1F0002"
    gac = ["40"]                                      # P1 of the GENERATE ACs, all of them, in order
    apdu = [{ ins = "20", count = 0 }]

Hexadecimal text may repeat: "00*8" is eight zero bytes. What is a loop or a count is a Python function of
`conformance/procedures/`, with its parameters as data:

    procedure = "unpredictable_numbers"
    with = { n = 50, seed = 1, alpha = 0.001 }

`[[case.param]]` tables, each with a `name` and whatever differs, make sub-cases CVM-027.01, .02 and so on. What `expect`
does not speak of is still looked at: see `judge.py` for the observables every case has.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

CATALOGUE = Path(__file__).parent / "catalogue"
CLAUSES = Path(__file__).parent / "clauses"

# What base card C0 shows at base terminal T0: an online PIN is asked for.
BASE_TVR = ("ONLINE_PIN_ENTERED",)


class CaseError(Exception):
    """A case that cannot be used: file, case and reason."""


def spread(text: str) -> str:
    """Hexadecimal text with its repetitions written out: "FF*20" is twenty bytes FF, "1F00*3" three rules."""
    return text if "*" not in text else re.sub(r"([0-9A-Fa-f]+)\*(\d+)", lambda found: found[1] * int(found[2]), text)


class Apdu(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Commands of one instruction: how many, and what the `nth` looks like. Hexadecimal texts may carry a mask:
    ``0000008000/FFFFFF7FFF``. `dol` takes the values apart by the list the card asked with. `sent` counts the repeats
    for 6Cxx too, `most` is a bound of it. `le` is hexadecimal, "-" for none, as first sent; `again` is that of the repeat for
    6Cxx. `length` is that of the data."""

    ins: str
    nth: int = 1
    count: int | None = None
    sent: int | None = None
    most: int | None = None
    cla: str | None = None
    le: str | None = None
    again: str | None = None
    length: int | None = None
    p1: str | None = None
    p2: str | None = None
    data: str | None = None
    dol: dict[str, str] = {}


class Online(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Requests to the host: how many, and what the first one holds. `sequence` is the PAN sequence number, -1 for
    none. `chip` is field 55: tags with their values, "*" for any value, "-" for absent."""

    count: int = 1
    entry_mode: str | None = None
    pan: str | None = None
    sequence: int | None = None
    pin: bool | None = None
    chip: dict[str, str] = {}


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record the terminal keeps: the last one of its kind, its fields by name and its data objects like `chip` of
    `Online`."""

    kind: str
    fields: dict[str, int | str] = {}
    chip: dict[str, str] = {}


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be seen; a verdict always. `tvr` None is the base TVR. `verdict` and `arc` may list what a clause leaves
    open, and `tvr_open` names the bits it leaves open.

    `order`: what must come one after the other, other things between: commands by their instruction ("AE"), prompts
    and messages by name ("PIN online", "APPROVED"), "ONLINE", records by kind ("sale"). `first`, `last`: the first and the
    last command.
    `offered`: the lines of the list of applications. `language`: what all prompts and messages after selection are in.
    `pin_amount`: the amount beside every PIN prompt. `present`, `absent`: tags the outcome must or must not hold.
    """

    verdict: str | list[str] = []
    arc: str | list[str] | None = None
    tvr: list[str] | None = None
    tvr_open: list[str] = []
    tsi: list[str] | None = None
    cvm: str | None = None
    gac: list[str] | None = None
    apdu: list[Apdu] = []
    told: list[str] = []
    untold: list[str] = []
    asked: list[str] | None = None
    records: list[str] | None = None
    reversal: bool = False
    tags: dict[str, str] = {}
    scripts: str | list[str] | None = None
    signature: bool | None = None
    advice: bool | None = None
    fallback: bool | None = None
    order: list[str] = []
    first: str | None = None
    last: str | None = None
    offered: list[str] | None = None
    label: str | None = None
    pan: str | None = None
    language: str | None = None
    pin_amount: int | None = None
    online: Online | None = None
    kept: list[Kept] = []
    present: list[str] = []
    absent: list[str] = []


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One transaction."""

    expect: Expect
    service: str = "purchase"
    amount: int = 1000
    other: int = 0
    forced_online: bool = False
    services: bool = False


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One case, sub-cases already taken apart."""

    code: str
    id: str
    title: str
    clauses: list[str]
    runs: list[Run]
    severity: Literal["H", "M", "L"] = "M"
    title_zh: str = ""
    xref: list[str] = []
    provisional: str = ""
    generations: list[str] = []
    applies: str = ""
    personality: str = "c0"
    card: dict[str, Any] = {}
    stale: bool = False
    faults: list[dict[str, Any]] = []
    terminal: dict[str, Any] = {}
    host: str | dict[str, Any] = "approve"
    person: dict[str, Any] = {}
    hot: list[str] = []
    clock: datetime | None = None
    clock_step: int = 1
    seed: int = 1
    procedure: str = ""
    parameters: dict[str, Any] = msgspec.field(default_factory=dict, name="with")
    trace: str = ""
    free: dict[str, list[str]] = {}
    file: str = ""

    @property
    def group(self) -> str:
        """The letters before the number."""
        return self.code.partition("-")[0]


def load_catalogue(folder: Path = CATALOGUE) -> list[Case]:
    """All cases for terminals, in the order of their codes; those for cards are `cards/case.py`'s. Raises `CaseError`."""
    known, cases = load_clauses(), []
    seen: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*.toml") if path.parent.name != "card"):
        for case in load_file(path):
            for key in (case.code, case.id):
                if key in seen:
                    raise CaseError(f"{path.name}: {key} stands in {seen[key]} already")
                seen[key] = path.name
            if unknown := [clause for clause in case.clauses if clause not in known]:
                raise CaseError(f"{path.name}: {case.code}: no clause {', '.join(unknown)} in the register")
            cases.append(case)
    return sorted(cases, key=lambda case: case.code)


def load_file(path: Path) -> Iterator[Case]:
    """The cases of one file, sub-cases taken apart."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise CaseError(f"{path.name}: {fault}") from None
    for entry in table.get("case", []):
        params = entry.pop("param", None) or [{}]
        for number, param in enumerate(params, 1):
            yield _case(path, entry, param, number if len(params) > 1 else 0)


def _case(path: Path, entry: Mapping[str, Any], param: Mapping[str, Any], number: int) -> Case:
    merged = _merged(entry, {key: value for key, value in param.items() if key != "name"})
    if number:
        merged["code"] = f"{merged['code']}.{number:02d}"
        merged["id"] = f"{merged['id']}/{param['name']}" if "name" in param else f"{merged['id']}/{number}"
    run = {
        key: merged.pop(key) for key in ("service", "amount", "other", "forced_online", "services", "expect") if key in merged
    }
    if "procedure" in merged:
        run.setdefault("expect", {})
    merged["runs"] = merged.pop("run", None) or [run]
    merged["file"] = path.name
    try:
        case = msgspec.convert(merged, Case)
    except msgspec.ValidationError as fault:
        raise CaseError(f"{path.name}: {merged.get('code', '?')}: {fault}") from None
    for one in case.runs if not case.procedure else ():
        if not one.expect.verdict:
            raise CaseError(f"{path.name}: {case.code}: a case says how the transaction ends")
        if case.severity == "H" and not _decides(one.expect):
            raise CaseError(f"{path.name}: {case.code}: a case of severity H must expect something to the bit")
    return case


def _decides(expect: Expect) -> bool:
    exact = (expect.gac, expect.tvr, expect.cvm, expect.arc, expect.asked, expect.records, expect.scripts, expect.online,
             expect.first, expect.last, expect.offered, expect.language, expect.fallback, expect.label)  # fmt: skip
    some = (expect.apdu, expect.tags, expect.kept, expect.order, expect.present, expect.absent)
    return any(some) or any(value is not None for value in exact)


def _merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(base)
    for key, value in more.items():
        inner = made.get(key)
        made[key] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return made


def load_clauses(folder: Path = CLAUSES) -> dict[str, str]:
    """The register: what the specifications ask for, in our own words, by id."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, gist in tomllib.loads(path.read_text("utf-8")).items():
            if name in found:
                raise CaseError(f"{path.name}: clause {name} is registered twice")
            found[name] = gist
    return found
