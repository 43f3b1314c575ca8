"""Case: what a card is sent and what it must answer. Read from TOML.

    conformance/catalogue/card/<group>.toml

    [[case]]
    code = "CRD-201"
    id = "card/ac/arqc-then-tc"
    title = "ARQC, then TC at the second GENERATE AC"
    title_zh = "先ARQC后TC"
    clauses = ["emv-b3/9.3"]
    severity = "H"
    needs = ["issuer-keys"]            # facts of the card, see bench.py
    destructive = false                # true: spends PIN tries or blocks something; not for a real card unless asked
    steps = [
      { do = "open" },                                    # power, SELECT, GET PROCESSING OPTIONS, READ RECORDs
      { do = "ac", ask = "80", cid = "80", check = ["cryptogram", "counter"] },
      { do = "ac", ask = "40", cid = "40" },
      { send = "00B2 01 FC 00", sw = ["6A82", "6A83"] },
    ]

A step either sends bytes or does something that has a name (see talk.py). What it does not speak of is not looked at,
but for the status word, which is 9000 unless `sw` says otherwise; X stands for any digit: "63CX".
"""

import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec
from jinka.conformance.case import CATALOGUE, CaseError, load_clauses

FOLDER = CATALOGUE / "card"


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is done to the card, and what must come back.

    do: open power select gpo read get record verify challenge internal ac external script. send: a command as
    hexadecimal text instead. values: data objects the terminal has for this step and all later ones. ask: P1 of GENERATE
    AC. pin: digits for VERIFY. tag: for GET DATA. sfi, number: for READ RECORD. command: CLA INS P1 P2 of a script,
    with `data` before its MAC. good: False spoils the MAC, the ARPC or the length. times: how often. tags: objects of
    the answer with their values, `has` those that only must be there; cid: the CID. check: procedures of checks.py.
    """

    do: str = ""
    send: str = ""
    values: dict[str, str] = {}
    ask: str = ""
    pin: str | None = None
    tag: str = ""
    sfi: int = 0
    number: int = 0
    command: str = ""
    data: str = ""
    secret: bool = False
    good: bool = True
    times: int = 1
    sw: str | list[str] = "9000"
    answer: str | None = None
    size: int | None = None
    cid: str | None = None
    tags: dict[str, str] = {}
    has: list[str] = []
    check: list[str] = []


class CardCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One case."""

    code: str
    id: str
    title: str
    title_zh: str
    clauses: list[str]
    steps: list[Step]
    severity: Literal["H", "M", "L"] = "M"
    needs: list[str] = []
    destructive: bool = False
    provisional: str = ""
    file: str = ""


def load_card_cases(folder: Path = FOLDER) -> list[CardCase]:
    """All card cases in the order of their codes. Raises `CaseError`."""
    known, cases = load_clauses(), dict[str, CardCase]()
    for path in sorted(folder.glob("*.toml")):
        try:
            entries: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8")).get("case", [])
            made = [msgspec.convert(entry | {"file": path.name}, CardCase) for entry in entries]
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
            raise CaseError(f"{path.name}: {fault}") from None
        for case in made:
            if case.code in cases:
                raise CaseError(f"{path.name}: {case.code} stands in {cases[case.code].file} already")
            if unknown := [clause for clause in case.clauses if clause not in known]:
                raise CaseError(f"{path.name}: {case.code}: no clause {', '.join(unknown)} in the register")
            cases[case.code] = case
    return [cases[code] for code in sorted(cases)]
