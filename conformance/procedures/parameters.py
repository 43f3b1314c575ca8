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
from jinka.conformance.procedures.bench import Perform, Procedure, tvr
from jinka.conformance.stand import base_terminal
from jinka.kernel.config import CaKey, Config, Hex, KeyAlgorithm
from jinka.kernel.data import tlv
from jinka.kernel.data.fields import Tvr
from jinka.kernel.errors import ConfigError
from jinka.kernel.load import load_config


def own(procedure: Procedure) -> Procedure:
    """Only for our kernel in this process, which can be looked into."""

    @wraps(procedure)
    def made(case: Case, perform: Perform, /, **parameters: Any) -> list[Finding]:
        if not perform.ours:
            return [Finding("what only our kernel in this process shows", "looked at", "another subject", Mark.INCONCLUSIVE)]
        return procedure(case, perform, **parameters)

    return made


def _loaded(**files: str) -> Config:
    """A terminal's configuration out of TOML and record files; `main` is the one to read. Raises `ConfigError`."""
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name.replace("_", ".")).write_text(text, "utf-8")
        return load_config(Path(folder, "main.toml"))


@own
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


def _held(index: int) -> CaKey:
    """A CA key of the base terminal."""
    [key] = [key for key in base_terminal().keys if key.index == index]
    return key


def _as_toml(key: CaKey) -> str:
    """A key as a table of a TOML file."""
    hexadecimal = {"rid": key.rid, "modulus": key.modulus, "exponent": key.exponent, "checksum": key.checksum}
    rows = [f'{name} = "{bytes(value).hex().upper()}"' for name, value in hexadecimal.items() if value]
    return "\n".join(["[[capk]]", f"index = {key.index}", f'algorithm = "{key.algorithm.name.lower()}"', *rows, ""])


def _as_record(key: CaKey) -> str:
    """A key as a record that a host downloads, one line of hexadecimal text."""
    exponent = [] if key.algorithm is KeyAlgorithm.SM2 else [(0xDF04, key.exponent)]
    rows = [(0x9F06, key.rid), (0x9F22, bytes((key.index,))), (0xDF07, bytes((key.algorithm,))), (0xDF02, key.modulus)]
    rows += [*exponent, (0xDF03, key.checksum)]
    return b"".join(tlv.encode(tag, bytes(value)) for tag, value in rows).hex().upper() + "\n"


def _forms(*keys: CaKey) -> dict[str, dict[str, str]]:
    """The files that hold some keys, in either form, by a word for the form."""
    return {
        "tables": {"main_toml": "".join(map(_as_toml, keys))},
        "records": {"main_toml": 'include = ["keys.txt"]', "keys_txt": "".join(map(_as_record, keys))},
    }


@own
def refused_key(case: Case, perform: Perform, /, *, index: int, flip: str, tag: str) -> list[Finding]:
    """A CA key with one bit of the field `flip` turned is refused when it is loaded, and the reason names the checksum by
    name or `tag`; as it stands it is taken. Nothing but the checksum can tell."""
    key = _held(index)
    value = bytes(getattr(key, flip))
    turned: dict[str, Any] = {flip: Hex(bytes((value[0] ^ 0x10,)) + value[1:])}
    wrong = replace(key, **turned)
    found: list[Finding] = []
    for form, files in _forms(key).items():
        if len(_loaded(**files).keys) != 1:
            found.append(Finding(f"the key as it stands, in {form}", "loaded", "not loaded"))
    for form, files in _forms(wrong).items():
        try:
            _loaded(**files)
        except ConfigError as fault:
            named = any(word in fault.key for word in ("checksum", tag))
            if not named:
                found.append(Finding(f"the reason, in {form}", "names the checksum", str(fault)))
        else:
            found.append(Finding(f"a wrong {flip}, in {form}", "refused", "loaded"))
    return found


@own
def key_loaded_twice(case: Case, perform: Perform, /, *, index: int, other: int) -> list[Finding]:
    """Two keys of one RID and index, one of them with the modulus of `other`: the second one stands, alone, and is used."""
    right = replace(_held(index), checksum=Hex())
    wrong = replace(_held(other), index=index, checksum=Hex())
    found: list[Finding] = []
    for order, good in (((wrong, right), True), ((right, wrong), False)):
        for form, files in _forms(*order).items():
            keys = _loaded(**files).keys
            found += _loaded_as(f"the second key of two, in {form}", keys, order[1])
            failed = Tvr.DDA_FAILED in tvr(perform(config=replace(base_terminal(), keys=keys)))
            if failed is good:
                found.append(Finding(f"DDA with the second key, in {form}", str(good), str(not failed)))
    return found


def _loaded_as(what: str, keys: tuple[CaKey, ...], wanted: CaKey) -> list[Finding]:
    if len(keys) != 1:
        return [Finding(what, "one entry", f"{len(keys)} entries")]
    return [] if keys[0].modulus == wanted.modulus else [Finding(what, "stands", "the first one stands")]


def revocation_withdrawn(case: Case, perform: Perform, /, *, revoked: list[str]) -> list[Finding]:
    """A certificate on the revocation list is refused; with the entry gone, the same card is authenticated."""
    found: list[Finding] = []
    for entries, wanted in ((revoked, True), ([], False), (revoked, True)):
        failed = Tvr.DDA_FAILED in tvr(perform(terminal={"revoked": entries}))
        if failed is not wanted:
            found.append(Finding(f"DDA failed with {len(entries)} entries", str(wanted), str(failed)))
    return found
