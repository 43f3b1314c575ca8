"""Shell: the prompt. Put a card in, pay, look at each step, answer by hand, go back, tear, try again.

Read from a terminal it has history and completion; read from a pipe it plays a script, the same every time. A line that
may hold a PIN is never kept in the history.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jinka.kernel import Terminal
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.data.lines import english
from jinka.kernel.data.meanings import Text
from jinka.kernel.effects import (
    AskChoice,
    AskPin,
    Effect,
    GoOnline,
    Random,
    Reached,
    Remember,
    Slot,
    Tell,
    Transmit,
)
from jinka.kernel.errors import JinkaError, MisuseError
from jinka.kernel.faces.language import language
from jinka.kernel.faces.screen import console
from jinka.kernel.faces.story import Entry
from jinka.kernel.faces.text import entry_lines, print_story
from jinka.kernel.faces.words import LANES
from jinka.simulator.personality import names
from jinka.simulator.repl.payment import terminal_config
from jinka.simulator.repl.stage import FAULTS, Stage
from jinka.simulator.repl.till import SERVICES, found, session
from jinka.simulator.repl.wish import WORDS, wish
from jinka.simulator.world import SimulatedWorld
from rich.table import Table
from rich.text import Text as Words

HELP: dict[str, tuple[str, Text]] = {
    "insert": ("NAME", Text("put a card in", "插入卡片")),
    "remove": ("", Text("take it out", "取出卡片")),
    "pay": ("AMOUNT [SERVICE]", Text("start a transaction and wait at its first step", "开始交易并停在第一步")),
    "step": ("[N]", Text("let the simulated world answer", "由模拟环境应答")),
    "run": ("", Text("answer to the end", "执行到结束")),
    "where": ("", Text("which step, and what is asked", "当前步骤与所请求的内容")),
    "answer": ("VALUE", Text("answer by hand: hex, digits, a code", "手工应答")),
    "fail": ("|".join(FAULTS), Text("a fault instead of an answer", "以故障代替应答")),
    "back": ("[N]", Text("undo answers", "回退")),
    "trace": ("", Text("what happened so far", "到目前为止的过程")),
    "tvr": ("", Text("TVR and TSI by name", "TVR与TSI各位")),
    "card": ("", Text("the card's state", "卡片状态")),
    "tear": ("N [before]", Text("the card loses power at its N-th command from now", "卡片在之后第N条命令时掉电")),
    "host": ("WORDS", Text("how the host answers: approve, decline 51, timeout", "主机如何应答")),
    "decode": ("HEX", Text("explain bytes", "数据解析")),
    "html": ("FILE", Text("the story as a page", "输出网页")),
    "help": ("", Text("this list", "帮助")),
    "quit": ("", Text("leave", "退出")),
}


class Shell:
    """The state between lines."""

    def __init__(self, seed: int, pin: str, config: Path | None, lang: str) -> None:
        self.seed, self.pin, self.tongue, self.out = seed, pin, language(lang), console()
        self.terminal = Terminal(terminal_config(config))
        self.world: SimulatedWorld | None = None
        self.stage: Stage | None = None
        self.orders = ""

    def obey(self, line: str) -> bool:
        """One line; False when it says to leave. Raises `JinkaError` for what makes no sense."""
        word, _, rest = line.strip().partition(" ")
        if not word or word.startswith("#"):
            return True
        if word in ("quit", "exit"):
            return False
        handler: Callable[[str], None] | None = getattr(self, f"do_{word}", None)
        if handler is None:
            near = [name for name in HELP if name.startswith(word)]
            if len(near) != 1:
                raise MisuseError(f"there is no command {word!r}; help lists them")
            handler = getattr(self, f"do_{near[0]}")
        handler(rest.strip())
        return True

    # --- one method a command ---------------------------------------------------------------------------------------

    def do_insert(self, rest: str) -> None:
        """Puts a card in."""
        personality = found(rest or "unionpay-debit")
        behaviour = wish(self.orders) if self.orders else None
        if self.world is None:
            self.world = SimulatedWorld(personality, seed=self.seed, pin=self.pin, behaviour=behaviour)
        else:
            self.world.insert(personality)
        self._say(Text(personality.title, personality.title_zh), personality.atr.hex(" ").upper())

    def do_remove(self, rest: str) -> None:
        """Takes the card out."""
        self._world().card.power_off()
        self._say(Text("card out", "卡已取出"))

    def do_pay(self, rest: str) -> None:
        """Starts a transaction."""
        if self.world is None:
            self.do_insert("")
        world = self._world()
        amount, _, service = rest.partition(" ")
        if amount in SERVICES:
            amount, service = "", amount
        asked = session(self.terminal, service.strip() or "purchase", amount)
        world.insert()
        self.stage = Stage(asked, world)
        self.do_where("")

    def do_step(self, rest: str) -> None:
        """Answers by the world."""
        stage, count = self._stage(), _count(rest)
        for _ in range(count):
            stage.step()
            entry = stage.story.entries[-1]
            self.out.print(entry_lines(entry, self.tongue) if count == 1 else self._line(entry))
            if stage.pending is None:
                break
        self._ended()

    def do_run(self, rest: str) -> None:
        """Answers to the end."""
        self._stage().run()
        self._ended()

    def do_where(self, rest: str) -> None:
        """Says what is asked."""
        stage = self._stage()
        if stage.pending is None:
            self._say(Text("ended", "已结束"))
            return
        chain = " › ".join(stage.session.where)
        self.out.print(Words(f"{len(stage.session.history) + 1:3d} ", "dim"), Words(chain, "cyan"), end=" ")
        self.out.print(Words(_shown(stage.pending)))

    def do_answer(self, rest: str) -> None:
        """Answers by hand."""
        stage = self._stage()
        stage.answer(rest)
        self.out.print(entry_lines(stage.story.entries[-1], self.tongue))
        self._ended()

    def do_fail(self, rest: str) -> None:
        """Throws a fault in."""
        self._stage().fail(rest)
        self._ended()

    def do_back(self, rest: str) -> None:
        """Goes back."""
        self._stage().back(_count(rest))
        self.do_where("")

    def do_trace(self, rest: str) -> None:
        """Shows the story."""
        print_story(self._stage().story, self.out, self.tongue, verbose=rest == "-v")

    def do_tvr(self, rest: str) -> None:
        """Shows the registers."""
        state = self._stage().story.state
        for kind, raw in ((Tvr, state.tvr), (Tsi, state.tsi)):
            self.out.print(Words(f"{kind.__name__.upper()} {raw.hex().upper()}", "bold"))
            for name in kind.parse(raw).names():
                member = kind.members.get(name)
                words = Text(english(name), member.text) if member is not None else Text(name, name)
                self.out.print("   ", self.tongue.of(words))

    def do_card(self, rest: str) -> None:
        """Shows what the card remembers, without its PIN."""
        world = self._world()
        memory = world.card.memory()
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_row(self.tongue.of(Text("powered", "上电")), str(world.card.snapshot().contact.powered))
        for name in ("atc", "last_online_atc", "pin_tries", "blocked"):
            table.add_row(name, str(getattr(memory, name)))
        for tag, value in memory.data.items():
            table.add_row(f"{tag:X}", value.hex().upper())
        self.out.print(table)

    def do_tear(self, rest: str) -> None:
        """Makes the card lose power."""
        number, _, when = rest.partition(" ")
        card = self._world().card
        (card.tear_before if when.strip() == "before" else card.tear_after)(_count(number))
        self._say(Text(f"torn at command {_count(number)}", f"将在第{_count(number)}条命令掉电"))

    def do_host(self, rest: str) -> None:
        """Says how the host answers."""
        behaviour = wish(rest)
        self.orders = rest
        if self.world is not None:
            self.world.simulated.plan.default = behaviour
        self._say(Text(f"host: {rest}", f"主机:{rest}"))

    def do_decode(self, rest: str) -> None:
        """Explains bytes."""
        from jinka.kernel.faces.decoding import decode
        from jinka.kernel.faces.screen import show_decoded

        show_decoded(decode(rest), self.tongue.value)

    def do_html(self, rest: str) -> None:
        """Writes the page."""
        from jinka.kernel.faces.html import page

        if not rest:
            raise MisuseError("html needs a file name")
        Path(rest).write_text(page(self._stage().story, self.tongue), encoding="utf-8")
        self._say(Text(f"written: {rest}", f"已写入:{rest}"))

    def do_help(self, rest: str) -> None:
        """Lists the commands."""
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, (arguments, words) in HELP.items():
            table.add_row(Words(name, "bold cyan"), Words(arguments, "dim"), self.tongue.of(words))
        self.out.print(table)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _line(self, entry: Entry) -> Words:
        """An entry in one line, for many at once."""
        line = Words(f"{entry.number:3d} ", "dim")
        line.append(f"{self.tongue.of(LANES[entry.lane]):<12}", "dim").append(self.tongue.of(entry.title))
        if entry.received is not None:
            line.append(f"  ← {self.tongue.of(entry.received.label)}", "green" if entry.good else "yellow")
        elif entry.details:
            line.append("  " + " · ".join(self.tongue.of(detail) for detail in entry.details), "dim")
        return line

    def _say(self, words: Text, more: str = "") -> None:
        self.out.print(Words(self.tongue.of(words), "green"), Words(more, "dim"))

    def _ended(self) -> None:
        stage = self._stage()
        if stage.pending is None:
            print_story(stage.story, self.out, self.tongue)
        else:
            self.do_where("")

    def _world(self) -> SimulatedWorld:
        if self.world is None:
            raise MisuseError("no card: insert one first")
        return self.world

    def _stage(self) -> Stage:
        if self.stage is None:
            raise MisuseError("no transaction: pay starts one")
        return self.stage

    @property
    def asks_pin(self) -> bool:
        """Whether what is typed now may be a PIN."""
        return self.stage is not None and isinstance(self.stage.pending, AskPin)


def _shown(effect: Effect[Any]) -> str:
    """An effect in one line; a command with a PIN in it masks itself."""
    name = type(effect).__name__
    match effect:
        case Transmit():
            return f"{name} {effect.command.shown()}" + ("" if effect.slot is Slot.CARD else f" {effect.slot.name}")
        case Reached():
            return f"{name} {effect.step.value}"
        case Remember():
            return f"{name} {effect.record.kind.value} {effect.record.reference}"
        case Tell():
            return " ".join(part for part in (name, effect.message.name, effect.language) if part)
        case AskPin():
            return f"{name} {effect.kind.value}" + ("" if effect.tries is None else f", {effect.tries} tries left")
        case AskChoice():
            lines = ", ".join(f"{number} {option.label}" for number, option in enumerate(effect.options, 1))
            return f"{name} {effect.question.value} {lines}"
        case GoOnline():
            return f"{name} {effect.request.reference}"
        case Random():
            return f"{name} {effect.size} bytes {effect.purpose}"
    return name


def _count(text: str) -> int:
    if text and not (text.isdigit() and 0 < int(text) < 1000):
        raise MisuseError(f"{text!r} is not a number from 1 to 999")
    return int(text or 1)


def run_shell(card: str, seed: int, pin: str, config: Path | None, lang: str) -> int:
    """The loop. From a pipe the first mistake ends it with exit code 2; a person may try again."""
    shell = Shell(seed, pin, config, lang)
    if card:
        shell.do_insert(card)
    typed = sys.stdin.isatty()
    for line in _prompted(shell) if typed else sys.stdin:
        if not typed:
            shown = "answer ****" if shell.asks_pin and line.startswith("answer") else line.rstrip()
            shell.out.print(Words(f"jinka> {shown}", "bold"))
        try:
            if not shell.obey(line):
                break
        except JinkaError as fault:
            shell.out.print(Words(f"✗ {fault}", "red"))
            if not typed:
                return 2
    return 0


def _prompted(shell: Shell) -> Iterator[str]:
    """Lines from a person."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import NestedCompleter
    from prompt_toolkit.history import InMemoryHistory

    class Discreet(InMemoryHistory):
        """A history without the lines that may hold a PIN."""

        def append_string(self, string: str) -> None:
            if not shell.asks_pin:
                super().append_string(string)

    choices: dict[str, dict[str, None] | None] = dict.fromkeys(HELP)
    choices |= {"insert": dict.fromkeys(names()), "host": dict.fromkeys(WORDS), "fail": dict.fromkeys(FAULTS)}
    prompt: PromptSession[str] = PromptSession(
        history=Discreet(), completer=NestedCompleter.from_nested_dict(choices), complete_while_typing=False
    )
    shell.out.print(Words("金卡 Jinka", "bold yellow"), Words("help · 帮助, Ctrl-D", "dim"))
    while True:
        try:
            yield prompt.prompt("jinka> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
