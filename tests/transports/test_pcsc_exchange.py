"""Commands and answers through a PC/SC reader, in T=0 and T=1 at once. Real pcscd and vpcd."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jinka.kernel.apdu import Command, Response
from jinka.kernel.effects import Slot, Transmit
from jinka.kernel.errors import CardRemoved, ReaderError
from jinka.kernel.station import Station
from jinka.kernel.transports.pcsc import PcscCard, PcscReader
from jinka.simulator.readers.vpcd import VpcdClient
from tests.support.cards import ATR_T0, ATR_T1, Echo, pattern
from tests.support.pcscd import Pcscd

pytestmark = pytest.mark.peer

SOON = 5.0  # seconds: far more than any event here takes, far less than a hang


@pytest.fixture(scope="module")
def pair(pcscd: Pcscd) -> Iterator[tuple[PcscCard, Echo, PcscCard, Echo]]:
    """A T=0 card in slot 0 and a T=1 card in slot 1, powered, for tests that leave them as they are."""
    zero, one = Echo(ATR_T0), Echo(ATR_T1)
    with VpcdClient(zero, port=pcscd.ports[0]), VpcdClient(one, port=pcscd.ports[1]):
        with (
            PcscReader(pcscd.readers[0]).session(SOON) as card,
            PcscReader(pcscd.readers[1]).session(SOON) as sam,
        ):
            yield card, zero, sam, one


def test_protocol_follows_the_atr(pair: tuple[PcscCard, Echo, PcscCard, Echo]) -> None:
    card, _, sam, _ = pair
    assert (card.protocol, sam.protocol) == (0, 1)
    assert (card.atr.raw, sam.atr.raw) == (ATR_T0, ATR_T1)


@pytest.mark.parametrize(
    ("command", "in_t0"),
    [
        (Command(0x00, 0x01, 1, 2), "0001010200"),
        (Command(0x00, 0xB0, 0, 0, le=1), "00B0000001"),
        (Command(0x00, 0xB0, 0, 0, le=256), "00B0000000"),
        (Command(0x80, 0x20, 0, 0, data=b"\x12"), "802000000112"),
        (Command(0x80, 0xAE, 0, 0, data=pattern(255)), "80AE0000FF" + pattern(255).hex().upper()),
        (Command(0x00, 0xA4, 4, 0, data=b"ab", le=256), "00A40400026162"),
    ],
)
def test_each_case_goes_in_the_form_of_its_protocol(
    pair: tuple[PcscCard, Echo, PcscCard, Echo], command: Command, in_t0: str
) -> None:
    card, zero, sam, one = pair
    expected = Response(command.data or pattern(command.le or 0))
    answer = sam.transmit(command)
    assert answer == expected
    assert one.seen[-1] == bytes(command)
    assert 0 < answer.elapsed < SOON
    answer = card.transmit(command)
    assert zero.seen[-1].hex().upper() == in_t0
    if command.ins != 0x01:
        assert answer == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=255), le=st.none() | st.integers(1, 256))
def test_every_size_arrives_whole(pair: tuple[PcscCard, Echo, PcscCard, Echo], data: bytes, le: int | None) -> None:
    _, _, sam, one = pair
    command = Command(0x00, 0xB0, 0, 0, data, le)
    assert sam.transmit(command) == Response(data or pattern(le or 0))
    assert one.seen[-1] == bytes(command)


@pytest.mark.parametrize("sw", [0x6110, 0x6C05, 0x6A82, 0x63C1])
def test_status_words_come_back_raw(pair: tuple[PcscCard, Echo, PcscCard, Echo], sw: int) -> None:
    for card in (pair[0], pair[2]):
        assert card.transmit(Command(0x00, 0x02, sw >> 8, sw & 0xFF)).sw == sw


def test_a_station_has_a_card_and_a_sam(pair: tuple[PcscCard, Echo, PcscCard, Echo]) -> None:
    card, zero, sam, one = pair
    station = Station(card, sams={Slot.SAM1: sam})
    station.answer(Transmit(Command(0x00, 0xB0, 0, 0, b"user"), Slot.CARD))
    station.answer(Transmit(Command(0x00, 0xB0, 0, 0, b"sam"), Slot.SAM1))
    assert zero.seen[-1].endswith(b"user")
    assert one.seen[-1].endswith(b"sam")
    with pytest.raises(CardRemoved):
        station.answer(Transmit(Command(0x00, 0xB0), Slot.SAM2))


def test_a_command_takes_well_under_a_delayed_acknowledgement(pair: tuple[PcscCard, Echo, PcscCard, Echo]) -> None:
    times = sorted(pair[2].transmit(Command(0x00, 0x01)).elapsed for _ in range(50))
    assert times[25] < 0.020, "the 40 ms of a delayed TCP acknowledgement are back"


def test_a_card_in_use_is_not_shared(pair: tuple[PcscCard, Echo, PcscCard, Echo], pcscd: Pcscd) -> None:
    with pytest.raises(ReaderError, match="8010000B"):
        PcscReader(pcscd.readers[0]).open()
    assert pair[0].transmit(Command(0x00, 0x02, 0x90, 0x00)).sw == 0x9000
