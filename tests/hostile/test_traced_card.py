"""Every response of a published trace, changed in every way: the kernel always comes to a proper end."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.kernel import Outcome, Station, Terminal
from jinka.kernel.config import Application, Config, Device, Hex
from jinka.kernel.effects import Authorisation
from jinka.kernel.errors import CardFault

from tests.support import hostile
from tests.support.traces import TraceCard, ca_key, load

TRACE = load("unionpay_ft01_contact_sda_dda")
CONFIG = Config(
    device=Device(country=36, currency=36, capabilities=Hex.fromhex("E0F8C8")),
    applications=(Application(Hex.fromhex("A000000333010102"), floor_limit=5000, version=Hex.fromhex("0020")),),
    keys=(ca_key(TRACE),),
)
TERMINAL = Terminal(CONFIG)
ANY_AC = {0xAE: bytes(255)}


class Host:
    def authorise(self, request):
        return Authorisation("00", bytes.fromhex("1122334455667788"))


class Card(TraceCard):
    """The traced card, whatever the data of GENERATE AC."""

    def _same(self, wanted, command):
        return wanted.header == command.header and (command.ins == 0xAE or wanted.data == command.data)


def run_changed(at: int, change: hostile.Change) -> tuple[hostile.Liar, Outcome | CardFault]:
    liar = hostile.Liar(Card(TRACE), at, change)
    station = Station(
        liar,
        host=Host(),
        clock=lambda: datetime(2015, 3, 16, 16, 1, 36),
        random=lambda size: bytes.fromhex("7863AFC6") if size == 4 else bytes(size),
    )
    return liar, hostile.end(lambda: TERMINAL.purchase(6580), station)


BASE, BASE_OUTCOME = run_changed(-1, lambda response: response)
STEPS = range(len(BASE.seen))


def test_the_unchanged_run_is_approved():
    assert isinstance(BASE_OUTCOME, Outcome)
    assert BASE_OUTCOME.approved


@pytest.mark.parametrize("at", STEPS)
def test_truncated_anywhere(at):
    size = len(BASE.seen[at][1].data)
    for length in range(0, size, 1 if size < 64 else 5):
        _, end = run_changed(at, hostile.truncated(length))
        assert isinstance(end, Outcome | CardFault)


@pytest.mark.parametrize("at", STEPS)
def test_a_bit_flipped_in_every_byte(at):
    for byte in range(len(BASE.seen[at][1].data)):
        _, end = run_changed(at, hostile.flipped(byte, (byte * 5 + at) % 8))
        assert isinstance(end, Outcome | CardFault)


@pytest.mark.parametrize("at", STEPS)
def test_any_kind_of_status_word(at):
    for sw1 in [*range(0x60, 0x70), 0x00, 0x90, 0x91, 0x9F, 0xFF]:
        for sw2 in (0x00, 0x01, 0x10, 0x83, 0x84, 0x85, 0xC0, 0xC3, 0xFF):
            _, end = run_changed(at, hostile.status(sw1 << 8 | sw2))
            assert isinstance(end, Outcome | CardFault)


@pytest.mark.parametrize("at", STEPS)
@pytest.mark.parametrize("size", [1, 100, 256, 65_000])
def test_oversized(at, size):
    for filler in (b"\x00", b"\xff", b"\x9f"):
        _, end = run_changed(at, hostile.extended(filler * size))
        assert isinstance(end, Outcome | CardFault)


@settings(max_examples=400)
@given(st.integers(0, len(STEPS) - 1), st.binary(max_size=300), st.integers(0, 0xFFFF))
def test_anything_at_all(at, data, sw):
    _, end = run_changed(at, hostile.replaced(data, sw))
    assert isinstance(end, Outcome | CardFault)
