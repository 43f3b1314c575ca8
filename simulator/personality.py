"""Personality: what a card is, read from TOML, and the same card with something changed.

    name = "unionpay-debit"
    title = "UnionPay debit card"
    title_zh = "银联借记卡"
    base = "other-name"               # this card is that one with [change] applied to its first application
    atr = "3B 65 00 00 20 63 CB 68 00"
    t0 = false                        # true: answers by 61xx and 6Cxx
    [pse]                             # absent: no payment system environment
    [[application]]                   # kind = "credit": fields of jinka.simulator.cards.credit.profile, and so on
    kind = "credit"
    [[application]]                   # or like another personality's first application, with changes
    like = "unionpay-credit"
    [[fault]]                         # simulator/faults.py

`changed` takes data objects by tag ("9F42": "0156", None takes it out), certificate fields ("icc_cert.expiry": "1225"),
whole records ("record.2.1": "70 00"), and any field of the application ("pin_tries": 0) or the card ("t0": True,
"pse.blocked": True, "pse": None).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
from jinka.kernel.errors import ConfigError
from jinka.simulator.directory import Directory, DirectoryProfile, directory_entry
from jinka.simulator.faults import Fault
from jinka.simulator.machine import Applet
from jinka.simulator.objects import REMOVED, Hex, Objects, read_tag

T = TypeVar("T")
FOLDER = Path(__file__).parent / "personalities"
ATR = Hex.fromhex("3B65000020 63CB6800")


class ApplicationProfile(Protocol):
    """What a personality asks of an application, whatever its kind.

    The module `jinka.simulator.cards.<kind>.profile` offers `read(table) -> profile`.
    """

    @property
    def aid(self) -> bytes:
        """The DF name."""
        ...

    @property
    def shown(self) -> Objects:
        """The objects a directory entry is made from."""
        ...

    def changed(self, changes: Mapping[str, Any], *, resign: bool) -> "ApplicationProfile":
        """The same application with something changed."""
        ...

    def applet(self) -> Applet[Any, Any]:
        """The application itself."""
        ...


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A personality as its file has it."""

    name: str
    title: str
    title_zh: str
    base: str = ""
    change: dict[str, Any] = {}
    resign: bool = True
    atr: Hex | None = None
    t0: bool | None = None
    blocked: bool | None = None
    pse: DirectoryProfile | None = None
    application: list[dict[str, Any]] = []
    fault: list[Fault] = []


@dataclass(frozen=True)
class Personality:
    """A card before it is made. Applications stand in the order the card finds them."""

    name: str
    title: str
    title_zh: str
    applications: tuple[ApplicationProfile, ...]
    atr: bytes = ATR
    t0: bool = False
    blocked: bool = False
    pse: DirectoryProfile | None = None
    faults: tuple[Fault, ...] = ()

    @cached_property
    def _applets(self) -> tuple[Applet[Any, Any], ...]:
        made = [profile.applet() for profile in self.applications]
        if self.pse is not None:
            entries = [directory_entry(profile.aid, profile.shown) for profile in self.applications]
            made.append(Directory(self.pse, entries))
        return tuple(made)

    def applets(self) -> tuple[Applet[Any, Any], ...]:
        """The applications, made and signed once for all cards of this personality."""
        return self._applets

    def changed(
        self, changes: Mapping[str, Any], *, resign: bool = True, application: int = 0, faults: Sequence[Fault] = ()
    ) -> "Personality":
        """The same card with something changed; `application` says in which of several.

        Certificates are made anew over the changed data unless `resign` is False: then they stay as they were, as if
        the data had been tampered with after signing. `faults` are added. Raises `ConfigError` for an unknown name.
        """
        own: dict[str, Any] = {}
        theirs: dict[str, Any] = {}
        pse = self.pse
        for key, value in changes.items():
            head, _, tail = key.partition(".")
            if head == "pse":
                pse = None if value is None else _directory(pse or DirectoryProfile(), tail, value)
            elif key in ("t0", "blocked_card"):
                own["t0" if key == "t0" else "blocked"] = bool(value)
            elif key == "atr":
                own["atr"] = Hex.read(value)
            else:
                theirs[key] = value
        applications = list(self.applications)
        if theirs:
            applications[application] = applications[application].changed(theirs, resign=resign)
        made = replace(
            self, applications=tuple(applications), pse=pse, faults=(*self.faults, *faults), **own
        )
        if not changes:
            vars(made)["_applets"] = self._applets  # signed once, whatever faults the card has
        return made

    def renamed(self, name: str, title: str, title_zh: str) -> "Personality":
        """The same card under another name."""
        return replace(self, name=name, title=title, title_zh=title_zh)


