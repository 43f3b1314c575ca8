"""Queries: READ RECORD and GET DATA (EMV 4.4 Book 3 clauses 6.5.11 and 6.5.7).

# spec: emv-b3/6.5.11, emv-b3/6.5.7
"""

from typing import TYPE_CHECKING

from jinka.kernel.apdu import Command, Response
from jinka.kernel.data import tags
from jinka.kernel.data.tlv import encode
from jinka.simulator.cards.credit.memory import Memory, Session
from jinka.simulator.machine import Refused, Status, Turn, expect_length

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit


def read_record(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """P1 is the record, P2 the SFI in its upper five bits and 4."""
    expect_length(command, 0)
    sfi, reference = command.p2 >> 3, command.p2 & 7
    if command.p1 == 0 or reference != 4:
        raise Refused(Status.WRONG_PARAMETERS)
    return Response(card.record(turn.memory, sfi, command.p1))


def get_data(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """P1 P2 are the tag; counters come from memory, the rest from what personalisation and scripts put there."""
    expect_length(command, 0)
    memory = turn.memory
    tag = command.p1 << 8 | command.p2
    counters = {
        tags.ATC: memory.atc.to_bytes(2, "big"),
        tags.LAST_ONLINE_ATC: memory.last_online_atc.to_bytes(2, "big"),
        tags.PIN_TRY_COUNTER: bytes((memory.pin_tries,)),
    }
    value = counters.get(tag, memory.data.get(tag))
    if value is None or tag in card.profile.hidden:
        raise Refused(Status.NO_DATA)
    return Response(encode(tag, value))
