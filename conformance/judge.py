"""Judge: what was seen of a run against what a case expects.

Some observables belong to every case, whether it speaks of them or not: the exact TVR; a TSI that says what was really
done, worked out here from the card's data and the commands on the wire; no more than two GENERATE ACs, none after an
end, and nothing else after it but scripts and a balance; no command to a card that has gone; a financial record if and
only if the transaction was approved; a response code of the terminal's own that fits.
The judge shares no code with the kernel's steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from jinka.conformance.case import BASE_TVR, Apdu, Case, Expect, Run, spread
from jinka.conformance.observe import observe
from jinka.conformance.subject import Evidence, Show
from jinka.kernel import Command, Outcome, Verdict
from jinka.kernel.data import dol, tags, tlv
from jinka.kernel.data.fields import Aip, TerminalCapabilities, Tsi, Tvr
from jinka.kernel.effects import GoOnline, RecordKind
from jinka.kernel.errors import MalformedData
from jinka.simulator.personality import Personality

B = TypeVar("B", Tvr, Tsi)
GENERATE, EXTERNAL, GET_RESPONSE, GET_DATA = 0xAE, 0x82, 0xC0, 0xCA


class Mark(IntEnum):
    """Verdicts of the suite; the verdict of a case is the worst of its findings.

    MANUAL_PENDING: a person has to look; BLOCKED: what it needs failed before; INCONCLUSIVE: the bench or the subject did
    not show enough; ERROR: the suite itself is at fault.
    """

    NOT_APPLICABLE = 0
    PASS = 1
    MANUAL_PENDING = 2
    BLOCKED = 3
    INCONCLUSIVE = 4
    FAIL = 5
    ERROR = 6

    @property
    def word(self) -> str:
        """As a report writes it."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be, or, marked inconclusive, something that could not be seen."""

    what: str
    wanted: str
    seen: str
    mark: Mark = Mark.FAIL


def judge(
    case: Case, run: Run, outcome: Outcome, seen: Evidence, card: Personality, can: TerminalCapabilities
) -> list[Finding]:
    """Everything that is not as it must be or could not be seen; an empty list is a pass."""
    expect, found = run.expect, _Findings(seen.lacks)
    found.one_of("verdict", expect.verdict, outcome.verdict.value, Show.VERDICT)
    if expect.arc is not None:
        found.one_of("response code", expect.arc, outcome.arc, Show.ARC)
    wanted = Tvr(0)
    for name in expect.tvr if expect.tvr is not None else _base_tvr(outcome, seen):
        wanted |= Tvr.members[name].value
    left_open = Tvr(0)
    for name in expect.tvr_open:
        left_open |= Tvr.members[name].value
    if Show.TVR in seen.lacks:
        _tvr_on_the_wire(wanted, left_open, expect.tvr is not None, seen, card, found)
    elif wanted or seen.commands(GENERATE):
        # One that went nowhere, before a first GENERATE AC, is the terminal's own affair: only bits that a case names count.
        found.bits("TVR", wanted & ~left_open, Tvr.parse(outcome.tvr) & ~left_open, _tvr)
    if expect.tsi is not None:
        found.bits("TSI", _named(Tsi, expect.tsi), Tsi.parse(outcome.tsi), str, Show.TSI)
    elif seen.commands(GENERATE) and Show.TSI not in seen.lacks:
        # A TSI that no command carried and no record holds cannot be seen.
        found.bits("TSI", _tsi(card, seen, can), Tsi.parse(outcome.tsi), str)
    if expect.cvm is not None:
        found.same("CVM results", expect.cvm, outcome.cvm_results.hex().upper(), Show.CVM)
    if expect.signature is not None:
        found.same("signature wanted", str(expect.signature), str(outcome.signature), Show.SIGNATURE)
    if expect.scripts is not None:
        found.one_of("script results", expect.scripts, outcome.script_results.hex().upper(), Show.SCRIPTS)
    _wire(expect, seen, card, found)
    for message in expect.told:
        found.that(f"message {message}", message in seen.told, "shown", ", ".join(seen.told), Show.MESSAGES)
    for message in expect.untold:
        found.that(f"message {message}", message not in seen.told, "not shown", ", ".join(seen.told), Show.MESSAGES)
    if expect.asked is not None:
        found.same("prompts", ", ".join(expect.asked), ", ".join(seen.asked), Show.PROMPTS)
    if expect.records is not None:
        _records(expect.records, seen, found)
    held = dict(outcome.data)
    for tag, text in expect.tags.items():
        found.match(f"tag {tag}", text, held.get(int(tag, 16), b""), Show.TAGS)
    observe(expect, outcome, seen, found)
    _always(run, outcome, seen, found)
    return found.list


# Bits that are set after the last command that carries a TVR.
_LATE = Tvr.CDA_FAILED | Tvr.SCRIPT_FAILED_AFTER


