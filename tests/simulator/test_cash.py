"""Electronic cash: choice at the start, debit, loads and their log, two currencies."""

import pytest
from jinka.kernel.data import pboc, tags
from jinka.simulator.personality import load_personality

from tests.simulator.reader import AAC, ARQC, TC, Reader

PURE = bytes.fromhex("A000000333010106")


def cash(changes: dict[str, object] | None = None) -> Reader:
    return Reader.of(load_personality("ecash").changed(changes or {}))


def begun(reader: Reader, amount: int, **settings: str) -> bool:
    """Whether the card chose electronic cash."""
    reader.known = {}
    reader.set(amount=amount, **settings)
    reader.start()
    return pboc.CASH_AUTHORISATION_CODE in reader.known


def balance(reader: Reader, tag: int = pboc.CASH_BALANCE) -> int:
    return int((reader.get(tag) or b"").hex())


def test_a_payment_takes_its_amount() -> None:
    reader = cash()
    assert begun(reader, 12_34)
    assert reader.known[tags.CVM_LIST].hex().endswith("1f00")
    reader.generate(TC)
    assert reader.kind == TC
    assert balance(reader) == 87_66
    assert reader.known[tags.IAD][8:15] == bytes.fromhex("0A010000008766")
    assert len(reader.known[tags.IAD]) == 19
    assert reader.card.memory().offline_amount == 0
    assert reader.send("00B2015C").data[6:12] == bytes.fromhex("000000001234")


@pytest.mark.parametrize(
    ("changes", "amount", "currency", "chosen"),
    [
        ({}, 100_00, "0156", True),
        ({}, 100_01, "0156", False),
        ({"9F78": "000000003000"}, 30_00, "0156", True),
        ({"9F78": "000000003000"}, 30_01, "0156", False),
        ({}, 1_00, "0840", False),
        ({"9F79": None}, 1_00, "0156", False),
    ],
)
def test_when_the_card_chooses_cash(changes: dict[str, object], amount: int, currency: str, chosen: bool) -> None:
    assert begun(cash(changes), amount, currency=currency) is chosen


def test_the_terminal_must_offer_it() -> None:
    reader = cash()
    reader.set(amount=1_00)
    reader.values[pboc.CASH_INDICATOR] = b"\0"
    reader.start()
    assert pboc.CASH_AUTHORISATION_CODE not in reader.known
    reader.generate(TC)
    assert balance(reader) == 100_00
    assert reader.card.memory().offline_amount == 1_00


def test_going_online_is_no_longer_cash() -> None:
    reader = cash()
    assert begun(reader, 5_00)
    reader.online()
    assert reader.kind == TC
    assert balance(reader) == 100_00
    assert begun(reader, 5_00)
    reader.generate(AAC)
    assert balance(reader) == 100_00


def test_another_amount_than_was_announced() -> None:
    reader = cash()
    assert begun(reader, 5_00)
    reader.set(amount=100_01)
    reader.generate(TC)
    assert reader.kind == ARQC
    reader.card.reset()
    assert balance_after_select(reader) == 100_00


def balance_after_select(reader: Reader) -> int:
    reader.select()
    return balance(reader)


def test_counters_do_not_stop_cash() -> None:
    reader = cash({"9F58": "00", "9F17": "00", "9F52": "0040"})
    assert begun(reader, 1_00)
    reader.generate(TC)
    assert reader.kind == TC


def test_load_and_its_log() -> None:
    reader = cash()
    assert begun(reader, 999_999_00) is False
    reader.online()
    assert reader.script("04DA9F79", bytes.fromhex("000000055500")) == 0x9000
    assert balance(reader) == 555_00
    record = reader.send("00B20164").data
    assert record[:14] == bytes.fromhex("9F79 000000010000 000000055500")
    assert record[-2:] == reader.known[tags.ATC]
    assert reader.script("04DA9F79", bytes.fromhex("000000100001")) == 0x6A80
    assert reader.script("04DA9F79", bytes.fromhex("00000005550A")) == 0x6A80
    assert reader.script("04DA9F77", bytes.fromhex("000000200000")) == 0x9000
    assert reader.script("04DA9F79", bytes.fromhex("000000100001")) == 0x9000
    assert len(reader.card.memory().load_log) == 2
    assert reader.send("00B20364").sw == 0x6A83


TWO = {
    "DF71": "0344", "DF76": "000000000000", "DF77": "000000100000", "DF78": "000000050000", "DF79": "000000020000",
}  # fmt: skip


def test_two_currencies() -> None:
    reader = cash(dict(TWO))
    assert begun(reader, 150_00, currency="0344")
    reader.generate(TC)
    assert reader.known[tags.IAD][10:15] == bytes.fromhex("0000005000")
    assert balance(reader, pboc.SECOND_BALANCE) == 50_00
    assert balance(reader) == 100_00
    assert begun(reader, 20_00)
    reader.generate(TC)
    assert balance(reader) == 80_00
    assert begun(reader, 20_00, currency="0840") is False
    reader.online()
    assert reader.script("04DADF79", bytes.fromhex("000000030000")) == 0x9000
    assert reader.send("00B20164").data[:2] == b"\xdf\x79"


def test_a_card_without_an_account() -> None:
    reader = Reader.of("pure-ecash")
    reader.start(PURE)
    reader.generate(TC)
    assert reader.kind == TC
    reader.set(amount=1000_00)
    reader.start(PURE)
    reader.generate(TC)
    assert reader.kind == AAC
    reader.start(PURE)
    assert reader.online() == TC
