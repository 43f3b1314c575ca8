"""Verify: VERIFY with a plain or enciphered PIN, and GET CHALLENGE (EMV 4.4 Book 3 clause 6.5.12, Book 2 clause 7).

# spec: emv-b3/6.5.12, emv-b2/7.2, emv-b3/6.5.6
"""

from typing import TYPE_CHECKING

from jinka.kernel.apdu import Command, Response
from jinka.simulator.cards.credit.memory import Memory, Session
from jinka.simulator.machine import Refused, Status, Turn, expect_length, expect_parameters

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit

PLAIN, ENCIPHERED = 0x80, 0x88
CHALLENGE = 8


def get_challenge(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """Eight random bytes; the last ones count."""
    expect_parameters(command)
    expect_length(command, 0)
    turn.session.challenge = turn.random(CHALLENGE)
    return Response(turn.session.challenge)


def verify(card: "Credit", turn: Turn[Memory, Session], command: Command) -> Response:
    """Compares a PIN. A wrong one costs a try; the right one brings all tries back."""
    memory, session = turn.memory, turn.session
    if command.p1 != 0 or command.p2 not in (PLAIN, ENCIPHERED):
        raise Refused(Status.WRONG_PARAMETERS)
    if memory.pin_tries == 0:
        session.pin = False
        return Response(sw=Status.BLOCKED_METHOD)
    block = command.data if command.p2 == PLAIN else _deciphered(card, turn, command)
    if block is None:
        return Response(sw=Status.WRONG_DATA)
    pin = _read(block)
    if pin == memory.pin:
        memory.pin_tries = card.profile.pin_limit
        session.pin = True
        return Response()
    memory.pin_tries -= 1
    session.pin = False
    return Response(sw=Status.TRIES_LEFT | min(memory.pin_tries, 15))


def _deciphered(card: "Credit", turn: Turn[Memory, Session], command: Command) -> bytes | None:
    """The PIN block out of the enciphered data, None when it is not well-formed.

    It must carry this session's challenge, which is used up either way.
    """
    key = card.pin_key or card.icc_key
    if key is None:
        raise Refused(Status.CONDITIONS)
    expect_length(command, key.size)
    challenge, turn.session.challenge = turn.session.challenge, b""
    if not challenge:
        raise Refused(Status.CONDITIONS)
    if int.from_bytes(command.data, "big") >= key.modulus:
        return None
    plain = key.decipher(command.data)
    return plain[1:9] if plain[0] == 0x7F and plain[9:17] == challenge else None


def _read(block: bytes) -> str:
    """The PIN in a plain block: control nibble 2, length, digits, F filler."""
    if len(block) != 8:
        raise Refused(Status.WRONG_LENGTH)
    text = block.hex().upper()
    size = int(text[1], 16)
    pin = text[2 : 2 + size]
    if text[0] != "2" or not 4 <= size <= 12 or not pin.isdigit() or text[2 + size :].strip("F"):
        raise Refused(Status.WRONG_DATA)
    return pin
