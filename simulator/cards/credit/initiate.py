"""Initiate: GET PROCESSING OPTIONS (EMV 4.4 Book 3 clause 6.5.8, JR/T 0025.5 clause 7).

# spec: emv-b3/6.5.8, emv-b3/10.1
"""

from typing import TYPE_CHECKING

from jinka.kernel.apdu import Command, Response
from jinka.kernel.data import tags
from jinka.kernel.data.tlv import encode, scan
from jinka.kernel.errors import MalformedData
from jinka.simulator.cards.credit.memory import Memory, Session, State
from jinka.simulator.machine import Refused, Status, Turn, expect_parameters

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit

LAST_ATC = 0xFFFF


def get_processing_options(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """Starts a transaction: the counter goes up, AIP and AFL go out."""
    expect_parameters(command)
    try:
        nodes = scan(command.data)
    except MalformedData:
        raise Refused(Status.WRONG_DATA) from None
    if len(nodes) != 1 or nodes[0].tag != tags.COMMAND_TEMPLATE:
        raise Refused(Status.WRONG_DATA)
    if turn.memory.atc >= LAST_ATC:
        raise Refused(Status.CONDITIONS)
    values = card.slice(card.pdol, nodes[0].value)
    turn.memory.atc += 1
    turn.session = Session(state=State.INITIATED, values=values, pdol=nodes[0].value)
    afl = card.locate(turn)
    profile = card.profile
    if profile.gpo_format == 1:
        return Response(encode(tags.RESPONSE_FORMAT_1, bytes(profile.aip) + afl))
    made = (encode(tags.AIP, bytes(profile.aip)) if profile.aip else b"") + (encode(tags.AFL, afl) if afl else b"")
    return Response(encode(tags.RESPONSE_FORMAT_2, made))
