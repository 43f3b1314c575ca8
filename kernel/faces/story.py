"""Story: a transaction as an ordered list of what happened between terminal, card, cardholder and host.

    story = Story()
    outcome = run(Terminal(config).purchase(12_50), Station(card, observer=story))
    story.end(outcome)

A `Story` is an observer: it sees each effect with its answer. What it keeps is redacted at once: there is no PIN, no
key, no track and no whole PAN in it, whoever prints it. Entries are plain data; `to_json` gives them as JSON values.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jinka.kernel import effects
from jinka.kernel.apdu import Response
from jinka.kernel.data import formats, lines, meanings, structures, tags
from jinka.kernel.data.bits import Bits
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.effects import Effect, Step
from jinka.kernel.errors import JinkaError
from jinka.kernel.faces.exchange import GENERATE, Part, Reader, Sheet, object_part
from jinka.kernel.faces.words import MESSAGES, QUESTIONS, RECORDS, STEPS, Lane, money, note, plus
from jinka.kernel.outcome import Outcome

READ, NO_MORE_RECORDS = 0xB2, 0x6A83  # how a list of records ends; no mishap


@dataclass(frozen=True, slots=True)
class Flip:
    """One bit that changed: of TVR or TSI, byte from 1, bit 8 to 1; `step` is the stage that decides it."""

    register: str
    byte: int
    bit: int
    name: Text
    on: bool
    step: Step


@dataclass(frozen=True, slots=True)
class State:
    """The registers after a milestone, and what changed since the one before. `cvm` is 9F34 in words, None while it is
    as it was."""

    tvr: bytes
    tsi: bytes
    cvm_results: bytes
    flips: tuple[Flip, ...] = ()
    cvm: Text | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `step` is the stage it belongs to, `sent` goes from the terminal to `lane`, `received`
    comes back. `state` stands at milestones only. `minor`: of interest to the curious only. `good` is False for what
    went wrong. `elapsed` is the other side's time in seconds, as the wire saw it."""

    number: int
    lane: Lane
    step: Step
    title: Text
    details: tuple[Text, ...] = ()
    sent: Sheet | None = None
    received: Sheet | None = None
    state: State | None = None
    minor: bool = False
    good: bool = True
    elapsed: float = 0.0