def _tvr_on_the_wire(
    wanted: Tvr, left_open: Tvr, asked_for: bool, seen: Evidence, card: Personality, found: "_Findings"
) -> None:
    """The TVR of a subject that shows none: what its last GENERATE AC carried, where the card's list asks for it."""
    commands = seen.commands(GENERATE)
    values = _listed(card, tags.CDOL1 if len(commands) == 1 else tags.CDOL2, commands[-1].data) if commands else {}
    # Whether the base case came to its online PIN is told by a prompt.
    unsure = _LATE if asked_for or Show.PROMPTS not in seen.lacks else _LATE | Tvr.ONLINE_PIN_ENTERED
    unsure |= left_open
    if (carried := values.get(tags.TVR, b"")) and len(carried) == 5:
        found.bits("TVR in the last GENERATE AC", wanted & ~unsure, Tvr.parse(carried) & ~unsure, _tvr)
    elif asked_for:
        found.unseen("TVR", _tvr(wanted))
    if asked_for and wanted & _LATE:
        found.unseen("TVR bits of the end", _tvr(wanted & _LATE))


def _wire(expect: Expect, seen: Evidence, card: Personality, found: "_Findings") -> None:
    """What went to the card."""
    if expect.gac is not None:
        sent = [f"{command.p1:02X}" for command in seen.commands(GENERATE)]
        found.same("P1 of GENERATE AC", " ".join(expect.gac), " ".join(sent))
    for entry in expect.apdu:
        ins = int(entry.ins, 16)
        commands = seen.commands(ins)
        whole = sum(command.ins == ins for command, _ in seen.exchanges)
        if entry.most is not None:
            found.that(f"number of commands {entry.ins}", whole <= entry.most, f"{entry.most} at most", str(whole))
            continue
        if entry.sent is not None:
            found.same(f"number of commands {entry.ins}, repeats too", str(entry.sent), str(whole))
        if entry.count is not None:
            found.same(f"number of commands {entry.ins}", str(entry.count), str(len(commands)))
            if not commands:
                continue
        if len(commands) < entry.nth:
            found.same(f"command {entry.ins} number {entry.nth}", "sent", "never sent")
            continue
        _command(entry, commands[entry.nth - 1], card, found)
        sizes = zip(("Le", "Le of the repeat"), (entry.le, entry.again), _lengths(seen, ins)[entry.nth - 1], strict=True)
        for name, wanted, le in sizes:
            if wanted is not None:
                found.same(f"command {entry.ins} number {entry.nth}, {name}", wanted, le)


def _lengths(seen: Evidence, ins: int) -> list[tuple[str, str]]:
    """The Le of every command of an instruction as first sent and as repeated for 6Cxx; "-" for none."""
    found: list[tuple[str, str]] = []
    repeated = False
    for command, response in seen.exchanges:
        if command.ins != ins:
            continue
        le = "-" if command.le is None else f"{command.le & 0xFF:02X}"
        found[len(found) - repeated :] = [(found[-1][0], le) if repeated else (le, "-")]
        repeated = response is not None and response.sw >> 8 == 0x6C
    return found


def _command(entry: Apdu, command: Command, card: Personality, found: "_Findings") -> None:
    where = f"command {entry.ins} number {entry.nth}"
    for name, wanted, byte in (("CLA", entry.cla, command.cla), ("P1", entry.p1, command.p1), ("P2", entry.p2, command.p2)):
        if wanted is not None:
            found.match(f"{where}, {name}", wanted, bytes((byte,)))
    if entry.length is not None:
        found.same(f"{where}, length", str(entry.length), str(len(command.data)))
    if entry.data is not None:
        found.match(f"{where}, data", entry.data, command.data)
    if not entry.dol:
        return
    tag = {0xA8: tags.PDOL, 0x88: tags.DDOL}.get(command.ins, tags.CDOL1 if entry.nth == 1 else tags.CDOL2)
    head = 0 if command.ins != 0xA8 else 3 if command.data[1:2] == b"\x81" else 2
    values = _listed(card, tag, command.data[head:])
    for key, text in entry.dol.items():
        found.match(f"{where}, {key}", text, values.get(int(key, 16), b""))


def _listed(card: Personality, tag: int, data: bytes) -> dict[int, bytes]:
    """Values taken apart by the card's data object list `tag`."""
    values, at = {}, 0
    for wanted, length in dol.parse(_of_card(card, tag)):
        values[wanted] = data[at : at + length]
        at += length
    return values


# What every terminal stores; the other kinds are how ours keeps its books over a power cut.
_NEUTRAL = (RecordKind.SALE.value, RecordKind.REVERSAL.value, RecordKind.ADVICE.value)


