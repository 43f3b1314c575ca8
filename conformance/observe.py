"""Observe: what a case may expect beside verdict, registers and commands: order, display, host requests, records.

The fields are those of `Expect` in `case.py`. What a subject does not show is inconclusive.
"""

from typing import Protocol

from jinka.conformance.case import Expect, Kept, Online
from jinka.conformance.subject import Evidence, Show
from jinka.kernel import Outcome, Response
from jinka.kernel.effects import (
    AskChoice,
    AskPin,
    GoOnline,
    Message,
    OnlineRequest,
    Question,
    Record,
    RecordKind,
    Remember,
    Tell,
    Transmit,
)

ANY, ABSENT = "*", "-"
GET_RESPONSE = 0xC0


class Book(Protocol):
    """Where findings are written; see `judge.py`."""

    def that(self, what: str, holds: bool, wanted: str, seen: str, show: Show | None = None) -> None:
        """Notes what does not hold."""
        ...

    def same(self, what: str, wanted: str, seen: str, show: Show | None = None) -> None:
        """Notes a difference."""
        ...

    def match(self, what: str, wanted: str, seen: bytes, show: Show | None = None) -> None:
        """Compares bytes with hexadecimal text that may have a mask."""
        ...


def timeline(seen: Evidence) -> list[str]:
    """Commands by instruction, prompts and messages by name, requests to the host, records by kind. GET RESPONSE is the
    reader's affair: whether it is seen depends on who makes the TPDUs."""
    found = []
    for effect, _ in seen.effects:
        match effect:
            case Transmit() if effect.command.ins != GET_RESPONSE:
                found.append(f"{effect.command.ins:02X}")
            case AskPin():
                found.append(f"PIN {effect.kind.value}")
            case AskChoice():
                found.append(effect.question.name)
            case Tell():
                found.append(effect.message.name)
            case GoOnline():
                found.append("ONLINE")
            case Remember():
                found.append(effect.record.kind.value)
    return found


def answers(seen: Evidence, ins: int) -> list[Response]:
    """The whole answers to the commands of one instruction, whatever took them apart on the way."""
    found: list[Response] = []
    open_ = False
    for command, response in seen.exchanges:
        if response is None:
            continue
        if command.ins == GET_RESPONSE and open_:
            found[-1] = Response(found[-1].data + response.data, response.sw)
        elif open_ := command.ins == ins and response.sw >> 8 != 0x6C:
            found.append(response)
    return found


def requests(seen: Evidence) -> list[OnlineRequest]:
    """What went to the host."""
    return [effect.request for effect, _ in seen.effects if isinstance(effect, GoOnline)]


def records(seen: Evidence, kind: str) -> list[Record]:
    """What was kept of one kind."""
    kept = [effect.record for effect, _ in seen.effects if isinstance(effect, Remember)]
    return [record for record in kept if record.kind.value == kind]


def observe(expect: Expect, outcome: Outcome, seen: Evidence, book: Book) -> None:
    """Compares everything that is asked for."""
    _course(expect, seen, book)
    _display(expect, outcome, seen, book)
    if expect.online is not None:
        _online(expect.online, seen, book)
    for entry in expect.kept:
        _kept(entry, seen, book)
    for name, wanted, given in (("advice", expect.advice, outcome.advice), ("fallback", expect.fallback, outcome.fallback)):
        if wanted is not None:
            book.same(name, str(wanted), str(given), Show.TAGS)
    if expect.present or expect.absent:
        held = {f"{tag:X}" for tag, value in outcome.data if value}
        for tag in expect.present:
            book.that(f"tag {tag}", tag in held, "there", "absent", Show.TAGS)
        for tag in expect.absent:
            book.that(f"tag {tag}", tag not in held, "absent", "there", Show.TAGS)


def _course(expect: Expect, seen: Evidence, book: Book) -> None:
    """The order of things."""
    if expect.order:
        events = timeline(seen)
        hidden = [step for step in expect.order if _shown_by(step) in seen.lacks]
        rest = iter(events)
        missing = next((step for step in expect.order if step not in hidden and step not in rest), None)
        book.that("order", missing is None, " ".join(expect.order), f"{' '.join(events)} (no {missing} in its place)")
        for step in hidden:
            book.that(f"{step} in its place", False, "there", "unknown", _shown_by(step))
    sent = [f"{command.ins:02X}" for command, _ in seen.exchanges if command.ins != GET_RESPONSE] or ["none"]
    for name, wanted, command in (("first", expect.first, sent[0]), ("last", expect.last, sent[-1])):
        if wanted is not None:
            book.same(f"{name} command", wanted, command)


