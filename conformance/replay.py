"""Replay: a published trace of a real test card as the card of a case.

The files in `traces/` say where each trace was published and why it is not a live card. Commands are looked up by all
their bytes, but for the values of data objects the case calls free: numbers the traced terminal drew anew, or results
that differ because the terminal of the case is set otherwise. Date, time and unpredictable number are the trace's, so a
subject must take those from the suite.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinka.conformance.case import Case, CaseError
from jinka.conformance.judge import Finding, Mark
from jinka.conformance.reference import wire
from jinka.conformance.subject import Evidence, Show
from jinka.kernel import Command, Response
from jinka.kernel.config import CaKey, Hex
from jinka.kernel.effects import Authorisation, OnlineRequest, Slot
from jinka.kernel.transports.local import LocalCard
from jinka.simulator.cards.credit.profile import Profile
from jinka.simulator.human import Human
from jinka.simulator.objects import Hex as Value
from jinka.simulator.objects import Objects
from jinka.simulator.personality import ATR, Personality
from jinka.simulator.world import SimulatedWorld

TRACES = Path(__file__).parent / "traces"
NOT_FOUND = 0x6A82
# The data object list that fills a command: the first and the second GENERATE AC, INTERNAL AUTHENTICATE.
_LISTS = {0xAE: ("8C", "8D"), 0x88: ("9F49", "9F49")}

# What a terminal must take from the suite to say again what another one said.
NEEDED = frozenset({Show.CLOCK, Show.RANDOM, Show.CONFIGURE})


@cache
def load_trace(name: str) -> Mapping[str, Any]:
    """A trace by the name of its file. Raises `CaseError`."""
    try:
        found: dict[str, Any] = json.loads((TRACES / f"{name}.json").read_text("utf-8"))
    except OSError:
        raise CaseError(f"there is no trace {name}") from None
    return found


def ca_key(trace: Mapping[str, Any]) -> CaKey:
    """The certification authority's key the card's certificates are under."""
    key = trace["capk"]
    return CaKey(Hex.fromhex(trace["rid"]), int(key["index"], 16), Hex.fromhex(key["modulus"]), Hex.fromhex(key["exponent"]))


@dataclass(frozen=True, slots=True)
class Pair:
    """A command of the trace and what the card answered; `mask` is 00 where the command may differ."""

    command: bytes
    mask: bytes
    response: bytes

    def fits(self, sent: bytes) -> bool:
        """Whether a command is this one. Le does not count: whether and how it goes out is the transmission protocol's."""
        mine, theirs = _without_le(self.command), _without_le(sent)
        return len(mine) == len(theirs) and all(
            not m or a == b for a, b, m in zip(mine, theirs, self.mask[: len(mine)], strict=True)
        )


def _without_le(command: bytes) -> bytes:
    """Header, Lc and data of a short command; the header alone when there is no data."""
    return command[: 5 + command[4]] if len(command) > 5 else command[:4]


def pairs(trace: Mapping[str, Any], free: Mapping[str, list[str]]) -> list[Pair]:
    """The exchanges of a trace. `free`: tags whose values may differ, by instruction. A trace that lacks records carries
    `derived` answers, each with its reason.
    """
    derived = {entry["command"]: entry["response"] for entry in trace.get("derived", ())}
    made, seen = [], 0
    for entry in trace["apdus"]:
        command = bytes.fromhex(entry["command"])
        mask, ins = bytearray(b"\xff" * len(command)), command[1]
        if ins in _LISTS and (names := free.get(f"{ins:02X}")):
            at = 5
            for tag, value in wire.listed(bytes.fromhex(trace["objects"][_LISTS[ins][min(seen, 1)]]), command[5:-1]).items():
                if tag in names:
                    mask[at : at + len(value)] = bytes(len(value))
                at += len(value)
        seen += ins == wire.GENERATE
        made.append(Pair(command, bytes(mask), bytes.fromhex(derived.get(entry["command"], entry["response"]))))
    return made


