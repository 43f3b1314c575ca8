"""Generate: the first and the second GENERATE AC (EMV 4.4 Book 3 clauses 6.5.5 and 9, JR/T 0025.5 clauses 13 and 15).

# spec: emv-b3/6.5.5, emv-b3/9, emv-b2/6.6.1
"""

from typing import TYPE_CHECKING

from jinka.kernel.apdu import Command, Response
from jinka.kernel.crypto.cryptogram import application_cryptogram, cryptogram_data
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Aip, Cryptogram
from jinka.kernel.data.tlv import encode, scan
from jinka.simulator.cards.credit import iad, log, risk
from jinka.simulator.cards.credit.authenticate import check_issuer, combined_signature
from jinka.simulator.cards.credit.memory import Memory, Session, State
from jinka.simulator.cards.credit.risk import DefaultAction
from jinka.simulator.machine import Refused, Status, Turn

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit

SIGNED = 0x10
ADVICE = 0x08
TRIES_EXCEEDED, AUTHENTICATION_FAILED = 0x02, 0x03


def _asked(command: Command) -> tuple[Cryptogram, bool]:
    """P1: the type in bits 8 and 7, a signature in bit 5, nothing else."""
    kind = Cryptogram(command.p1 & 0xC0)
    if command.p2 or command.p1 & 0x2F or kind is Cryptogram.RFU:
        raise Refused(Status.WRONG_PARAMETERS)
    return kind, bool(command.p1 & SIGNED)


def first(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """The card decides: approve, go online or decline."""
    asked, signed = _asked(command)
    memory, session = turn.memory, turn.session
    session.values = {**session.values, **card.slice(card.cdol1, command.data)}
    session.cdol1 = command.data
    velocity = risk.lower_exceeded(turn)
    answer = card.decide_first(turn, asked)
    if answer is Cryptogram.TC:
        card.approved(turn)
    response = _answer(card, turn, answer, signed, velocity, b"")
    session.first = answer
    if answer is Cryptogram.ARQC:
        memory.online_pending = True
        session.state = State.ONLINE
        return response
    session.state = State.COMPLETED
    if answer is Cryptogram.TC:
        log.write(card, turn)
    else:
        risk.count_declined(turn)
        _block_by_tries(turn)
    return response


def second(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """The end of a transaction that went online, or wanted to."""
    asked, signed = _asked(command)
    if asked is Cryptogram.ARQC:
        raise Refused(Status.WRONG_PARAMETERS)
    memory, session = turn.memory, turn.session
    session.values = {**session.values, **card.slice(card.cdol2, command.data)}
    session.unable_online = session.values.get(tags.ARC) in risk.UNABLE
    issuer = session.values.get(tags.ISSUER_AUTHENTICATION_DATA, b"")
    if any(issuer) and session.authenticated is None:
        check_issuer(card, turn, issuer)
    velocity = risk.lower_exceeded(turn)
    answer = risk.second(card, turn, asked)
    if session.unable_online and answer is Cryptogram.TC:
        risk.count_offline(turn)
    # the results tell of the transaction before this one, so they are made before it is settled
    response = _answer(card, turn, answer, signed, velocity, command.data)
    session.state = State.COMPLETED
    if not session.unable_online:
        risk.settle_online(turn)
        memory.script_failed, memory.scripts = memory.script_failed and session.script_failed, 0
    if answer is Cryptogram.TC:
        log.write(card, turn)
    else:
        _block_by_tries(turn)
    return response


def _block_by_tries(turn: Turn[Memory, Session]) -> None:
    """A decline with no PIN tries left may block the application."""
    memory = turn.memory
    if memory.pin_tries == 0 and DefaultAction.BLOCK_WHEN_TRIES_EXCEEDED in risk.default_action(memory):
        memory.blocked = memory.blocked_by_tries = True


def _information(turn: Turn[Memory, Session], answer: Cryptogram) -> int:
    """The CID: type, and for a decline whether an advice is wanted and why."""
    memory, session = turn.memory, turn.session
    if answer is not Cryptogram.AAC:
        return answer
    action = risk.default_action(memory)
    tries, failed = memory.pin_tries == 0, session.authenticated is False
    advice = (
        DefaultAction.ADVICE_WHEN_DECLINED in action
        or (tries and DefaultAction.ADVICE_WHEN_TRIES_EXCEEDED in action)
        or (failed and DefaultAction.ADVICE_WHEN_AUTHENTICATION_FAILED in action)
    )
    reason = AUTHENTICATION_FAILED if failed else TRIES_EXCEEDED if tries else 0
    return answer | (ADVICE | reason if advice else 0)


def _answer(
    card: "Credit", turn: Turn[Memory, Session], answer: Cryptogram, signed: bool, velocity: bool, cdol2: bytes
) -> Response:
    """Makes the cryptogram and wraps it: plain in either format, or signed."""
    memory, session = turn.memory, turn.session
    profile = card.profile
    cvr = iad.card_verification_results(turn, answer, velocity)
    keys = card.keys.session(memory.atc)
    made = cryptogram_data(profile.cvn, session.values, bytes(profile.aip), memory.atc, cvr)
    cryptogram = application_cryptogram(keys.algorithm, keys.ac, made)
    if session.first is None:
        session.cryptogram = cryptogram
    cid = bytes((_information(turn, answer),))
    counter = memory.atc.to_bytes(2, "big")
    data = iad.issuer_application_data(card, turn, cvr)
    if signed and answer is not Cryptogram.AAC and Aip.CDA_SUPPORTED in card.aip:
        fields = [(tags.CID, cid), (tags.ATC, counter), (tags.IAD, data)]
        fields += [(node.tag, node.value) for node in scan(profile.combined.get("extra", b""))]
        signature = combined_signature(card, turn, answer, cryptogram, cdol2, fields)
        fields.insert(2, (tags.SIGNED_DYNAMIC_DATA, signature))
    else:
        fields = [(tags.CID, cid), (tags.ATC, counter), (tags.CRYPTOGRAM, cryptogram), (tags.IAD, data)]
        if profile.gac_format == 1:
            return Response(encode(tags.RESPONSE_FORMAT_1, cid + counter + cryptogram + data))
    return Response(encode(tags.RESPONSE_FORMAT_2, b"".join(encode(tag, value) for tag, value in fields)))
