"""A card's life in a PC/SC reader: insertion, resets, removal, silence, and a service that dies. Real pcscd and vpcd."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from jinka.kernel.apdu import Command, Response
from jinka.kernel.errors import CardRemoved, LinkTimeout, MalformedData, ReaderError
from jinka.kernel.transports.pcsc import PcscReader
from jinka.simulator.readers.vpcd import VpcdClient

from tests.support.cards import ATR_BAD_TCK, ATR_BOTH, ATR_T0, ATR_T1, Echo, Raw, pattern
from tests.support.pcscd import Pcscd

pytestmark = pytest.mark.peer

SOON = 5.0  # seconds: far more than any event here takes, far less than a hang


@pytest.fixture
def reader(pcscd: Pcscd) -> PcscReader:
    """Slot 0, empty."""
    reader = PcscReader(pcscd.readers[0], apdu_timeout=SOON)
    reader.wait_for_removal(SOON)
    return reader


@contextmanager
def inserted(card: Echo | Raw, reader: PcscReader, pcscd: Pcscd, slot: int = 0) -> Iterator[VpcdClient]:
    """A card in a slot, seen by the reader."""
    with VpcdClient(card, port=pcscd.ports[slot]) as client:
        reader.wait_for_card(SOON)
        yield client


# --- readers and events -----------------------------------------------------------------------------------------


def test_readers_are_found_by_name_or_part_of_it(pcscd: Pcscd) -> None:
    assert PcscReader.names() == list(pcscd.readers)
    assert PcscReader().name == pcscd.readers[0]
    assert PcscReader(pcscd.readers[1]).name == pcscd.readers[1]
    assert PcscReader("00 01").name == pcscd.readers[1]
    for wanted in ("Jinka", "no such"):
        with pytest.raises(ReaderError, match="readers match"):
            _ = PcscReader(wanted).name


def test_an_empty_slot(reader: PcscReader) -> None:
    assert not reader.present()
    with pytest.raises(CardRemoved):
        reader.open()
    with pytest.raises(LinkTimeout):
        reader.wait_for_card(0.05)


def test_insertion_and_removal_wake_who_waits(reader: PcscReader, pcscd: Pcscd) -> None:
    seen: list[bytes] = []
    waiting = threading.Thread(target=lambda: seen.append(reader.wait_for_card(SOON)))
    waiting.start()
    with VpcdClient(Echo(), port=pcscd.ports[0]) as client:
        waiting.join(SOON)
        assert seen == [ATR_T0]
        assert reader.present()
        with pytest.raises(LinkTimeout):
            reader.wait_for_removal(0.05)
        client.withdraw()
        reader.wait_for_removal(SOON)
    assert not reader.present()


def test_the_keyboard_ends_a_wait(reader: PcscReader) -> None:
    me = threading.get_ident()
    poke = threading.Timer(0.05, signal.pthread_kill, (me, signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to it
    try:
        poke.start()
        with pytest.raises(KeyboardInterrupt):
            reader.wait_for_card()
        poke.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert reader.names()


# --- resets -----------------------------------------------------------------------------------------------------


def test_a_session_powers_up_and_down(reader: PcscReader, pcscd: Pcscd) -> None:
    card = Echo(ATR_BOTH)
    with inserted(card, reader, pcscd) as client:
        with reader.session() as session:
            assert session.protocol == 0, "EMV takes the first protocol offered; PC/SC by itself would take T=1"
            session.transmit(Command(0x00, 0x01))
            ups = card.power_ups
            assert session.reset().raw == ATR_BOTH
            assert (card.warm_resets, card.power_ups) == (1, ups)
            session.reset(cold=True)
            assert (card.warm_resets, card.power_ups) == (1, ups + 1)
            assert session.protocol == 0
            session.transmit(Command(0x00, 0x01))
        assert card.down.wait(SOON)
        with pytest.raises(CardRemoved, match="closed"):
            session.transmit(Command(0x00, 0x01))
        assert len(client.log.lines) == 2


def test_a_warm_reset_may_change_the_protocol(reader: PcscReader, pcscd: Pcscd) -> None:
    with inserted(Echo(ATR_T0, warm_atr=ATR_T1), reader, pcscd), reader.session() as session:
        assert session.protocol == 0
        assert session.reset().raw == ATR_T1
        assert session.protocol == 1
        assert session.transmit(Command(0x00, 0xA4, 4, 0, b"x", 256)) == Response(b"x")
        assert session.reset(cold=True).raw == ATR_T0
        assert session.protocol == 0


@pytest.mark.parametrize(("cold", "emv"), [(ATR_BAD_TCK, False), (ATR_BOTH, True)], ids=["bad TCK", "not EMV"])
def test_a_bad_atr_has_one_more_chance(reader: PcscReader, pcscd: Pcscd, cold: bytes, emv: bool) -> None:
    reader.emv = emv
    card = Echo(cold, warm_atr=ATR_T1)
    with inserted(card, reader, pcscd), reader.session() as session:
        assert session.atr.raw == ATR_T1
        assert session.protocol == 1
        assert card.warm_resets == 1


def test_an_atr_that_stays_bad_is_the_cards_fault(reader: PcscReader, pcscd: Pcscd) -> None:
    card = Echo(ATR_BAD_TCK)
    with inserted(card, reader, pcscd):
        with pytest.raises(MalformedData, match="TCK"):
            reader.open()
        assert card.warm_resets == 1
        assert card.down.wait(SOON)


# --- trouble ----------------------------------------------------------------------------------------------------


def test_removal_in_the_middle_of_a_command(reader: PcscReader, pcscd: Pcscd) -> None:
    with inserted(Echo(), reader, pcscd) as client, reader.session() as session:
        with pytest.raises(CardRemoved):
            session.transmit(Command(0x00, 0x0B))
        assert client.wait_out(SOON)
        with pytest.raises(CardRemoved):  # before the reader's next poll
            session.transmit(Command(0x00, 0x01))
        reader.wait_for_removal(SOON)
        with pytest.raises(CardRemoved):  # and after it
            session.transmit(Command(0x00, 0x01))
        with pytest.raises(CardRemoved):
            session.reset()


def test_removal_between_two_commands(reader: PcscReader, pcscd: Pcscd) -> None:
    with inserted(Echo(), reader, pcscd) as client, reader.session() as session:
        session.transmit(Command(0x00, 0x01))
        client.withdraw()
        reader.wait_for_removal(SOON)
        with pytest.raises(CardRemoved):
            session.transmit(Command(0x00, 0x01))


def test_removal_while_the_card_is_thinking(reader: PcscReader, pcscd: Pcscd) -> None:
    card = Echo()
    with inserted(card, reader, pcscd) as client, reader.session() as session:
        def pull() -> None:
            card.silent.wait(SOON)
            client.withdraw()

        puller = threading.Thread(target=pull)
        puller.start()
        with pytest.raises(CardRemoved):
            session.transmit(Command(0x00, 0x0A))
        card.release()
        puller.join(SOON)


def test_a_silent_card_costs_a_time_out_and_nothing_more(reader: PcscReader, pcscd: Pcscd) -> None:
    card = Echo()
    reader.apdu_timeout = 0.2
    with inserted(card, reader, pcscd) as client:
        start = time.monotonic()
        with reader.session() as session:
            with pytest.raises(LinkTimeout):
                session.transmit(Command(0x00, 0x0A))
            with pytest.raises(CardRemoved, match="given up"):
                session.transmit(Command(0x00, 0x01))
        assert time.monotonic() - start < 2.0, "closing must not wait for the card either"
        with VpcdClient(Echo(ATR_T1), port=pcscd.ports[1]), PcscReader(pcscd.readers[1]).session(SOON) as other:
            assert other.transmit(Command(0x00, 0xB0, le=3)) == Response(pattern(3)), "the other slot is not held up"
        card.release()
        client.withdraw()
    reader.wait_for_removal(SOON)
    with inserted(Echo(ATR_T1), reader, pcscd), reader.session() as session:
        assert session.transmit(Command(0x00, 0xB0, le=3)) == Response(pattern(3))


@pytest.mark.parametrize(
    ("answer", "fault"), [(b"", LinkTimeout), (b"\x90", ReaderError), (bytes(259), ReaderError), (bytes(65535), ReaderError)]
)
def test_answers_no_card_may_give(reader: PcscReader, pcscd: Pcscd, answer: bytes, fault: type[Exception]) -> None:
    """vpcd itself waits for more when the answer is empty, so that is a silence."""
    reader.apdu_timeout = 0.5
    with inserted(Raw(answer), reader, pcscd), reader.session() as session:
        with pytest.raises(fault):
            session.transmit(Command(0x00, 0xB0, le=1))


def test_a_bug_in_the_card_withdraws_it_and_surfaces(reader: PcscReader, pcscd: Pcscd) -> None:
    client = VpcdClient(Echo(), port=pcscd.ports[0])
    client.insert()
    with reader.session(SOON) as session, pytest.raises(CardRemoved):
        session.transmit(Command(0x00, 0x0C))
    with pytest.raises(ZeroDivisionError):
        client.withdraw()


def test_the_service_dies_and_comes_back(reader: PcscReader, pcscd: Pcscd) -> None:
    card = Echo()
    with inserted(card, reader, pcscd) as client, reader.session() as session:
        def kill() -> None:
            card.silent.wait(SOON)
            pcscd.stop(signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            with pytest.raises(ReaderError):
                session.transmit(Command(0x00, 0x0A))
            killer.join(SOON)
            with pytest.raises(ReaderError):
                session.transmit(Command(0x00, 0x01))
            with pytest.raises(ReaderError):
                PcscReader.names()
        finally:
            card.release()
            killer.join(SOON)
            pcscd.restart()
        assert client.wait_out(SOON)
        assert PcscReader.names() == list(pcscd.readers)
