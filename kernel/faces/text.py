"""Text: the story on a terminal. One line a stage; with `verbose` every exchange, decoded.

Colours go when the output is no terminal or NO_COLOR is set; the words never depend on them.
"""

from collections.abc import Iterable
from itertools import groupby

from jinka.kernel.data import structures
from jinka.kernel.data.meanings import ARC, Text
from jinka.kernel.effects import Step
from jinka.kernel.faces.exchange import Part, Sheet, object_part
from jinka.kernel.faces.language import Language
from jinka.kernel.faces.story import Entry, Flip, Story
from jinka.kernel.faces.words import LANES, SERVICES, STEPS, VERDICTS, Lane, money, note, remarks
from jinka.kernel.outcome import Outcome, Verdict
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Words

COLOURS = {Lane.CARDHOLDER: "magenta", Lane.TERMINAL: "blue", Lane.CARD: "yellow", Lane.HOST: "green"}
GOOD = (Verdict.APPROVED, Verdict.COMPLETED)
_HEX_WIDTH = 64
_LONGEST = 160


def render(story: Story, tongue: Language, *, verbose: bool = False) -> RenderableType:
    """The whole story, from the amount to the outcome."""
    parts: list[RenderableType] = [heading(story, tongue), Words()]
    parts.append(_told(story, tongue) if verbose else _stages(story, tongue))
    if story.outcome is not None:
        parts += [Words(), ending(story, story.outcome, tongue)]
    return Group(*parts)


def heading(story: Story, tongue: Language) -> RenderableType:
    """What was asked for, and of which card."""
    made = Words()
    made.append("金卡 Jinka", "bold yellow")
    ended = story.outcome
    if ended is not None:
        service = SERVICES.get(ended.service, Text(ended.service, ended.service))
        made.append(f"  {tongue.of(service)}  ", "bold")
        if ended.amount:
            made.append(money(ended.amount, ended.currency), "bold cyan")
        if ended.other_amount:
            other = Text("including cash", "其中返现")
            made.append(f" ({tongue.of(other)} {money(ended.other_amount, ended.currency)})", "cyan")
        if ended.label or ended.pan:
            made.append(f"\n{ended.label}  {ended.pan}  ")
            made.append(ended.aid.hex().upper(), "dim")
    return made


def _stages(story: Story, tongue: Language) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(ratio=3)
    table.add_column(ratio=2)
    for step, group in groupby(story.entries, key=lambda entry: entry.step):
        entries = [entry for entry in group if not entry.minor]
        if not entries:
            continue
        flips = [flip for entry in entries if entry.state for flip in entry.state.flips]
        mark = Words("✓", "green") if all(_fine(entry) for entry in entries) else Words("!", "yellow")
        table.add_row(mark, Words(tongue.of(STEPS[step]), "bold"), _summary(entries, tongue), _flips(flips, tongue))
    return table


def _fine(entry: Entry) -> bool:
    return entry.good or (entry.lane is Lane.CARD and entry.step in (Step.SELECTED, Step.START))


def _summary(entries: list[Entry], tongue: Language) -> Words:
    """A stage in one line: what was said, asked and answered; then the commands it took."""
    made: list[Words] = []
    for entry in entries:
        if entry.lane is Lane.TERMINAL and entry.state is not None:
            if entry.step is not Step.COMPLETED:  # the verdict stands below
                made += [Words(tongue.of(text)) for text in entry.details]
            if entry.state.cvm is not None:
                made.append(Words(tongue.of(entry.state.cvm), "cyan"))
        elif entry.lane in (Lane.CARDHOLDER, Lane.HOST):
            words = Words(tongue.of(entry.sent.label if entry.sent else entry.title), COLOURS[entry.lane])
            if entry.received is not None:
                words.append(f" → {tongue.of(entry.received.label)}", "" if entry.good else "red")
            made.append(words)
        elif entry.lane is Lane.TERMINAL:
            made.append(Words(tongue.of(entry.title), "dim"))
    sent: dict[str, int] = {}
    for entry in entries:
        if entry.lane is Lane.CARD and entry.sent is not None:
            name = entry.title.en.partition(" SFI")[0]
            name = name if name.startswith(("GENERATE", "READ")) else " ".join(entry.title.en.split(" ")[:1])
            name = name if entry.title.en.startswith(("SELECT", "GENERATE", "READ", "VERIFY")) else entry.title.en
            sw = "" if entry.received is None or entry.received.hex[-4:] == "9000" else f" {entry.received.hex[-4:]}"
            sent[name + sw] = sent.get(name + sw, 0) + 1
    if sent:
        counted = (name + (f" ×{number}" if number > 1 else "") for name, number in sent.items())
        made.append(Words(", ".join(counted), COLOURS[Lane.CARD]))
    return Words(" · ").join(made)


def _flips(flips: Iterable[Flip], tongue: Language) -> Words:
    made = Words()
    for flip in flips:
        if made:
            made.append("\n")
        sign = "+" if flip.on else "-"
        colour = "red" if flip.register == "TVR" else "green"
        made.append(f"{flip.register} {flip.byte}.{flip.bit} {sign} {tongue.of(flip.name)}", colour)
    return made


