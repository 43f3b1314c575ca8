"""Judge: what was seen of a run against what a case expects.

Some observables belong to every case, whether it speaks of them or not: the exact TVR; a TSI that says what was really
done, worked out here from the card's data and the commands on the wire; no more than two GENERATE ACs, none after an
end; a financial record if and only if the transaction was approved; a response code of the terminal's own that fits.
The judge shares no code with the kernel's steps.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from jinka.conformance.case import BASE_TVR, Apdu, Case, Expect, Run
from jinka.kernel import Outcome, Verdict
from jinka.kernel.apdu import Command, Response
from jinka.kernel.data import dol, tags
from jinka.kernel.data.fields import Aip, TerminalCapabilities, Tsi, Tvr
from jinka.kernel.effects import AskChoice, AskPin, Effect, RecordKind, Remember, Tell, Transmit
from jinka.simulator.personality import Personality

GENERATE, EXTERNAL = 0xAE, 0x82


class Mark(IntEnum):
    """Verdicts of the suite; they only get worse."""

    NONE = 0
    PASS = 1
    INCONCLUSIVE = 2
    FAIL = 3
    ERROR = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be."""

    what: str
    wanted: str
    seen: str


@dataclass(slots=True)
class Evidence:
    """All that was seen of one transaction, in order: an observer of the world."""

    effects: list[tuple[Effect[Any], Any]] = field(default_factory=list)

    def __call__(self, effect: Effect[Any], answer: Any) -> None:
        self.effects.append((effect, answer))

    @property
    def exchanges(self) -> list[tuple[Command, Response | None]]:
        """Commands with their responses; None for a command that was never answered."""
        return [
            (effect.command, answer if isinstance(answer, Response) else None)
            for effect, answer in self.effects
            if isinstance(effect, Transmit)
        ]

    def commands(self, ins: int) -> list[Command]:
        """The commands of one instruction; a repeat for 6Cxx counts once."""
        return [
            command
            for command, response in self.exchanges
            if command.ins == ins and (response is None or response.sw >> 8 != 0x6C)
        ]

    @property
    def told(self) -> list[str]:
        """The messages shown."""
        return [effect.message.name for effect, _ in self.effects if isinstance(effect, Tell)]

    @property
    def asked(self) -> list[str]:
        """The prompts: a PIN with its kind, or a question."""
        return [
            f"PIN {effect.kind.value}" if isinstance(effect, AskPin) else effect.question.name
            for effect, _ in self.effects
            if isinstance(effect, AskPin | AskChoice)
        ]

    @property
    def records(self) -> list[str]:
        """The kinds of what was remembered, counters left out."""
        kinds = [effect.record.kind for effect, _ in self.effects if isinstance(effect, Remember)]
        return [kind.value for kind in kinds if kind is not RecordKind.COUNTER]


def judge(
    case: Case, run: Run, outcome: Outcome, seen: Evidence, card: Personality, can: TerminalCapabilities
) -> list[Finding]:
    """Everything that is not as it must be; an empty list is a pass."""
    expect, found = run.expect, _Findings()
    found.one_of("verdict", expect.verdict, outcome.verdict.value)
    if expect.arc is not None:
        found.one_of("response code", expect.arc, outcome.arc)
    wanted = Tvr(0)
    for name in expect.tvr if expect.tvr is not None else _base_tvr(outcome, seen):
        wanted |= Tvr.members[name].value
    found.same("TVR", _tvr(wanted), _tvr(Tvr.parse(outcome.tvr)))
    if expect.tsi is not None:
        found.same("TSI", str(_named(Tsi, expect.tsi)), str(Tsi.parse(outcome.tsi)))
    elif seen.commands(GENERATE):  # a TSI that no command carried and no record holds cannot be seen
        found.same("TSI", str(_tsi(card, seen, can)), str(Tsi.parse(outcome.tsi)))
    if expect.cvm is not None:
        found.same("CVM results", expect.cvm, outcome.cvm_results.hex().upper())
    if expect.signature is not None:
        found.same("signature wanted", str(expect.signature), str(outcome.signature))
    if expect.scripts is not None:
        found.same("script results", expect.scripts, outcome.script_results.hex().upper())
    _wire(expect, seen, card, found)
    for message in expect.told:
        found.that(f"message {message}", message in seen.told, "shown", ", ".join(seen.told))
    for message in expect.untold:
        found.that(f"message {message}", message not in seen.told, "not shown", ", ".join(seen.told))
    if expect.asked is not None:
        found.same("prompts", ", ".join(expect.asked), ", ".join(seen.asked))
    if expect.records is not None:
        found.same("records", ", ".join(expect.records), ", ".join(seen.records))
    held = dict(outcome.data)
    for tag, text in expect.tags.items():
        found.match(f"tag {tag}", text, held.get(int(tag, 16), b""))
    _always(run, outcome, seen, found)
    return found.list


def _wire(expect: Expect, seen: Evidence, card: Personality, found: "_Findings") -> None:
    """What went to the card."""
    if expect.gac is not None:
        sent = [f"{command.p1:02X}" for command in seen.commands(GENERATE)]
        found.same("P1 of GENERATE AC", " ".join(expect.gac), " ".join(sent))
    for entry in expect.apdu:
        ins = int(entry.ins, 16)
        commands = seen.commands(ins)
        if entry.count is not None:
            found.same(f"number of commands {entry.ins}", str(entry.count), str(len(commands)))
            if not commands:
                continue
        if len(commands) < entry.nth:
            found.same(f"command {entry.ins} number {entry.nth}", "sent", "never sent")
            continue
        _command(entry, commands[entry.nth - 1], card, found)


