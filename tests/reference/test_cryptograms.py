"""Card and issuer of the simulator against another library path, in real transactions, and that path against vectors."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.conformance.oracles import issuer_keys
from jinka.conformance.reference import wire
from jinka.conformance.reference.cryptograms import (
    SM4,
    TDES,
    Keys,
    application_cryptogram,
    ecb,
    mac,
    pin_change,
    response_cryptogram,
    script_mac,
)
from jinka.conformance.reference.signatures import Trust, examine
from jinka.conformance.stand import base_terminal
from jinka.conformance.subject import Evidence
from jinka.kernel import Terminal, run
from jinka.kernel.config import Hex
from jinka.kernel.crypto import mac as kernel_mac
from jinka.kernel.crypto.derive import card_key, session_key
from jinka.kernel.effects import GoOnline, Unreachable
from jinka.simulator.repl.wish import wish
from jinka.simulator.world import SimulatedWorld

H = bytes.fromhex


def only(algorithm, key):
    return Keys(algorithm, key, key, key)


def test_published_worked_examples():
    """The examples that circulate for PBOC cards: card key, session key, ARQC, and the numbers of GB/T 32907 for SM4."""
    master = only(TDES, H("C4D689158AD9FB9D23105B91CE046D0E"))
    assert master.card("6210220110002707355", 1).ac == H("B8A15DA5F7043C317D9FD8F8DFE2BD75")
    session = only(TDES, H("0D2E3CB0BC1F9E03AED58F663A2F9679")).session(H("000E"))
    assert session.ac == H("C3D3F062E9992B4E923D338D66193526")
    values = {"9F02": H("000000001234"), "9F03": H("000000000034"), "9F1A": H("0156"), "95": H("D86004A800"),
              "5F2A": H("0156"), "9A": H("120516"), "9C": H("01"), "9F37": H("01010101")}  # fmt: skip
    made = application_cryptogram(session, values, H("7C00"), H("000E"), H("07020103A4B90401"))
    assert made == H("F294D7022FA9B058")
    assert response_cryptogram(session, made, b"00") == H("3846EEB4C8D34271")
    key = H("0123456789ABCDEFFEDCBA9876543210")
    assert ecb(SM4, key, key) == H("681EDF34D206965E86B3E94F536E4246")


@settings(max_examples=150)
@given(st.sampled_from([TDES, SM4]), st.binary(min_size=16, max_size=16), st.binary(max_size=70), st.integers(0, 65535),
       st.from_regex("[0-9]{13,19}", fullmatch=True), st.one_of(st.none(), st.integers(0, 99)))  # fmt: skip
def test_keys_and_macs_come_out_alike(algorithm, key, data, atc, pan, sequence):
    theirs = kernel_mac.Algorithm.TDES if algorithm == TDES else kernel_mac.Algorithm.SM4
    assert mac(algorithm, key, data)[:8] == kernel_mac.mac(theirs, key, data)
    assert only(algorithm, key).card(pan, sequence).mac == card_key(theirs, key, pan, sequence)
    assert only(algorithm, key).session(atc.to_bytes(2, "big")).enc == session_key(theirs, key, atc)


def paid(personality, wish_, amount, tac="FFFFFFFFFF"):
    """A real purchase with the simulated card and host; the dialogue and the issuer's answer."""
    config = base_terminal()
    changed = tuple(replace(one, tac_online=Hex.fromhex(tac)) for one in config.applications)
    world, seen = SimulatedWorld(personality, behaviour=wish(wish_)), Evidence()
    world.observer = seen
    run(Terminal(replace(config, applications=changed)).purchase(amount), world)
    dialogue = wire.read((bytes(command), bytes(answer)) for command, answer in seen.exchanges)
    reply = next((answer for effect, answer in seen.effects if isinstance(effect, GoOnline)), None)
    return dialogue, reply


SCRIPTS = "script 71:put=9F56:80,pin-unblock + script 72:pin=654321,put=9F52:0000,unblock"


@settings(max_examples=30)
@given(st.sampled_from(["unionpay-debit", "sm-cryptogram", "cda"]), st.integers(1, 99999),
       st.sampled_from(["approve", "decline 51", "offline", SCRIPTS]))  # fmt: skip
def test_everything_between_card_and_issuer(personality, amount, wished):
    """Cryptograms of both GENERATE ACs, ARPC, script MACs and the enciphered PIN, each computed again from what was sent."""
    card, reply = paid(personality, wished, amount)
    masters = issuer_keys()[SM4 if personality == "sm-cryptogram" else TDES]
    keys = masters.card(card.pan, int(card.objects["5F34"].hex()))
    oda, first = examine_any(card), b""
    values = {}
    for place, (turn, wanted) in enumerate(zip(card.sent(wire.GENERATE), ("8C", "8D"), strict=False), 1):
        values |= wire.listed(card.objects[wanted], turn.data)
        told = dict(parts(turn))
        session = keys.session(told["9F36"])
        made = application_cryptogram(session, values, card.aip, told["9F36"], told["9F10"])
        assert made == told.get("9F26", oda.cryptograms.get(place))
        first = first or made
    session = keys.session(told["9F36"])
    if reply is not None and not isinstance(reply, Unreachable):
        [turn] = card.sent(wire.EXTERNAL)
        assert turn.data == response_cryptogram(session, first, reply.arc.encode()) + reply.arc.encode()
    written = [turn for turn in card.later if turn.raw[0] & 0x0C]
    assert [turn.raw[-4:] for turn in written] == [
        script_mac(session, turn.raw, told["9F36"], first) for turn in written
    ]
    assert len(written) == (5 if wished == SCRIPTS else 0)
    for turn in written:
        assert turn.sw == 0x9000, turn.raw.hex()
        if turn.ins == 0x24 and turn.raw[3] == 2:
            assert turn.data[:-4] == pin_change(session, keys, "654321")


def parts(turn):
    plain = wire.pick(turn.answer, "80")
    if plain is not None:
        return [("9F27", plain[:1]), ("9F36", plain[1:3]), ("9F26", plain[3:11]), ("9F10", plain[11:])]
    return [(item.tag, item.value) for item in wire.items(wire.pick(turn.answer, "77"))]


def examine_any(card):
    """Offline data authentication with the simulator's CA keys."""
    keys = {(bytes(key.rid), key.index): (bytes(key.modulus), bytes(key.exponent), None) for key in base_terminal().keys}
    return examine(card, 0xC8, Trust(keys, today=date(2026, 6, 1)))
