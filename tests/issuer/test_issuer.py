"""The issuer decides by itself: cryptogram, PIN, account, money, scripts."""

from collections.abc import Iterator

import pytest
from jinka.kernel.crypto import cryptogram, pinblock
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.data import tags, tlv
from jinka.kernel.effects import Authorisation, Record, RecordKind, Service, Unreachable
from jinka.kernel.errors import MisuseError
from jinka.kernel.secret import Secret
from jinka.simulator.issuer import Behaviour, Fault, Issuer, IssuerHost, Script, load_book

from tests.issuer.ask import BOOK, ask, pin_block, session


@pytest.fixture
def host() -> Iterator[IssuerHost]:
    made = IssuerHost()
    yield made
    made.issuer.close()


def approved(answer: Authorisation | Unreachable) -> Authorisation:
    assert isinstance(answer, Authorisation)
    return answer


def arc(answer: Authorisation | Unreachable) -> str:
    return approved(answer).arc


@pytest.mark.parametrize("name", ["debit", "credit", "sm", "short"])
def test_a_right_cryptogram_is_approved_and_answered_with_its_arpc(host: IssuerHost, name: str) -> None:
    account = BOOK.account(name)
    answer = approved(host.authorise(ask(name, atc=7)))
    request = dict(ask(name, atc=7).chip)
    expected = cryptogram.arpc(account.algorithm, session(account, 7), request[tags.CRYPTOGRAM], b"00")
    assert answer.arc == "00"
    assert answer.issuer_data == expected + b"00"
    assert len(answer.approval_code) == 6
    assert host.issuer.money.balance(name) == account.balance - 1234


@pytest.mark.parametrize("tag", [tags.AMOUNT, tags.TVR, tags.ATC, tags.IAD, tags.CRYPTOGRAM, tags.UNPREDICTABLE_NUMBER])
def test_one_changed_bit_is_declined(host: IssuerHost, tag: int) -> None:
    data = dict(ask().chip)
    at = -1 if tag != tags.IAD else 4
    value = bytearray(data[tag])
    value[at] ^= 1
    data[tag] = bytes(value)
    assert arc(host.authorise(ask(chip=tuple(data.items())))) == "05"
    assert host.issuer.money.balance("debit") == BOOK.account("debit").balance


def test_the_amount_on_the_line_without_chip_is_taken_as_it_is(host: IssuerHost) -> None:
    answer = approved(host.authorise(ask(chip=())))
    assert answer.arc == "00"
    assert answer.issuer_data == b""


def test_version_17_is_recomputed_over_its_short_data(host: IssuerHost) -> None:
    data = dict(ask().chip)
    iad = data[tags.IAD]
    data[tags.IAD] = iad[:2] + b"\x11" + iad[3:]
    text = cryptogram.cryptogram_data(0x11, data, data[tags.AIP], 1, iad[3:7])
    key = session(BOOK.account("debit"), 1)
    data[tags.CRYPTOGRAM] = cryptogram.application_cryptogram(Algorithm.TDES, key, text)
    assert arc(host.authorise(ask(chip=tuple(data.items())))) == "00"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (ask("lost"), "41"),
        (ask("poor", amount=101), "51"),
        (ask("poor", amount=100), "00"),
        (ask(pan=Secret(b"6212349999999999999")), "14"),
        (ask(expiry="2501"), "54"),
        (ask("debit", Service.REFUND, 500), "00"),
        (ask("debit", Service.CASH, 500), "00"),
        (ask("ecash", Service.LOAD, 90001), "61"),
    ],
)
def test_response_codes(host: IssuerHost, request_: object, code: str) -> None:
    assert arc(host.authorise(request_)) == code  # type: ignore[arg-type]


def test_velocity(host: IssuerHost) -> None:
    codes = [arc(host.authorise(ask("busy", reference=f"r{number}"))) for number in range(4)]
    assert codes == ["00", "00", "00", "65"]


