"""The simulator's commands: `pay`, `demo`, `card`, `host`, `shell`, `authority`. Each imports what it needs when it runs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

_LANG = typer.Option("--lang", help="en or zh; default JINKA_LANG, then LANG.", metavar="LANG")
_UNKNOWN = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def register(app: typer.Typer) -> None:
    """Adds them to the command line."""
    app.command()(pay)
    app.command()(demo)
    app.command()(card)
    app.command(context_settings=_UNKNOWN)(host)
    app.command()(shell)
    app.command()(authority)


def pay(
    amount: Annotated[str, typer.Argument(help="Such as 12.50; none for balance and log.", metavar="[AMOUNT]")] = "",
    service: Annotated[str, typer.Option(help="purchase services cash cashback refund balance load load-other "
                                              "load-cash ecash-balance log load-log")] = "purchase",
    other: Annotated[str, typer.Option(help="The cash in the amount (cashback).")] = "",
    card: Annotated[str, typer.Option(help="A personality (jinka card --list) or a TOML file.")] = "unionpay-debit",
    seed: Annotated[int, typer.Option(help="Decides every random number of the simulation.")] = 1,
    pin: Annotated[str, typer.Option(help="What the cardholder types.")] = "1234",
    bypass: Annotated[bool, typer.Option("--bypass", help="The cardholder enters no PIN.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="No host can be reached.")] = False,
    host: Annotated[str, typer.Option(help="approve, decline, referral, timeout, a fault, a code.")] = "approve",
    reader: Annotated[str | None, typer.Option(help="A PC/SC reader instead of the simulated card.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for a card in the reader.")] = 30.0,
    connect: Annotated[str, typer.Option(help="An ISO 8583 host.", metavar="HOST:PORT")] = "",
    config: Annotated[Path | None, typer.Option(help="The terminal's configuration (TOML).")] = None,
    ledger: Annotated[Path | None, typer.Option(help="Keep what is owed in this file.")] = None,
    force_online: Annotated[bool, typer.Option("--force-online", help="The attendant forces it online.")] = False,
    machine: Annotated[bool, typer.Option("--json", help="JSON; with -v every entry decoded.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the story as a web page.")] = None,
    lang: Annotated[str, _LANG] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Every APDU, decoded.")] = False,
) -> int:  # fmt: skip
    """Run one transaction and show it. 交易"""
    from jinka.simulator.repl.payment import Payment, perform

    wanted = Payment(
        amount, service, other, card, seed, None if bypass else pin, "offline" if offline else host, reader, wait,
        connect, config, ledger, force_online,
    )  # fmt: skip
    story, code = perform(wanted)
    if html is not None:
        from jinka.kernel.faces.html import page
        from jinka.kernel.faces.language import language

        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(page(story, language(lang)), encoding="utf-8")
    if machine:
        from jinka.kernel.faces.truth import to_text, truth

        sys.stdout.write(to_text(truth(story, entries=verbose)))
    else:
        from jinka.kernel.faces.language import language
        from jinka.kernel.faces.screen import console
        from jinka.kernel.faces.text import print_story

        print_story(story, console(), language(lang), verbose=verbose)
    return code


def demo(
    amount: Annotated[str, typer.Argument(help="Such as 12.50.")] = "12.50",
    card: Annotated[str, typer.Option(help="Personality: a name or a TOML file.")] = "unionpay-debit",
    folder: Annotated[Path, typer.Option(help="Where page and ledger go.")] = Path("build/demo"),
    lang: Annotated[str, _LANG] = "",
) -> int:
    """A purchase with ledger and an ISO 8583 host process, settled at the end. 演示"""
    from jinka.simulator.repl.demo import run_demo

    return run_demo(amount, card, folder, lang)


def authority(
    folder: Annotated[Path, typer.Argument(help="Where authority.toml and capk.toml go.")],
) -> None:
    """Make a new certification authority for simulated cards: TEST KEYS. 生成模拟CA"""
    from jinka.simulator.authority import main

    folder.mkdir(parents=True, exist_ok=True)
    main(str(folder))


def card(
    personality: Annotated[str, typer.Argument(help="A name or a TOML file.", metavar="[PERSONALITY]")] = "",
    port: Annotated[int, typer.Option(help="Where vpcd listens: 35963 is the first slot.")] = 35963,
    host: Annotated[str, typer.Option(help="The machine vpcd runs on.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Decides the card's random numbers.")] = 1,
    listed: Annotated[bool, typer.Option("--list", help="Show the personalities there are.")] = False,
    lang: Annotated[str, _LANG] = "",
) -> int:
    """Put a simulated card into a virtual reader (vpcd), until Ctrl-C. 模拟卡"""
    from jinka.simulator.repl.serving import list_cards, serve_card

    if listed:
        list_cards(lang)
        return 0
    if not personality:
        raise typer.BadParameter("which card? jinka card --list shows them", param_hint="PERSONALITY")
    return serve_card(personality, host, port, seed, lang)


def host(context: typer.Context) -> int:
    """Start the simulated ISO 8583 host; its own options: jinka host --help. 模拟主机"""
    from jinka.simulator.host.__main__ import main

    return main(context.args)


def shell(
    card: Annotated[str, typer.Option(help="The card that is in at the start.")] = "",
    seed: Annotated[int, typer.Option(help="Decides every random number.")] = 1,
    pin: Annotated[str, typer.Option(help="What the simulated cardholder types.")] = "1234",
    config: Annotated[Path | None, typer.Option(help="The terminal's configuration (TOML).")] = None,
    lang: Annotated[str, _LANG] = "",
) -> int:
    """Step through transactions by hand, or play a script from standard input. 交互"""
    from jinka.simulator.repl.shell import run_shell

    return run_shell(card, seed, pin, config, lang)
