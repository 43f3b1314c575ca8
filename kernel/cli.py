"""The command line: `jinka`, put together from the rooms.

Each room may have a module `cli` with `register(app)`, which adds its commands to a Typer application. They are found
by name, so that no room imports another, and they import what they need only when they run: `jinka --help` is quick.

A mistake shows as one line on standard error. Exit codes: 0 done or approved, 1 declined, 2 wrong use or configuration,
3 card, reader or host trouble. `--debug` anywhere on the line shows the traceback instead.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

from jinka.kernel.errors import Cancelled, CardFault, JinkaError, LinkFault, MisuseError

if TYPE_CHECKING:
    import typer

ROOMS = ("simulator", "conformance")
DONE, DECLINED, WRONG_USE, TROUBLE, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or os.environ.get("JINKA_DEBUG") == "1"
    given = [word for word in given if word != "--debug"]
    try:
        import typer
    except ModuleNotFoundError as missing:
        return _complain(f"the command line needs {missing.name}: pip install 'jinka[faces]'", WRONG_USE)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = typer.main.get_command(application())(args=given, prog_name="jinka", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")
        return DONE
    except Exception as fault:
        if debug:
            raise
        return explain(fault)
    return code if isinstance(code, int) else DONE


def explain(fault: Exception) -> int:
    """One line for a mistake; anything that is not the user's affair is raised on."""
    if isinstance(fault, (LinkFault, CardFault)):
        return _complain(str(fault) or type(fault).__name__, TROUBLE)
    if isinstance(fault, Cancelled):
        return _complain(str(fault) or "cancelled", DECLINED)
    if isinstance(fault, JinkaError):
        return _complain(str(fault), WRONG_USE)
    if isinstance(fault, ModuleNotFoundError):
        return _complain(f"this command needs the package {fault.name}", WRONG_USE)
    if isinstance(fault, OSError):
        return _complain(f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault), WRONG_USE)
    if hasattr(fault, "format_message"):  # what Typer has to say about options and arguments
        return _complain(fault.format_message(), WRONG_USE)
    raise fault


def _complain(text: str, code: int) -> int:
    print(f"jinka: {' '.join(text.split())}", file=sys.stderr)
    return code


def application() -> "typer.Typer":
    """The commands of all rooms that are installed."""
    import typer

    app = typer.Typer(
        name="jinka", add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False,
        help="金卡 Jinka: PBOC/EMV transactions, simulated cards and their inspection.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip

    @app.callback(invoke_without_command=True)
    def root(
        context: typer.Context,
        debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a mistake.")] = False,
    ) -> None:
        if context.invoked_subcommand is None:
            print(context.get_help())

    register(app)
    for room in ROOMS:
        name = f"jinka.{room}.cli"
        if find_spec(f"jinka.{room}") is not None and find_spec(name) is not None:
            import_module(name).register(app)
    return app


def register(app: "typer.Typer") -> None:
    """The kernel's own commands."""
    import typer

    @app.command()
    def decode(
        data: Annotated[str, typer.Argument(help="Hexadecimal text; - for standard input.", metavar="[HEX|-]")] = "-",
        form: Annotated[str, typer.Option("--as", help="tlv dol apdu response atr, tvr aip cvr ..., or a tag.")] = "",
        machine: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
        lang: Annotated[str, typer.Option(help="en or zh.", metavar="LANG")] = "",
    ) -> None:
        """Explain bytes: data objects, commands, ATRs, bits. 数据解析"""
        from jinka.kernel.faces.decoding import decode as decode_text
        from jinka.kernel.faces.screen import show_decoded

        if data == "-" and sys.stdin.isatty():
            raise MisuseError("nothing to decode: give hexadecimal text, or - and standard input")
        text = sys.stdin.read() if data == "-" else data
        show_decoded(decode_text(text, form), lang, machine=machine)

    @app.command()
    def readers(
        machine: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
    ) -> None:
        """List the PC/SC readers and the cards in them. 列出读卡器"""
        from jinka.kernel.faces.screen import show_readers
        from jinka.kernel.transports.pcsc import PcscReader

        found = [(name, PcscReader(name).present()) for name in PcscReader.names()]
        show_readers(found, machine=machine)


if __name__ == "__main__":
    sys.exit(main())
