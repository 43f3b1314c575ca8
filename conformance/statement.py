"""Statement: what the vendor says the terminal under test can do (implementation conformance statement, 实现一致性声明).

    name = "Jinka 0.1"
    generation = "pboc-2018"             # edition of the specifications that decides
    types = ["22", "21"]                 # 9F35 values it can be given
    capabilities = "E0F8C8"              # 9F33: all that it can do
    additional_capabilities = "6000F0A001"
    services = ["purchase", "refund"]
    cda_modes = ["both"]
    languages = ["zh", "en"]
    [options]                            # fields of Options in kernel/config.py: a value, or the values it can be given
    use_pse = [true, false]
    pin_bypass = true
    [deviations]                         # what is known not to pass, and why; counts as settled until the day
    "CVM-014" = { reason = "reads clause 10.5 another way; asked", until = 2027-06-30 }

A case applies when the terminal can be what the case wants it to be. What that takes is worked out from the case itself
(its terminal, its card's AIP and CVM list, its services) and from the expression in its field `applies`, so that every
exclusion has a reason in words.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from jinka.conformance.case import Case, CaseError
from jinka.kernel.config import CdaMode, Config
from jinka.kernel.data import tags
from jinka.kernel.data.fields import AdditionalCapabilities, Aip, TerminalCapabilities
from jinka.kernel.data.meanings import Text
from jinka.simulator.personality import Personality

OURS = Path(__file__).parent / "profiles" / "statement.toml"

# Editions, oldest first in each family; a PBOC edition rests on the EMV edition named beside it.
GENERATIONS = {
    "emv-4.3": "emv-4.3", "emv-4.4": "emv-4.4", "emv-4.4-sb308": "emv-4.4-sb308",
    "pboc-2013": "emv-4.3", "pboc-2018": "emv-4.3",
}  # fmt: skip
_ORDER = ("emv-4.3", "emv-4.4", "emv-4.4-sb308", "pboc-2013", "pboc-2018")

_METHODS = {
    0x01: ("plaintext PIN by the card", "脱机明文PIN", TerminalCapabilities.OFFLINE_PLAIN_PIN),
    0x02: ("online PIN", "联机PIN", TerminalCapabilities.ONLINE_PIN),
    0x03: ("plaintext PIN by the card", "脱机明文PIN", TerminalCapabilities.OFFLINE_PLAIN_PIN),
    0x04: ("enciphered PIN by the card", "脱机加密PIN", TerminalCapabilities.OFFLINE_ENCIPHERED_PIN),
    0x05: ("enciphered PIN by the card", "脱机加密PIN", TerminalCapabilities.OFFLINE_ENCIPHERED_PIN),
    0x1E: ("signature", "签名", TerminalCapabilities.SIGNATURE),
    0x1F: ("no CVM", "无需验证", TerminalCapabilities.NO_CVM),
    0x20: ("identity document", "持卡人证件", TerminalCapabilities.IDENTITY_DOCUMENT),
}


class StatementError(Exception):
    """A statement that contradicts itself or cannot be read: file and reason."""


class Deviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A failure that is known: the reason, and the last day it counts as settled (None: for good)."""

    reason: str
    until: date | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    types: list[str]
    capabilities: str
    generation: str = "pboc-2018"
    vendor: str = ""
    version: str = ""
    checksum: str = ""
    additional_capabilities: str = "0000000000"
    services: list[str] = msgspec.field(default_factory=lambda: ["purchase"])
    cda_modes: list[str] = []
    languages: list[str] = []
    options: dict[str, Any] = {}
    deviations: dict[str, Deviation] = {}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that holds together. `options` maps a name to the values the option can be given."""

    name: str
    generation: str
    types: tuple[str, ...]
    can: TerminalCapabilities
    also_can: AdditionalCapabilities
    services: frozenset[str]
    cda_modes: frozenset[str]
    options: Mapping[str, tuple[Any, ...]]
    languages: tuple[str, ...] = ()
    vendor: str = ""
    version: str = ""
    checksum: str = ""
    digest: str = ""
    deviations: Mapping[str, Deviation] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


def load_statement(path: Path = OURS) -> Statement:
    """Reads and checks a statement. Raises `StatementError`."""
    try:
        raw = path.read_bytes()
        held = msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File)
        can = TerminalCapabilities.parse(bytes.fromhex(held.capabilities))
        also = AdditionalCapabilities.parse(bytes.fromhex(held.additional_capabilities))
    except (OSError, ValueError, msgspec.ValidationError) as fault:
        raise StatementError(f"{path.name}: {fault}") from None
    if held.generation == "emv-4.4-sb308":
        can &= ~(TerminalCapabilities.SDA | TerminalCapabilities.OFFLINE_PLAIN_PIN)
    options = {key: tuple(value) if isinstance(value, list) else (value,) for key, value in held.options.items()}
    made = Statement(
        name=held.name, generation=held.generation, types=tuple(held.types), can=can, also_can=also,
        services=frozenset(held.services), cda_modes=frozenset(held.cda_modes), options=options,
        languages=tuple(held.languages), vendor=held.vendor, version=held.version, checksum=held.checksum,
        digest=sha256(raw).hexdigest(), deviations=held.deviations,
        facts={
            "generation": held.generation, "type": held.types, "service": held.services, "language": held.languages,
            "can": [name.lower() for name, bit in TerminalCapabilities.members.items() if bit.value in can],
            "option": options,
        },
    )  # fmt: skip
    for complaint in _complaints(held, can):
        raise StatementError(f"{path.name}: {complaint}")
    return made


def settled(code: str, statement: Statement, today: date) -> str:
    """The reason why a failure of this case counts as settled; empty when it does not."""
    held = statement.deviations.get(code) or statement.deviations.get(code.partition(".")[0])
    return held.reason if held is not None and (held.until is None or today <= held.until) else ""


def _complaints(held: _File, can: TerminalCapabilities) -> Iterator[str]:
    """What does not hold together."""
    if held.generation not in GENERATIONS:
        yield f"there is no generation {held.generation}; there are {', '.join(GENERATIONS)}"
    for kind in held.types or [""]:
        if len(kind) != 2 or kind[0] not in "123" or kind[1] not in "123456":
            yield f"terminal type {kind!r} is none of EMV Book 4 annex A1"
    if TerminalCapabilities.CDA in can and not held.cda_modes:
        yield "CDA is in the capabilities but no CDA mode is stated"
    if unknown := [mode for mode in held.cda_modes if mode.upper() not in CdaMode.__members__]:
        yield f"there is no CDA mode {unknown[0]}"
    if TerminalCapabilities.ONLINE_PIN in can and all(kind[1] in "36" for kind in held.types):
        yield "an online PIN is in the capabilities of a terminal that is only ever offline"
    if TerminalCapabilities.DDA not in can and TerminalCapabilities.CDA in can:
        yield "CDA without DDA (EMV Book 3 clause 10.3 asks for both)"


def excluded(case: Case, config: Config, card: Personality, statement: Statement) -> Text | None:
    """The first reason why a case does not apply to the terminal of a statement; None when it applies. `config` is the
    terminal as the case wants it."""
    for holds, reason in _needs(case, config, card, statement):
        if not holds:
            return reason
    return None


def _needs(case: Case, config: Config, card: Personality, has: Statement) -> Iterator[tuple[bool, Text]]:
    if case.generations:
        listed = ", ".join(case.generations)
        yield has.generation in case.generations, Text(f"only for {listed}", f"仅适用于{listed}")
    pboc = all(clause.startswith("jrt") for clause in case.clauses)
    yield not pboc or has.generation.startswith("pboc"), Text("a PBOC clause", "仅PBOC规范要求")
    if case.applies:
        yield _holds(case, has), Text(f"the statement does not give: {case.applies}", f"声明不满足: {case.applies}")
    kind = config.device.type
    # A trace is under signature with the type of the traced terminal in it.
    yield kind in has.types or bool(case.trace), Text(f"terminal type {kind} is not stated", f"声明中无终端类型{kind}")
    for run in case.runs:
        yield run.service in has.services, Text(f"service {run.service} is not stated", f"声明中无交易类型{run.service}")
        forced = True in has.options.get("force_online_allowed", (True,))
        yield not run.forced_online or forced, Text("no forced online", "不支持强制联机")
    shown = any(
        any(entry.data is not None or "9F33" in entry.dol for entry in run.expect.apdu)
        or (run.expect.online is not None and run.expect.online.chip.get("9F33", "*") not in ("*", "-"))
        or any(kept.chip.get("9F33", "*") not in ("*", "-") for kept in run.expect.kept)
        for run in case.runs
    )
    missing = ", ".join((config.device.can & ~has.can).names())
    yield (
        not (shown and missing),
        Text(f"9F33 is compared to the bit; not stated: {missing}", f"逐位比较9F33; 未声明: {missing}"),
    )
    yield from _abilities(config, card, has, "device.capabilities" in case.terminal)
    for key, value in case.terminal.items():
        part, _, name = key.partition(".")
        if part == "options" and name != "cda_mode":
            given = has.options.get(name)
            yield given is None or value in given, Text(f"option {name} = {value} is not stated", f"声明中无选项{name}={value}")
    if case.person.get("bypass"):
        yield True in has.options.get("pin_bypass", (True,)), Text("no PIN bypass", "不支持跳过PIN")
    if "referral" in case.host:
        yield config.options.referral in has.options.get("referral", (True, False)), Text("no referral", "不支持授权转介")


def _abilities(config: Config, card: Personality, has: Statement, exactly: bool) -> Iterator[tuple[bool, Text]]:
    """Authentication and verification methods that card and terminal of the case have in common; every bit of 9F33 where
    the case sets it `exactly`."""
    profile: Any = card.applications[0]
    aip = Aip.parse(bytes(getattr(profile, "aip", b"\0\0")))
    can = config.device.can
    both = [
        name
        for name, of_card, of_terminal in (
            ("CDA", Aip.CDA_SUPPORTED, TerminalCapabilities.CDA),
            ("DDA", Aip.DDA_SUPPORTED, TerminalCapabilities.DDA),
            ("SDA", Aip.SDA_SUPPORTED, TerminalCapabilities.SDA),
        )
        if of_card in aip and of_terminal in can
    ]
    if both:
        stated = TerminalCapabilities.members[both[0]].value in has.can
        yield stated, Text(f"no {both[0]}", f"不支持{both[0]}")
    if both[:1] == ["CDA"]:
        mode = config.options.cda_mode.name.lower()
        yield mode in has.cda_modes, Text(f"CDA mode {mode} is not stated", f"声明中无CDA模式{mode}")
    if Aip.CARDHOLDER_VERIFICATION in aip:
        rules = bytes(profile.find(tags.CVM_LIST) or b"")[8:]
        for code in dict.fromkeys(byte & 0x3F for byte in rules[::2]):
            if code in _METHODS:
                english, chinese, bit = _METHODS[code]
                yield bit not in can or bit in has.can, Text(f"no {english}", f"不支持{chinese}")
    for word, bit in TerminalCapabilities.members.items():
        if bit.value in can and bit.value not in has.can:
            method = word in ("SDA", "DDA", "CDA") or any(bit.value == entry[2] for entry in _METHODS.values())
            yield method and not exactly, Text(f"no {word.lower().replace('_', ' ')}", f"不支持{bit.text}")


def _holds(case: Case, has: Statement) -> bool:
    """The expression of `applies`: `and or not`, comparisons, `in`, over generation, type, service, language, can and
    option.NAME. Nothing in it is executed."""
    try:
        return bool(_value(ast.parse(case.applies, mode="eval").body, has))
    except (SyntaxError, CaseError) as fault:
        raise CaseError(f"{case.code}: applies: {fault}") from None


def _value(node: ast.expr, has: Statement) -> Any:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(entry, has) for entry in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_value(entry, has) for entry in values)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _value(inner, has)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(op, _value(left, has), _value(right, has))
        case ast.Constant(value=value):
            return value
        case ast.Name(id="true" | "false" as word):
            return word == "true"
        case ast.List(elts=values) | ast.Tuple(elts=values):
            return [_value(entry, has) for entry in values]
        case ast.Name(id=name) if name in has.facts:
            return has.facts[name]
        case ast.Attribute(value=ast.Name(id="option"), attr=name):
            return has.options.get(name, ())
    raise CaseError(f"{ast.unparse(node)} means nothing here")


def _compared(op: ast.cmpop, left: Any, right: Any) -> bool:
    match op:
        case ast.In():
            return left in right
        case ast.NotIn():
            return left not in right
        case ast.Eq():
            return bool(left == right)
        case ast.NotEq():
            return bool(left != right)
        case ast.GtE() if left in GENERATIONS and right in GENERATIONS:
            mine = left if right.startswith("pboc") or left == right else GENERATIONS[left]
            family = "pboc" if right.startswith("pboc") else "emv"
            return bool(mine.startswith(family) and _ORDER.index(mine) >= _ORDER.index(right))
        case ast.Lt() if left in GENERATIONS and right in GENERATIONS:
            return not _compared(ast.GtE(), left, right)
    raise CaseError(f"{type(op).__name__} cannot compare {left!r} and {right!r}")
