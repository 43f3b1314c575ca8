"""Lanes: the evidence of a transaction as plain values, cardholder, terminal, card and host side by side.

    {"texts": [...], "outcome": {...}, "entries": [...]}

- A number where words are due points into `texts`: "words", or ["words", "中文"]. Empty fields are left out everywhere.
- An entry: `lane`, `step`, `title`, `details`; `sent` goes from the terminal to the lane, `received` comes back; `at` marks
  a milestone; `tvr`, `tsi`, `cvm` are the registers where they changed, `flips` their bits as [register, byte, bit, name,
  1 for set, step]; `minor` is of interest to the curious only, `bad` went wrong; `ms` is the other side's time.
- A sheet: `label`, `hex` (redacted, stars where bytes are withheld) and `parts`, each
  [depth, start, body, end, tag, name, meaning, lines]: a value is the hex from `body` to `end`; in a sheet without hex the
  meaning says it. A part with a tag and no name has the name of the data dictionary. What only repeats the value has no
  meaning; header and length bytes of a command have no part unless there is more to say.
- Lines are [offset, length, bits, name, value], with neither for a flag that is set but the name; a name may be a tag.

What is in here has been redacted by the kernel's faces: no PIN, key, track or whole PAN. Evidence without milestones, as
a terminal gives of which only the commands were seen, finds its steps by the commands.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from jinka.conformance.subject import Evidence, Show
from jinka.kernel import Outcome, effects
from jinka.kernel.data import structures
from jinka.kernel.data.bits import Bits
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.data.lines import english
from jinka.kernel.data.meanings import Text
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.effects import Effect, Question, Step
from jinka.kernel.faces.exchange import GENERATE, Part, Sheet
from jinka.kernel.faces.story import Entry, Story
from jinka.kernel.faces.words import SERVICES, STEPS, VERDICTS, Lane, money, note

# What each step has to obey, by the ids of the register.
CLAUSES: Final = {
    Step.START: ("emv-b4/6.5",),
    Step.SELECTED: ("emv-b1/12.2.3", "emv-b1/12.3.2", "emv-b1/12.3.3", "emv-b1/12.4"),
    Step.INITIATED: ("emv-b3/10.1", "emv-b3/6.5.8", "emv-b3/5.4"),
    Step.READ: ("emv-b3/10.2", "emv-b3/6.5.11", "emv-b3/7.2", "emv-b3/7.5"),
    Step.AUTHENTICATED: ("emv-b3/10.3", "emv-b2/5", "emv-b2/6"),
    Step.RESTRICTED: ("emv-b3/10.4.1", "emv-b3/10.4.2", "emv-b3/10.4.3"),
    Step.VERIFIED: ("emv-b3/10.5", "emv-b3/10.5.1", "emv-b3/10.5.2", "emv-b3/annex-c3", "emv-b3/6.5.12", "jrt-0025.6/cvm-20"),
    Step.RISK_MANAGED: ("emv-b3/10.6.1", "emv-b3/10.6.2", "emv-b3/10.6.3"),
    Step.DECIDED: ("emv-b3/10.7", "emv-b4/6.3.2"),
    Step.FIRST_AC: ("emv-b3/9.3", "emv-b3/6.5.5", "emv-b2/6.6"),
    Step.ONLINE: ("emv-b3/10.8",),
    Step.ISSUER_AUTHENTICATED: ("emv-b3/10.9",),
    Step.SCRIPTS_BEFORE: ("emv-b3/10.10",),
    Step.SECOND_AC: ("emv-b3/9.3", "emv-b3/6.5.5", "emv-b3/10.8", "emv-b2/6.6"),
    Step.SCRIPTS_AFTER: ("emv-b3/10.10",),
    Step.COMPLETED: ("emv-b4/12",),
}

READ, PROCESS, GET_DATA = 0xB2, 0xA8, 0xCA
_BY_INSTRUCTION: Final = {
    0xA4: Step.SELECTED, PROCESS: Step.INITIATED, READ: Step.READ, 0x88: Step.AUTHENTICATED, 0x84: Step.VERIFIED,
    0x20: Step.VERIFIED, 0x82: Step.ISSUER_AUTHENTICATED,
}  # fmt: skip
_BY_OBJECT: Final = {0x9F17: Step.VERIFIED, 0x9F36: Step.RISK_MANAGED, 0x9F13: Step.RISK_MANAGED}
_BY_QUESTION: Final = {
    Question.APPLICATION: Step.SELECTED, Question.CONFIRM: Step.SELECTED, Question.IDENTITY_DOCUMENT: Step.VERIFIED,
    Question.REFERRAL: Step.ONLINE,
}  # fmt: skip
_HEX: Final = re.compile(r"[0-9A-F]{2,6}")
_REGISTERS: Final[dict[str, tuple[str, type[Bits]]]] = {"95": ("TVR", Tvr), "9B": ("TSI", Tsi)}


def lanes(outcome: Outcome | None, evidence: Evidence) -> dict[str, Any]:
    """One transaction. `outcome` None: it never came to an end."""
    story = Story()
    for effect, answer in evidence.effects:
        story(effect, answer)
    if outcome is not None:
        story.end(outcome)
    asked = [effect for effect, _ in evidence.effects]
    steps = _steps(asked, [entry.step for entry in story.entries])
    whole = any(isinstance(effect, effects.Reached) for effect in asked)
    texts = _Texts()
    entries = [_entry(entry, step, texts) for entry, step in zip(story.entries, steps, strict=True)]
    if whole:
        _restricted(entries, texts)
    else:
        _carried(asked, story.entries, steps, entries, texts)
    ended = _outcome(outcome, evidence.lacks, texts) if outcome is not None else {}
    return {"texts": texts.list, "outcome": ended, "entries": entries}


class _Texts:
    """Texts by number: what is said twice stands once."""

    def __init__(self) -> None:
        self.list: list[str | list[str]] = []
        self._known: dict[Text, int] = {}

    def __call__(self, text: Text) -> int:
        number = self._known.get(text)
        if number is None:
            number = self._known[text] = len(self.list)
            self.list.append(text.en if text.en == text.zh else [text.en, text.zh])
        return number


def _entry(entry: Entry, step: Step, texts: _Texts) -> dict[str, Any]:
    made: dict[str, Any] = {"lane": entry.lane.value, "step": step.name.lower(), "title": texts(entry.title)}
    if entry.details:
        made["details"] = [texts(text) for text in entry.details]
    for way, sheet in (("sent", entry.sent), ("received", entry.received)):
        if sheet is not None:
            made[way] = _sheet(sheet, texts)
    if (state := entry.state) is not None:
        made["at"] = 1
        if state.flips:
            made |= {"tvr": state.tvr.hex().upper(), "tsi": state.tsi.hex().upper()}
            made["flips"] = [
                [flip.register, flip.byte, flip.bit, texts(flip.name), int(flip.on), flip.step.name.lower()]
                for flip in state.flips
            ]
        if state.cvm is not None:
            made |= {"cvm": state.cvm_results.hex().upper(), "told": texts(state.cvm)}
    if entry.minor:
        made["minor"] = 1
    if not entry.good:
        made["bad"] = 1
    if entry.elapsed >= 0.00005:
        made["ms"] = round(entry.elapsed * 1000, 1)
    return made


def _sheet(sheet: Sheet, texts: _Texts) -> dict[str, Any]:
    made: dict[str, Any] = {"label": texts(sheet.label)}
    if sheet.hex:
        made["hex"] = sheet.hex
    if sheet.parts:
        made["parts"] = list(_parts(sheet.parts, 0, bool(sheet.hex), texts))
    return made


def _parts(parts: Sequence[Part], depth: int, placed: bool, texts: _Texts) -> Iterator[list[Any]]:
    """A tree as rows with a depth."""
    for part in parts:
        if placed and not part.tag and _plain(part):
            continue
        flags = bool(part.lines) and all(line.on is not None for line in part.lines)
        known = bool(part.tag) and part.name == _names(part.tag)
        bare = (placed and part.summary.en == part.value) or bool(part.children) or flags
        lines: list[list[Any]] = [
            [line.offset, line.length, line.bits, _line(line.name, texts), *((texts(line.value),) if line.on is None else ())]
            for line in part.lines
        ]
        lines += [[0, 0, "!", texts(fault)] for fault in part.faults]
        row: list[Any] = [
            depth, *((part.start, part.body, part.end) if placed else (0, 0, 0)), part.tag,
            "" if known else texts(part.name), "" if bare else texts(part.summary), lines,
        ]  # fmt: skip
        while row[-1] in ("", []):
            row.pop()
        yield row
        yield from _parts(part.children, depth + 1, placed, texts)


def _plain(part: Part) -> bool:
    """A header or length byte that says nothing its place does not say."""
    said = part.summary.en
    return part.name.en in ("instruction", "Lc", "Le") or (part.end <= 4 and said in (part.value, f"{part.value}, proprietary"))


def _line(name: Text, texts: _Texts) -> int | str:
    """A line of a data object list is named by its tag."""
    tag, _, rest = name.en.partition(" ")
    return tag if rest and name == _listed(tag) else texts(name)


@cache
def _names(tag: str) -> Text | None:
    found = PBOC.get(int(tag, 16))
    return Text(found.name, found.zh) if found else None


@cache
def _listed(tag: str) -> Text | None:
    return structures.named(int(tag, 16), PBOC) if _HEX.fullmatch(tag) else None


def _outcome(outcome: Outcome, lacks: frozenset[Show], texts: _Texts) -> dict[str, Any]:
    """How it ended; nothing the subject could not show."""
    shown: dict[Show, dict[str, Any]] = {
        Show.VERDICT: {
            "verdict": outcome.verdict.value, "title": texts(VERDICTS[outcome.verdict]),
            "reason": texts(note(outcome.reason)) if outcome.reason else "", "online": int(outcome.online),
            "signature": int(outcome.signature), "reversal": int(outcome.reversal), "advice": int(outcome.advice),
        },
        Show.ARC: {"arc": outcome.arc, "approval": outcome.approval_code},
        Show.TVR: {"tvr": outcome.tvr.hex().upper()},
        Show.TSI: {"tsi": outcome.tsi.hex().upper()},
        Show.CVM: {"cvm": outcome.cvm_results.hex().upper(), "told": texts(structures.cvm_results(outcome.cvm_results)[0])},
        Show.SCRIPTS: {"scripts": outcome.script_results.hex().upper()},
        Show.TAGS: {"aid": outcome.aid.hex().upper(), "label": outcome.label, "pan": outcome.pan},
    }  # fmt: skip
    made: dict[str, Any] = {}
    if outcome.service:
        made["service"] = texts(SERVICES.get(outcome.service, Text(outcome.service, outcome.service)))
    if outcome.amount:
        made["amount"] = money(outcome.amount, outcome.currency)
    for show, values in shown.items():
        if show not in lacks:
            made |= {
                name: value for name, value in values.items() if value not in ("", 0) or name in ("title", "told", "reason")
            }
    return {name: value for name, value in made.items() if value != ""}


def _restricted(entries: list[dict[str, Any]], texts: _Texts) -> None:
    """Processing restrictions have no milestone of their own: they stand before cardholder verification, with their bits."""
    verified, name = Step.VERIFIED.name.lower(), Step.RESTRICTED.name.lower()
    reached = [entry for entry in entries if entry["step"] == verified and "at" in entry]
    if not reached:
        return
    made: dict[str, Any] = {"lane": Lane.TERMINAL.value, "step": name, "title": texts(STEPS[Step.RESTRICTED]), "at": 1}
    flips = reached[0].get("flips", ())
    if own := [flip for flip in flips if flip[5] == name]:
        made["flips"] = own
        reached[0]["flips"] = [flip for flip in flips if flip[5] != name]
    entries.insert(next(at for at, entry in enumerate(entries) if entry["step"] == verified), made)


# --- steps without milestones ---------------------------------------------------------------------------------------


def _steps(asked: Sequence[Effect[Any]], told: Sequence[Step]) -> list[Step]:
    """The step of each effect. What lies behind the last milestone but the end goes by the commands: a transaction that
    broke off while records were read shows that, not an end."""
    steps = list(told)
    reached = [at for at, effect in enumerate(asked) if isinstance(effect, effects.Reached)]
    if reached and asked[reached[-1]].step is Step.COMPLETED:  # type: ignore[attr-defined]
        reached.pop()
    begin = reached[-1] + 1 if reached else 0
    guessed = list(_guessed(asked))
    following = None
    for at in range(len(asked) - 1, begin - 1, -1):
        following = guessed[at] or following
        steps[at] = following or Step.COMPLETED
    return steps


def _guessed(asked: Iterable[Effect[Any]]) -> Iterator[Step | None]:
    """The step an effect belongs to by its looks; None where it could be any."""
    processed, generated, now = False, 0, None
    for effect in asked:
        found: Step | None = None
        match effect:
            case effects.Transmit():
                command = effect.command
                processed = (processed or command.ins == PROCESS) and command.ins != 0xA4
                if command.ins == GENERATE:
                    generated += 1
                    found = Step.FIRST_AC if generated == 1 else Step.SECOND_AC
                elif command.cla & 0x04:
                    found = Step.SCRIPTS_BEFORE if generated < 2 else Step.SCRIPTS_AFTER
                elif command.ins == READ and not processed:
                    found = Step.SELECTED
                elif command.ins == GET_DATA:
                    found = _BY_OBJECT.get(command.p1 << 8 | command.p2) if not generated else None
                else:
                    found = _BY_INSTRUCTION.get(command.ins)
                found = now = found or now
            case effects.AskPin():
                found = now = Step.VERIFIED
            case effects.GoOnline():
                found = now = Step.ONLINE
            case effects.AskChoice():
                found = _BY_QUESTION.get(effect.question)
        yield found


def _carried(
    asked: Sequence[Effect[Any]], told: Sequence[Entry], steps: Sequence[Step], entries: list[dict[str, Any]], texts: _Texts
) -> None:
    """The registers as GENERATE AC carries them, where nobody reports any."""
    held = {"TVR": 0, "TSI": 0}
    for at, effect in enumerate(asked):
        sheet = told[at].sent
        if not isinstance(effect, effects.Transmit) or effect.command.ins != GENERATE or sheet is None:
            continue
        flips: list[list[Any]] = []
        for part in (child for top in sheet.parts for child in (top, *top.children)):
            if part.tag not in _REGISTERS:
                continue
            register, kind = _REGISTERS[part.tag]
            if len(part.value) != 2 * kind.size:
                continue
            entries[at][register.lower()] = part.value
            new, old = int(part.value, 16), held[register]
            held[register] = new
            names = {(bit.byte, bit.number): Text(english(word), bit.text) for word, bit in kind.members.items()}
            for place in range(8 * kind.size - 1, -1, -1):
                if (new ^ old) >> place & 1:
                    byte, bit = kind.size - place // 8, place % 8 + 1
                    words = names.get((byte, bit), Text("reserved", "保留"))
                    flips.append([register, byte, bit, texts(words), new >> place & 1, steps[at].name.lower()])
        if flips:
            entries[at]["flips"] = flips
