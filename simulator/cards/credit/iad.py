"""IAD: card verification results and issuer application data, what the card tells its issuer (JR/T 0025.5 annex).

# spec: jrt0025-5/iad, jrt0025-5/cvr
"""

from typing import TYPE_CHECKING

from jinka.kernel.crypto.mac import Algorithm, mac
from jinka.kernel.data.fields import Cryptogram
from jinka.simulator.cards.credit import risk
from jinka.simulator.cards.credit.memory import Memory, Session
from jinka.simulator.machine import Turn

if TYPE_CHECKING:
    from jinka.simulator.cards.credit.machine import Credit

# sources disagree about the value for SM4
ALGORITHM_ID = {Algorithm.TDES: 0x01, Algorithm.SM4: 0x04}
NOT_REQUESTED = 0b10
CODES = {Cryptogram.AAC: 0b00, Cryptogram.TC: 0b01, Cryptogram.ARQC: 0b10}


def card_verification_results(turn: Turn[Memory, Session], answer: Cryptogram, velocity: bool) -> bytes:
    """Four bytes; the first counts the others. `answer` is what this GENERATE AC gives."""
    memory, session = turn.memory, turn.session
    first = answer if session.first is None else session.first
    second = NOT_REQUESTED if session.first is None else CODES[answer]
    byte_2 = (
        second << 6
        | CODES[first] << 4
        | (session.authenticated is False) << 3
        | (session.pin is not None) << 2
        | (session.pin is False) << 1
        | session.unable_online
    )
    byte_3 = (
        memory.online_pending << 7
        | (memory.pin_tries == 0) << 6
        | velocity << 5
        | risk.new_card(memory) << 4
        | memory.authentication_failed << 3
        | memory.authentication_missing << 2
        | memory.blocked_by_tries << 1
        | memory.sda_failed
    )
    byte_4 = memory.scripts << 4 | memory.script_failed << 3 | memory.dda_failed << 2 | session.dda << 1
    return bytes((3, byte_2, byte_3, byte_4))


def issuer_application_data(card: "Credit", turn: Turn[Memory, Session], cvr: bytes) -> bytes:
    """Length, key index, cryptogram version, results, algorithm; then issuer discretionary data with its MAC.

    What that MAC is made over is not published; here ATC, identifier and value under the script MAC session key.
    """
    profile, algorithm = card.profile, card.keys.algorithm
    standard = bytes((profile.dki, profile.cvn)) + cvr + bytes((ALGORITHM_ID[algorithm],))
    made = bytes((len(standard),)) + standard
    value = card.discretionary(turn)
    if not value:
        return made
    counter = turn.memory.atc.to_bytes(2, "big")
    value += mac(algorithm, card.keys.session(turn.memory.atc).mac, counter + value, 4)
    return made + bytes((len(value),)) + value
