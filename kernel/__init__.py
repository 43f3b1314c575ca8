"""Jinka's terminal: PBOC/EMV transactions as flows that ask, in a world that answers. 金卡终端内核

    from jinka.kernel import Station, Terminal, load_config, run

The names below are the whole public face; everything else may move.
"""

from typing import TYPE_CHECKING, Any

from jinka.kernel.apdu import Command, Response
from jinka.kernel.driver import World, run
from jinka.kernel.errors import CardFault, ConfigError, JinkaError, LinkFault, TerminalFault
from jinka.kernel.outcome import Outcome, Verdict
from jinka.kernel.session import Session
from jinka.kernel.station import Station
from jinka.kernel.terminal import Terminal

if TYPE_CHECKING:
    from jinka.kernel.load import load_config

__all__ = [
    "CardFault",
    "Command",
    "ConfigError",
    "JinkaError",
    "LinkFault",
    "Outcome",
    "Response",
    "Session",
    "Station",
    "Terminal",
    "TerminalFault",
    "Verdict",
    "World",
    "load_config",
    "run",
]


def __getattr__(name: str) -> Any:
    """Loads the configuration reader only when it is asked for: a terminal with a built-in configuration never is."""
    if name == "load_config":
        from jinka.kernel.load import load_config

        return load_config
    raise AttributeError(f"module {__name__} has no {name}")
