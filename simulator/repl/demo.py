"""Demo: a whole purchase with everything real that needs no hardware: card, terminal with ledger and journal, and the
acquirer as a process of its own at the other end of ISO 8583."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinka.kernel.acquirer import AcquirerLink, HostConfig, settle
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.data.meanings import Text
from jinka.kernel.faces.html import page
from jinka.kernel.faces.language import language
from jinka.kernel.faces.screen import console
from jinka.kernel.faces.story import Story
from jinka.kernel.faces.text import print_story
from jinka.kernel.faces.words import money
from jinka.kernel.journal import open_ledger
from jinka.simulator.host import ask_host
from jinka.simulator.issuer import load_book
from jinka.simulator.repl.payment import Payment, perform, terminal_config
from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

MESSAGES = {
    "0800": Text("sign-on", "签到"),
    "0200": Text("financial request", "金融请求"),
    "0320": Text("batch upload", "批上送"),
    "0500": Text("settlement", "批结算"),
}


@contextmanager
def host_process() -> Iterator[int]:
    """The simulated acquirer and issuer in a process; gives its port, and ends it."""
    command = [sys.executable, "-m", "jinka.simulator.host", "--until-eof"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  a pipe was asked for
        yield int(json.loads(process.stdout.readline())["port"])


def run_demo(amount: str, card: str, folder: Path, lang: str) -> int:
    """Pays, shows the story, then what host and ledger say; files go to `folder`. The exit code of the payment."""
    out, tongue = console(), language(lang)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("ledger.db*"):
        old.unlink()
    ledger = folder / "ledger.db"
    with host_process() as port:
        story, code = perform(Payment(
            amount, "purchase", "", card, 1, "1234", "approve", None, 0.0, f"127.0.0.1:{port}", None, ledger, False,
        ))  # fmt: skip
        print_story(story, out, tongue)
        balanced = _settled(ledger, port)
        _show_host(out, port, story)
    written = folder / "purchase.html"
    written.write_text(page(story, tongue), encoding="utf-8")
    words = Text("the ledger is settled with the host", "账本与主机结算一致") if balanced else Text("not settled", "未结算")
    out.print(Words("\n" + tongue.of(words), "green" if balanced else "red"), Words(str(ledger), "dim"))
    out.print(tongue.of(Text("the story as a page:", "网页:")), Words(str(written), "bold"))
    return code


def _settled(path: Path, port: int) -> bool:
    """End of day: the batch goes up and the totals are compared."""
    config = terminal_config(None).device
    master = load_book().terminal[Algorithm.TDES]
    with open_ledger(path) as ledger:
        host = HostConfig("127.0.0.1", port, master, terminal_id=config.terminal_id, merchant_id=config.merchant_id)
        link = AcquirerLink(host, ledger)
        try:
            return settle(link, ledger).balanced is True
        finally:
            link.close()


def _show_host(out: Console, port: int, story: Story) -> None:
    """The messages the host saw, and what it has booked."""
    view = ask_host(port, {"ask": "view"})
    table = Table(box=None, pad_edge=False, title="ISO 8583", title_justify="left", title_style="bold")
    for heading in ("", "STAN", "", "F55 / fields 域"):
        table.add_column(heading)
    for seen in view["seen"]:
        words = MESSAGES.get(seen["t"], Text("", ""))
        held = " ".join(seen["chip"]) or " ".join(seen["fields"])
        table.add_row(Words(seen["t"], "cyan"), seen["stan"], f"{words.en} {words.zh}", Words(held, "dim"))
    out.print()
    out.print(table)
    currency = story.outcome.currency if story.outcome is not None else 156
    for posting in view["postings"]:
        state = f"{posting['name']}: {money(posting['amount'], currency)} {posting['state']}"
        out.print(Words(state, "green"), Words(f"ARC {posting['arc']}", "dim"))
