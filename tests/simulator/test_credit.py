"""The debit/credit application: cryptograms recomputed, PIN, issuer authentication, risk, scripts, log."""

import pytest
from jinka.kernel.crypto.cryptogram import application_cryptogram, cryptogram_data, pin_block
from jinka.kernel.data import tags
from jinka.kernel.data.tlv import encode
from jinka.simulator.personality import load_personality

from tests.simulator.reader import AAC, ARQC, DEBIT, TC, Reader, objects

CREDIT = bytes.fromhex("A000000333010102")


def begun(changes: dict[str, object] | None = None, name: str = "unionpay-debit", aid: bytes = DEBIT) -> Reader:
    reader = Reader.of(load_personality(name).changed(changes or {}))
    reader.start(aid)
    return reader


def recomputed(reader: Reader, dol: int) -> bytes:
    values = {tag: reader.values[tag] for tag in reader.values if tag not in (tags.ARC,)}
    data = cryptogram_data(
        reader.known[tags.IAD][2], values, reader.known[tags.AIP], int.from_bytes(reader.known[tags.ATC], "big"),
        reader.cvr,
    )  # fmt: skip
    assert dol in reader.known
    return application_cryptogram(reader.keys.algorithm, reader.session.ac, data)


@pytest.mark.parametrize("algorithm", ["tdes", "sm4"])
@pytest.mark.parametrize("version", [0x01, 0x11])
@pytest.mark.parametrize("kind", [AAC, TC, ARQC])
def test_cryptograms_can_be_recomputed(algorithm: str, version: int, kind: int) -> None:
    reader = begun({"algorithm": algorithm, "cvn": version})
    reader.generate(kind)
    assert reader.kind == kind
    assert reader.known[tags.CRYPTOGRAM] == recomputed(reader, tags.CDOL1)
    assert reader.known[tags.IAD][:3] == bytes((7, 1, version))
    assert reader.known[tags.IAD][7] == (1 if algorithm == "tdes" else 4)
    assert reader.known[tags.ATC] == b"\x00\x0a"


@pytest.mark.parametrize("algorithm", ["tdes", "sm4"])
def test_online_to_the_end(algorithm: str) -> None:
    reader = begun({"algorithm": algorithm})
    assert reader.online() == TC
    reader.cryptogram = b""
    assert reader.known[tags.CRYPTOGRAM] == recomputed(reader, tags.CDOL2)
    assert reader.cvr == bytes.fromhex("03608000")
    assert reader.send("80AE4000", bytes(34)).sw == 0x6985
    assert reader.card.memory().last_online_atc == 10
    assert not reader.card.memory().online_pending


def test_first_results_say_what_was_asked() -> None:
    assert [begun_results(kind) for kind in (AAC, TC, ARQC)] == ["03800000", "03900000", "03a00000"]


def begun_results(kind: int) -> str:
    reader = begun()
    reader.generate(kind)
    return reader.cvr.hex()


@pytest.mark.parametrize("form", [1, 2])
def test_both_formats(form: int) -> None:
    reader = begun({"gpo_format": form, "gac_format": form, "internal_format": form})
    assert reader.send("00880000", b"\1\2\3\4").data[0] == (0x80 if form == 1 else 0x77)
    assert reader.generate(TC).data[0] == (0x80 if form == 1 else 0x77)


def test_pin_tries() -> None:
    reader = begun()
    assert [reader.send("00200080", pin_block("9999")).sw for _ in range(2)] == [0x63C2, 0x63C1]
    assert reader.get(tags.PIN_TRY_COUNTER) == b"\x01"
    assert reader.send("00200080", pin_block("1234")).sw == 0x9000
    assert reader.get(tags.PIN_TRY_COUNTER) == b"\x03"
    for status in (0x63C2, 0x63C1, 0x63C0, 0x6983):
        assert reader.send("00200080", pin_block("9999")).sw == status
    assert reader.send("00200080", pin_block("1234")).sw == 0x6983
    reader.generate(ARQC)
    assert reader.cvr[1:3] == b"\xa6\x40"


