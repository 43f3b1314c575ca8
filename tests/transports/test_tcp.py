"""A card behind a TCP port: our client and our server, and peers that do not behave."""

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.kernel.apdu import Command, Response
from jinka.kernel.errors import CardRemoved, LinkTimeout, MalformedData, MisuseError, ReaderError
from jinka.kernel.transports.framing import GET_ATR, Wire
from jinka.kernel.transports.tcp import TcpCard
from jinka.simulator.readers.server import CardServer

from tests.support.cards import ATR_BAD_TCK, ATR_T0, ATR_T1, Echo, Raw, pattern

SOON = 5.0  # seconds


@contextmanager
def open_card(server: CardServer, **limits: float) -> Iterator[TcpCard]:
    with TcpCard(server.host, server.port, **limits) as card:
        yield card


def test_commands_of_all_cases() -> None:
    echo = Echo(ATR_T1)
    with CardServer(echo) as server, open_card(server) as card:
        assert card.atr.raw == ATR_T1
        for command in (
            Command(0x00, 0x01),
            Command(0x00, 0xB0, le=256),
            Command(0x00, 0xB0, data=pattern(255)),
            Command(0x00, 0xB0, data=b"x", le=256),
        ):
            answer = card.transmit(command)
            assert answer == Response(b"" if command.ins == 1 else command.data or pattern(256))
            assert 0 < answer.elapsed < SOON
            assert server.log.lines[-1] == (command, answer)
    assert echo.down.is_set()


def test_reset_is_warm() -> None:
    echo = Echo(ATR_T0, warm_atr=ATR_T1)
    with CardServer(echo) as server, open_card(server) as card:
        assert card.reset().raw == ATR_T1
        assert (echo.power_ups, echo.warm_resets) == (1, 1)


def test_the_card_outlives_its_clients() -> None:
    echo = Echo()
    with CardServer(echo) as server:
        for turn in range(1, 4):
            with open_card(server) as card:
                card.transmit(Command(0x00, 0x01))
            assert server.log.wait(turn, SOON)
        assert echo.power_ups == 3


def _pay_for_ever(port: int) -> None:
    with TcpCard("127.0.0.1", port) as card:
        while True:
            card.transmit(Command(0x00, 0xB0, le=4))


def test_the_card_outlives_a_killed_process() -> None:
    echo = Echo()
    with CardServer(echo) as server:
        payer = multiprocessing.get_context("spawn").Process(target=_pay_for_ever, args=(server.port,), daemon=True)
        payer.start()
        assert server.log.wait(5, 30.0)
        assert payer.pid is not None
        os.kill(payer.pid, signal.SIGKILL)
        payer.join(SOON)
        with open_card(server) as card:
            assert echo.power_ups == 2
            assert card.transmit(Command(0x00, 0xB0, le=2)) == Response(pattern(2))


def test_removal_in_a_command_and_return() -> None:
    with CardServer(Echo()) as server:
        with open_card(server) as card:
            with pytest.raises(CardRemoved):
                card.transmit(Command(0x00, 0x0B))
            with pytest.raises(CardRemoved):
                card.transmit(Command(0x00, 0x01))
        with open_card(server) as card:
            assert card.transmit(Command(0x00, 0x01)).sw == 0x9000


def test_withdrawn_and_inserted() -> None:
    with CardServer(Echo()) as server, open_card(server) as card:
        server.withdraw()
        with pytest.raises(CardRemoved):
            card.transmit(Command(0x00, 0x01))
        with pytest.raises(CardRemoved, match="no card"):
            TcpCard(server.host, server.port)
        server.insert()
        with open_card(server) as again:
            assert again.transmit(Command(0x00, 0x01)).sw == 0x9000


def test_a_silent_card_costs_a_time_out() -> None:
    echo = Echo()
    with CardServer(echo) as server:
        with open_card(server, apdu_timeout=0.1) as card:
            with pytest.raises(LinkTimeout):
                card.transmit(Command(0x00, 0x0A))
            with pytest.raises(CardRemoved, match="given up"):
                card.transmit(Command(0x00, 0x01))
        echo.release()
        with open_card(server) as card:
            assert card.transmit(Command(0x00, 0xB0, le=1)) == Response(pattern(1)), "the late answer went nowhere"


@pytest.mark.parametrize("answer", [b"", b"\x90", bytes(259), bytes(65535)])
def test_answers_no_card_may_give(answer: bytes) -> None:
    with CardServer(Raw(answer)) as server, open_card(server) as card:
        with pytest.raises(ReaderError):
            card.transmit(Command(0x00, 0xB0, le=1))
        with pytest.raises(CardRemoved):
            card.transmit(Command(0x00, 0xB0, le=1))


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(ReaderError):
        TcpCard("127.0.0.1", port)


def test_a_listener_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(LinkTimeout):
        TcpCard("127.0.0.1", mute.getsockname()[1], power_timeout=0.1)


def test_a_bad_atr() -> None:
    with CardServer(Echo(ATR_BAD_TCK)) as server, pytest.raises(MalformedData):
        TcpCard(server.host, server.port)


def test_a_bug_in_the_card_surfaces() -> None:
    server = CardServer(Echo())
    server.start()
    with TcpCard(server.host, server.port) as card, pytest.raises(CardRemoved):
        card.transmit(Command(0x00, 0x0C))
    with pytest.raises(ZeroDivisionError):
        server.close()


@pytest.mark.parametrize("apdu", ["00A4", "00A40400", "00A4040000000001FF", "00A404000500", "00A40400000102", "00" * 70000])
def test_apdus_that_are_none(apdu: str) -> None:
    raw = bytes.fromhex(apdu)[:65535]
    with CardServer(Echo(ATR_T1)) as server, socket.create_connection((server.host, server.port)) as plain:
        wire = Wire(plain)
        wire.send(raw)
        assert wire.receive(SOON) == (b"\x90\x00" if len(raw) == 4 else b"\x67\x00")
        wire.send(GET_ATR)
        assert wire.receive(SOON) == ATR_T1
        wire.close()


# --- the frame --------------------------------------------------------------------------------------------------


@contextmanager
def wires() -> Iterator[tuple[Wire, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        with near, far:
            yield Wire(near), far


@settings(max_examples=50)
@given(payloads=st.lists(st.binary(max_size=600), max_size=5), cut=st.integers(1, 7))
def test_frames_survive_any_cutting(payloads: list[bytes], cut: int) -> None:
    stream = b"".join(len(payload).to_bytes(2, "big") + payload for payload in payloads)
    with wires() as (near, far):
        for at in range(0, len(stream), cut):
            far.sendall(stream[at : at + cut])
        far.shutdown(socket.SHUT_WR)
        assert [near.receive(SOON) for _ in payloads] == payloads
        with pytest.raises(EOFError):
            near.receive(SOON)


def test_a_slow_dripping_frame_does_not_outlast_its_time() -> None:
    stop = threading.Event()
    with wires() as (near, far):
        def drip() -> None:
            far.sendall(b"\xff\xff")
            while not stop.wait(0.01):
                far.sendall(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            with pytest.raises(TimeoutError):
                near.receive(0.1)
        finally:
            stop.set()
            dripping.join()


def test_a_frame_has_a_limit() -> None:
    with wires() as (near, _), pytest.raises(MisuseError):
        near.send(bytes(65536))
