"""Authenticate: the card's dynamic signatures, and the issuer's answer checked (EMV 4.4 Book 2 clauses 6.5, 6.6 and 8).

# spec: emv-b2/6.5.1, emv-b2/6.6.1, emv-b3/6.5.4, emv-b3/6.5.9
"""

import hashlib
import hmac
from typing import TYPE_CHECKING

from jinka.kernel.apdu import Command, Response
from jinka.kernel.crypto.cryptogram import arpc
from jinka.kernel.data import dol, tags
from jinka.kernel.data.fields import Aip, Cryptogram
from jinka.kernel.data.tlv import encode
from jinka.simulator.cards.credit.memory import Memory, Session
from jinka.simulator.certificates import signed_dynamic_data
from jinka.simulator.machine import Refused, Status, Turn, expect_length, expect_parameters

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit


def _dynamic_number(card: "Credit", turn: Turn[Memory, Session]) -> bytes:
    """The ICC dynamic number behind its length."""
    size = card.profile.sign.dynamic_number
    return bytes((size,)) + turn.random(size)


def internal_authenticate(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """Dynamic data authentication: signs the terminal's dynamic data with a fresh number of the card's."""
    expect_parameters(command)
    if card.icc_key is None or Aip.DDA_SUPPORTED not in card.aip:
        raise Refused(Status.CONDITIONS)
    if not command.data or (card.ddol is not None and len(command.data) != dol.total(card.ddol)):
        raise Refused(Status.WRONG_LENGTH)
    signed = signed_dynamic_data(
        card.icc_key, dynamic=_dynamic_number(card, turn), terminal=command.data, changes=card.profile.sdad
    )
    turn.session.dda = True
    if card.profile.internal_format == 1:
        return Response(encode(tags.RESPONSE_FORMAT_1, signed))
    return Response(encode(tags.RESPONSE_FORMAT_2, encode(tags.SIGNED_DYNAMIC_DATA, signed)))


def combined_signature(
    card: "Credit",
    turn: Turn[Memory, Session],
    kind: Cryptogram,
    cryptogram: bytes,
    cdol2: bytes,
    answer: list[tuple[int, bytes]],
) -> bytes:
    """The signature of a CDA answer: over the cryptogram, and over all that went between card and terminal."""
    if card.icc_key is None:
        raise Refused(Status.CONDITIONS)
    session = turn.session
    seen = session.pdol + session.cdol1 + cdol2 + b"".join(encode(tag, value) for tag, value in answer)
    wrong = card.profile.combined
    dynamic = (
        _dynamic_number(card, turn)
        + wrong.get("cid", bytes((kind,)))
        + wrong.get("cryptogram", cryptogram)
        + wrong.get("digest", hashlib.sha1(seen).digest())  # noqa: S324 - what the standard says
    )
    number = session.values.get(tags.UNPREDICTABLE_NUMBER, bytes(4))
    return signed_dynamic_data(card.icc_key, dynamic=dynamic, terminal=number, changes=card.profile.sdad)


def external_authenticate(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """Issuer authentication, once in a transaction: ARPC (8) and response code (2), perhaps more behind."""
    expect_parameters(command)
    if turn.session.authenticated is not None or Aip.ISSUER_AUTHENTICATION not in card.aip:
        raise Refused(Status.CONDITIONS)
    expect_length(command, *range(8, 17))
    right = check_issuer(card, turn, command.data)
    return Response(sw=Status.OK if right else Status.AUTHENTICATION_FAILED)


def check_issuer(card: "Credit", turn: Turn[Memory, Session], data: bytes) -> bool:
    """Compares the issuer's cryptogram with what the card expects, and keeps how it ended."""
    session = turn.session
    keys = card.keys.session(turn.memory.atc)
    code = data[8:10].ljust(2, b"\0")
    expected = arpc(keys.algorithm, keys.ac, session.cryptogram, code)
    session.authenticated = card.profile.accepts_arpc and len(data) >= 10 and hmac.compare_digest(expected, data[:8])
    return session.authenticated