def test_right_pin_shows_in_the_results() -> None:
    reader = begun()
    reader.send("00200080", pin_block("1234"))
    reader.generate(TC)
    assert reader.cvr[1] == 0x94


def enciphered(reader: Reader, pin: str, challenge: bytes | None = None) -> int:
    key = reader.card.personality.applets()[0].pin_key or reader.card.personality.applets()[0].icc_key  # type: ignore[attr-defined]
    drawn = reader.send("00840000").data if challenge is None else challenge
    plain = b"\x7f" + pin_block(pin) + drawn
    plain += b"\x11" * (key.size - len(plain))
    secret = pow(int.from_bytes(plain, "big"), key.exponent, key.modulus).to_bytes(key.size, "big")
    return reader.send("00200088", secret).sw


@pytest.mark.parametrize(("name", "pin"), [("unionpay-debit", "1234"), ("unionpay-credit", "123456")])
def test_enciphered_pin(name: str, pin: str) -> None:
    reader = begun(name=name, aid=CREDIT if "credit" in name else DEBIT)
    assert enciphered(reader, pin) == 0x9000
    assert enciphered(reader, "0000") == 0x63C2
    reader.send("00840000")
    assert enciphered(reader, pin, bytes(8)) == 0x6A80
    assert reader.get(tags.PIN_TRY_COUNTER) == b"\x02"
    assert enciphered(reader, pin, b"") == 0x6985


def test_issuer_authentication() -> None:
    reader = begun()
    reader.generate(ARQC)
    assert reader.authenticate_issuer(bytes(7)).sw == 0x6700
    assert reader.authenticate_issuer(bytes(10)).sw == 0x6300
    assert reader.authenticate_issuer().sw == 0x6985
    reader.generate(TC, second=True)
    assert reader.kind == TC
    assert reader.cvr[1] == 0x68
    reader.start()
    reader.generate(ARQC)
    assert reader.cvr[2] == 0x08
    assert reader.authenticate_issuer().sw == 0x9000
    reader.generate(TC, second=True)
    reader.start()
    reader.generate(TC)
    assert reader.cvr.hex() == "03900000"


def test_issuer_data_may_come_through_the_second_list() -> None:
    base = load_personality("unionpay-debit").changed({"82": "7900", "8D": "8A02 910A 9F0206 9F3704 9505"})
    for data, kind in ((None, TC), (bytes(9) + b"\1", AAC)):
        reader = Reader.of(base.changed({"9F52": "4000"}))
        reader.start()
        reader.generate(ARQC)
        reader.values[tags.ISSUER_AUTHENTICATION_DATA] = reader.issuer_data() if data is None else data
        assert reader.authenticate_issuer().sw == 0x6985
        reader.generate(TC, second=True)
        assert reader.kind == kind


def test_rejecting_the_issuer() -> None:
    reader = Reader.of("rejects-issuer")
    reader.start()
    reader.generate(TC)
    assert reader.kind == ARQC
    assert reader.authenticate_issuer().sw == 0x6300
    reader.generate(TC, second=True)
    assert reader.kind == AAC
    assert reader.card.memory().authentication_failed


def test_an_interrupted_online_transaction_goes_online_again() -> None:
    reader = begun()
    reader.generate(ARQC)
    reader.card.reset()
    reader.start()
    reader.generate(TC)
    assert reader.kind == ARQC
    assert reader.cvr[2] & 0x80


def test_unable_to_go_online() -> None:
    reader = begun()
    reader.generate(ARQC)
    reader.set(amount=10_00, arc=b"Y3")
    reader.generate(TC, second=True)
    assert reader.kind == TC
    assert reader.cvr[1] == 0x61
    memory = reader.card.memory()
    assert memory.last_online_atc == 8
    assert memory.offline_amount == 10_00
    assert memory.online_pending



def paid(reader: Reader, amount: int, **settings: str) -> int:
    reader.start()
    reader.set(amount=amount, **settings)
    reader.generate(TC)
    return reader.kind


