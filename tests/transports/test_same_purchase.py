"""One purchase over every wire: the simulated card in this process, behind TCP, and behind vpcd in T=0 and T=1."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from jinka.kernel.apdu import Command, Response
from jinka.kernel.driver import run
from jinka.kernel.effects import Slot
from jinka.kernel.outcome import Outcome, Verdict
from jinka.kernel.station import CardSlot
from jinka.kernel.terminal import Terminal
from jinka.kernel.transports.local import LocalCard
from jinka.kernel.transports.pcsc import PcscReader
from jinka.kernel.transports.tcp import TcpCard
from jinka.simulator.card import Card
from jinka.simulator.personality import Personality, load_personality
from jinka.simulator.readers.server import CardServer
from jinka.simulator.readers.vpcd import VpcdClient
from jinka.simulator.world import SimulatedWorld, simulated_config

from tests.support.cards import ATR_T0, ATR_T1
from tests.support.pcscd import Pcscd

SOON = 5.0  # seconds


class Recorded(Card):
    """A card that keeps what it was asked and what it answered, whatever wire lies in between."""

    def __init__(self, personality: Personality, *, seed: int = 0) -> None:
        super().__init__(personality, seed=seed)
        self.log: list[tuple[str, str]] = []

    def answer(self, command: Command) -> Response:
        response = super().answer(command)
        # A T=0 card never sees Le: header, data and the response are what it can tell.
        self.log.append((command.header.hex() + command.data.hex(), bytes(response).hex()))
        return response


def pay(
    personality: Personality, wire: Callable[[Card], CardSlot] | None = None
) -> tuple[Outcome, list[tuple[str, str]]]:
    """A purchase of 12.50, the card on the given wire; the outcome and what the card saw and said."""
    world = SimulatedWorld(personality)
    card = Recorded(personality, seed=world.seed)
    world.slots[Slot.CARD] = LocalCard(card) if wire is None else wire(card)
    outcome = run(Terminal(simulated_config()).purchase(1250), world)
    assert outcome.verdict is Verdict.APPROVED
    assert len(card.log) > 12
    return outcome, card.log


def a_card(atr: bytes, t0: bool) -> Personality:
    """The base card with another protocol."""
    return load_personality("unionpay-debit").changed({"atr": atr.hex(), "t0": t0})


def test_over_tcp() -> None:
    personality = a_card(ATR_T1, False)
    with ExitStack() as stack:
        def wire(card: Card) -> CardSlot:
            server = stack.enter_context(CardServer(card))
            return stack.enter_context(TcpCard(server.host, server.port))

        assert pay(personality, wire) == pay(personality)


@pytest.mark.peer
@pytest.mark.parametrize(
    ("atr", "t0"), [(ATR_T0, False), (ATR_T0, True), (ATR_T1, False)], ids=["T=0 by the reader", "T=0 by the card", "T=1"]
)
def test_over_pcsc(pcscd: Pcscd, atr: bytes, t0: bool) -> None:
    personality = a_card(atr, t0)
    reader = PcscReader(pcscd.readers[0], emv=True)
    reader.wait_for_removal(SOON)
    with ExitStack() as stack:
        clients = []

        def wire(card: Card) -> CardSlot:
            clients.append(stack.enter_context(VpcdClient(card, port=pcscd.ports[0])))
            return stack.enter_context(reader.session(SOON))

        outcome, log = pay(personality, wire)
        expected, in_process = pay(personality if t0 else a_card(ATR_T1, False))
        assert outcome == expected
        assert [pair for pair in log if t0 or pair[0][:4] != "00c0"] == in_process
        lengths = [len(bytes(response)) for _, response in clients[0].log.lines]
        assert (2 in lengths[:1]) == (atr == ATR_T0), "SELECT is answered 61xx in T=0 and at once in T=1"
