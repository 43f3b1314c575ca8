"""Checks: what a card's answers must be beyond their form, worked out apart from kernel and simulator.

A check looks at the dialogue so far and returns what is wrong, or nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Final

from jinka.conformance.cards.talk import Talk
from jinka.conformance.judge import Finding
from jinka.conformance.reference import signatures, wire
from jinka.conformance.stand import base_terminal
from jinka.kernel.config import KeyAlgorithm
from jinka.kernel.data import dol
from jinka.simulator.world import MORNING

Check = Callable[[Talk], Finding | None]


def counter(talk: Talk) -> Finding | None:
    """The ATC is one more than in the transaction before; within one it stays."""
    seen = talk.counters
    grown = [after - before for before, after in pairwise(seen)]
    wanted = 0 if len(talk.answers) > 1 else 1
    if grown and grown[-1] != wanted:
        return Finding("ATC", f"{seen[-2]} + {wanted}", str(seen[-1]))
    return None


def cryptogram(talk: Talk) -> Finding | None:
    """The cryptogram is the one the issuer's key gives over these values."""
    answer = talk.answers[-1]
    data = answer.get(0x9F10, b"")
    if len(data) < 8:
        return Finding("9F10", "8 bytes or more", data.hex())
    values = _listed(talk)
    aip = talk.objects.get(0x82, b"")
    made = talk.issuer.cryptogram(talk.session("ac"), data[2], values, aip, talk.counters[-1], data[3:7])
    return None if made == answer.get(0x9F26) else Finding("9F26", made.hex(), answer.get(0x9F26, b"").hex())


def _listed(talk: Talk) -> dict[int, bytes]:
    """The values the last CDOL carried; what the card was not sent counts as zeros."""
    values: dict[int, bytes] = {}
    for tag, sent in zip((0x38, 0x8C, 0x8D), talk.sent, strict=False):
        at = 0
        for entry, length in dol.parse(talk.objects.get(0x9F38 if tag == 0x38 else tag, b"")):
            values[entry] = sent[at : at + length]
            at += length
    return values


def challenge(talk: Talk) -> Finding | None:
    """Two challenges differ."""
    return _differ("challenge", talk.challenges)


def unpredictable(talk: Talk) -> Finding | None:
    """Two dynamic signatures over different numbers differ."""
    return _differ("signature", talk.signatures)


def fresh_cryptogram(talk: Talk) -> Finding | None:
    """Two transactions do not give one cryptogram."""
    return _differ("cryptogram", talk.cryptograms)


def _differ(what: str, held: list[bytes]) -> Finding | None:
    return Finding(what, "another one", held[-1].hex()) if held[-1] == held[-2] else None


def not_more(talk: Talk) -> Finding | None:
    """The card answered what it was asked for or less."""
    asked, given = talk.last.p1 & 0xC0, talk.answers[-1].get(0x9F27, b"\xc0")[0] & 0xC0
    order = {0x00: 0, 0x80: 1, 0x40: 2}
    holds = given in order and order[given] <= order.get(asked, -1)
    return None if holds else Finding("CID", f"{asked:02X} or less", f"{given:02X}")


def shape(talk: Talk) -> Finding | None:
    """CID of 1 byte, ATC of 2, cryptogram of 8, issuer data of at most 32."""
    held = talk.answers[-1]
    sizes = [len(held.get(tag, b"")) for tag in (0x9F27, 0x9F36, 0x9F26, 0x9F10)]
    holds = sizes[:3] == [1, 2, 8] and sizes[3] <= 32
    return None if holds else Finding("lengths", "1, 2, 8 and up to 32", str(sizes))


def unsigned(talk: Talk) -> Finding | None:
    """No signature in the answer."""
    return Finding("9F4B", "absent", "there") if 0x9F4B in talk.answers[-1] else None


def read_counter(talk: Talk) -> Finding | None:
    """Remembers the ATC that GET DATA gave."""
    talk.counters.append(int.from_bytes(talk.answer.data[-2:], "big"))
    return None


def read_counter_grown(talk: Talk) -> Finding | None:
    """The ATC is one more than when it was read before."""
    seen = int.from_bytes(talk.answer.data[-2:], "big")
    wanted = talk.counters[-1] + 1
    return None if seen == wanted else Finding("ATC", str(wanted), str(seen))


def repeat(talk: Talk) -> Finding | None:
    """The same command gave the same answer."""
    key = bytes(talk.last).hex()
    before = talk.before.setdefault(key, talk.answer.data)
    return None if before == talk.answer.data else Finding("answer", before.hex(), talk.answer.data.hex())


def keep(talk: Talk) -> Finding | None:
    """Keeps the command just sent, to send it once more."""
    talk.kept = talk.last
    return None


def unchanged(talk: Talk) -> Finding | None:
    """The object read last is not the value the script tried to put there."""
    return Finding("value", "not what the script carried", "FFFF") if talk.answer.data.endswith(b"\xff\xff") else None


def logged(talk: Talk) -> Finding | None:
    """The line of the log holds the amount of this transaction."""
    amount = talk.values[0x9F02]
    return None if amount in talk.answer.data else Finding("log", amount.hex(), talk.answer.data.hex())


def not_logged(talk: Talk) -> Finding | None:
    """The newest line, if there is one, is of another transaction."""
    return Finding("log", "no line", talk.answer.data.hex()) if talk.values[0x9F02] in talk.answer.data else None


@cache
def _trust() -> signatures.Trust:
    """The authorities of base terminal T0, on the day its clock shows."""
    keys = {
        (bytes(held.rid), held.index): (bytes(held.modulus), bytes(held.exponent), held.expiry)
        for held in base_terminal().keys
        if held.algorithm is KeyAlgorithm.RSA
    }
    return signatures.Trust(keys, today=MORNING.date())


def _chain(method: str, mask: int) -> Check:
    """Certificates and signatures by whole numbers, as `reference/signatures.py` reads them from the wire."""

    def check(talk: Talk) -> Finding | None:
        try:
            card = wire.read(talk.wire)
            if method == "chain":
                signatures.card_key(card, _trust())
                return None
            earlier = card.sent(wire.INTERNAL)[:-1]
            later = [turn for turn in card.later if turn not in earlier]
            found = signatures.examine(replace(card, later=later), mask, _trust())
        except (signatures.Wrong, wire.Unreadable) as fault:
            return Finding(f"signature ({method})", "right", str(fault))
        return Finding(f"signature ({method})", "right", found.why) if found.why else None

    return check


CHECKS: Final[dict[str, Check]] = {
    "counter": counter, "cryptogram": cryptogram, "challenge": challenge, "unpredictable": unpredictable,
    "fresh-cryptogram": fresh_cryptogram, "not-more": not_more, "shape": shape, "unsigned": unsigned,
    "read-counter": read_counter, "read-counter-grown": read_counter_grown, "repeat": repeat, "keep": keep,
    "unchanged": unchanged, "logged": logged, "not-logged": not_logged,
    "static": _chain("SDA", 0x80), "dynamic": _chain("DDA", 0x40), "combined": _chain("CDA", 0x08),
    "chain": _chain("chain", 0),
}  # fmt: skip