def _command(entry: Apdu, command: Command, card: Personality, found: "_Findings") -> None:
    where = f"command {entry.ins} number {entry.nth}"
    for name, wanted, byte in (("P1", entry.p1, command.p1), ("P2", entry.p2, command.p2)):
        if wanted is not None:
            found.match(f"{where}, {name}", wanted, bytes((byte,)))
    if entry.data is not None:
        found.match(f"{where}, data", entry.data, command.data)
    if not entry.dol:
        return
    tag = {0xA8: tags.PDOL, 0x88: tags.DDOL}.get(command.ins, tags.CDOL1 if entry.nth == 1 else tags.CDOL2)
    values, at = {}, 2 if command.ins == 0xA8 else 0
    for wanted_tag, length in dol.parse(_of_card(card, tag)):
        values[wanted_tag] = command.data[at : at + length]
        at += length
    for key, text in entry.dol.items():
        found.match(f"{where}, {key}", text, values.get(int(key, 16), b""))


def _always(run: Run, outcome: Outcome, seen: Evidence, found: "_Findings") -> None:
    """What holds for every transaction."""
    found.that("GENERATE ACs", len(seen.commands(GENERATE)) <= 2, "two at most", str(len(seen.commands(GENERATE))))
    found.that("EXTERNAL AUTHENTICATEs", len(seen.commands(EXTERNAL)) <= 1, "one at most", "more")
    found.that("commands", len(seen.exchanges) <= 500, "an end", str(len(seen.exchanges)))
    sold = RecordKind.SALE.value in seen.records
    found.same("a financial record is kept", str(outcome.verdict is Verdict.APPROVED), str(sold))
    found.same("a reversal is owed", str(run.expect.reversal), str(outcome.reversal))
    own = {"Y1": (True, False), "Z1": (False, False), "Y3": (True, False), "Z3": (False, False)}.get(outcome.arc)
    if own is not None:
        found.that("terminal's own response code", own[0] is outcome.approved, f"{outcome.arc} fits", outcome.verdict.value)


def _base_tvr(outcome: Outcome, seen: Evidence) -> tuple[str, ...]:
    """The base TVR, for a run that came as far as cardholder verification."""
    return BASE_TVR if "PIN online" in seen.asked else ()


def _tsi(card: Personality, seen: Evidence, can: TerminalCapabilities) -> Tsi:
    """What was really done, told from the card's data and the wire. # spec: emv-b3/annex-c6"""
    profile = card.applications[0]
    aip = Aip.parse(bytes(getattr(profile, "aip", b"\0\0")))
    done: Tsi = Tsi(0)
    cda = Aip.CDA_SUPPORTED in aip and TerminalCapabilities.CDA in can
    other = (Aip.DDA_SUPPORTED in aip and TerminalCapabilities.DDA in can) or (
        Aip.SDA_SUPPORTED in aip and TerminalCapabilities.SDA in can
    )
    if cda or other:
        done |= Tsi.ODA_PERFORMED
    rules = _of_card(card, tags.CVM_LIST)[8:]
    if Aip.CARDHOLDER_VERIFICATION in aip and rules:
        done |= Tsi.CVM_PERFORMED
    done |= Tsi.TERMINAL_RISK_MANAGEMENT_PERFORMED
    if any(response is not None for command, response in seen.exchanges if command.ins == GENERATE):
        done |= Tsi.CARD_RISK_MANAGEMENT_PERFORMED
    if seen.commands(EXTERNAL):
        done |= Tsi.ISSUER_AUTHENTICATION_PERFORMED
    if any(command.cla & 0x0C for command, _ in seen.exchanges):
        done |= Tsi.SCRIPT_PERFORMED
    return done


def _of_card(card: Personality, tag: int) -> bytes:
    """A data object as the card was made."""
    profile: Any = card.applications[0]
    found = profile.find(tag)
    return bytes(found if found is not None else profile.fci.get(tag) or b"")


def _named(kind: type[Tsi], names: list[str]) -> Tsi:
    value = 0
    for name in names:
        value |= int(kind.members[name].value)
    return kind(value)


def _tvr(value: Tvr) -> str:
    return f"{bytes(value).hex().upper()} {value}"


class _Findings:
    def __init__(self) -> None:
        self.list: list[Finding] = []

    def that(self, what: str, holds: bool, wanted: str, seen: str) -> None:
        if not holds:
            self.list.append(Finding(what, wanted, seen))

    def same(self, what: str, wanted: str, seen: str) -> None:
        self.that(what, wanted == seen, wanted, seen)

    def one_of(self, what: str, wanted: str | list[str], seen: str) -> None:
        accepted = [wanted] if isinstance(wanted, str) else wanted
        self.that(what, seen in accepted, " or ".join(accepted), seen)

    def match(self, what: str, wanted: str, seen: bytes) -> None:
        """Hexadecimal text, with a mask behind a slash where not every bit counts."""
        text, _, mask = wanted.replace(" ", "").partition("/")
        value, bits = bytes.fromhex(text), bytes.fromhex(mask or "FF" * (len(text) // 2))
        holds = len(value) == len(seen) and all(a & m == b & m for a, b, m in zip(value, seen, bits, strict=True))
        self.that(what, holds, wanted, seen.hex().upper())