def test_pin(host: IssuerHost) -> None:
    account = BOOK.account("debit")
    numbers = iter(range(100))

    def enter(pin: str) -> str:
        return arc(host.authorise(ask(pin_block=pin_block(account, pin), reference=f"r{next(numbers)}")))

    assert [enter("1234"), enter("9999"), enter("9999"), enter("1234")] == ["00", "55", "55", "00"]
    assert [enter("0000"), enter("0000"), enter("0000"), enter("1234")] == ["55", "55", "55", "75"]
    assert arc(host.authorise(ask("credit", pin_block=Secret(bytes(8)), reference="x"))) == "55"


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_pin_block_round_trip(algorithm: Algorithm) -> None:
    pan, key = Secret(b"6212340000000000012"), Secret(bytes(range(16)))
    for pin in (b"1234", b"123456789012"):
        block = pinblock.encipher(algorithm, key, Secret(pin), pan)
        assert len(block) == algorithm.block
        assert pinblock.decipher(algorithm, key, block, pan) == Secret(pin)
        with pytest.raises(MisuseError, match="not a PIN block"):
            pinblock.parse(pinblock.build(Secret(pin), pan), Secret(b"6212340000009999999"))
    moved = pinblock.translate(block, pan, (algorithm, key), (Algorithm.TDES, Secret(bytes(16))))
    assert pinblock.decipher(Algorithm.TDES, Secret(bytes(16)), moved, pan) == Secret(b"123456789012")


def test_pin_block_format_0_is_the_standards_own_layout() -> None:
    # 0 4 1234 F..., mixed with 0000 and the 12 digits left of the check digit.
    block = pinblock.build(Secret(b"1234"), Secret(b"43219876543210987"))
    expected = bytes(a ^ b for a, b in zip(bytes.fromhex("041234FFFFFFFFFF"), bytes.fromhex("0000987654321098"), strict=True))
    assert block.reveal() == expected


@pytest.mark.parametrize("pin", [b"123", b"1234567890123", b"12a4", b""])
def test_a_pin_that_is_none_is_refused_without_its_value(pin: bytes) -> None:
    with pytest.raises(MisuseError) as caught:
        pinblock.build(Secret(pin), Secret(b"6212340000000000012"))
    assert not pin or pin.decode() not in str(caught.value)


def test_balance(host: IssuerHost) -> None:
    answer = approved(host.authorise(ask("debit", Service.BALANCE, 0)))
    assert answer.balance == BOOK.account("debit").balance == host.issuer.money.balance("debit")


@pytest.mark.parametrize(("service", "account_delta"), [(Service.LOAD, -5000), (Service.LOAD_CASH, 0)])
def test_a_load_sets_the_new_absolute_balance(host: IssuerHost, service: Service, account_delta: int) -> None:
    account = BOOK.account("ecash")
    answer = approved(host.authorise(ask("ecash", service, 5000, cash=777, atc=9)))
    (script,) = answer.scripts
    commands = [node.value for node in tlv.template(script, 0x72) if node.tag == 0x86]
    assert commands[0][:-4] == bytes.fromhex("04DA9F790A") + bytes.fromhex("000000005777")
    arqc = dict(ask("ecash", service, 5000, cash=777, atc=9).chip)[tags.CRYPTOGRAM]
    key = session(account, 9, "mac")
    assert commands[0][-4:] == cryptogram.script_mac(
        account.algorithm, key, commands[0][:5], 9, arqc, commands[0][5:-4]
    )
    money = host.issuer.money
    assert money.cash_balance("ecash") == 5777
    assert money.balance("ecash") == account.balance + account_delta
    assert money.reverse("local/ref-1")
    assert (money.cash_balance("ecash"), money.balance("ecash")) == (777, account.balance)


def test_a_repeated_request_gets_the_same_answer_and_moves_nothing(host: IssuerHost) -> None:
    first, again = (approved(host.authorise(ask("ecash", Service.LOAD, 100, cash=0))) for _ in range(2))
    assert first == again
    assert host.issuer.money.balance("ecash") == BOOK.account("ecash").balance - 100


def test_a_reversal_counts_once_and_stops_a_late_request(host: IssuerHost) -> None:
    money, full = host.issuer.money, BOOK.account("debit").balance
    host.authorise(ask())
    record = Record(RecordKind.REVERSAL, "ref-1")
    assert host.reverse(record)
    assert host.reverse(record)
    assert money.balance("debit") == full
    assert host.reverse(Record(RecordKind.REVERSAL, "early"))
    assert arc(host.authorise(ask(reference="early"))) == "12"
    assert money.balance("debit") == full


