"""Stand: the base card C0, the base terminal T0 and what a case changes about them, put together for one case."""

import re
from dataclasses import fields, replace
from datetime import timedelta
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from jinka.conformance.case import Case, CaseError, spread
from jinka.conformance.replay import TraceWorld, ca_key, load_trace
from jinka.conformance.replay import personality as traced_card
from jinka.conformance.statement import Statement, excluded
from jinka.kernel.config import Application, CaKey, Config, Device, Hex, KeyAlgorithm, Options, Revoked
from jinka.kernel.data.meanings import Text
from jinka.kernel.load import load_config
from jinka.kernel.secret import Secret
from jinka.kernel.station import Forgetful
from jinka.simulator.faults import Fault
from jinka.simulator.human import Human, zone_cipher
from jinka.simulator.issuer import Behaviour
from jinka.simulator.personality import Personality, load_personality
from jinka.simulator.repl.wish import wish
from jinka.simulator.world import CA_KEYS, MORNING, Clock, SimulatedWorld

T = TypeVar("T", Device, Options, Application)
PROFILES = Path(__file__).parent / "profiles"


@cache
def base_terminal() -> Config:
    """T0: merchant, attended, offline with online capability; floor limit 100.00; all action codes 0."""
    return load_config(PROFILES / "t0.toml", keys=CA_KEYS)


@cache
def base_card(name: str) -> Personality:
    """C0, or another personality by name."""
    return load_personality(PROFILES / f"{name}.toml" if (PROFILES / f"{name}.toml").exists() else name)


class _Settings:
    """What a case changes about the terminal, as a key of a cache: by its words, since tables do not hash."""

    def __init__(self, case: Case) -> None:
        self.case, self.words = case, repr((case.trace, case.terminal))

    def __hash__(self) -> int:
        return hash(self.words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Settings) and other.words == self.words


def terminal(case: Case, statement: Statement | None = None) -> Config:
    """The base terminal with what the case changes; an application field changes for every AID.

    With a statement the terminal can do no more than that says, and where the case leaves the type open it is one of
    the stated ones with the same operation (second digit).
    """
    if statement is None:
        return _terminal(_Settings(case), ())
    config = _terminal(_Settings(case), statement.types)
    able = Hex(bytes(config.device.can & statement.can))
    return config if able == config.device.capabilities else replace(config, device=replace(config.device, capabilities=able))


@lru_cache(maxsize=1024)
def _terminal(settings: _Settings, types: tuple[str, ...]) -> Config:
    case, config = settings.case, base_terminal()
    if case.trace:
        config = replace(config, keys=(ca_key(load_trace(case.trace)),))
    if types and config.device.type not in types:
        same = [kind for kind in types if kind[1] == config.device.type[1]]
        config = replace(config, device=replace(config.device, type=same[0])) if same else config
    for key, value in case.terminal.items():
        part, _, field = key.partition(".")
        if part == "device":
            config = replace(config, device=_changed(case, config.device, field, value))
        elif part == "options":
            config = replace(config, options=_changed(case, config.options, field, value))
        elif part == "application":
            applications = tuple(_changed(case, entry, field, value) for entry in config.applications)
            config = replace(config, applications=applications)
        elif key == "aids":
            entries = {bytes(entry.aid).hex().upper(): entry for entry in config.applications}
            model = config.applications[0]
            made = tuple(entries.get(aid) or replace(model, aid=Hex.fromhex(aid)) for aid in value)
            config = replace(config, applications=made)
        elif key == "keys":
            config = replace(config, keys=tuple(held for held in config.keys if held.index in value))
        elif key == "more_keys":
            config = replace(config, keys=(*config.keys, *(_key(config, entry) for entry in value)))
        elif key == "key_expiry":
            config = replace(config, keys=tuple(replace(held, expiry=value) for held in config.keys))
        elif key == "revoked":
            config = replace(config, revoked=tuple(_revoked(entry) for entry in value))
        else:
            raise CaseError(f"{case.code}: a terminal has no {key}")
    return config


def why_not(case: Case, statement: Statement) -> Text | None:
    """Why a case does not apply under a statement; None when it does."""
    wanted = terminal(case)
    kind = terminal(case, statement).device.type
    return excluded(case, replace(wanted, device=replace(wanted.device, type=kind)), card(case), statement)


