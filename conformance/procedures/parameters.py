"""Parameters: keys and parameter records as a terminal loads them.

How a terminal takes its parameters is its own affair: another subject than our kernel in this process is inconclusive here.
"""

from dataclasses import replace
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding, Mark
from jinka.conformance.procedures.bench import Perform, Procedure
from jinka.conformance.stand import base_terminal
from jinka.kernel.config import Config
from jinka.kernel.load import load_config


def _own(procedure: Procedure) -> Procedure:
    """Only for a subject whose loading can be looked at."""

    @wraps(procedure)
    def made(case: Case, perform: Perform, /, **parameters: Any) -> list[Finding]:
        if not perform.ours:
            return [Finding("loading of parameters", "looked at", "the subject's own affair", Mark.INCONCLUSIVE)]
        return procedure(case, perform, **parameters)

    return made


def _loaded(**files: str) -> Config:
    """A terminal's configuration out of TOML and record files; `main` is the one to read. Raises `ConfigError`."""
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name.replace("_", ".")).write_text(text, "utf-8")
        return load_config(Path(folder, "main.toml"))


@_own
def parameter_record(
    case: Case, perform: Perform, /, *, record: str, tac_default: str, tac_online: str, tac_denial: str, gac: list[str]
) -> list[Finding]:
    """An application record of the acquirer: its action codes are those of the terminal, and a transaction uses them."""
    config = _loaded(main_toml='include = ["aids.txt"]', aids_txt=record)
    application = config.applications[0]
    found = [
        Finding(f"{name} loaded", wanted, getattr(application, name).hex().upper())
        for name, wanted in (("tac_default", tac_default), ("tac_online", tac_online), ("tac_denial", tac_denial))
        if getattr(application, name).hex().upper() != wanted
    ]
    _, seen = perform(config=replace(base_terminal(), applications=(application,)))
    sent = [f"{command.p1:02X}" for command in seen.commands(0xAE)]
    if sent != gac:
        found.append(Finding("P1 of GENERATE AC", " ".join(gac), " ".join(sent)))
    return found
