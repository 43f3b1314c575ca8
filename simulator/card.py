"""Card: a whole simulated card in its contacts: power, selection, transport behaviour, tearing.

# spec: emv-b1/11.3, emv-b1/9.2, iso7816-4/11.1

`Card.answer` raises nothing but `CardRemoved`, whatever bytes it is given (a fault that a personality asks for may also
be `LinkTimeout`). A new card is powered.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from jinka.kernel.apdu import Command, Response
from jinka.kernel.errors import CardRemoved, JinkaError
from jinka.simulator.faults import due
from jinka.simulator.machine import Applet, Chip, Refused, Status, Turn, copied
from jinka.simulator.personality import Personality

SELECT = 0xA4
GET_RESPONSE = 0xC0
BY_NAME = 0x04
FIRST, NEXT = 0x00, 0x02


@dataclass(slots=True)
class Contact:
    """Volatile state: lost at every reset."""

    powered: bool = True
    current: bytes | None = None
    session: Any = None
    pending: bytes = b""
    seen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tear:
    """The power goes at the command after `left` more: before it is executed, or before its answer leaves."""

    left: int
    when: Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class CardState:
    """Everything a card is at one moment. Nobody changes one: `Card` works on copies."""

    chip: Chip
    contact: Contact
    tear: Tear | None = None


class Card:
    """A card made from a personality. Two cards of one personality and one seed answer alike."""

    def __init__(self, personality: Personality, *, seed: int = 0) -> None:
        self.personality = personality
        self._applets: dict[bytes, Applet[Any, Any]] = {applet.name: applet for applet in personality.applets()}
        self._seed = f"{personality.name}/{seed}".encode()
        memories = {name: applet.issue() for name, applet in self._applets.items()}
        self._state = CardState(Chip(blocked=personality.blocked, memories=memories), Contact())

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return bytes(self.personality.atr)

    def power_on(self) -> bytes:
        """Puts power on (again); gives the answer to reset."""
        self._state = CardState(self._state.chip, Contact(), self._state.tear)
        return self.atr

    def reset(self) -> bytes:
        """A warm reset: the same as far as state goes."""
        return self.power_on()

    def power_off(self) -> None:
        """Takes the card out: from now on it raises `CardRemoved`."""
        self._state = CardState(self._state.chip, Contact(powered=False))

    def snapshot(self) -> CardState:
        """All state, volatile and not; equal snapshots are equal cards."""
        return self._state

    def restore(self, state: CardState) -> None:
        """Goes back (or forth) to a snapshot of a card of the same personality."""
        self._state = state

    def tear_before(self, count: int) -> None:
        """The power goes when the `count`-th command from now arrives: it is not executed. 1 is the next one."""
        self._state = replace(self._state, tear=Tear(count - 1, "before"))

    def tear_after(self, count: int) -> None:
        """The power goes when the `count`-th command from now has been executed, before its answer leaves."""
        self._state = replace(self._state, tear=Tear(count - 1, "after"))

    def memory(self, name: bytes | None = None) -> Any:
        """The non-volatile memory of an application (the first one unless named), to look at and not to change."""
        wanted = next(iter(self.personality.applications)).aid if name is None else name
        return self._state.chip.memories[bytes(wanted)]

    def answer(self, command: Command) -> Response:
        """Executes one command, non-volatile writes all or nothing."""
        state = self._state
        if not state.contact.powered:
            raise CardRemoved
        hits, seen = due(self.personality.faults, state.contact.seen, command)
        if state.tear is not None and state.tear.left == 0 and state.tear.when == "before":
            self.power_off()
            raise CardRemoved
        chip, contact = copied(state.chip), copied(state.contact)
        contact.seen = seen
        if all(fault.executed for fault in hits):
            try:
                response = self._deliver(contact, command, self._execute(chip, contact, command))
            except Refused as refusal:
                chip, contact = state.chip, replace(state.contact, pending=b"", seen=seen)
                response = Response(sw=refusal.status)
            except JinkaError:
                chip, contact = state.chip, replace(state.contact, pending=b"", seen=seen)
                response = Response(sw=Status.FAULT)
        else:
            response = Response()
        tear = state.tear
        if tear is not None and tear.left == 0:
            self._state = CardState(chip, Contact(powered=False))
            raise CardRemoved
        self._state = CardState(chip, contact, replace(tear, left=tear.left - 1) if tear is not None else None)
        for fault in hits:
            response = fault.suffer(response)
        return response

    def _execute(self, chip: Chip, contact: Contact, command: Command) -> Response:
        if command.ins == GET_RESPONSE and command.cla == 0x00 and self.personality.t0:
            return Response(contact.pending)
        contact.pending = b""
        if chip.blocked:
            raise Refused(Status.NOT_SUPPORTED)
        if command.ins == SELECT and command.cla == 0x00 and command.p1 == BY_NAME:
            return self._select(chip, contact, command)
        applet = self._applets.get(contact.current or b"")
        if command.ins == SELECT and (applet is None or SELECT not in applet.classes):
            raise Refused(Status.UNKNOWN_CLA if command.cla else Status.WRONG_PARAMETERS)
        if applet is None:
            raise Refused(self._unselected(command))
        turn = Turn(copied(chip.memories[applet.name]), copied(contact.session), chip, self._seed)
        response = applet.run(turn, command)
        chip.memories = {**chip.memories, applet.name: turn.memory}
        contact.session = turn.session
        return response

    def _unselected(self, command: Command) -> int:
        """What is answered when nothing is selected."""
        known = [classes for applet in self._applets.values() for ins, classes in applet.classes.items()]
        if not any(command.cla in classes for classes in known):
            return Status.UNKNOWN_CLA
        if any(command.ins in applet.classes for applet in self._applets.values()):
            return Status.CONDITIONS
        return Status.UNKNOWN_INS

    def _select(self, chip: Chip, contact: Contact, command: Command) -> Response:
        """Selection by DF name, whole or in part, first or next occurrence. A failure keeps what was selected."""
        if command.p2 not in (FIRST, NEXT):
            raise Refused(Status.WRONG_PARAMETERS)
        if not 1 <= len(command.data) <= 16:
            raise Refused(Status.WRONG_LENGTH)
        names = [name for name in self._applets if name.startswith(command.data)]
        if command.p2 == NEXT:
            names = names[names.index(contact.current) + 1 :] if contact.current in names else []
        if not names:
            raise Refused(Status.NO_FILE)
        applet = self._applets[names[0]]
        contact.current, contact.session = applet.name, applet.begin()
        return applet.fci(chip.memories[applet.name])

    def _deliver(self, contact: Contact, command: Command, response: Response) -> Response:
        """Fits an answer to the protocol: T=0 hands data over by 61xx and 6Cxx, T=1 wants an Le."""
        data, size = response.data, len(response.data)
        if command.ins == GET_RESPONSE and self.personality.t0 and command.cla == 0x00:
            if not data:
                raise Refused(Status.CONDITIONS)
            wanted = command.le or 256
            if wanted > size:
                return Response(sw=0x6C00 | size & 0xFF)
            contact.pending = data[wanted:]
            return Response(data[:wanted], 0x6100 | len(contact.pending) if contact.pending else Status.OK)
        if not data:
            return response
        if self.personality.t0 and command.data:
            contact.pending = data
            return Response(sw=0x6100 | size & 0xFF if response.sw == Status.OK else response.sw)
        # a refusal leaves the card as it was, so that the command can be sent again with the right length
        if command.le is None and not self.personality.t0:
            raise Refused(Status.WRONG_LENGTH)
        if command.le is None or command.le < size or (self.personality.t0 and command.le != size):
            raise Refused(0x6C00 | size & 0xFF)
        return response
