"""Commands and answers through a PC/SC reader, in T=0 and T=1 at once. Real pcscd and vpcd."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinka.kernel.apdu import Command, Response
from jinka.kernel.card.exchange import exchange
from jinka.kernel.driver import run
from jinka.kernel.effects import Slot, Transmit
from jinka.kernel.errors import CardRemoved, ReaderError
from jinka.kernel.session import Session
from jinka.kernel.station import Station
from jinka.kernel.transports.pcsc import PcscCard, PcscReader
from jinka.simulator.readers.vpcd import VpcdClient

from tests.support.cards import ATR_T0, ATR_T1, Echo, pattern
from tests.support.pcscd import Pcscd

pytestmark = pytest.mark.peer

SOON = 5.0  # seconds: far more than any event here takes, far less than a hang


class Pair(NamedTuple):
    """A T=0 card in slot 0 and a T=1 card in slot 1, powered; each with the client that plays it."""

    card: PcscCard
    in_zero: VpcdClient
    sam: PcscCard
    in_one: VpcdClient


@pytest.fixture(scope="module")
def pair(pcscd: Pcscd) -> Iterator[Pair]:
    """For tests that leave both cards as they are."""
    zero, one = VpcdClient(Echo(ATR_T0), port=pcscd.ports[0]), VpcdClient(Echo(ATR_T1), port=pcscd.ports[1])
    with (
        zero,
        one,
        PcscReader(pcscd.readers[0]).session(SOON) as card,
        PcscReader(pcscd.readers[1]).session(SOON) as sam,
    ):
        yield Pair(card, zero, sam, one)


def test_protocol_follows_the_atr(pair: Pair) -> None:
    assert (pair.card.protocol, pair.sam.protocol) == (0, 1)
    assert (pair.card.atr.raw, pair.sam.atr.raw) == (ATR_T0, ATR_T1)


@pytest.mark.parametrize(
    ("command", "in_t0"),
    [
        (Command(0x00, 0x01, 1, 2), ["0001010200"]),
        (Command(0x00, 0xB0, 0, 0, le=1), ["00B0000001"]),
        (Command(0x00, 0xB0, 0, 0, le=256), ["00B0000000"]),
        (Command(0x80, 0x01, 0, 0, data=b"\x12"), ["800100000112"]),
        (Command(0x80, 0xAE, 0, 0, pattern(255), 256), ["80AE0000FF" + pattern(255).hex().upper(), "00C00000FF"]),
        (Command(0x00, 0xA4, 4, 0, b"ab", 256), ["00A40400026162", "00C0000002"]),
    ],
)
def test_each_case_goes_in_the_form_of_its_protocol(pair: Pair, command: Command, in_t0: list[str]) -> None:
    card, in_zero, sam, in_one = pair
    expected = Response(b"" if command.ins == 0x01 else command.data or pattern(command.le or 0))
    answer = sam.transmit(command)
    assert answer == expected
    assert 0 < answer.elapsed < SOON
    assert in_one.log.lines[-1] == (command, expected)
    before = len(in_zero.log.lines)
    assert run(Session(lambda: exchange(command)), Station(card)) == expected
    assert [bytes(sent).hex().upper() for sent, _ in in_zero.log.lines[before:]] == in_t0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=255), le=st.none() | st.integers(1, 256))
def test_every_size_arrives_whole(pair: Pair, data: bytes, le: int | None) -> None:
    command = Command(0x00, 0xB0, 0, 0, data, le)
    expected = Response(data or pattern(le or 0))
    assert pair.sam.transmit(command) == expected
    if data and le is not None:
        assert run(Session(lambda: exchange(command)), Station(pair.card)) == expected


@pytest.mark.parametrize("sw", [0x6110, 0x6C05, 0x6A82, 0x63C1])
def test_status_words_come_back_raw(pair: Pair, sw: int) -> None:
    for card in (pair.card, pair.sam):
        assert card.transmit(Command(0x00, 0x02, sw >> 8, sw & 0xFF)).sw == sw


def test_a_station_has_a_card_and_a_sam(pair: Pair) -> None:
    station = Station(pair.card, sams={Slot.SAM1: pair.sam})
    station.answer(Transmit(Command(0x00, 0xB0, 0, 0, b"user"), Slot.CARD))
    station.answer(Transmit(Command(0x00, 0xB0, 0, 0, b"sam"), Slot.SAM1))
    assert pair.in_zero.log.lines[-1][0].data == b"user"
    assert pair.in_one.log.lines[-1][0].data == b"sam"
    with pytest.raises(CardRemoved):
        station.answer(Transmit(Command(0x00, 0xB0), Slot.SAM2))


def test_a_command_takes_well_under_a_delayed_acknowledgement(pair: Pair) -> None:
    times = sorted(pair.sam.transmit(Command(0x00, 0x01)).elapsed for _ in range(50))
    assert times[25] < 0.020, "the 40 ms of a delayed TCP acknowledgement are back"


def test_a_card_in_use_is_not_shared(pair: Pair, pcscd: Pcscd) -> None:
    with pytest.raises(ReaderError, match="8010000B"):
        PcscReader(pcscd.readers[0]).open()
    assert pair.card.transmit(Command(0x00, 0x02, 0x90, 0x00)).sw == 0x9000
