"""What holds whatever is sent: no crash, exact snapshots, money and counters that only go the way they may."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from jinka.kernel.apdu import Command
from jinka.kernel.crypto.cryptogram import pin_block
from jinka.kernel.data import pboc, tags
from jinka.kernel.errors import CardRemoved, LinkTimeout
from jinka.simulator.card import Card
from jinka.simulator.personality import load_personality, names

from tests.simulator.reader import AAC, ARQC, DEBIT, TC, Reader

INS = [0xA4, 0xA8, 0xB2, 0xCA, 0x20, 0x84, 0x88, 0x82, 0xAE, 0x1E, 0x18, 0x16, 0x24, 0xDA, 0xDC, 0xC0]
wild = st.builds(
    Command, st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.integers(0, 255),
    st.binary(max_size=255), st.none() | st.integers(1, 256),
)  # fmt: skip
likely = st.builds(
    Command, st.sampled_from([0x00, 0x80, 0x84, 0x04]), st.sampled_from(INS), st.sampled_from([0, 1, 4, 0x40, 0x80, 0x9F]),
    st.sampled_from([0, 0x80, 0x88, 0x0C, 0x14, 0x5C, 0x79]),
    st.sampled_from([b"", DEBIT, b"\x83\x00", b"\x83\x09" + bytes(9), bytes(52), bytes(34), bytes(10), bytes(128)])
    | st.binary(max_size=60),
    st.none() | st.just(256),
)  # fmt: skip


@given(name=st.sampled_from(names()), t0=st.booleans(), commands=st.lists(wild | likely, max_size=25))
@settings(max_examples=150)
def test_no_bytes_break_a_card(name: str, t0: bool, commands: list[Command]) -> None:
    card = Card(load_personality(name).changed({"t0": t0}))
    for command in commands:
        try:
            response = card.answer(command)
        except LinkTimeout:
            assert name == "mute-at-cryptogram"
            continue
        assert 0x6000 <= response.sw <= 0x9FFF
        assert len(response.data) <= 256


@given(
    before=st.lists(likely, max_size=12), after=st.lists(likely | wild, max_size=12), seed=st.integers(0, 3)
)
@settings(max_examples=60)
def test_a_snapshot_is_the_whole_card(before: list[Command], after: list[Command], seed: int) -> None:
    reader = Reader.of("ecash", seed=seed)
    reader.start()
    card = reader.card
    for command in before:
        card.answer(command)
    state = card.snapshot()
    kept = repr(state)
    first = [card.answer(command) for command in after]
    end = card.snapshot()
    assert repr(state) == kept
    card.restore(state)
    assert card.snapshot() == state
    assert [card.answer(command) for command in after] == first
    assert card.snapshot() == end
    twin = Card(card.personality, seed=seed)
    twin.restore(state)
    assert [twin.answer(command) for command in after] == first


class Life(RuleBasedStateMachine):
    """A card in daily use, with loads, PIN entries and a power that may go at any command."""

    @initialize(limit=st.sampled_from(["000000100000", "000000002000"]))
    def issue(self, limit: str) -> None:
        self.reader = Reader.of(load_personality("ecash").changed({"9F77": limit, "9F79": "000000002000"}))
        self.most = int(limit)
        self.loaded, self.spent = 20_00, 0
        self.atc, self.tries, self.blocks = 9, 3, 0
        self.torn = False

    @property
    def memory(self) -> Any:
        return self.reader.card.memory()

    def ready(self) -> None:
        self.reader.known = {}
        if not self.reader.card.snapshot().contact.powered:
            self.reader.card.power_on()
        self.reader.start()

    @rule(amount=st.integers(0, 30_00), kind=st.sampled_from([TC, ARQC, AAC]))
    def pay(self, amount: int, kind: int) -> None:
        self.reader.set(amount=amount)
        self.ready()
        cash = pboc.CASH_AUTHORISATION_CODE in self.reader.known
        self.reader.generate(kind)
        if cash and kind == TC:
            assert self.reader.kind == TC
            self.spent += amount

    @rule(amount=st.integers(0, 30_00), before=st.booleans())
    def pay_torn(self, amount: int, before: bool) -> None:
        self.reader.set(amount=amount)
        self.ready()
        cash = pboc.CASH_AUTHORISATION_CODE in self.reader.known
        (self.reader.card.tear_before if before else self.reader.card.tear_after)(1)
        with pytest.raises(CardRemoved):
            self.reader.generate(TC)
        self.spent += amount if cash and not before else 0

    @rule(more=st.integers(0, 60_00), wrong=st.booleans(), when=st.sampled_from(["", "before", "after"]))
    def load(self, more: int, wrong: bool, when: str) -> None:
        self.reader.set(amount=999_999_00)
        self.ready()
        self.reader.online()
        new = self.loaded - self.spent + more
        if when:
            getattr(self.reader.card, f"tear_{when}")(1)
        try:
            status = self.reader.script("04DA9F79", bytes.fromhex(f"{new:012d}"), wrong=wrong)
            assert (status == 0x9000) is (not wrong and new <= self.most)
        except CardRemoved:
            assert when
        if not wrong and new <= self.most and when != "before":
            self.loaded += more

    @rule(right=st.booleans())
    def enter_pin(self, right: bool) -> None:
        self.ready()
        status = self.reader.send("00200080", pin_block("1234" if right else "0000")).sw
        if self.tries == 0:
            assert status == 0x6983
        elif right:
            assert status == 0x9000
            self.tries = 3
        else:
            self.tries -= 1
            assert status == 0x63C0 | self.tries

    @rule()
    @precondition(lambda self: self.tries == 0)
    def unblock_pin(self) -> None:
        self.reader.set(amount=999_999_00)
        self.ready()
        self.reader.online()
        assert self.reader.script("84240000") == 0x9000
        self.tries = 3

    @rule()
    def reset(self) -> None:
        self.reader.card.power_on()

    @invariant()
    def money_is_neither_made_nor_lost(self) -> None:
        assert int(self.memory.data[pboc.CASH_BALANCE].hex()) + self.spent == self.loaded

    @invariant()
    def the_counter_never_goes_back(self) -> None:
        assert self.memory.atc >= self.atc
        assert self.memory.last_online_atc <= self.memory.atc
        self.atc = self.memory.atc

    @invariant()
    def tries_are_what_they_should_be(self) -> None:
        assert self.memory.pin_tries == self.tries


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=12)


def test_tearing_at_every_command_of_a_transaction() -> None:
    """Whichever command is cut, the card is as before it or as after it, and works on."""
    whole = Reader.of("ecash")
    sizes = count_commands(whole)
    for at in range(1, sizes + 1):
        for when in ("before", "after"):
            reader = Reader.of("ecash")
            getattr(reader.card, f"tear_{when}")(at)
            with pytest.raises(CardRemoved):
                transaction(reader)
            reader.card.power_on()
            left = int(reader.card.memory().data[pboc.CASH_BALANCE].hex())
            assert left in (100_00, 90_00)
            assert (left == 90_00) is (len(reader.card.memory().log) == 1)
            transaction(reader)
            assert int(reader.card.memory().data[pboc.CASH_BALANCE].hex()) == left - 10_00


def transaction(reader: Reader) -> None:
    reader.known = {}
    reader.set(amount=10_00)
    reader.start()
    reader.send("00880000", b"\1\2\3\4")
    reader.generate(TC)
    assert reader.get(tags.ATC)


def count_commands(reader: Reader) -> int:
    sent = 0
    answer = reader.card.answer

    def counted(command: Command) -> Any:
        nonlocal sent
        sent += 1
        return answer(command)

    reader.card.answer = counted  # type: ignore[method-assign]
    transaction(reader)
    return sent
