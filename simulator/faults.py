"""Faults: what can go wrong between a card and its reader, as plain data.

    FaultySlot(LocalCard(card), [Fault("status", ins=0xA8, status=0x6985)])
    FaultySlot(LocalCard(card), [Fault("flip", nth=4, size=17), Fault("remove", ins=0xAE, nth=2)])

A personality may carry faults too ([[fault]] in its TOML): then the card itself misbehaves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from jinka.kernel.apdu import Command, Response
from jinka.kernel.errors import CardRemoved, LinkTimeout
from jinka.simulator.objects import Hex

Kind = Literal["truncate", "flip", "oversize", "status", "data", "delay", "mute", "remove"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Which command: those with this `ins`, `p1` and `p2` (None: any); of these the `nth`, counted from 1 (0: every one).
    What: "truncate" keeps `size` bytes of data; "flip" turns bit `size` of the data, counted from the left; "oversize"
    adds `size` bytes FF; "status" replaces the status word and drops the data; "data" replaces the data and keeps the
    status; "delay" says `seconds` passed; "mute" is `LinkTimeout`; "remove" is `CardRemoved`.
    `executed`: whether the card executes the command before its answer suffers.
    """

    kind: Kind
    ins: int | None = None
    p1: int | None = None
    p2: int | None = None
    nth: int = 0
    size: int = 0
    status: int = 0x6F00
    data: Hex = field(default_factory=Hex)
    seconds: float = 0.0
    executed: bool = True

    def concerns(self, command: Command) -> bool:
        """Whether the command has the bytes asked for; `nth` is not looked at."""
        return all(
            wanted is None or wanted == given
            for wanted, given in ((self.ins, command.ins), (self.p1, command.p1), (self.p2, command.p2))
        )

    def suffer(self, response: Response) -> Response:
        """The answer as it arrives. Raises `LinkTimeout` or `CardRemoved` when none does."""
        data = response.data
        if self.kind == "truncate":
            return replace(response, data=data[: self.size])
        if self.kind == "flip":
            if not data:
                return response
            at = self.size % (8 * len(data))
            turned = int.from_bytes(data, "big") ^ 1 << (8 * len(data) - 1 - at)
            return replace(response, data=turned.to_bytes(len(data), "big"))
        if self.kind == "oversize":
            return replace(response, data=data + b"\xff" * self.size)
        if self.kind == "status":
            return replace(response, data=b"", sw=self.status)
        if self.kind == "data":
            return replace(response, data=bytes(self.data))
        if self.kind == "delay":
            return replace(response, elapsed=response.elapsed + self.seconds)
        if self.kind == "mute":
            raise LinkTimeout("the card does not answer")
        raise CardRemoved


def due(faults: Sequence[Fault], seen: tuple[int, ...], command: Command) -> tuple[list[Fault], tuple[int, ...]]:
    """The faults that strike at this command, and the new counts of how often each was concerned so far."""
    if not faults:
        return [], ()
    counts = tuple(
        count + fault.concerns(command) for fault, count in zip(faults, seen or (0,) * len(faults), strict=True)
    )
    hits = [
        fault
        for fault, before, now in zip(faults, seen or (0,) * len(faults), counts, strict=True)
        if now > before and fault.nth in (0, now)
    ]
    return hits, counts


class Slot(Protocol):
    """A card behind some wire."""

    def transmit(self, command: Command, /) -> Response:
        """One command in, one response out."""
        ...


class FaultySlot:
    """A card slot whose answers suffer faults. `commands` keeps what was sent, for a test to look at."""

    def __init__(self, slot: Slot, faults: Iterable[Fault] = ()) -> None:
        self.slot = slot
        self.faults = tuple(faults)
        self.commands: list[Command] = []
        self._seen: tuple[int, ...] = ()

    def transmit(self, command: Command) -> Response:
        """Hands the command over unless a fault prevents it, and lets the answer suffer."""
        self.commands.append(command)
        hits, self._seen = due(self.faults, self._seen, command)
        response = self.slot.transmit(command) if all(fault.executed for fault in hits) else Response()
        for fault in hits:
            response = fault.suffer(response)
        return response
