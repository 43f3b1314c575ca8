"""The card in its contacts: selection, status words, T=0, tearing, faults of a personality."""

import pytest
from jinka.kernel.apdu import Command, Response
from jinka.kernel.data import tags
from jinka.kernel.data.tlv import find, scan, template
from jinka.kernel.errors import CardRemoved, LinkTimeout
from jinka.simulator.card import Card
from jinka.simulator.faults import Fault
from jinka.simulator.personality import load_personality

from tests.simulator.reader import DEBIT, TC, Reader

PSE = b"1PAY.SYS.DDF01"


def test_payment_system_environment() -> None:
    reader = Reader.of("multi-application")
    fci = template(reader.send("00A40400", PSE).data, tags.FCI_TEMPLATE)
    assert find(fci, tags.DF_NAME) == PSE
    proprietary = scan(find(fci, tags.FCI_PROPRIETARY) or b"")
    assert find(proprietary, tags.SFI) == b"\x01"
    entries = []
    for number in range(1, 5):
        answer = reader.send(f"00B2{number:02X}0C")
        if answer.sw == 0x6A83:
            break
        inner = scan(template(answer.data, tags.RECORD_TEMPLATE)[0].value)
        entries.append((find(inner, tags.ADF_NAME), find(inner, tags.PRIORITY)))
    assert [priority for _, priority in entries] == [b"\x02", b"\x01", b"\x83"]
    assert len({aid for aid, _ in entries}) == 3
    assert reader.send("00B20114").sw == 0x6A82
    assert reader.send("80A80000", b"\x83\x00").sw == 0x6E00
    assert reader.send("00840000").sw == 0x6D00


def test_selection_by_part_of_a_name_goes_through_all() -> None:
    reader = Reader.of("multi-application")
    rid = bytes.fromhex("A000000333")
    found = []
    answer = reader.send("00A40400", rid)
    while answer.sw == 0x9000:
        found.append(find(template(answer.data, tags.FCI_TEMPLATE), tags.DF_NAME))
        answer = reader.send("00A40402", rid)
    assert answer.sw == 0x6A82
    assert [name[-1] for name in found if name] == [2, 1, 3]


@pytest.mark.parametrize(
    ("header", "data", "status"),
    [
        ("00A40400", b"\xa0\x00\x00\x00\x04", 0x6A82),
        ("00A40401", DEBIT, 0x6A86),
        ("00A40400", bytes(17), 0x6700),
        ("00A40000", b"\x3f\x00", 0x6A86),
        ("80A40400", DEBIT, 0x6E00),
        ("00A40402", DEBIT, 0x6A82),
        ("00B2010C", b"", 0x6985),
        ("00FF0000", b"", 0x6D00),
        ("55B20000", b"", 0x6E00),
    ],
)
def test_status_words_before_selection(header: str, data: bytes, status: int) -> None:
    assert Reader.of("unionpay-debit").send(header, data) == Response(sw=status)


@pytest.mark.parametrize(
    ("header", "data", "status"),
    [
        ("00B20014", b"", 0x6A86),
        ("00B20110", b"", 0x6A86),
        ("00B2013C", b"", 0x6A82),
        ("00B20914", b"", 0x6A83),
        ("00B2015C", b"", 0x6A83),
        ("00B20114", b"\x00", 0x6700),
        ("80CA9F99", b"", 0x6A88),
        ("80CA9F36", b"\x00", 0x6700),
        ("80A80000", b"\x83\x00", 0x6985),
        ("00840001", b"", 0x6A86),
        ("00200080", bytes(7), 0x6700),
        ("00200080", bytes(8), 0x6A80),
        ("00200081", bytes(8), 0x6A86),
        ("00200088", bytes(128), 0x6985),
        ("00200088", bytes(127), 0x6700),
        ("00880001", b"\1\2\3\4", 0x6A86),
        ("00880000", b"\1\2\3", 0x6700),
        ("00820000", bytes(10), 0x6985),
        ("80AE4000", bytes(10), 0x6700),
        ("80AEC000", bytes(52), 0x6A86),
        ("80AE4001", bytes(52), 0x6A86),
        ("80AE4100", bytes(52), 0x6A86),
        ("841E0000", bytes(4), 0x6985),
        ("00CA9F36", b"", 0x6E00),
        ("80330000", b"", 0x6D00),
        ("00A40400", b"\xff" * 5, 0x6A82),
    ],
)
def test_status_words_in_a_transaction(header: str, data: bytes, status: int) -> None:
    reader = Reader.of("unionpay-debit")
    reader.start()
    before = reader.card.snapshot().chip
    assert reader.send(header, data) == Response(sw=status)
    assert reader.card.snapshot().chip == before


@pytest.mark.parametrize("data", [b"", b"\x83\x01\x00", b"\x84\x00", b"\x83\x05\x00", b"\x83\x00\x83\x00"])
def test_options_want_the_command_template(data: bytes) -> None:
    reader = Reader.of("unionpay-debit")
    reader.select()
    assert reader.send("80A80000", data).sw in (0x6A80, 0x6700)
    assert reader.card.memory().atc == 9


def test_a_failed_selection_keeps_what_was_selected() -> None:
    reader = Reader.of("unionpay-debit")
    reader.start()
    assert reader.select(b"\xa0\0\0\0\4").sw == 0x6A82
    assert reader.generate(TC).sw == 0x9000


def test_blocked() -> None:
    application = Reader.of("blocked-application").select()
    assert application.sw == 0x6283
    assert application.data[0] == 0x6F
    whole = Reader.of("blocked-card")
    assert whole.select().sw == whole.send("00A40400", PSE).sw == whole.send("00840000").sw == 0x6A81


