"""Scripts: the issuer's commands, authenticated by a MAC and enciphered where they carry a PIN (JR/T 0025.5 clause 16).

# spec: jrt0025-5/script-mac, jrt0025-5/pin-change, emv-b3/6.5.1
"""

import hmac
from typing import TYPE_CHECKING

from jinka.kernel.apdu import Command, Response
from jinka.kernel.crypto.cryptogram import decipher_script, pin_from_change_block, script_mac
from jinka.kernel.errors import MisuseError
from jinka.simulator.cards.credit.memory import Memory, Session, State
from jinka.simulator.machine import Refused, Status, Turn, expect_parameters

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit

Now = Turn[Memory, Session]
MAC = 4
MOST_COUNTED = 15
UNBLOCK, WITH_CURRENT, WITHOUT_CURRENT = 0x00, 0x01, 0x02


def _failed(turn: Now, status: int) -> Response:
    """A script command that fails: the issuer will hear of it."""
    turn.memory.script_failed = turn.session.script_failed = True
    return Response(sw=status)


def _counted(turn: Now) -> None:
    """Script commands after the second GENERATE AC are counted."""
    if turn.session.state is State.COMPLETED:
        turn.memory.scripts = min(turn.memory.scripts + 1, MOST_COUNTED)


def _authentic(card: "Credit", turn: Now, command: Command) -> bytes | None:
    """The data before the MAC, None when the MAC is wrong."""
    _counted(turn)
    if len(command.data) < MAC:
        return None
    data, given = command.data[:-MAC], command.data[-MAC:]
    keys = card.keys.session(turn.memory.atc)
    header = command.header + bytes((len(command.data),))
    right = script_mac(keys.algorithm, keys.mac, header, turn.memory.atc, turn.session.cryptogram, data)
    return data if hmac.compare_digest(right, given) else None


def _bare(card: "Credit", turn: Now, command: Command) -> Response | None:
    """A command of MAC alone: the answer when it fails, None when it is good."""
    expect_parameters(command)
    data = _authentic(card, turn, command)
    if data is None:
        return _failed(turn, Status.MESSAGING_WRONG)
    return _failed(turn, Status.WRONG_LENGTH) if data else None


def application_block(card: "Credit", turn: Now, command: Command) -> Response:
    """84 1E: the application gives nothing but AAC from now on."""
    if wrong := _bare(card, turn, command):
        return wrong
    turn.memory.blocked = True
    return Response()


def application_unblock(card: "Credit", turn: Now, command: Command) -> Response:
    """84 18: takes a block away."""
    if wrong := _bare(card, turn, command):
        return wrong
    turn.memory.blocked = turn.memory.blocked_by_tries = False
    return Response()


def card_block(card: "Credit", turn: Now, command: Command) -> Response:
    """84 16: the whole card, for good."""
    if wrong := _bare(card, turn, command):
        return wrong
    turn.chip.blocked = True
    return Response()


def pin_change(card: "Credit", turn: Now, command: Command) -> Response:
    """84 24: P2 00 brings the tries back; 01 and 02 set another PIN, hidden in its block and enciphered."""
    if command.p1 or command.p2 not in (UNBLOCK, WITH_CURRENT, WITHOUT_CURRENT):
        raise Refused(Status.WRONG_PARAMETERS)
    memory = turn.memory
    data = _authentic(card, turn, command)
    if data is None:
        return _failed(turn, Status.MESSAGING_WRONG)
    if command.p2 == UNBLOCK:
        if data:
            return _failed(turn, Status.WRONG_LENGTH)
    else:
        keys = card.keys.session(memory.atc)
        current = memory.pin if command.p2 == WITH_CURRENT else None
        try:
            block = decipher_script(keys.algorithm, keys.enc, data)
            memory.pin = pin_from_change_block(card.keys.ac, block, current)
        except (MisuseError, ValueError):
            return _failed(turn, Status.WRONG_DATA)
    memory.pin_tries = card.profile.pin_limit
    return Response()


def put_data(card: "Credit", turn: Now, command: Command) -> Response:
    """04 DA: P1 P2 are the tag; the value must be as long as the one it replaces."""
    tag = command.p1 << 8 | command.p2
    value = _authentic(card, turn, command)
    if value is None:
        return _failed(turn, Status.MESSAGING_WRONG)
    held = turn.memory.data.get(tag)
    if held is None or not card.may_put(tag):
        return _failed(turn, Status.NO_DATA)
    if len(value) != len(held):
        return _failed(turn, Status.WRONG_LENGTH)
    try:
        card.put(turn, tag, value)
    except Refused as refusal:
        return _failed(turn, refusal.status)
    return Response()


def update_record(card: "Credit", turn: Now, command: Command) -> Response:
    """04 DC: a whole record, template included, in place of one that exists and is no log."""
    sfi, reference = command.p2 >> 3, command.p2 & 7
    if command.p1 == 0 or reference != 4:
        raise Refused(Status.WRONG_PARAMETERS)
    record = _authentic(card, turn, command)
    if record is None:
        return _failed(turn, Status.MESSAGING_WRONG)
    if sfi in card.logs(turn.memory):
        return _failed(turn, Status.CONDITIONS)
    try:
        card.record(turn.memory, sfi, command.p1)
    except Refused as refusal:
        return _failed(turn, refusal.status)
    if not record:
        return _failed(turn, Status.WRONG_LENGTH)
    turn.memory.records = {**turn.memory.records, (sfi, command.p1): record}
    return Response()
