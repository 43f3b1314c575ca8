"""Drivers for tests: the reference driver as it is, and deliberately dishonest or broken ones.

    python -m tests.support.drivers honest | mute | ...

Each way of failing is one a real adapter has shown or could: the self-test must notice, and a run must not believe it.
"""

import os
import signal
import sys
from typing import Any

from jinka.conformance.drivers import protocol as p
from jinka.conformance.drivers.connect import Child
from jinka.conformance.drivers.peer import Line
from jinka.conformance.drivers.serve import Driver
from jinka.conformance.subject import Show

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def child(mode: str) -> Child:
    """A driver of that mode, as a command."""
    return Child((sys.executable, "-m", "tests.support.drivers", mode))


def environment() -> str:
    """A PYTHONPATH under which `child` works, whatever folder a test runs in."""
    return os.pathsep.join((os.path.join(ROOT, "build", "src"), ROOT))


class Honest(Driver):
    """The reference driver."""


class Mute(Driver):
    """Reads and never answers `start`."""

    def start(self, asked: p.Start) -> p.Ended:
        while True:
            signal.pause()


class Deaf(Driver):
    """Does not even say hello."""

    def hello(self, asked: p.Hello) -> p.Greeting:
        while True:
            signal.pause()


class Dying(Driver):
    """Ends in the middle of the first transaction of 12.34; others work."""

    def start(self, asked: p.Start) -> p.Ended:
        if asked.amount == 1234:
            self.peer.call("card/reset", p.CardReset())
            print("out of memory", file=sys.stderr, flush=True)
            os._exit(3)
        return super().start(asked)


class Newer(Driver):
    """Speaks another major version."""

    def hello(self, asked: p.Hello) -> p.Greeting:
        return p.Greeting(2, "newer", "9", [show.value for show in Show], ["rpc"])


class Agreeable(Driver):
    """Takes any version for its own."""

    def hello(self, asked: p.Hello) -> p.Greeting:
        return p.Greeting(asked.protocol, "agreeable", "1", [show.value for show in Show], ["rpc"])


class Limited(Driver):
    """Honest, and shows little: verdict and messages. Cannot be given floor limits."""

    can = (Show.CONFIGURE, Show.VERDICT, Show.MESSAGES, Show.PROMPTS, Show.ONLINE, Show.CLOCK, Show.RANDOM)

    def hello(self, asked: p.Hello) -> p.Greeting:
        return p.Greeting(p.VERSION, "limited", "1", [show.value for show in self.can], ["rpc"])

    def configure(self, asked: p.Configure) -> p.Configured:
        super().configure(asked)
        return p.Configured(["applications.floor_limit"])

    def start(self, asked: p.Start) -> p.Ended:
        if asked.type == "refund":
            raise p.RpcError(p.UNABLE, "no refunds here")
        return p.Ended(super().start(asked).verdict)


class Fixed(Limited):
    """Takes no configuration: it is the base terminal, and says so."""

    can = (Show.VERDICT, Show.PROMPTS, Show.ONLINE)

    def configure(self, asked: p.Configure) -> p.Configured:
        from jinka.conformance.drivers.terminal import tell
        from jinka.conformance.stand import base_terminal

        return Driver.configure(self, p.Configure(tell(base_terminal())))


class Stubborn(Fixed):
    """Says it takes a configuration, and keeps its own."""

    can = tuple(Show)

    def start(self, asked: p.Start) -> p.Ended:
        return Driver.start(self, asked)


class Boastful(Limited):
    """Says it can show everything, and shows a verdict."""

    can = tuple(Show)

    def configure(self, asked: p.Configure) -> p.Configured:
        return Driver.configure(self, asked)


class Rosy(Driver):
    """Tells another TVR and another verdict than the card has seen."""

    def start(self, asked: p.Start) -> p.Ended:
        told = super().start(asked)
        return p.Ended("approved", arc=told.arc, tvr="0000000000", tsi="E800", cvm="1F0002", scripts="", tags={})


class Chatty(Driver):
    """Prints something between the lines."""

    def start(self, asked: p.Start) -> p.Ended:
        os.write(self.out, b"starting a purchase\n")
        return super().start(asked)

    out = 1


class Forger(Driver):
    """Sends the card what is no command."""

    def _transmit(self, command: Any) -> Any:
        self.peer.call("card/transmit", {"apdu": "00A4"})


class Alone(Driver):
    """Asks nobody for date and chance, although it says so, and answers unknown methods with null."""

    def start(self, asked: p.Start) -> p.Ended:
        before = self.peer.call

        def call(method: str, params: Any = None, **more: Any) -> Any:
            if method == "clock":
                return {"now": "2024-02-29T12:00:00"}
            if method == "random":
                return {"bytes": "00" * params.size}
            return before(method, params, **more)

        self.peer.call = call  # type: ignore[method-assign]
        return super().start(asked)


MODES: dict[str, type[Driver]] = {
    kind.__name__.lower(): kind
    for kind in (Honest, Mute, Deaf, Dying, Newer, Agreeable, Limited, Fixed, Stubborn, Boastful, Rosy, Chatty, Forger, Alone)
}

if __name__ == "__main__":
    MODES[sys.argv[1]](Line(0, 1)).serve()
