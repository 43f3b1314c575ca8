"""Residue: what must not outlive its moment: a late answer, a broken transaction, a PIN, a card's control characters."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from jinka.conformance.case import Case
from jinka.conformance.drivers.protocol import RpcError
from jinka.conformance.judge import Finding
from jinka.conformance.lanes import lanes
from jinka.conformance.observe import answers
from jinka.conformance.procedures.bench import Perform, Seen, Unseen, verdict
from jinka.conformance.stand import terminal
from jinka.conformance.subject import BenchError, Show, session
from jinka.kernel import Terminal, Verdict
from jinka.kernel.effects import AskChoice, AskPin, Remember, Transmit
from jinka.kernel.errors import MisuseError
from jinka.kernel.secret import Secret
from jinka.simulator.world import SimulatedWorld

GENERATE, VERIFY = 0xAE, 0x20


def late_answer(case: Case, perform: Perform, /) -> list[Finding]:
    """The answer to a GENERATE AC comes too late: nothing follows that command; and when it comes after all, to the first
    command of the next transaction, that transaction is as it would be without."""
    whole = perform()
    said = answers(whole[1], GENERATE)
    if not said:
        return [Finding("GENERATE AC", "answered", "not answered")]
    silent = perform(faults=[{"kind": "mute", "ins": "AE", "nth": 1}])
    found = []
    if silent[1].exchanges[-1][0].ins != GENERATE:
        found.append(Finding("after the silence", "no command", silent[1].exchanges[-1][0].header.hex().upper()))
    late = perform(again=True, faults=[{"kind": "data", "ins": "A4", "nth": 1, "data": said[0].data.hex()}])
    if verdict(silent) is Verdict.APPROVED:
        found.append(Finding("verdict without an answer", "no approval", "approved"))
    if verdict(late) is not verdict(whole):
        found.append(Finding("verdict of the next transaction", verdict(whole).value, verdict(late).value))
    if len(late[1].commands(GENERATE)) != len(whole[1].commands(GENERATE)):
        found.append(Finding("GENERATE ACs of the next transaction", str(len(said)), str(len(late[1].commands(GENERATE)))))
    return found


def nothing_left_behind(case: Case, perform: Perform, /, *, worse: list[dict[str, Any]], least: int) -> list[Finding]:
    """A transaction with a bad card (`worse`: faults) is broken off at every command by a card that leaves, and our own kernel
    also by a restart at every effect. The next transaction has commands, prompts, registers and end of a first one. At
    least `least` moments must have been there to try."""
    wanted = _mien(perform())
    commands = len(perform(faults=worse)[1].exchanges)
    found: list[Finding] = []
    for at in range(1, commands + 1):
        perform(faults=[*worse, {"kind": "remove", "nth": at}])
        found += _differing(f"the card left at command {at}", wanted, _mien(perform(again=True, faults=[])))
    tried = commands
    while perform.ours:
        perform(faults=worse)
        assert perform.stage is not None  # noqa: S101  it has performed
        if not _stopped(case, perform, perform.stage, tried - commands + 1):
            break
        tried += 1
        found += _differing(f"stopped at effect {tried - commands}", wanted, _mien(perform(again=True, faults=[])))
    return found if tried >= least else [*found, Finding("moments to break off", f"{least} at least", str(tried))]


def _stopped(case: Case, perform: Perform, stage: SimulatedWorld, at: int) -> bool:
    """Runs a transaction in the same world and lets it go at effect `at`; False when it ended before."""
    stage.insert()
    flow = session(Terminal(terminal(case, perform.statement)), case.runs[0])
    for _ in range(at):
        if flow.pending is None:
            return False
        flow.answer(stage.answer(flow.pending))
    flow.close()
    return flow.outcome is None


def _mien(seen: Seen) -> dict[str, str]:
    """What a transaction looks like, but for what counts on: numbers, times, cryptograms."""
    outcome, evidence = seen
    shown = {
        "commands": " ".join(command.header.hex().upper() for command, _ in evidence.exchanges),
        "PINs entered": " ".join(command.data.hex() for command in evidence.commands(VERIFY)),
    }
    for show, name, value in (
        (Show.VERDICT, "verdict", outcome.verdict.value),
        (Show.TVR, "TVR", outcome.tvr.hex().upper()),
        (Show.TSI, "TSI", outcome.tsi.hex().upper()),
        (Show.CVM, "CVM results", outcome.cvm_results.hex().upper()),
        (Show.PROMPTS, "prompts", ", ".join(evidence.asked)),
    ):
        if show not in evidence.lacks:
            shown[name] = value
    return shown


def _differing(where: str, wanted: dict[str, str], seen: dict[str, str]) -> list[Finding]:
    return [
        Finding(f"{where}; then {name}", value, seen[name]) for name, value in wanted.items() if seen.get(name, value) != value
    ]


def pin_nowhere(case: Case, perform: Perform, /, *, pin: str) -> list[Finding]:
    """`pin`, entered once, stands in no outcome, record, message, request or command but VERIFY, and in no word of the report;
    neither as characters nor as BCD."""
    outcome, seen = perform()
    if Show.PROMPTS in seen.lacks:
        raise Unseen("PIN entry")
    if not any(isinstance(effect, AskPin) for effect, _ in seen.effects):
        return [Finding("a PIN", "asked for", "not asked for")]
    places: list[tuple[str, Any]] = [("the outcome", outcome), ("the report", lanes(outcome, seen))]
    for effect, answer in seen.effects:
        if isinstance(effect, Transmit):
            if effect.command.ins != VERIFY:
                places.append((f"command {effect.command.header.hex().upper()}", effect.command))
        else:
            places += [(type(effect).__name__, effect)] + ([] if isinstance(effect, AskPin) else [("an answer", answer)])
    digits = bytes.fromhex(pin)
    return [
        Finding(f"the PIN in {where}", "nowhere", "there")
        for where, thing in places
        for value in _values(thing)
        if (pin in value.replace(" ", "") if isinstance(value, str) else pin.encode() in value or digits in value)
    ]


def clean_words(case: Case, perform: Perform, /, *, label: str = "") -> list[Finding]:
    """No text of the outcome, of a question, of a record or of the report holds a character that does not print; `label` is
    what is left of the application's name."""
    outcome, seen = perform()
    found = []
    if label and Show.TAGS not in seen.lacks and outcome.label != label:
        found.append(Finding("name of the application", label, ascii(outcome.label)))
    places: list[tuple[str, Any]] = [("the outcome", outcome), ("the report", lanes(outcome, seen))]
    places += [("a question or record", effect) for effect, _ in seen.effects if isinstance(effect, AskChoice | Remember)]
    return found + [
        Finding(f"words of {where}", "characters that print", ascii(value))
        for where, thing in places
        for value in _values(thing)
        if isinstance(value, str) and not value.isprintable()
    ]


def _values(thing: Any) -> Iterator[str | bytes]:
    """All text and bytes in a value, secrets too."""
    if isinstance(thing, str | bytes):
        yield thing
    elif isinstance(thing, Secret):
        yield thing.reveal()
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from _values(key)
            yield from _values(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _values(value)
    elif is_dataclass(thing):
        for entry in fields(thing):
            yield from _values(getattr(thing, entry.name))


def refused_amounts(case: Case, perform: Perform, /, *, amounts: list[int]) -> list[Finding]:
    """No transaction for any of `amounts`: refused by the terminal (a driver answers with an error), or ended without a
    cryptogram and an approval."""
    found = []
    perform()
    for amount in amounts:
        try:
            seen = perform(again=True, amount=amount)
        except MisuseError:
            continue
        except BenchError as fault:
            if not isinstance(fault.__cause__, RpcError):
                raise
            continue
        if seen[1].commands(GENERATE) or verdict(seen) is Verdict.APPROVED:
            found.append(Finding(f"amount {amount}", "refused", f"{verdict(seen).value}, commands sent"))
    return found