def _records(wanted: list[str], seen: Evidence, found: "_Findings") -> None:
    """What was stored; of a terminal that keeps no journal of our kind, what is stored in the end."""
    kept = seen.records
    if Show.JOURNAL in seen.lacks:
        wanted, kept = ([kind for kind in kinds if kind in _NEUTRAL] for kinds in (wanted, kept))
    found.same("records", ", ".join(wanted), ", ".join(kept), Show.RECORDS)


def _always(run: Run, outcome: Outcome, seen: Evidence, found: "_Findings") -> None:
    """What holds for every transaction."""
    found.that("GENERATE ACs", len(seen.commands(GENERATE)) <= 2, "two at most", str(len(seen.commands(GENERATE))))
    found.that("EXTERNAL AUTHENTICATEs", len(seen.commands(EXTERNAL)) <= 1, "one at most", "more")
    found.that("commands", len(seen.exchanges) <= 500, "an end", str(len(seen.exchanges)))
    found.same("commands after the end", "", " ".join(command.header.hex().upper() for command in _late(seen)))
    if not seen.lacks & {Show.RECORDS, Show.VERDICT}:
        sold = RecordKind.SALE.value in seen.records
        found.same("a financial record is kept", str(outcome.verdict is Verdict.APPROVED), str(sold))
        found.same("a reversal is owed", str(run.expect.reversal), str(outcome.reversal))
    elif run.expect.reversal:
        found.unseen("a reversal is owed", "True")
    own = {"Y1": (True, False), "Z1": (False, False), "Y3": (True, False), "Z3": (False, False)}.get(outcome.arc)
    if own is not None and not seen.lacks & {Show.ARC, Show.VERDICT}:
        found.that("terminal's own response code", own[0] is outcome.approved, f"{outcome.arc} fits", outcome.verdict.value)


def _late(seen: Evidence) -> list[Command]:
    """Commands that nobody should have sent: to a card that has gone, or after its last word, a TC or an AAC, any but those
    of issuer scripts (which come under secure messaging or after a host's answer), GET RESPONSE and GET DATA."""
    late: list[Command] = []
    gone = ended = False
    last = 0
    asked = any(isinstance(effect, GoOnline) for effect, _ in seen.effects)
    for command, response in seen.exchanges:
        if gone or (ended and not asked and command.ins not in (GET_RESPONSE, GET_DATA)):
            late.append(command)
        last = last if command.ins == GET_RESPONSE else command.ins
        gone = gone or response is None
        ended = ended or (last == GENERATE and response is not None and _final(response.data))
    return late


def _final(answer: bytes) -> bool:
    """Whether an answer to GENERATE AC, in either format, is a TC or an AAC."""
    try:
        [outer] = tlv.scan(answer)
        cid = outer.value[:1] if outer.tag == tags.RESPONSE_FORMAT_1 else tlv.find(tlv.scan(outer.value), tags.CID)
    except (MalformedData, ValueError):
        return False
    return cid is not None and cid[:1] < b"\x80" and len(cid) == 1


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
    """What was found. With a `show` the subject lacks, a comparison is not made but noted as inconclusive."""

    def __init__(self, lacks: frozenset[Show]) -> None:
        self.list: list[Finding] = []
        self._lacks = lacks

    def unseen(self, what: str, wanted: str) -> None:
        self.list.append(Finding(what, wanted, "not shown by the subject", Mark.INCONCLUSIVE))

    def that(self, what: str, holds: bool, wanted: str, seen: str, show: Show | None = None) -> None:
        if show in self._lacks:
            self.unseen(what, wanted)
        elif not holds:
            self.list.append(Finding(what, wanted, seen))

    def same(self, what: str, wanted: str, seen: str, show: Show | None = None) -> None:
        self.that(what, wanted == seen, wanted, seen, show)

    def bits(self, what: str, wanted: B, seen: B, words: Callable[[B], str], show: Show | None = None) -> None:
        """Notes a difference in `words`, which only a difference is worth."""
        if wanted != seen or show in self._lacks:
            self.that(what, False, words(wanted), words(seen), show)

    def one_of(self, what: str, wanted: str | list[str], seen: str, show: Show | None = None) -> None:
        accepted = [wanted] if isinstance(wanted, str) else wanted
        self.that(what, seen in accepted, " or ".join(accepted), seen, show)

    def match(self, what: str, wanted: str, seen: bytes, show: Show | None = None) -> None:
        """Hexadecimal text, with a mask behind a slash where not every bit counts."""
        text, _, mask = spread(wanted).replace(" ", "").partition("/")
        value, bits = bytes.fromhex(text), bytes.fromhex(mask or "FF" * (len(text) // 2))
        holds = len(value) == len(seen) and all(a & m == b & m for a, b, m in zip(value, seen, bits, strict=True))
        self.that(what, holds, wanted, seen.hex().upper(), show)