@dataclass(slots=True)
class TraceCard:
    """Answers what the traced card answered to the same command, looking on from the last one matched and round."""

    personality: Personality
    pairs: list[Pair]
    at: int = 0
    unknown: list[bytes] = field(default_factory=list)
    atr: bytes = ATR

    def power_on(self) -> bytes:
        """From the beginning; gives the answer to reset, which no trace has kept."""
        self.at = 0
        return self.atr

    reset = power_on

    def power_off(self) -> None:
        """Nothing to forget."""

    def answer(self, command: Command, /) -> Response:
        """The traced answer, or that there is no such thing."""
        sent = bytes(command)
        for step in range(len(self.pairs)):
            place = (self.at + step) % len(self.pairs)
            if self.pairs[place].fits(sent):
                self.at = place + 1
                return Response.parse(self.pairs[place].response)
        self.unknown.append(sent)
        return Response(b"", NOT_FOUND)


def personality(trace: Mapping[str, Any]) -> Personality:
    """The data of the traced card in the form the judge looks things up in. It signs and computes nothing."""
    objects = trace["objects"]
    rows = tuple((int(tag, 16), Value.fromhex(value)) for tag, value in objects.items())
    profile = Profile(
        aid=Value.fromhex(objects["84"]), aip=Value.fromhex(objects["82"]), afl=Value(), records={"1.1": Objects(rows)}
    )
    return Personality(trace["name"], trace["name"], trace["name"], (profile,))


@dataclass(slots=True)
class TracedHost:
    """Answers every request with what the traced terminal handed to the card."""

    reply: Authorisation

    def authorise(self, request: OnlineRequest, /) -> Authorisation:
        """The same for all."""
        return self.reply


def traced_reply(trace: Mapping[str, Any]) -> Authorisation:
    """The host's answer as far as the commands show it: response code in CDOL2, issuer authentication data there or in
    EXTERNAL AUTHENTICATE."""
    last = trace["terminal"].get("gac2_values", {})
    sent = [bytes.fromhex(entry["command"]) for entry in trace["apdus"]]
    data = next((command[5:] for command in sent if command[1] == wire.EXTERNAL), bytes.fromhex(last.get("91", "")))
    return Authorisation(bytes.fromhex(last.get("8A", "3030")).decode(), data)


class TraceWorld(SimulatedWorld):
    """A world whose card is a trace."""

    def __init__(self, case: Case, person: Human) -> None:
        trace = load_trace(case.trace)
        self._traced = TraceCard(personality(trace), pairs(trace, case.free))
        told = trace["terminal"]
        values = told["gac1_values"]
        number = bytes.fromhex(told.get("internal_authenticate_data") or values["9F37"])
        moment = datetime.strptime(values["9A"] + values.get("9F21", "120000"), "%y%m%d%H%M%S")
        super().__init__(self._traced.personality, clock=moment, person=person, host=TracedHost(traced_reply(trace)))
        self.random = lambda size: number if size == len(number) else bytes(size)
        self.clock = lambda: moment

    def insert(self, personality: Any = None) -> Any:
        """The traced card, from its beginning."""
        self.card = self._traced  # type: ignore[assignment]
        self._traced.power_on()
        self.slots[Slot.CARD] = LocalCard(self._traced)
        return self._traced


def departures(case: Case, seen: Evidence) -> list[Finding]:
    """Where a run left the trace, from GET PROCESSING OPTIONS to the trace's last command; what a trace does not hold is
    not compared. Before that a terminal selects in its own way."""
    if not case.trace:
        return []
    if lacking := seen.lacks & {Show.RANDOM, Show.CLOCK}:
        words = ", ".join(sorted(show.value for show in lacking))
        return [Finding("commands of the trace", "the trace's date and numbers", words, Mark.INCONCLUSIVE)]
    left = pairs(load_trace(case.trace), case.free)
    left = left[next(at for at, pair in enumerate(left) if pair.command[1] == wire.OPTIONS) :]
    exchanges = ((bytes(command), bytes(answer) if answer else None) for command, answer in seen.exchanges)
    sent = [turn.raw for turn in wire.turns(exchanges)]
    start = max((at for at, command in enumerate(sent) if command[1] == wire.OPTIONS), default=len(sent))
    found = []
    for command in sent[start:]:
        if not left:
            break
        fitting = [pair for pair in left if pair.fits(command)]
        if fitting:
            left.remove(fitting[0])
            continue
        near = [pair.command for pair in left if pair.command[:4] == command[:4]]
        wanted = near[0].hex().upper() if near else "no such command"
        found.append(Finding("a command of the trace", wanted, command.hex().upper()))
    for pair in left:
        if case.free.get(f"{pair.command[1]:02X}", True):  # no tags at all: this terminal need not send it
            found.append(Finding("a command of the trace", pair.command.hex().upper(), "never sent"))
    return found