def test_offline_transactions_in_a_row() -> None:
    reader = Reader.of(load_personality("unionpay-debit").changed({"9F58": "03", "9F59": "04"}))
    assert [paid(reader, 100) for _ in range(3)] == [TC, TC, ARQC]
    assert reader.cvr[2] & 0x20
    reader.set(amount=100, arc=b"Y3")
    reader.generate(TC, second=True)
    assert reader.kind == TC
    assert paid(reader, 100) == ARQC
    reader.set(amount=100, arc=b"Y3")
    reader.generate(TC, second=True)
    assert reader.kind == AAC
    assert paid(reader, 100) == ARQC
    reader.authenticate_issuer()
    reader.generate(TC, second=True)
    assert paid(reader, 100) == TC


def test_cumulative_amount() -> None:
    reader = Reader.of(load_personality("unionpay-debit").changed({"9F54": "000000005000", "idd": 2}))
    assert paid(reader, 50_00) == TC
    assert reader.known[tags.IAD][8:15] == bytes.fromhex("0A020000005000")
    assert paid(reader, 1) == ARQC
    reader.authenticate_issuer()
    reader.generate(TC, second=True)
    assert reader.card.memory().offline_amount == 0


def test_foreign_currency_and_country() -> None:
    reader = Reader.of(load_personality("unionpay-debit").changed({"9F53": "01", "9F72": "01"}))
    assert [paid(reader, 100, currency="0840") for _ in range(2)] == [TC, ARQC]
    abroad = Reader.of(load_personality("unionpay-debit").changed({"9F72": "01", "9F57": "0840"}))
    assert [paid(abroad, 100) for _ in range(2)] == [TC, ARQC]


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"9F13": "0000", "9F52": "0200"}, [ARQC]),
        ({"9F13": "0000", "9F52": "0000"}, [TC]),
        ({"9F17": "00", "9F52": "0020"}, [ARQC]),
        ({"9F17": "00", "9F52": "0040"}, [AAC]),
        ({"9F17": "00", "9F52": "0004"}, [AAC]),
        ({"first": "AAC"}, [AAC]),
        ({"first": "online"}, [ARQC]),
    ],
)
def test_default_actions(changes: dict[str, object], kinds: list[int]) -> None:
    reader = begun(changes)
    reader.generate(TC)
    assert [reader.kind] == kinds


def test_declines_are_advised_and_blocking() -> None:
    reader = begun({"9F17": "00", "9F52": "0880"})
    reader.generate(AAC)
    assert reader.known[tags.CID] == b"\x0a"
    assert reader.select().sw == 0x6283
    reader.begin()
    reader.generate(TC)
    assert reader.kind == AAC
    assert reader.cvr[2] & 0x02


def test_failed_authentications_are_told_next_time() -> None:
    reader = begun()
    reader.set(amount=100, tvr="4800000000")
    reader.generate(AAC)
    reader.start()
    reader.set(amount=100)
    reader.generate(TC)
    assert (reader.cvr[2] & 1, reader.cvr[3] & 4) == (1, 4)


def test_log_holds_the_newest_first() -> None:
    reader = begun()
    for amount in (100, 200, 300):
        assert paid(reader, amount) == TC
    for number, amount in ((1, 300), (2, 200), (3, 100)):
        record = reader.send(f"00B2{number:02X}5C").data
        assert len(record) == 45
        assert record[6:12] == bytes.fromhex(f"{amount:012d}")
        assert record[22:42] == b"TEA HOUSE".ljust(20)
    assert reader.send("00B2045C").sw == 0x6A83
    for amount in range(12):
        paid(reader, amount)
    assert len(reader.card.memory().log) == 10


# --- scripts ---------------------------------------------------------------------------------------------------


@pytest.fixture(params=["tdes", "sm4"])
def done(request: pytest.FixtureRequest) -> Reader:
    """A card after a whole online transaction, ready for scripts."""
    reader = begun({"algorithm": request.param, "9F54": "000000005000", "9F58": "05"})
    reader.online()
    return reader


