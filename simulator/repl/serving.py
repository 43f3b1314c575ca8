"""Serving: a simulated card in a virtual reader until somebody takes it out, with every exchange in one line."""

from jinka.kernel.data.meanings import Text
from jinka.kernel.errors import ReaderError
from jinka.kernel.faces.exchange import Reader
from jinka.kernel.faces.language import language
from jinka.kernel.faces.screen import console
from jinka.simulator.card import Card
from jinka.simulator.personality import load_personality, names
from jinka.simulator.readers.vpcd import VpcdClient
from jinka.simulator.repl.till import found
from rich.table import Table
from rich.text import Text as Words


def list_cards(lang: str) -> None:
    """The personalities that come with the simulator."""
    tongue = language(lang)
    table = Table(box=None, pad_edge=False, show_header=False)
    for name in names():
        card = load_personality(name)
        table.add_row(Words(name, "bold"), tongue.of(Text(card.title, card.title_zh)))
    console().print(table)


def serve_card(personality: str, host: str, port: int, seed: int, lang: str) -> int:
    """Plays a card until Ctrl-C or until the reader goes away. Raises `ReaderError` when no vpcd listens."""
    tongue, out, card = language(lang), console(), Card(found(personality), seed=seed)
    client, reader, shown = VpcdClient(card, host, port), Reader(), 0
    try:
        client.insert()
    except OSError:
        raise ReaderError(f"no vpcd at {host}:{port}; is pcscd running with it?") from None
    title = Text(card.personality.title, card.personality.title_zh)
    out.print(Words(f"▣ {tongue.of(title)}", "bold"), Words(f"{host}:{port}", "dim"))
    try:
        while client.log.wait(shown + 1, 0.5) or client.inserted:
            for command, response in client.log.lines[shown:]:
                sent, received = reader.read(command, response)
                shown += 1
                line = Words(f"{shown:4d}  {tongue.of(sent.label)}")
                if received is not None:
                    line.append(f"  ← {tongue.of(received.label)}", "green" if response.sw == 0x9000 else "yellow")
                out.print(line)
    except KeyboardInterrupt:
        pass
    finally:
        client.withdraw()
    out.print(Words(tongue.of(Text("card out", "卡已取出")), "dim"))
    return 0
