"""Every response of the simulated cards changed in every way, with PIN, CDA, scripts and electronic cash under way."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.kernel import Outcome, Session, Terminal
from jinka.kernel.apdu import Response
from jinka.kernel.errors import CardFault
from jinka.kernel.transports.local import LocalCard
from jinka.simulator.issuer import Behaviour, Script
from jinka.simulator.world import SimulatedWorld, simulated_config

from tests.support import hostile

TERMINAL = Terminal(simulated_config())
SCRIPTS = Behaviour(scripts=(Script.parse("71:pin-unblock"), Script.parse("72:pin-unblock")))


@dataclass(frozen=True)
class Dialogue:
    name: str
    personality: str
    start: str
    amount: int
    behaviour: Behaviour | None = None

    def session(self) -> Session[Outcome]:
        return getattr(TERMINAL, self.start)(*([self.amount] if self.amount else []))

    def run(self, at: int, change: hostile.Change) -> tuple[hostile.Liar, Outcome | CardFault]:
        world = SimulatedWorld(self.personality, behaviour=self.behaviour)
        liar = hostile.Liar(LocalCard(world.card), at, change)
        world.slots = dict.fromkeys(world.slots, liar)
        return liar, hostile.end(self.session, world)


DIALOGUES = [
    Dialogue("online with CDA and scripts", "unionpay-debit", "purchase", 150_00, SCRIPTS),
    Dialogue("offline PIN", "unionpay-quasi-credit", "purchase", 150_00),
    Dialogue("enciphered PIN and signature", "unionpay-credit", "purchase", 150_00),
    Dialogue("SDA", "sda-only", "purchase", 150_00),
    Dialogue("several applications", "multi-application", "purchase", 150_00),
    Dialogue("electronic cash", "ecash", "purchase", 30_00),
    Dialogue("load", "ecash", "load", 50_00),
    Dialogue("refund", "unionpay-debit", "refund", 20_00),
    Dialogue("transaction log", "ecash", "transaction_log", 0),
    Dialogue("load log", "ecash", "load_log", 0),
]
BASE = {dialogue: dialogue.run(-1, lambda response: response)[0].seen for dialogue in DIALOGUES}
ALL = pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.name)


def check(dialogue: Dialogue, at: int, change: hostile.Change) -> Outcome | CardFault:
    _, end = dialogue.run(at, change)
    assert isinstance(end, Outcome | CardFault)
    return end


@ALL
def test_truncated_flipped_oversized(dialogue):
    for at, (_, response) in enumerate(BASE[dialogue]):
        size = len(response.data)
        for length in sorted({0, 1, 2, size // 2, max(size - 1, 0)} - {size}):
            check(dialogue, at, hostile.truncated(length))
        for byte in range(0, size, max(size // 6, 1)):
            check(dialogue, at, hostile.flipped(byte, (byte + at) % 8))
        for tail in (b"\0", b"\xff" * 300, b"\x9f" * 40):
            check(dialogue, at, hostile.extended(tail))


@ALL
def test_status_words(dialogue):
    for at in range(len(BASE[dialogue])):
        for sw in (0x6100, 0x61FF, 0x6200, 0x6283, 0x6300, 0x63C0, 0x6700, 0x6982, 0x6983, 0x6984, 0x6985,
                   0x6A81, 0x6A82, 0x6A83, 0x6A88, 0x6C00, 0x6CFF, 0x6F00, 0x9001, 0x0000):  # fmt: skip
            check(dialogue, at, hostile.status(sw))


@settings(max_examples=300)
@given(st.sampled_from(DIALOGUES), st.integers(0, 40), st.binary(max_size=280), st.integers(0, 0xFFFF))
def test_anything_anywhere(dialogue, at, data, sw):
    check(dialogue, at % len(BASE[dialogue]), hostile.replaced(data, sw))


@settings(max_examples=150)
@given(st.sampled_from(DIALOGUES), st.data())
def test_every_answer_made_up(dialogue, data):
    """A card that never makes sense, from the first byte on."""
    world = SimulatedWorld(dialogue.personality)

    class Mad:
        def transmit(self, command):
            sw = data.draw(st.sampled_from([0x9000, 0x9000, 0x9000, 0x6A82, 0x6110, 0x6C05, 0x63C2]))
            return Response(data.draw(st.binary(max_size=60)), sw)

    liar = hostile.Liar(Mad())
    world.slots = dict.fromkeys(world.slots, liar)
    assert isinstance(hostile.end(dialogue.session, world), Outcome | CardFault)


class Loop:
    """A card that keeps the terminal busy."""

    def __init__(self, card: LocalCard, ins: int, answer) -> None:
        self.card, self.ins, self.answer, self.count = card, ins, answer, 0

    def transmit(self, command):
        self.count += 1
        assert self.count < hostile.MOST_COMMANDS
        return self.answer(command) if command.ins in (self.ins, 0xC0) else self.card.transmit(command)


@pytest.mark.parametrize(
    ("ins", "data", "sw"),
    [
        (0xA4, "", 0x6101),
        (0xA4, "6F0F8407A0000000333010A504500243 41", 0x9000),
        (0xB2, "", 0x6C01),
        (0xB2, "700461024F00", 0x9000),
        (0xA8, "8081F67C00" + "08010A00" * 61, 0x9000),
        (0xA8, "800E7C0008 01FF00 10 01FF00 18 01FF00", 0x9000),
        (0x20, "", 0x63C9),
        (0xCA, "9F170109", 0x9000),
    ],
)
@pytest.mark.parametrize("personality", ["unionpay-debit", "unionpay-quasi-credit"])
def test_a_card_that_never_ends(personality, ins, data, sw):
    world = SimulatedWorld(personality)
    loop = Loop(LocalCard(world.card), ins, lambda command: Response(bytes.fromhex(data), sw))
    world.slots = dict.fromkeys(world.slots, loop)
    assert isinstance(hostile.end(lambda: TERMINAL.purchase(150_00), world), Outcome | CardFault)