def _key(config: Config, entry: dict[str, Any]) -> CaKey:
    """Another CA key: a RID, an index and a modulus of its own, or that of an index the terminal has (`like`)."""
    made = dict(entry, rid=Hex.fromhex(entry["rid"]))
    like = made.pop("like", None)
    if like is not None:
        [held] = [held for held in config.keys if held.index == like]
        return replace(held, **made)
    made["modulus"] = Hex.fromhex(spread(made["modulus"]))
    made["exponent"] = Hex.fromhex(made.get("exponent", ""))
    return CaKey(**{**made, "algorithm": KeyAlgorithm[made.get("algorithm", "RSA")]})


def _revoked(entry: str) -> Revoked:
    """RID, index and serial number in one hexadecimal text."""
    raw = bytes.fromhex(entry)
    return Revoked(Hex(raw[:5]), raw[5], Hex(raw[6:]))


def _changed(case: Case, held: T, field: str, value: Any) -> T:
    if field not in {entry.name for entry in fields(held)}:
        raise CaseError(f"{case.code}: {type(held).__name__} has no {field}")
    before = getattr(held, field)
    if isinstance(before, Hex):
        value = Hex.fromhex(value)
    elif isinstance(before, Enum):
        value = type(before)[value.upper()]
    elif isinstance(before, tuple):
        value = tuple(value)
    return replace(held, **{field: value})


@cache
def _card(personality: str, changes: tuple[tuple[str, Any], ...], stale: bool) -> Personality:
    made = base_card(personality)
    of_which: dict[int, dict[str, Any]] = {}
    for key, value in changes:
        found = re.fullmatch(r"application\.([1-9])\.(.+)", key)
        number, own = (int(found[1]) - 1, found[2]) if found else (0, key)
        of_which.setdefault(number, {})[own] = value
    for number, own_changes in of_which.items():
        if number >= len(made.applications):
            raise CaseError(f"{personality}: a card of {len(made.applications)} has no application {number + 1}")
        made = made.changed(own_changes, resign=not stale, application=number)
    return made


def card(case: Case) -> Personality:
    """The base card with what the case changes; signatures are made anew unless the case is about stale ones."""
    if case.trace:
        return traced_card(load_trace(case.trace))
    changes = {key: spread(value) if isinstance(value, str) else value for key, value in case.card.items()}
    made = _card(case.personality, tuple(changes.items()), case.stale)
    return made.changed({}, faults=[_fault(case, entry) for entry in case.faults]) if case.faults else made


def sincere(made: Personality) -> bool:
    """Whether a card's cryptograms are what they seem: its answers suffer no fault, and none is made up."""
    return not made.faults and not any("cryptogram" in getattr(profile, "combined", ()) for profile in made.applications)


def _fault(case: Case, entry: dict[str, Any]) -> Fault:
    made = dict(entry)
    for key in ("ins", "p1", "p2", "status"):
        if isinstance(made.get(key), str):
            made[key] = int(made[key], 16)
    try:
        if "data" in made:
            made["data"] = Hex.fromhex(spread(made["data"]))
        return Fault(**made)
    except (TypeError, ValueError) as fault:
        raise CaseError(f"{case.code}: {fault}") from None


def behaviour(case: Case) -> Behaviour:
    """How the host treats every request."""
    if isinstance(case.host, str):
        return wish(case.host)
    return Behaviour.parse({**case.host, "scripts": [spread(text) for text in case.host.get("scripts", ())]})


def world(case: Case) -> SimulatedWorld:
    """Card, person and host as the case wants them."""
    script = dict(case.person)
    script["wrong"] = tuple(script.get("wrong", ()))
    if script.pop("bypass", False):
        script["pin"] = None
    if case.trace:
        return TraceWorld(case, Human(**script, pin_cipher=zone_cipher(Secret(bytes(16)))))
    made = SimulatedWorld(card(case), seed=case.seed, clock=case.clock, behaviour=behaviour(case))
    made.clock = Clock(case.clock or MORNING, timedelta(seconds=case.clock_step))
    if isinstance(made.keeper, Forgetful):
        made.keeper.hot = {_hot(entry) for entry in case.hot}
    algorithm, key = made.simulated.issuer.zone_key
    made.person = Human(**script, pin_cipher=zone_cipher(key, algorithm))
    return made


def _hot(entry: str) -> tuple[bytes, int | None]:
    """A card on the exception file: PAN, or PAN/sequence number."""
    pan, _, sequence = entry.partition("/")
    return pan.encode(), int(sequence) if sequence else None