def _shown_by(step: str) -> Show | None:
    """What a subject must show for a step of the order to be seen; None for a command, which the card sees."""
    if step == "ONLINE":
        return Show.ONLINE
    if step.startswith("PIN ") or step in Question.__members__:
        return Show.PROMPTS
    if step in Message.__members__:
        return Show.MESSAGES
    return Show.RECORDS if step in {kind.value for kind in RecordKind} else None


def _display(expect: Expect, outcome: Outcome, seen: Evidence, book: Book) -> None:
    """What persons are shown."""
    prompts = [effect for effect, _ in seen.effects if isinstance(effect, AskPin | AskChoice)]
    if expect.offered is not None:
        lists = [effect for effect in prompts if isinstance(effect, AskChoice) and effect.question is Question.APPLICATION]
        lines = [option.label for option in lists[0].options] if lists else []
        book.same("list of applications", " | ".join(expect.offered), " | ".join(lines), Show.PROMPTS)
    if expect.label is not None:
        book.same("name of the application", expect.label, outcome.label, Show.TAGS)
    if expect.pan is not None:
        book.same("PAN in the outcome", expect.pan, outcome.pan, Show.TAGS)
    if expect.pin_amount is not None:
        beside = {effect.amount for effect in prompts if isinstance(effect, AskPin)}
        book.that(
            "amount beside the PIN prompt", beside == {expect.pin_amount}, str(expect.pin_amount), str(beside), Show.PROMPTS
        )
    if expect.language is not None:
        spoken = {effect.language for effect, _ in seen.effects if isinstance(effect, AskPin | Tell)}
        book.same("language", expect.language, " ".join(sorted(spoken)), Show.MESSAGES)


def _online(wanted: Online, seen: Evidence, book: Book) -> None:
    """The requests to the host."""
    sent = requests(seen)
    book.same("requests to the host", str(wanted.count), str(len(sent)), Show.ONLINE)
    if not sent or Show.ONLINE in seen.lacks:
        return
    request = sent[0]
    if wanted.entry_mode is not None:
        book.same("POS entry mode", wanted.entry_mode, request.entry_mode)
    if wanted.pan is not None:
        book.same("PAN to the host", wanted.pan, request.pan.reveal().decode("latin-1"))
    if wanted.sequence is not None:
        held = -1 if request.pan_sequence is None else request.pan_sequence
        book.same("PAN sequence number to the host", str(wanted.sequence), str(held))
    if wanted.pin is not None:
        book.same("PIN block to the host", str(wanted.pin), str(request.pin_block is not None))
    _objects("field 55", wanted.chip, dict(request.chip), book, Show.ONLINE)


def _kept(wanted: Kept, seen: Evidence, book: Book) -> None:
    """A record."""
    found = records(seen, wanted.kind)
    book.that(f"a record {wanted.kind}", bool(found), "kept", "not kept", Show.RECORDS)
    if not found:
        return
    for name, value in wanted.fields.items():
        book.same(f"record {wanted.kind}, {name}", str(value), str(found[-1].get(name)))
    intents = records(seen, "intent")
    if wanted.kind == "reversal" and intents:
        book.same("reference of the reversal", intents[-1].reference, found[-1].reference)
    _objects(f"record {wanted.kind}", wanted.chip, dict(found[-1].chip), book, Show.RECORDS)


def _objects(where: str, wanted: dict[str, str], held: dict[int, bytes], book: Book, show: Show) -> None:
    """Data objects: hexadecimal text, any value, or none."""
    for key, text in wanted.items():
        value = held.get(int(key, 16))
        if text in (ANY, ABSENT):
            fits = (value is None) is (text == ABSENT)
            book.that(
                f"{where}, {key}", fits, "there" if text == ANY else "absent", "absent" if value is None else "there", show
            )
        else:
            book.match(f"{where}, {key}", text, value or b"", show)
