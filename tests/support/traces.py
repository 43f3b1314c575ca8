"""Published traces as cards: a response is looked up by the command the terminal of the trace sent.

The files say where each one was published and why it is not a live card. Those the conformance suite replays lie in its
room; tests/vectors/traces holds what is no whole trace of a real card.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinka.conformance.replay import TRACES as REPLAYED
from jinka.conformance.replay import ca_key
from jinka.kernel.apdu import Command, Response

__all__ = ["FILES", "TraceCard", "ca_key", "load"]

FILES = {
    path.stem: path for folder in (REPLAYED, Path(__file__).parent.parent / "vectors" / "traces") for path in folder.glob("*.json")
}


def load(name: str) -> dict[str, Any]:
    return json.loads(FILES[name].read_text())


@dataclass
class TraceCard:
    """Answers what the traced card answered to the same command, looking on from the last one matched and round.

    `masks` names commands by INS whose data may differ where the mask is 00 (a number the traced terminal drew anew).
    """

    trace: dict[str, Any]
    masks: dict[int, bytes] = field(default_factory=dict)
    log: list[Command] = field(default_factory=list)
    unknown: list[Command] = field(default_factory=list)
    at: int = 0

    def transmit(self, command: Command) -> Response:
        self.log.append(command)
        pairs = self.trace["apdus"]
        for step in range(len(pairs)):
            index = (self.at + step) % len(pairs)
            pair = pairs[index]
            if self._same(Command.parse(bytes.fromhex(pair["command"])), command):
                self.at = index + 1
                return Response.parse(bytes.fromhex(pair["response"]))
        self.unknown.append(command)
        return Response(b"", 0x6A82)

    def _same(self, wanted: Command, command: Command) -> bool:
        if wanted.header != command.header or len(wanted.data) != len(command.data):
            return False
        mask = self.masks.get(command.ins, b"\xff" * len(wanted.data))
        return all(a & m == b & m for a, b, m in zip(wanted.data, command.data, mask, strict=True))