def test_t0_hands_data_over_in_two_steps() -> None:
    reader = Reader.of(load_personality("unionpay-debit").changed({"t0": True}))
    answer = reader.send("00A40400", DEBIT)
    assert (answer.sw >> 8, answer.data) == (0x61, b"")
    size = answer.sw & 0xFF
    assert reader.send("00C00000", le=5).sw == 0x6100 | size - 5
    rest = reader.send("00C00000", le=size - 5)
    assert (len(rest.data), rest.sw) == (size - 5, 0x9000)
    assert reader.send("00C00000", le=1).sw == 0x6985
    assert reader.send("00B2010C").sw >> 8 == 0x6C
    exact = reader.send("00B2010C").sw & 0xFF
    assert len(reader.send("00B2010C", le=exact).data) == exact
    reader.send("00A40400", DEBIT)
    assert reader.send("00C00000", le=255).sw == 0x6C00 | size
    assert len(reader.send("00C00000", le=size).data) == size


def test_t0_warning_still_has_its_data() -> None:
    reader = Reader.of(load_personality("blocked-application").changed({"t0": True}))
    assert reader.send("00A40400", DEBIT) == Response(sw=0x6283)
    size = reader.send("00C00000").sw & 0xFF
    assert reader.send("00C00000", le=size).data[0] == 0x6F


def test_t1_wants_an_le() -> None:
    reader = Reader.of("unionpay-debit")
    assert reader.send("00A40400", DEBIT, None).sw == 0x6700
    assert reader.send("00A40400", DEBIT, 10).sw >> 8 == 0x6C
    assert reader.send("00C00000").sw in (0x6D00, 0x6985)


@pytest.mark.parametrize("t0", [False, True])
def test_a_wrong_le_changes_nothing(t0: bool) -> None:
    card = Card(load_personality("unionpay-debit").changed({"t0": t0}))
    card.answer(Command(0x00, 0xA4, 4, 0, DEBIT, 256))
    card.answer(Command(0x80, 0xA8, data=b"\x83\x00", le=256))
    before = card.snapshot().chip
    assert card.answer(Command(0x00, 0x84, le=4)) == Response(sw=0x6C08)
    assert card.snapshot().chip == before
    assert len(card.answer(Command(0x00, 0x84, le=8)).data) == 8
    if not t0:
        cdol1 = bytes(52)
        assert card.answer(Command(0x80, 0xAE, TC, 0, cdol1, 5)).sw >> 8 == 0x6C
        assert card.answer(Command(0x80, 0xAE, TC, 0, cdol1, 256)).sw == 0x9000


def test_a_reset_loses_the_session_and_nothing_else() -> None:
    reader = Reader.of("unionpay-debit")
    reader.start()
    chip = reader.card.snapshot().chip
    assert reader.card.reset() == reader.card.atr == bytes.fromhex("3B6500002063CB6800")
    assert reader.card.snapshot().chip == chip
    assert reader.generate(TC).sw == 0x6985


@pytest.mark.parametrize("when", ["before", "after"])
def test_tearing_at_the_cryptogram(when: str) -> None:
    reader = Reader.of("ecash")
    reader.start()
    if when == "before":
        reader.card.tear_before(1)
    else:
        reader.card.tear_after(1)
    with pytest.raises(CardRemoved):
        reader.generate(TC)
    with pytest.raises(CardRemoved):
        reader.select()
    reader.card.power_on()
    reader.select()
    assert reader.get(0x9F79) == bytes.fromhex("000000010000" if when == "before" else "000000009000")
    assert (reader.send("00B2015C").sw == 0x9000) is (when == "after")


def test_a_tear_counts_commands() -> None:
    reader = Reader.of("unionpay-debit")
    reader.card.tear_after(3)
    reader.select()
    reader.begin()
    with pytest.raises(CardRemoved):
        reader.send("00B2010C")
    reader.card.power_on()
    reader.start()


def test_the_seed_decides_everything_random() -> None:
    def drawn(seed: int) -> bytes:
        reader = Reader.of("unionpay-debit", seed=seed)
        reader.start()
        return reader.send("00840000").data + reader.send("00880000", b"\1\2\3\4").data

    assert drawn(1) == drawn(1) != drawn(2)
    reader = Reader.of("unionpay-debit")
    reader.start()
    assert reader.send("00840000").data != reader.send("00840000").data


def test_faults_of_a_personality() -> None:
    refusing = Reader.of("refuses-options")
    refusing.select()
    assert refusing.begin().sw == 0x6985
    assert refusing.card.memory().atc == 9
    mute = Reader.of("mute-at-cryptogram")
    mute.start()
    with pytest.raises(LinkTimeout):
        mute.generate(TC)
    base = load_personality("unionpay-debit")
    odd = Card(base.changed({}, faults=[Fault("truncate", ins=0xB2, nth=2, size=3)]))
    reader = Reader(odd)
    reader.select()
    reader.begin()
    assert len(reader.send("00B2010C").data) > 3
    assert len(reader.send("00B20114").data) == 3
    odd.power_on()
    reader.select()
    assert len(reader.send("00B20114").data) > 3


def test_a_command_of_any_shape_gets_an_answer() -> None:
    card = Card(load_personality("unionpay-debit"))
    for raw in ("00A40400", "00A4040000", "00A4040001", "FFFFFFFF", "00C0000000"):
        try:
            command = Command.parse(bytes.fromhex(raw))
        except Exception:  # noqa: S112 - not an APDU at all
            continue
        assert 0x6000 <= card.answer(command).sw <= 0x9FFF
