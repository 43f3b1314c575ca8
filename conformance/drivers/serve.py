"""Reference driver: our own `Terminal` behind the protocol. Read it as the example for yours.

python -m jinka.conformance.drivers              # on standard input and output
python -m jinka.conformance.drivers --port 4500  # on a TCP port, one suite after the other
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

from jinka.conformance.case import CaseError
from jinka.conformance.drivers import protocol as p
from jinka.conformance.drivers.peer import Line, LineClosed, Peer, Unwind
from jinka.conformance.drivers.terminal import understand
from jinka.conformance.subject import Show, session
from jinka.kernel import Outcome, Response, Terminal, run
from jinka.kernel.effects import (
    AskChoice,
    AskPin,
    Authorisation,
    Effect,
    GoOnline,
    Now,
    PinEntry,
    PinKind,
    PinState,
    Random,
    Reached,
    Recall,
    Remember,
    Slot,
    Tell,
    Transmit,
    Unreachable,
)
from jinka.kernel.errors import CardRemoved, ConfigError, MisuseError
from jinka.kernel.secret import Secret
from jinka.kernel.station import Forgetful
from jinka.kernel.transports.pcsc import PcscReader

T = TypeVar("T")
_INSERTED = 5.0  # seconds to wait for a card in a reader


class Aborted(Unwind):
    """`reset`: unwinds a running transaction."""


class Goodbye(Unwind):
    """`bye`: ends the loop."""


class Driver:
    """Our terminal at the end of a line."""

    def __init__(self, line: Line) -> None:
        self.peer = Peer(
            line,
            {
                "hello": self._taking(p.Hello, self.hello),
                "configure": self._taking(p.Configure, self.configure),
                "start": self._taking(p.Start, self.start),
                "reset": lambda _: self.reset(),
                "bye": lambda _: self.bye(),
            },
            tolerant=True,
        )
        self.till: Terminal | None = None
        self.keeper = Forgetful()
        self.reader = ""
        self.running = False

    def serve(self) -> None:
        """Until the suite says `bye` or hangs up."""
        try:
            while True:
                try:
                    self.peer.step()
                except Aborted:
                    pass  # nothing was running
        except (Goodbye, LineClosed):
            pass

    @staticmethod
    def _taking(kind: type[T], handler: Callable[[T], Any]) -> Callable[[Any], Any]:
        return lambda params: handler(p.from_plain(params, kind))

    # --- what the suite asks ----------------------------------------------------------------------------------

    def hello(self, asked: p.Hello) -> p.Greeting:
        """Who we are. Another major version is refused."""
        if asked.protocol != p.VERSION:
            raise p.RpcError(p.OTHER_VERSION, f"protocol {asked.protocol} is not spoken here; {p.VERSION} is")
        try:
            own = version("jinka")
        except PackageNotFoundError:
            own = "unreleased"
        return p.Greeting(p.VERSION, "jinka", own, [show.value for show in Show], ["rpc", "pcsc"])

    def configure(self, asked: p.Configure) -> p.Configured:
        """A new terminal with an empty memory."""
        if self.running:
            raise p.RpcError(p.OUT_OF_ORDER, "a transaction is running")
        if asked.card not in ("rpc", "pcsc"):
            raise p.RpcError(p.WRONG_PARAMS, f"there is no way for a card called {asked.card}")
        config, hot = understand(asked.terminal)
        try:
            self.till = Terminal(config)
        except ConfigError as fault:
            raise p.RpcError(p.WRONG_PARAMS, str(fault)) from None
        self.keeper = Forgetful()
        self.keeper.hot = set(hot)
        self.reader = asked.reader if asked.card == "pcsc" else ""
        return p.Configured()

    def start(self, asked: p.Start) -> p.Ended:
        """A transaction; returns when it is over."""
        if self.till is None or self.running:
            raise p.RpcError(p.OUT_OF_ORDER, "a transaction is running" if self.running else "configure comes first")
        self.running = True
        try:
            return p.ended(self._run(self.till, asked))
        except CaseError as fault:
            raise p.RpcError(p.UNABLE, str(fault)) from None
        except Aborted:
            raise p.RpcError(p.ABORTED, "reset") from None
        finally:
            self.running = False

    def _run(self, till: Terminal, asked: p.Start) -> Outcome:
        with ExitStack() as stack:
            if self.reader:
                card = stack.enter_context(PcscReader(self.reader).session(_INSERTED))
                return run(session(till, asked), Bench(self.peer, self.keeper, card.transmit))
            self.peer.call("card/reset", p.CardReset())
            return run(session(till, asked), Bench(self.peer, self.keeper, self._transmit))

    def _transmit(self, command: Any) -> Response:
        told = p.from_plain(self.peer.call("card/transmit", p.CardTransmit(p.to_plain(bytes(command)))), p.CardAnswered)
        return Response.parse(p.unhex(told.apdu), told.elapsed)

    def reset(self) -> None:
        """Ends what runs; the requests that are still open are forgotten."""
        raise Aborted

    def bye(self) -> None:
        """The end."""
        raise Goodbye


class Bench:
    """A world in which everything but the memory is the suite's."""

    def __init__(self, peer: Peer, keeper: Forgetful, transmit: Callable[[Any], Response]) -> None:
        self.peer, self.keeper, self.transmit = peer, keeper, transmit

    def answer(self, effect: Effect[Any], /) -> Any:
        """Asks the suite."""
        match effect:
            case Transmit(command, Slot.CARD):
                return self.transmit(command)
            case Transmit():
                raise CardRemoved("there is no such slot")
            case AskPin():
                return self._pin(effect)
            case AskChoice(question, options, language):
                lines = [p.Line(option.label, p.to_plain(option.aid)) for option in options]
                return p.from_plain(self.peer.call("choose", p.Choose(question.name, lines, language)), p.Chosen).index
            case GoOnline():
                return self._online(effect)
            case Now():
                return datetime.fromisoformat(p.from_plain(self.peer.call("clock"), p.ClockRead).now)
            case Random(size, purpose):
                drawn = self.peer.call("random", p.RandomAsked(size, purpose))
                return p.unhex(p.from_plain(drawn, p.RandomDrawn).bytes)
            case Tell(message, detail, language):
                self.peer.notify("tell", p.Told(message.name, detail, language))
            case Remember(record):
                self.keeper.remember(record)
                told = p.Recorded(record.kind.value, record.reference, dict(record.fields), p.shown(record.chip))
                self.peer.notify("record", told)
            case Recall():
                return self.keeper.recall(effect)
            case Reached(step, at):
                tvr, tsi, cvm = (p.to_plain(value) for value in (at.tvr, at.tsi, at.cvm_results))
                self.peer.notify("reached", p.Stage(step.name, tvr, tsi, cvm, at.note))
            case _:
                raise MisuseError(f"nobody here answers {type(effect).__name__}")
        return None

    def _pin(self, asked: AskPin) -> PinEntry:
        pan = asked.pan.reveal().decode("ascii") if asked.pan is not None else ""
        told = self.peer.call("pin", p.Pin(asked.kind.value, asked.tries, pan, asked.amount, asked.language))
        entered = p.from_plain(told, p.PinEntered)
        state = p.named(PinState, entered.state)
        if state is not PinState.ENTERED:
            return PinEntry(state)
        online = asked.kind is PinKind.ONLINE
        return PinEntry(state, Secret(p.unhex(entered.block) if online else entered.pin.encode("ascii")))

    def _online(self, effect: GoOnline) -> Authorisation | Unreachable:
        asked = effect.request
        told = self.peer.call(
            "online",
            p.Online(
                asked.service.name.lower(),
                asked.amount,
                p.shown(asked.chip),
                asked.other_amount,
                f"{asked.currency:04d}",
                asked.pan.reveal().decode("ascii"),
                asked.pan_sequence,
                asked.expiry,
                p.to_plain(asked.track2.reveal()) if asked.track2 else "",
                asked.entry_mode,
                p.to_plain(asked.pin_block.reveal()) if asked.pin_block else "",
                asked.reference,
            ),
        )
        answered = p.from_plain(told, p.Answered)
        if answered.unreachable:
            return Unreachable(answered.unreachable, answered.sent)
        return Authorisation(
            answered.arc,
            p.unhex(answered.issuer_data),
            tuple(p.unhex(script) for script in answered.scripts),
            answered.approval_code,
            answered.amount,
            answered.balance,
        )
