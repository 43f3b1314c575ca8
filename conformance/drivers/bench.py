"""Bench: what a driven terminal finds around it while a transaction runs: card, person, host, clock and chance.

Every request of a driver becomes the effect our own kernel would have asked for, answered by the case's stage and seen by
its observer: judge, lanes and story cannot tell the difference.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from jinka.conformance.drivers import protocol as p
from jinka.conformance.drivers.peer import Handler
from jinka.kernel import Command, Response
from jinka.kernel.effects import (
    AskChoice,
    AskPin,
    GoOnline,
    Message,
    Now,
    OnlineRequest,
    Option,
    PinKind,
    Question,
    Random,
    Reached,
    Remember,
    Service,
    Slot,
    Snapshot,
    Step,
    Tell,
    Transmit,
    Unreachable,
)
from jinka.kernel.errors import CardRemoved, MisuseError
from jinka.kernel.secret import Secret
from jinka.simulator.world import SimulatedWorld

T = TypeVar("T")
MOST = 20_000  # messages of one transaction


class Bench:
    """`stage` is there while a transaction runs. `fault` is the first message of it that was not the protocol;
    `heard` are the methods used so far."""

    def __init__(self) -> None:
        self.stage: SimulatedWorld | None = None
        self.fault: p.RpcError | None = None
        self.logged: list[str] = []
        self.heard: set[str] = set()
        self._powered = False
        self._count = 0

    def open(self, stage: SimulatedWorld) -> None:
        """A transaction begins; the card has no power yet."""
        self.stage, self.fault, self._powered, self._count = stage, None, False, 0

    def close(self) -> None:
        """It is over."""
        self.stage = None

    @property
    def handlers(self) -> dict[str, Handler]:
        """By method."""
        return {
            "pin": self._takes("pin", p.Pin, self._pin),
            "choose": self._takes("choose", p.Choose, self._choose),
            "online": self._takes("online", p.Online, self._online),
            "card/reset": self._takes("card/reset", p.CardReset, self._reset),
            "card/transmit": self._takes("card/transmit", p.CardTransmit, self._transmit),
            "clock": self._takes("clock", p.Nothing, self._clock),
            "random": self._takes("random", p.RandomAsked, self._random),
            "tell": self._takes("tell", p.Told, self._tell),
            "record": self._takes("record", p.Recorded, self._record),
            "reached": self._takes("reached", p.Stage, self._reached),
            "log": self._takes("log", p.Logged, self._log),
        }

    def _takes(self, name: str, kind: type[T], handler: Callable[[SimulatedWorld, T], Any]) -> Handler:
        def handle(params: Any) -> Any:
            if self.stage is None:
                raise p.RpcError(p.OUT_OF_ORDER, "no transaction is running")
            self._count += 1
            self.heard.add(name)
            try:
                if self._count > MOST:
                    raise p.RpcError(p.OUT_OF_ORDER, f"more than {MOST} messages in one transaction")
                return handler(self.stage, p.from_plain(params, kind))
            except p.RpcError as fault:
                self.fault = self.fault or fault
                raise

        return handle

    def _pin(self, stage: SimulatedWorld, asked: p.Pin) -> p.PinEntered:
        kind = p.named(PinKind, asked.kind)
        if kind is PinKind.ONLINE and not asked.pan:
            raise p.RpcError(p.WRONG_PARAMS, "a PIN for the host needs the PAN: its block is made with it")
        pan = Secret(asked.pan.encode("ascii", "replace")) if asked.pan else None
        entry = stage.answer(AskPin(kind, asked.tries, pan, asked.amount, asked.language))
        value = entry.pin.reveal() if entry.pin is not None else b""
        if kind is PinKind.ONLINE:
            return p.PinEntered(entry.state.value, block=value.hex().upper())
        return p.PinEntered(entry.state.value, pin=value.decode("ascii"))

    def _choose(self, stage: SimulatedWorld, asked: p.Choose) -> p.Chosen:
        options = tuple(Option(line.label, p.unhex(line.aid)) for line in asked.options)
        return p.Chosen(stage.answer(AskChoice(p.named(Question, asked.question), options, asked.language)))

    def _online(self, stage: SimulatedWorld, asked: p.Online) -> p.Answered:
        request = OnlineRequest(
            reference=asked.reference or f"driven-{self._count}",
            service=p.named(Service, asked.type.upper()),
            amount=asked.amount,
            other_amount=asked.other,
            currency=int(asked.currency),
            pan=Secret(asked.pan.encode("ascii", "replace")),
            pan_sequence=asked.pan_sequence,
            expiry=asked.expiry,
            track2=Secret(p.unhex(asked.track2)) if asked.track2 else None,
            entry_mode=asked.entry_mode,
            pin_block=Secret(p.unhex(asked.pin_block)) if asked.pin_block else None,
            chip=p.objects(asked.chip),
        )
        reply = stage.answer(GoOnline(request))
        if isinstance(reply, Unreachable):
            return p.Answered(unreachable=reply.reason or "not reached", sent=reply.sent)
        return p.Answered(
            arc=reply.arc,
            issuer_data=p.to_plain(reply.issuer_data),
            scripts=p.to_plain(reply.scripts),
            approval_code=reply.approval_code,
            amount=reply.amount,
            balance=reply.balance,
        )

    def _reset(self, stage: SimulatedWorld, asked: p.CardReset) -> p.Atr:
        # The stage has just put the card in and given it power; what the driver asks for first is that.
        atr = stage.card.reset() if self._powered and not asked.cold else stage.card.power_on()
        self._powered = True
        return p.Atr(p.to_plain(atr))

    def _transmit(self, stage: SimulatedWorld, asked: p.CardTransmit) -> p.CardAnswered:
        try:
            command = Command.parse(p.unhex(asked.apdu))
        except MisuseError as fault:
            raise p.RpcError(p.WRONG_PARAMS, str(fault)) from None
        if not self._powered:
            raise CardRemoved("the card has no power: card/reset comes first")
        response: Response = stage.answer(Transmit(command, Slot.CARD))
        return p.CardAnswered(p.to_plain(bytes(response)), response.elapsed)

    def _clock(self, stage: SimulatedWorld, _: p.Nothing) -> p.ClockRead:
        return p.ClockRead(stage.answer(Now()).isoformat(timespec="seconds"))

    def _random(self, stage: SimulatedWorld, asked: p.RandomAsked) -> p.RandomDrawn:
        if not 0 < asked.size <= 256:
            raise p.RpcError(p.WRONG_PARAMS, "1 to 256 bytes")
        return p.RandomDrawn(p.to_plain(stage.answer(Random(asked.size, asked.purpose))))

    def _tell(self, stage: SimulatedWorld, told: p.Told) -> None:
        stage.answer(Tell(p.named(Message, told.message), told.detail, told.language))

    def _record(self, stage: SimulatedWorld, told: p.Recorded) -> None:
        stage.answer(Remember(p.record(told)))

    def _reached(self, stage: SimulatedWorld, told: p.Stage) -> None:
        snapshot = Snapshot(
            p.unhex(told.tvr or "00" * 5), p.unhex(told.tsi or "0000"), p.unhex(told.cvm or "000000"), told.note
        )
        stage.answer(Reached(p.named(Step, told.step), snapshot))

    def _log(self, _: SimulatedWorld, told: p.Logged) -> None:
        self.logged = [*self.logged[-99:], told.text]
