"""Load: TOML files to a `Config`, or a `ConfigError` that names the file, the key in it and the reason.

    include = ["keys.toml", "aids.txt"]     # read first, so that this file has the last word; .txt: see parameters.py
    generation = "pboc-2018"
    [device]                                # config.Device; of several files the last one to name a key wins
    [options]                               # config.Options; enums by name ("first") or by value (2)
    [records]                               # parameters.Reading: how the parameter records of included files are read
    [[application]]                         # config.Application, one per AID; of two with the same AID the last wins
    [[capk]]                                # config.CaKey; of two with the same RID, index and algorithm the last wins
    [[revoked]]                             # config.Revoked

Byte strings are hexadecimal text in either case, blanks allowed. A key index is a number (`0x0B`) or hexadecimal text
("0B"). Dates are TOML dates. Amounts are in minor units, percentages are whole numbers. Unknown keys are refused: in a
payment terminal a mistyped limit must not become the default silently.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from difflib import get_close_matches
from enum import Enum, IntEnum
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec
from jinka.kernel import sanity
from jinka.kernel.config import Application, CaKey, Config, Device, Generation, Hex, Options, Revoked
from jinka.kernel.data.fields import TerminalCapabilities
from jinka.kernel.errors import ConfigError
from jinka.kernel.parameters import Parameters, Reading, load_parameters

T = TypeVar("T")
Where = tuple[str, str]  # a file and a key path in it

TERMINALS = Path(__file__).parent / "terminals"
TABLES: dict[str, type] = {"device": Device, "options": Options, "records": Reading}
LISTS: dict[str, type] = {"application": Application, "capk": CaKey, "revoked": Revoked}


def load_config(
    path: str | PathLike[str],
    *,
    keys: "str | PathLike[str] | CaKey | Iterable[str | PathLike[str] | CaKey]" = (),
    warnings: list[str] | None = None,
) -> Config:
    """Reads a terminal's configuration with all it includes.

    `keys` adds CA keys that the file does not name: values, TOML files with [[capk]] and [[revoked]], or files of
    parameter records. `warnings` collects what is odd but usable, one line each. Raises `ConfigError`.
    """
    gathered = _Gathered([] if warnings is None else warnings)
    gathered.file(Path(path), ())
    for more in [keys] if isinstance(keys, str | PathLike | CaKey) else keys:
        if isinstance(more, CaKey):
            gathered.key(more, ("", f"capk {more.index:02X}"))
        else:
            gathered.file(Path(more), (), only=("capk", "revoked"))
    return gathered.config(str(path))


def default_config(
    *, keys: "str | PathLike[str] | CaKey | Iterable[str | PathLike[str] | CaKey]" = ()
) -> Config:
    """The stock point of sale terminal, `terminals/pos.toml`. It brings no CA keys: name yours in `keys`."""
    return load_config(TERMINALS / "pos.toml", keys=keys)


class _Gathered:
    """What the files say so far, each thing with the place it was said."""

    def __init__(self, warnings: list[str]) -> None:
        self.warnings = warnings
        self.tables: dict[str, dict[str, Any]] = {name: {} for name in TABLES}
        self.said: dict[tuple[str, str], str] = {}  # (table, key) to the file that said it last
        self.generation = Generation.PBOC_2018
        self.applications: dict[bytes, Application] = {}
        self.keys: dict[tuple[bytes, int, int], CaKey] = {}
        self.revoked: dict[Revoked, None] = {}

    def file(self, path: Path, within: tuple[Path, ...], only: tuple[str, ...] = ()) -> None:
        """Reads one file after those it includes. `only` limits the tables it may have."""
        name, place = str(path), path.resolve()
        if place in within:
            raise ConfigError("includes itself", file=name, key="include")
        if path.suffix != ".toml":
            self.records(load_parameters(path, self.table("records")))
            return
        document = _read(path)
        known = only or ("include", "generation", *TABLES, *LISTS)
        for key, value in document.items():
            _known(key, known, (name, ""))
            wanted = dict if key in TABLES else str if key == "generation" else list
            if not isinstance(value, wanted):
                hint = {dict: f"[{key}]", list: f"[[{key}]]" if key in LISTS else "a list", str: "text"}[wanted]
                raise ConfigError(f"{hint} is expected", file=name, key=key)
        for table, kind in TABLES.items():
            part = _prepared(kind, document.get(table, {}), (name, table))
            _decoded(kind, part, (name, table))
            self.tables[table] |= part
            self.said |= {(table, key): name for key in part}
        for number, other in enumerate(document.get("include", ())):
            if not isinstance(other, str):
                raise ConfigError("the name of a file is expected", file=name, key=f"include[{number}]")
            self.file(path.parent / other, (*within, place))
        for table in TABLES:  # again, so that what this file says stands over what it includes
            self.tables[table] |= _prepared(TABLES[table], document.get(table, {}), (name, table))
            self.said |= {(table, key): name for key in document.get(table, {})}
        if "generation" in document:
            self.generation = _enum(Generation, document["generation"], (name, "generation"))
        for number, entry in enumerate(document.get("application", ())):
            where = (name, f"application[{number}]")
            self.application(_one(Application, entry, where), where)
        for number, entry in enumerate(document.get("capk", ())):
            where = (name, f"capk[{number}]")
            self.key(_one(CaKey, entry, where), where)
        for number, entry in enumerate(document.get("revoked", ())):
            where = (name, f"revoked[{number}]")
            gone = _one(Revoked, entry, where)
            _refuse(sanity.revoked_problems(gone), where)
            self.revoked[gone] = None

    def table(self, name: str) -> Any:
        """A table as its dataclass, as far as it has been read."""
        return _decoded(TABLES[name], self.tables[name], ("", name))

    def records(self, read: Parameters) -> None:
        """Takes what a file of parameter records held; it has been checked there."""
        self.warnings += read.warnings
        self.applications |= {bytes(application.aid): application for application in read.applications}
        self.keys |= {(bytes(key.rid), key.index, key.algorithm): key for key in read.keys}

    def application(self, application: Application, where: Where) -> None:
        """Takes one AID."""
        _refuse(sanity.application_problems(application), where)
        self.applications[bytes(application.aid)] = application

    def key(self, key: CaKey, where: Where) -> None:
        """Takes one CA key. A wrong checksum is refused here, at load (emv-b2/11.2)."""
        _refuse(sanity.key_problems(key), where)
        for field, doubt in sanity.key_doubts(key):
            self.warnings.append(": ".join(part for part in (where[0], f"{where[1]}.{field}", doubt) if part))
        self.keys[bytes(key.rid), key.index, key.algorithm] = key

    def config(self, file: str) -> Config:
        """Everything together, checked as a whole."""
        device, options = self.table("device"), self.table("options")
        checks = {"device": sanity.device_problems(device), "options": sanity.options_problems(options)}
        for table, problems in checks.items():
            for field, reason in problems:
                name = self.said.get((table, field.partition("[")[0]), file)
                raise ConfigError(reason, file=name, key=f"{table}.{field}")
        claims_cda = ("device", "capabilities") in self.said and TerminalCapabilities.CDA in device.can
        if claims_cda and ("options", "cda_mode") not in self.said:
            raise ConfigError(
                "9F33 claims CDA, so it must be said when CDA is asked for: both, first, neither or second",
                file=self.said["device", "capabilities"],
                key="options.cda_mode",
            )
        return Config(
            device=device,
            applications=tuple(self.applications.values()),
            keys=tuple(self.keys.values()),
            revoked=tuple(self.revoked),
            options=options,
            generation=self.generation,
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise ConfigError(fault.strerror or str(fault), file=str(path)) from None
    except UnicodeDecodeError as fault:
        raise ConfigError(f"not UTF-8 at byte {fault.start}", file=str(path)) from None
    except tomllib.TOMLDecodeError as fault:
        raise ConfigError(f"not TOML: {fault}", file=str(path)) from None


def _one(kind: type[T], entry: Any, where: Where) -> T:
    if not isinstance(entry, dict):
        raise ConfigError("a table is expected", file=where[0], key=where[1])
    return _decoded(kind, _prepared(kind, entry, where), where)


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _known(key: str, known: Iterable[str], where: Where) -> None:
    if key not in known:
        near = get_close_matches(key, list(known), 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        path = f"{where[1]}.{key}" if where[1] else key
        raise ConfigError(f"there is no such key{hint}", file=where[0], key=path)


def _prepared(kind: type, table: dict[str, Any], where: Where) -> dict[str, Any]:
    """Refuses unknown keys, and puts enum names and hexadecimal indexes into the form the decoder knows."""
    types, ready = _types(kind), {}
    for key, value in table.items():
        _known(key, types, where)
        wanted = types[key]
        if isinstance(wanted, type) and issubclass(wanted, Enum):
            value = _enum(wanted, value, (where[0], f"{where[1]}.{key}")).value
        elif wanted is int and key == "index" and isinstance(value, str):
            if not re.fullmatch("[0-9A-Fa-f]{2}", value):
                raise ConfigError("two hexadecimal digits are expected", file=where[0], key=f"{where[1]}.{key}")
            value = int(value, 16)
        ready[key] = value
    return ready


E2 = TypeVar("E2", bound=Enum)


def _enum(kind: type[E2], value: Any, where: Where) -> E2:
    for member in kind:
        named = isinstance(value, str) and value.upper().replace("-", "_") == member.name
        if named or (member.value == value and type(member.value) is type(value)):
            return member
    numbered = issubclass(kind, IntEnum)
    choices = ", ".join(f"{one.name.lower()} ({one.value})" if numbered else str(one.value) for one in kind)
    raise ConfigError(f"one of {choices} is expected, not {value!r}", file=where[0], key=where[1])


def _hex(kind: type, value: Any) -> Any:
    """Decodes what msgspec does not know."""
    if kind is not Hex:
        raise NotImplementedError(kind)
    if not isinstance(value, str):
        raise ValueError("hexadecimal text is expected")
    try:
        return Hex.fromhex(value)
    except ValueError:
        raise ValueError(f"not hexadecimal digits in pairs: {value!r}") from None


_WORDS = {"int": "a whole number", "str": "text", "bool": "true or false", "array": "a list", "object": "a table",
          "float": "a fraction", "date": "a date", "datetime": "a date with time", "null": "nothing"}  # fmt: skip


def _decoded(kind: type[T], table: dict[str, Any], where: Where) -> T:
    shape: Any = kind
    for field in fields(shape):
        if field.name not in table and field.default is MISSING and field.default_factory is MISSING:
            raise ConfigError("is missing", file=where[0], key=f"{where[1]}.{field.name}")
    try:
        return msgspec.convert(table, kind, dec_hook=_hex)
    except msgspec.ValidationError as fault:
        reason, _, at = str(fault).partition(" - at `$")
        for word, plain in _WORDS.items():
            reason = reason.replace(f"`{word}`", plain)
        reason = reason.replace("Expected ", "expected ").replace(", got ", ", not ")
        reason = "not a date like 2030-12-31" if "date" in reason and "RFC3339" in reason else reason
        raise ConfigError(reason, file=where[0], key=where[1] + at.rstrip("`")) from None


def _refuse(problems: Iterator[tuple[str, str]], where: Where) -> None:
    for field, reason in problems:
        raise ConfigError(reason, file=where[0], key=f"{where[1]}.{field}")