def decode(value: Any, kind: type[T], *, file: str = "", key: str = "") -> T:
    """Plain values of TOML to a typed one. Raises `ConfigError` that names the place."""
    try:
        return msgspec.convert(value, kind, dec_hook=_hook)
    except msgspec.ValidationError as fault:
        raise ConfigError(str(fault), file=file, key=key) from None


def _hook(kind: type, value: Any) -> Any:
    if kind is Hex or kind is Objects:
        try:
            return kind.read(value)
        except ConfigError as fault:
            raise ValueError(fault.reason) from None
    raise NotImplementedError(kind)


def _directory(profile: DirectoryProfile, path: str, value: Any) -> DirectoryProfile:
    """Changes `88` and other FCI objects by tag ("-" takes one out), `record.<n>`, or a field by name."""
    head, _, number = path.partition(".")
    if head == "record" and number:
        return msgspec.structs.replace(profile, records={**profile.records, number: Hex.read(value)})
    if head == "sfi":
        return msgspec.structs.replace(profile, sfi=int(value))
    if head == "blocked":
        return msgspec.structs.replace(profile, blocked=bool(value))
    if head == "name":
        return msgspec.structs.replace(profile, name=Hex.read(value))
    changed = profile.fci.with_value(read_tag(head), None if value in (None, REMOVED) else Hex.read(value))
    return msgspec.structs.replace(profile, fci=changed)


@lru_cache(maxsize=256)
def load_personality(source: str | Path) -> Personality:
    """Reads a personality by the name of one that ships, or by the path of a TOML file. Raises `ConfigError`."""
    named = FOLDER / f"{source}.toml"
    path = named if named.exists() else Path(source)
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise ConfigError(fault.strerror or str(fault), file=str(path)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigError(f"not TOML: {fault}", file=str(path)) from None
    return _personality(decode(raw, _File, file=str(path)), str(path))


def names() -> tuple[str, ...]:
    """The personalities that ship, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def _personality(read: _File, file: str) -> Personality:
    try:
        made = [_application(table) for table in read.application]
        if read.base:
            start = load_personality(read.base)
            made = [*start.applications, *made]
        else:
            start = Personality(read.name, read.title, read.title_zh, tuple(made))
        if not made:
            raise ConfigError("a card has at least one [[application]], or a base")
        card = replace(
            start.renamed(read.name, read.title, read.title_zh),
            applications=tuple(made),
            atr=start.atr if read.atr is None else bytes(read.atr),
            t0=start.t0 if read.t0 is None else read.t0,
            blocked=start.blocked if read.blocked is None else read.blocked,
            pse=start.pse if read.pse is None else read.pse,
            faults=(*start.faults, *read.fault),
        )
        return card.changed(read.change, resign=read.resign) if read.change else card
    except ConfigError as fault:
        raise ConfigError(fault.reason, file=fault.file or file, key=fault.key) from None


def _application(table: dict[str, Any]) -> ApplicationProfile:
    """One [[application]]: of a kind, or like one that exists."""
    if "like" in table:
        if unknown := set(table) - {"like", "change"}:
            raise ConfigError(f"beside `like` only `change` may stand, not {', '.join(sorted(unknown))}")
        return load_personality(table["like"]).applications[0].changed(table.get("change", {}), resign=True)
    kind = table.get("kind")
    if not isinstance(kind, str) or not kind.isidentifier():
        raise ConfigError("an application needs a kind, such as \"credit\"", key="application.kind")
    try:
        module = import_module(f"jinka.simulator.cards.{kind}.profile")
    except ModuleNotFoundError:
        raise ConfigError(f"there is no kind of card called {kind}", key="application.kind") from None
    profile: ApplicationProfile = module.read({key: value for key, value in table.items() if key != "kind"})
    return profile