def ending(story: Story, ended: Outcome, tongue: Language) -> RenderableType:
    """The verdict and the registers."""
    good = ended.verdict in GOOD
    verdict, colour = tongue.of(VERDICTS[ended.verdict]).upper(), "green" if good else "red"
    badge = Words(f" {'✓' if good else '✗'} {verdict} ", f"bold white on {colour}")
    more = []
    if ended.reason:
        more.append(tongue.of(note(ended.reason)))
    if ended.arc:
        words = ARC.get(ended.arc, Text("", ""))
        more.append(f"ARC {ended.arc} {tongue.of(words)}".rstrip())
    if ended.approval_code:
        more.append(f"{tongue.of(Text('approval code', '授权码'))} {ended.approval_code}")
    more.append(tongue.of(Text("online", "联机") if ended.online else Text("offline", "脱机")))
    more += [tongue.of(words) for words in remarks(ended)]
    line = Words.assemble(badge, "  ", "  ".join(more))
    table = Table.grid(padding=(0, 2, 0, 0))
    cvm, _ = structures.cvm_results(ended.cvm_results)
    for name, raw in (("TVR", ended.tvr), ("TSI", ended.tsi), ("CVM", ended.cvm_results)):
        table.add_row(Words(f"  {name}", "bold"), Words(raw.hex(" ").upper(), "cyan"),
                      Words(tongue.of(cvm) if name == "CVM" else ""))  # fmt: skip
    return Group(line, table, *([_records(ended, tongue)] if ended.records else []))


def _records(ended: Outcome, tongue: Language) -> RenderableType:
    """The lines of a card's log."""
    table = Table(box=None, pad_edge=False)
    first = [object_part(tag, value, 0, 0) for tag, value in ended.records[0]]
    for part in first:
        table.add_column(tongue.of(part.name), overflow="fold")
    for record in ended.records:
        table.add_row(*(tongue.of(object_part(tag, value, 0, 0).summary) for tag, value in record))
    return Padding(table, (1, 0, 0, 2))


# --- verbose ------------------------------------------------------------------------------------------------------


def _told(story: Story, tongue: Language) -> RenderableType:
    made: list[RenderableType] = []
    for step, group in groupby(story.entries, key=lambda entry: entry.step):
        if made:
            made.append(Words())
        made.append(Words(f"── {tongue.of(STEPS[step])} ".ljust(72, "─"), "bold blue"))
        for entry in group:
            made.append(entry_lines(entry, tongue))
    return Group(*made)


def entry_lines(entry: Entry, tongue: Language) -> RenderableType:
    """One entry with all that is in it."""
    colour = COLOURS[entry.lane]
    head = Words()
    head.append(f"{entry.number:3d} ", "dim")
    head.append(f"{tongue.of(LANES[entry.lane])} ", colour)
    head.append(tongue.of(entry.title), "bold" if not entry.minor else "dim")
    for detail in entry.details:
        head.append(f"  {tongue.of(detail)}", "dim" if entry.good else "red")
    if entry.elapsed:
        head.append(f"  {entry.elapsed * 1000:.0f} ms", "dim")
    made: list[RenderableType] = [head]
    if entry.sent is not None and (entry.sent.hex or entry.sent.parts):
        made.append(sheet_lines(">", entry.sent, tongue, colour))
    if entry.received is not None:
        made.append(sheet_lines("<", entry.received, tongue, colour if entry.good else "red"))
    if entry.state is not None and (entry.state.flips or entry.state.cvm is not None):
        words = _flips(entry.state.flips, tongue)
        if entry.state.cvm is not None:
            words.append(("\n" if words else "") + f"CVM {entry.state.cvm_results.hex().upper()} ", "cyan")
            words.append(tongue.of(entry.state.cvm), "cyan")
        made.append(Padding(words, (0, 0, 0, 6)))
    return Group(*made)


def sheet_lines(arrow: str, sheet: Sheet, tongue: Language, colour: str) -> RenderableType:
    """The bytes of one way and what they mean."""
    made: list[RenderableType] = [Words(f"    {arrow} {tongue.of(sheet.label)}", colour)]
    made += [Words(f"      {sheet.hex[at : at + _HEX_WIDTH]}", "dim") for at in range(0, len(sheet.hex), _HEX_WIDTH)]
    made.append(Padding(part_table(sheet.parts, tongue, offsets=bool(sheet.hex)), (0, 0, 0, 6)))
    return Group(*made)


def part_table(parts: Iterable[Part], tongue: Language, *, offsets: bool = True) -> Table:
    """A tree of parts: offset, tag and name, meaning."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    if offsets:
        table.add_column(style="dim", justify="right", no_wrap=True)
    table.add_column(ratio=2)
    table.add_column(ratio=3, overflow="fold")
    _rows(table, parts, tongue, 0, offsets)
    return table


def _rows(table: Table, parts: Iterable[Part], tongue: Language, depth: int, offsets: bool) -> None:
    for part in parts:
        name = Words("  " * depth)
        name.append(f"{part.tag} " if part.tag else "", "yellow")
        name.append(tongue.of(part.name))
        value = Words(_short(tongue.of(part.summary)))
        for fault in part.faults:
            value.append(f"  {tongue.of(fault)}", "red")
        table.add_row(*([str(part.start)] if offsets else []), name, value)
        for line in part.lines:
            place = f"{line.offset + 1}" + (f".{line.bits}" if line.bits else "")
            words = Words("  " * (depth + 2) + f"{place} {tongue.of(line.name)}", "dim")
            shown = "" if line.on else tongue.of(line.value)
            table.add_row(*([""] if offsets else []), words, Words(shown, "dim"))
        _rows(table, part.children, tongue, depth + 1, offsets)


def _short(text: str) -> str:
    """A certificate is not worth four lines: its bytes stand above."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def print_story(story: Story, console: Console, tongue: Language, *, verbose: bool = False) -> None:
    """Prints it."""
    console.print(render(story, tongue, verbose=verbose))
