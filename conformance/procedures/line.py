"""Line: what a reader is given to send, and how long its answers take."""

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding
from jinka.conformance.lanes import lanes
from jinka.conformance.procedures.bench import Perform, Unseen
from jinka.conformance.stand import terminal, world
from jinka.conformance.subject import Evidence, session
from jinka.conformance.virtual import VirtualReader
from jinka.kernel import Command, Response, Terminal, run
from jinka.kernel.effects import Slot
from jinka.kernel.transports.local import LocalCard
from jinka.kernel.transports.pcsc import wire_form

T0 = 0
Heard = list[tuple[Command, Response]]


class _Line(LocalCard):
    """A T=0 wire of our own: the card gets what the kernel would hand to a PC/SC reader."""

    heard: Heard

    def transmit(self, command: Command) -> Response:
        """The command in its T=0 form."""
        given = Command.parse(wire_form(command, T0))
        response = self.machine.answer(given)
        self.heard.append((given, response))
        return response


def _overheard(case: Case, perform: Perform) -> Heard:
    """One transaction as T=0 commands. Raises `Unseen` for a subject whose reader is not ours to listen to."""
    place = getattr(perform.subject, "place", None)
    if isinstance(place, VirtualReader):
        perform()
        return place.heard
    if not perform.ours:
        raise Unseen("commands of T=0 as the reader sends them")
    stage, seen = world(case), Evidence()
    line = stage.slots[Slot.CARD] = _Line(stage.card)
    line.heard, stage.observer = [], seen
    perform.seen.append((run(session(Terminal(terminal(case, perform.statement)), case.runs[0]), stage), seen))
    return line.heard


def t0_commands(case: Case, perform: Perform, /, *, least: int) -> list[Finding]:
    """A whole transaction in T=0: no command has data and Le both; after 61xx comes GET RESPONSE for xx bytes, after 6Cxx the
    same command for xx bytes. At least `least` commands must have been there to look at."""
    heard = _overheard(case, perform)
    found = [] if len(heard) >= least else [Finding("commands", f"{least} at least", str(len(heard)))]
    before, said = Command(0, 0, 0, 0), Response()
    for number, (command, response) in enumerate(heard, 1):
        where = f"command {number}, {command.header.hex().upper()}"
        if command.data and command.le is not None:
            found.append(Finding(where, "data or Le", "both"))
        wanted = {0x61: b"\x00\xc0\x00\x00", 0x6C: before.header}.get(said.sw >> 8)
        asked = command.header + bytes(((command.le or 0) & 0xFF,))
        if wanted is not None and (command.data or asked != wanted + bytes((said.sw & 0xFF,))):
            right = wanted + bytes((said.sw & 0xFF,))
            found.append(Finding(f"{where}, after {said.sw:04X}", right.hex().upper(), asked.hex().upper()))
        before, said = command, response
    return found


def timed_phases(case: Case, perform: Perform, /, *, seconds: float, phases: dict[str, int]) -> list[Finding]:
    """Every answer of the card takes `seconds`; the evidence has the time of each, and so of each phase: `phases` says how many
    commands it has. A reader measures for itself: there, that each answer has a time."""
    told = lanes(*perform(faults=[{"kind": "delay", "seconds": seconds}]))
    measured = isinstance(getattr(perform.subject, "place", None), VirtualReader)
    found = []
    for name, count in phases.items():
        held = [entry.get("ms", 0.0) for entry in told["entries"] if entry["lane"] == "card" and entry["step"] == name]
        wanted = count * 1000 * seconds
        if measured and not (held and all(held)):
            found.append(Finding(f"times in phase {name}", "one an answer", str(held)))
        if not measured and abs(sum(held) - wanted) > 0.5:
            found.append(Finding(f"ms of phase {name}", f"{wanted:g}", f"{sum(held):g}"))
    return found
