"""The T=0 side of a simulated card: every machine gives the terminal the same data, whoever does the 61xx and 6Cxx."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.apdu import Command, Response
from jinka.kernel.card.exchange import exchange
from jinka.kernel.driver import run
from jinka.kernel.session import Session
from jinka.kernel.station import Station
from jinka.kernel.transports.pcsc import wire_form
from jinka.simulator.readers.tpdu import T0Face

from tests.support.cards import ATR_T0, ATR_T1, Echo, pattern


class Fixed(Echo):
    """A card that knows whole APDUs only: its answer does not depend on Le."""

    def __init__(self, response: Response, atr: bytes = ATR_T0) -> None:
        super().__init__(atr)
        self.response = response

    def answer(self, command: Command, /) -> Response:
        """Always the same."""
        self.seen.append(bytes(command))
        return Response(sw=0x6D00) if command.ins == 0xC0 else self.response


class Line:
    """A T=0 wire to a card."""

    def __init__(self, face: T0Face) -> None:
        self.face = face

    def transmit(self, command: Command) -> Response:
        """The command in its T=0 form."""
        return self.face.answer(Command.parse(wire_form(command, 0)))


@given(data=st.binary(max_size=256), sent=st.binary(max_size=255), le=st.integers(1, 256), sw=st.sampled_from([0x9000, 0x6283]))
def test_the_terminal_gets_what_the_machine_said(data: bytes, sent: bytes, le: int, sw: int) -> None:
    card = Fixed(Response(data, sw))
    got = run(Session(lambda: exchange(Command(0x80, 0xAE, 0, 0, sent, le))), Station(Line(T0Face(card))))
    assert got == Response(data, sw)
    carried = [command for command in card.seen if command[1] != 0xC0]
    assert len(carried) == 1, "the card must not carry a command out twice"


def ask(face: T0Face, text: str) -> str:
    return bytes(face.answer(Command.parse(bytes.fromhex(text)))).hex().upper()


class Script:
    """A wire that answers what was written down, command by command."""

    def __init__(self, *answers: str) -> None:
        self.answers = [Response.parse(bytes.fromhex(answer)) for answer in answers]
        self.seen: list[str] = []

    def transmit(self, command: Command) -> Response:
        """The next answer."""
        self.seen.append(bytes(command).hex().upper())
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("answers", "got"),
    [
        (("6283", "6F009000"), "6F006283"),
        (("6283", "6C02", "6F009000"), "6F006283"),
        (("6283", "6F6101", "009000"), "6F006283"),
        (("6310", "6F006310"), "6F006310"),
        (("6283", "6D00"), "6283"),
        (("6F006283",), "6F006283"),
    ],
)
def test_data_behind_a_warning_is_fetched(answers: tuple[str, ...], got: str) -> None:
    line = Script(*answers)
    command = Command(0x00, 0xA4, 0x04, 0x00, bytes(5), 256)
    assert bytes(run(Session(lambda: exchange(command)), Station(line))).hex().upper() == got
    assert line.answers == []
    assert all(seen.startswith("00C00000") for seen in line.seen[1:])


def test_a_warning_without_data_to_fetch_is_left_alone() -> None:
    for command in (Command(0x00, 0x20, 0x00, 0x80, bytes(8)), Command(0x00, 0xB2, 0x01, 0x0C, b"", 256)):
        line = Script("63C2")
        assert run(Session(lambda command=command: exchange(command)), Station(line)).sw == 0x63C2
        assert len(line.seen) == 1


def test_61_and_pieces() -> None:
    face = T0Face(Fixed(Response(pattern(5))))
    assert ask(face, "00A4040001AA") == "6105"
    assert ask(face, "00C0000006") == "6C05"
    assert ask(face, "00C0000002") == "00016103"
    assert ask(face, "00C0000003") == "0203049000"
    assert ask(face, "00C0000003") == "6D00", "fetched once, gone"


def test_6c_and_again() -> None:
    face = T0Face(Fixed(Response(pattern(5))))
    assert ask(face, "00B2010C00") == "6C05"
    assert ask(face, "00B2010C03") == "6C05"
    assert ask(face, "00B2010C05") == "00010203049000"


@pytest.mark.parametrize("between", ["power_on", "reset", "power_off"])
def test_what_is_held_does_not_outlive_a_reset(between: str) -> None:
    face = T0Face(Fixed(Response(pattern(5))))
    assert ask(face, "00A4040001AA") == "6105"
    getattr(face, between)()
    assert ask(face, "00C0000005") == "6D00"


def test_another_command_drops_what_is_held() -> None:
    face = T0Face(Fixed(Response(pattern(5))))
    assert ask(face, "00A4040001AA") == "6105"
    assert ask(face, "00B2010C05") == "00010203049000"
    assert ask(face, "00C0000005") == "6D00"


def test_t1_passes_untouched() -> None:
    face = T0Face(Fixed(Response(pattern(5)), ATR_T1))
    assert ask(face, "00A4040001AA") == "00010203049000"
    assert ask(face, "00B2010C00") == "00010203049000"