def test_scripts_of_every_word(host: IssuerHost) -> None:
    text = ("71:block,unblock,card-block,pin-unblock,pin=5678,put=9F58:05,record=2.1:7000,raw=00A4040000", "72:cash=5")
    host.plan.default = Behaviour(scripts=tuple(Script.parse(word) for word in text))
    first, second = approved(host.authorise(ask())).scripts
    assert (first[0], second[0]) == (0x71, 0x72)
    commands = [node.value.hex().upper() for node in tlv.template(first, 0x71) if node.tag == 0x86]
    heads = ["841E000004", "8418000004", "8416000004", "8424000004", "8424000214", "04DA9F5805", "04DC011406", "00A4040000"]
    assert [command[:10] for command in commands] == heads
    for wrong in ("73:block", "71:", "block"):
        with pytest.raises(ValueError, match="a script is"):
            Script.parse(wrong)


def test_pin_change_reaches_the_card_enciphered(host: IssuerHost) -> None:
    account = BOOK.account("debit")
    host.plan.default = Behaviour(scripts=(Script.parse("72:pin=5678"),))
    command = tlv.find(tlv.template(approved(host.authorise(ask())).scripts[0], 0x72), 0x86)
    assert command is not None
    block = cryptogram.decipher_script(account.algorithm, session(account, 1, "enc"), command[5:-4])
    from jinka.kernel.crypto.derive import card_key

    key = card_key(account.algorithm, BOOK.masters[account.algorithm].ac.reveal(), account.digits, account.psn)
    assert cryptogram.pin_from_change_block(key, block) == "5678"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Behaviour(code="05"), Authorisation),
        (Behaviour(code="01"), Authorisation),
        (Behaviour(Fault.REFUSE), False),
        *[(Behaviour(fault), True) for fault in Fault if fault.value not in
          ("none", "refuse", "duplicate", "malformed-chip")],
    ],
)  # fmt: skip
def test_wishes(host: IssuerHost, wish: Behaviour, expected: object) -> None:
    host.plan.queue = [wish]
    answer = host.authorise(ask())
    if isinstance(answer, Unreachable):
        assert answer.sent is expected
    else:
        assert answer.arc == wish.code
    assert arc(host.authorise(ask(reference="next"))) == "00"


def test_issuer_data_on_wish(host: IssuerHost) -> None:
    right = approved(host.authorise(ask())).issuer_data
    host.plan.queue = [Behaviour(issuer_data="wrong"), Behaviour(issuer_data="none"), Behaviour(issuer_data="01020304050607")]
    found = [approved(host.authorise(ask(reference="ref-1"))).issuer_data for _ in range(3)]
    assert found == [bytes((right[0] ^ 0xFF,)) + right[1:], b"", bytes(range(1, 8))]


def test_malformed_chip_data_loses_issuer_data_and_scripts(host: IssuerHost) -> None:
    host.plan.default = Behaviour(Fault.MALFORMED_CHIP, scripts=(Script.parse("72:block"),))
    answer = approved(host.authorise(ask()))
    assert (answer.arc, answer.issuer_data, answer.scripts) == ("00", b"", ())


def test_partial_approval(host: IssuerHost) -> None:
    host.plan.default = Behaviour(code="10", amount=600)
    answer = approved(host.authorise(ask()))
    assert (answer.arc, answer.amount) == ("10", 600)
    assert host.issuer.money.balance("debit") == BOOK.account("debit").balance - 600


def test_the_books_survive_in_a_file(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "host.db"
    for expected in (1234, 2468):
        issuer = Issuer(state=path)
        IssuerHost(issuer).authorise(ask(reference=f"r{expected}"))
        assert issuer.money.balance("debit") == BOOK.account("debit").balance - expected
        issuer.close()


def test_the_file_of_accounts() -> None:
    book = load_book()
    pans = [account.digits for account in book.accounts]
    assert len(set(pans)) == len(pans)
    for pan in pans:
        doubled = [int(digit) * (2 - (len(pan) - at) % 2) for at, digit in enumerate(pan)]
        assert sum(value // 10 + value % 10 for value in doubled) % 10 == 0, pan
    keys = [key.reveal() for masters in book.masters.values() for key in (masters.ac, masters.mac, masters.enc)]
    assert len(set(keys)) == 6
    assert book.find("1") is None
    with pytest.raises(KeyError):
        book.account("nobody")


def test_no_secret_shows() -> None:
    shown = repr(load_book()) + repr(ask(pin_block=Secret(b"12345678")))
    account = BOOK.account("debit")
    assert account.digits not in shown
    assert "0123456789ABCDEF" not in shown.upper()