class Story:
    """Observes one transaction. `entries` may be read at any time; `outcome` is there after `end`."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.outcome: Outcome | None = None
        self.request: effects.OnlineRequest | None = None
        self.started: datetime | None = None
        self._reader = Reader()
        self._open = 0  # entries from here on wait for the milestone that names their stage
        self._state = State(bytes(5), bytes(2), b"\x3f\x00\x00")
        self._signing = False

    def __call__(self, effect: Effect[Any], answer: Any) -> None:
        """One effect and its answer, or the exception raised instead."""
        entry = self._entry(effect, answer)
        if isinstance(answer, BaseException):
            said = same(str(answer)) if isinstance(answer, JinkaError) else same(type(answer).__name__)
            entry = replace(entry, good=False, details=(*entry.details, said), received=Sheet(said))
        self.entries.append(replace(entry, number=len(self.entries) + 1))
        if isinstance(effect, effects.Reached):
            self._close(effect.step)

    def end(self, outcome: Outcome) -> None:
        """The transaction has ended."""
        self.outcome = outcome
        self._close(Step.COMPLETED)

    @property
    def state(self) -> State:
        """The registers as the last milestone left them."""
        return self._state

    def to_json(self) -> list[Any]:
        """The entries as JSON values."""
        return [lines.plain(entry) for entry in self.entries]

    # --- one entry for each kind of effect --------------------------------------------------------------------------

    def _entry(self, effect: Effect[Any], answer: Any) -> Entry:
        match effect:
            case effects.Transmit():
                return self._transmitted(effect, answer)
            case effects.AskPin():
                return _pin(effect, answer)
            case effects.AskChoice():
                return _choice(effect, answer)
            case effects.Tell():
                detail = () if effect.detail is None else (Text(f"{effect.detail} left", f"剩余{effect.detail}次"),)
                title = MESSAGES[effect.message]
                return Entry(0, Lane.CARDHOLDER, Step.COMPLETED, title, detail, sent=Sheet(title))
            case effects.GoOnline():
                self.request = effect.request
                return _online(effect.request, answer)
            case effects.Reached():
                return self._milestone(effect)
            case effects.Remember():
                record = effect.record
                counter = record.kind is effects.RecordKind.COUNTER or bool(record.get("counter"))
                kept = tuple(same(f"{name} = {value}") for name, value in record.fields if value not in ("", None))
                told = (same(record.reference), *kept)
                return Entry(0, Lane.TERMINAL, Step.COMPLETED, RECORDS[record.kind], told, minor=counter)
            case effects.Recall():
                return _recalled(effect, answer)
            case effects.Random():
                return _drawn(effect, answer)
            case effects.Now():
                self.started = answer if isinstance(answer, datetime) else None
                when = same(f"{answer:%Y-%m-%d %H:%M:%S}" if isinstance(answer, datetime) else "")
                title = Text("looks at the clock", "取日期时间")
                return Entry(0, Lane.TERMINAL, Step.COMPLETED, title, (when,), minor=True)
        return Entry(0, Lane.TERMINAL, Step.COMPLETED, same(type(effect).__name__), minor=True)

    def _transmitted(self, effect: effects.Transmit, answer: Any) -> Entry:
        response = answer if isinstance(answer, Response) else None
        sent, received = self._reader.read(effect.command, response)
        self._signing = effect.command.ins == GENERATE or (self._signing and effect.command.ins == 0xC0)
        listed = effect.command.ins == READ and response is not None and response.sw == NO_MORE_RECORDS
        fine = response is not None and (response.sw == 0x9000 or response.sw >> 8 in (0x61, 0x62, 0x63, 0x6C))
        good = fine or listed
        where = () if effect.slot is effects.Slot.CARD else (same(effect.slot.name),)
        elapsed = response.elapsed if response is not None else 0.0
        return Entry(0, Lane.CARD, Step.COMPLETED, sent.label, where, sent, received, good=good, elapsed=elapsed)

    def _milestone(self, reached: effects.Reached) -> Entry:
        seen, before = reached.snapshot, self._state
        flips = (
            *_flips("TVR", Tvr, before.tvr, seen.tvr, reached.step),
            *_flips("TSI", Tsi, before.tsi, seen.tsi, reached.step),
        )
        changed = seen.cvm_results != before.cvm_results and reached.step not in (Step.START, Step.SELECTED)
        cvm = structures.cvm_results(seen.cvm_results)[0] if changed or reached.step is Step.VERIFIED else None
        self._state = State(seen.tvr, seen.tsi, seen.cvm_results, flips, cvm)
        said = (note(seen.note),) if seen.note else ()
        good = "failed" not in seen.note and "unable" not in seen.note
        return Entry(0, Lane.TERMINAL, reached.step, STEPS[reached.step], said, state=self._state, good=good)

    def _close(self, step: Step) -> None:
        """The entries since the last milestone belong to this one; but a CDA signature is checked in the middle of
        GENERATE AC, so that one waits for the next."""
        if step is Step.AUTHENTICATED and self._signing:
            return
        for at in range(self._open, len(self.entries)):
            self.entries[at] = replace(self.entries[at], step=step)
        self._open, self._signing = len(self.entries), False


def _flips(register: str, kind: type[Bits], before: bytes, after: bytes, step: Step) -> list[Flip]:
    old, new, found = int.from_bytes(before, "big"), int.from_bytes(after, "big"), []
    if len(after) != kind.size:
        return []
    if old == new:
        return []
    names = {(bit.byte, bit.number): Text(lines.english(name), bit.text) for name, bit in kind.members.items()}
    for place in range(8 * kind.size - 1, -1, -1):
        if (old ^ new) >> place & 1:
            byte, number = kind.size - place // 8, place % 8 + 1
            words = names.get((byte, number), Text("reserved", "保留"))
            at = _RESTRICTIONS if (register, byte) == ("TVR", 2) and number > 4 and step is Step.VERIFIED else step
            found.append(Flip(register, byte, number, words, bool(new >> place & 1), at))
    return found


# The kernel reports no milestone of its own for them: they are pure, and only they decide bits 8 to 5 of byte 2.
_RESTRICTIONS = Step.RESTRICTED

_PIN_STATES = {
    effects.PinState.ENTERED: Text("PIN entered", "已输入密码"),
    effects.PinState.BYPASSED: Text("PIN bypassed", "跳过密码"),
    effects.PinState.NO_PIN_PAD: Text("no PIN pad", "无密码键盘"),
}


def _pin(asked: effects.AskPin, answer: Any) -> Entry:
    offline = asked.kind is effects.PinKind.OFFLINE
    kind = Text("for the card", "卡片验证") if offline else Text("for the issuer", "联机验证")
    title = plus(MESSAGES[effects.Message.ENTER_PIN], Text(", ", ","), kind)
    tries = () if asked.tries is None else (Text(f"{asked.tries} tries left", f"剩余{asked.tries}次"),)
    said = _PIN_STATES[answer.state] if isinstance(answer, effects.PinEntry) else same("")
    good = isinstance(answer, effects.PinEntry) and answer.state is effects.PinState.ENTERED
    return Entry(0, Lane.CARDHOLDER, Step.COMPLETED, title, tries, Sheet(title), Sheet(said), good=good)


def _choice(asked: effects.AskChoice, answer: Any) -> Entry:
    title = QUESTIONS[asked.question]
    secret = asked.question is effects.Question.IDENTITY_DOCUMENT
    labels = () if secret else tuple(same(option.label) for option in asked.options)
    taken = isinstance(answer, int) and 0 <= answer < len(asked.options)
    said = Text("none of these", "都不是")
    if taken:
        said = Text("yes", "是") if secret else same(asked.options[answer].label)
    return Entry(0, Lane.CARDHOLDER, Step.COMPLETED, title, labels, Sheet(title), Sheet(said), good=taken)


def _recalled(asked: effects.Recall, answer: Any) -> Entry:
    what = {
        effects.Memory.COUNTER: Text("looks up a counter", "查计数器"),
        effects.Memory.LAST_SALE: Text("looks up this card's last sale", "查该卡上笔交易"),
        effects.Memory.HOT_LIST: Text("looks the card up on the exception file", "查终端异常文件"),
    }[asked.memory]
    hot = asked.memory is effects.Memory.HOT_LIST and answer is not None
    found = Text("found", "有记录") if isinstance(answer, effects.Record) else Text("nothing", "无记录")
    return Entry(0, Lane.TERMINAL, Step.COMPLETED, what, (found,), minor=not hot, good=not hot)


def _drawn(asked: effects.Random, answer: Any) -> Entry:
    """The unpredictable number is public; the padding of an enciphered PIN would give the PIN away."""
    shown = answer.hex().upper() if asked.purpose == "9F37" and isinstance(answer, bytes) else "*" * (2 * asked.size)
    title = Text(f"draws {asked.size} random bytes", f"生成{asked.size}字节随机数")
    return Entry(0, Lane.TERMINAL, Step.COMPLETED, title, (same(f"{asked.purpose} {shown}".strip()),), minor=True)


def _field(name: Text, text: Text | str) -> Part:
    words = same(text) if isinstance(text, str) else text
    return Part(0, 0, 0, "", name, "", words)


def _online(asked: effects.OnlineRequest, answer: Any) -> Entry:
    """The message to the host and its answer, without PIN block, track 2 and whole PAN."""
    pan = formats.truncated_pan(asked.pan.reveal().decode("ascii", "replace"))
    sequence = "-" if asked.pan_sequence is None else f"{asked.pan_sequence:03d}"
    there, absent = Text("present, not shown", "有,不显示"), Text("absent", "无")
    parts = [
        _field(Text("reference", "参考号"), asked.reference),
        _field(Text("PAN", "主账号"), pan),
        _field(Text("PAN sequence number", "卡序列号"), sequence),
        _field(Text("amount", "金额"), money(asked.amount, asked.currency)),
        _field(Text("entry mode", "输入方式"), asked.entry_mode),
        _field(Text("track 2", "二磁道"), there if asked.track2 is not None else absent),
        _field(Text("PIN block", "PIN密文"), there if asked.pin_block is not None else absent),
        *(object_part(tag, value, 0, 0) for tag, value in asked.chip),
    ]
    title = Text("Authorisation request", "联机授权请求")
    sent = Sheet(plus(title, " ", money(asked.amount, asked.currency)), parts=tuple(parts))
    if isinstance(answer, effects.Unreachable):
        said = note(answer.reason)
        return Entry(0, Lane.HOST, Step.ONLINE, title, (said,), sent, Sheet(said), good=False)
    if not isinstance(answer, effects.Authorisation):
        return Entry(0, Lane.HOST, Step.ONLINE, title, (), sent, good=False)
    words = meanings.ARC.get(answer.arc, same(""))
    back = [_field(Text("response code", "应答码"), Text(f"{answer.arc} {words.en}", f"{answer.arc} {words.zh}"))]
    if answer.approval_code:
        back.append(_field(Text("approval code", "授权码"), answer.approval_code))
    if answer.amount is not None:
        back.append(_field(Text("amount", "金额"), money(answer.amount, asked.currency)))
    if answer.balance is not None:
        back.append(_field(Text("balance", "余额"), money(answer.balance, asked.currency)))
    if answer.issuer_data:
        back.append(object_part(tags.ISSUER_AUTHENTICATION_DATA, answer.issuer_data, 0, 0))
    for script in answer.scripts:
        name = Text("issuer script template", "发卡行脚本模板")
        kind, size = script[:1].hex(), len(script)
        back.append(_field(name, Text(f"{kind}, {size} bytes", f"{kind},{size}字节")))
    received = Sheet(plus(Text(f"{answer.arc} ", f"{answer.arc} "), words), parts=tuple(back))
    return Entry(0, Lane.HOST, Step.ONLINE, title, (received.label,), sent, received, good=answer.arc == "00")