def test_application_block_and_unblock(done: Reader) -> None:
    assert done.script("841E0000") == 0x9000
    assert done.select().sw == 0x6283
    done.begin()
    done.generate(TC)
    assert done.kind == AAC
    assert done.script("84180000") == 0x9000
    assert done.select().sw == 0x9000


def test_card_block(done: Reader) -> None:
    assert done.script("84160000") == 0x9000
    assert done.select().sw == 0x6A81
    done.card.power_on()
    assert done.select().sw == 0x6A81


def test_pin_scripts(done: Reader) -> None:
    assert done.new_pin("987654") == 0x9000
    done.start()
    assert done.send("00200080", pin_block("1234")).sw == 0x63C2
    assert done.send("00200080", pin_block("987654")).sw == 0x9000
    for _ in range(3):
        done.send("00200080", pin_block("0000"))
    done.online()
    assert done.new_pin("1111", "987654") == 0x9000
    assert done.get(tags.PIN_TRY_COUNTER) == b"\x03"
    done.start()
    done.send("00200080", pin_block("0000"))
    done.online()
    assert done.script("84240000") == 0x9000
    assert done.get(tags.PIN_TRY_COUNTER) == b"\x03"
    assert done.new_pin("2222", "987654") == 0x6A80


def test_put_data(done: Reader) -> None:
    assert done.script("04DA9F54", bytes.fromhex("000000007777")) == 0x9000
    assert done.get(0x9F54) == bytes.fromhex("000000007777")
    assert done.script("04DA9F54", b"\1") == 0x6700
    assert done.script("04DA9F51", b"\1\2") == 0x6A88
    assert done.script("04DA9F99", b"\1\2") == 0x6A88
    assert done.script("04DA9F58", b"\x07", wrong=True) == 0x6988
    assert done.get(0x9F58) == b"\x05"


def test_update_record(done: Reader) -> None:
    record = encode(tags.RECORD_TEMPLATE, encode(tags.CARDHOLDER_NAME, b"NEW/NAME"))
    assert done.script("04DC010C", record) == 0x9000
    assert objects(done.send("00B2010C").data)[tags.CARDHOLDER_NAME] == b"NEW/NAME"
    assert done.script("04DC090C", record) == 0x6A83
    assert done.script("04DC01F4", record) == 0x6A82
    assert done.script("04DC015C", record) == 0x6985
    assert done.script("04DC010C") == 0x6700
    assert done.script("04DC000C", record) == 0x6A86


def test_scripts_are_counted_and_failures_told(done: Reader) -> None:
    assert done.script("84240000") == 0x9000
    assert done.script("84240000", wrong=True) == 0x6988
    assert done.script("841E0001") == 0x6A86
    done.start()
    done.generate(ARQC)
    assert done.cvr[3] == 0x28
    done.authenticate_issuer()
    done.generate(TC, second=True)
    done.start()
    done.generate(TC)
    assert done.cvr[3] == 0


def test_a_script_before_the_second_cryptogram(done: Reader) -> None:
    done.start()
    done.generate(ARQC)
    done.authenticate_issuer()
    assert done.script("04DA9F58", b"\x09", wrong=True) == 0x6988
    assert done.script("04DA9F58", b"\x09") == 0x9000
    done.generate(TC, second=True)
    done.start()
    done.generate(TC)
    assert done.cvr[3] == 0x08


def test_a_script_is_good_for_one_transaction(done: Reader) -> None:
    old = done.cryptogram
    done.start()
    done.online()
    done.cryptogram = old
    assert done.script("841E0000") == 0x6988


def test_the_counter_has_an_end() -> None:
    reader = Reader.of(load_personality("unionpay-debit").changed({"9F36": "FFFE"}))
    reader.select()
    assert reader.begin().sw == 0x9000
    reader.select()
    assert reader.begin().sw == 0x6985


def test_hidden_objects() -> None:
    reader = Reader.of(load_personality("unionpay-debit").changed({"9F17": None, "9F51": None}))
    reader.select()
    assert reader.get(0x9F17) is None
    assert reader.get(0x9F51) is None
    assert reader.get(tags.LAST_ONLINE_ATC) == b"\x00\x08"
