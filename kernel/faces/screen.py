"""Screen: where text goes to: a console that is plain when it is no terminal, and small lists."""

import os
import sys

from jinka.kernel.data.meanings import Text
from jinka.kernel.faces.decoding import Decoded
from jinka.kernel.faces.language import language
from jinka.kernel.faces.text import part_table
from jinka.kernel.faces.truth import to_text
from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

PLAIN_WIDTH = 110


def console() -> Console:
    """Standard output: as wide as the terminal, or a fixed width for files and pipes (COLUMNS decides both)."""
    wide = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PLAIN_WIDTH
    return Console(highlight=False, width=wide, soft_wrap=False)


def show_decoded(made: Decoded, lang: str = "", *, machine: bool = False) -> None:
    """What was pasted, explained."""
    if machine:
        sys.stdout.write(to_text(made.to_json()))
        return
    out, tongue = console(), language(lang)
    head = Words(tongue.of(made.name), "bold")
    if made.reason is not None:
        head.append(f"  ({tongue.of(made.reason)})", "dim")
    out.print(head)
    for at in range(0, len(made.sheet.hex), 64):
        out.print(Words(f"{at // 2:4d}  {made.sheet.hex[at : at + 64]}", "dim"))
    out.print(part_table(made.sheet.parts, tongue))
    if made.others:
        could = tongue.of(Text("could also be", "也可能是"))
        out.print(Words(f"{could}: {', '.join(made.others)} (--as)", "dim"))


def show_readers(found: list[tuple[str, bool]], *, machine: bool = False) -> None:
    """Readers, and whether there is a card in each."""
    if machine:
        sys.stdout.write(to_text([{"name": name, "card": card} for name, card in found]))
        return
    out, tongue = console(), language()
    if not found:
        out.print(tongue.of(Text("no reader", "没有读卡器")))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, card in found:
        words = Text("card", "有卡") if card else Text("empty", "无卡")
        table.add_row(name, Words(tongue.of(words), "green" if card else "dim"))
    out.print(table)
