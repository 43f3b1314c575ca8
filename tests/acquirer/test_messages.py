"""The wire format: the table, the MAC, and bytes that are no message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.acquirer.config import HostConfig
from jinka.kernel.acquirer.keys import WorkingKeys
from jinka.kernel.acquirer.line import HostFault
from jinka.kernel.acquirer.messages import WireError, authentic, pack, response_type, unpack, wire
from jinka.kernel.acquirer.responses import authorisation, balance, chip
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.errors import ConfigError, LinkFault
from jinka.kernel.secret import Secret

PAN = "6212340000000000012"
MESSAGE = {
    "t": "0200", "2": PAN, "3": "000000", "4": "000000001234", "11": "000001", "12": "123456", "13": "1123",
    "14": "3012", "22": "051", "23": "001", "25": "00", "26": "12", "32": "12345678901",
    "35": f"{PAN}D30122010000000000", "37": "000000000001", "38": "123456", "39": "00", "41": "00000001",
    "42": "000000000000001", "48": "0" * 62, "49": "156", "52": "0011223344556677", "53": "2600000000000000",
    "54": "1002156C000000001000", "55": "9F260811223344556677889F270180", "60": "2200000100060", "61": "0000010000011123",
    "62": "AA" * 40, "63": "01",
}  # fmt: skip
KEY = Secret(bytes(range(16)))


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_every_field_there_and_back(algorithm: Algorithm) -> None:
    spec = wire(algorithm)
    message = MESSAGE | {"52": "00" * algorithm.block}
    raw = pack(message, spec, (algorithm, KEY))
    back = unpack(raw, spec)
    assert {name: text for name, text in back.items() if name != "64"} == message
    assert authentic(raw, back, (algorithm, KEY))


def test_layout_on_the_wire() -> None:
    """Type and bitmap in binary, PAN and amount in BCD with a BCD length, text in ASCII."""
    raw = pack({"t": "0200", "2": PAN, "4": "000000001234", "22": "051", "41": "ABCDEFGH"}, wire())
    assert raw.hex().upper() == "0200" "5000040000800000" "19" "62123400000000000120" "000000001234" "0051" "4142434445464748"


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_one_flipped_bit_is_not_authentic(algorithm: Algorithm) -> None:
    spec = wire()
    raw = bytearray(pack(MESSAGE, spec, (algorithm, KEY)))
    raw[40] ^= 1
    assert not authentic(bytes(raw), unpack(bytes(raw), spec), (algorithm, KEY))
    plain = pack(MESSAGE, spec)
    assert not authentic(plain, unpack(plain, spec), (algorithm, KEY))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_wire_error(raw: bytes) -> None:
    try:
        message = unpack(raw, wire())
    except WireError:
        return
    assert "t" in message


@given(st.integers(0, 300), st.integers(0, 255))
def test_damage_never_shows_content(at: int, value: int) -> None:
    raw = bytearray(pack(MESSAGE, wire()))
    raw[at % len(raw)] = value
    for damaged in (bytes(raw), bytes(raw[: at % len(raw)])):
        fault = failure(damaged)
        assert PAN[:10] not in str(fault)
        assert fault is None or fault.__context__ is None


def failure(raw: bytes) -> WireError | None:
    try:
        unpack(raw, wire())
    except WireError as fault:
        return fault
    return None


def test_a_field_that_does_not_fit_is_refused_without_its_value() -> None:
    with pytest.raises(WireError, match="field 2 does not fit") as caught:
        pack(MESSAGE | {"2": PAN * 2}, wire())
    assert PAN not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_field_outside_the_table_is_refused() -> None:
    with pytest.raises(WireError, match="field 5 "):
        unpack(bytes.fromhex("02000800000000000000"), wire())


def test_response_types() -> None:
    assert [response_type(kind) for kind in ("0100", "0200", "0220", "0320", "0400", "0500", "0800")] == [
        "0110", "0210", "0230", "0330", "0410", "0510", "0810",
    ]  # fmt: skip


@pytest.mark.parametrize("code", [None, "0", "é0", "  "])
def test_no_usable_response_code(code: str | None) -> None:
    with pytest.raises(HostFault) as caught:
        authorisation({} if code is None else {"39": code}, 0)
    assert caught.value.sent


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", (b"", ())),
        ("910A0102030405060708303072039F1800", (bytes.fromhex("01020304050607083030"), (bytes.fromhex("72039F1800"),))),
        ("72019F7101AA", (b"", (bytes.fromhex("72019F"), bytes.fromhex("7101AA")))),
        ("910A01", (b"", ())),
        ("7203AABBCC91", (b"", ())),
        ("910111910122", (b"\x11", ())),
    ],
)
def test_chip_data_of_a_response(raw: str, expected: object) -> None:
    assert chip(bytes.fromhex(raw)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1002156C000000001000", 1000), ("1002156D000000001000", -1000), ("1002156X000000001000", None), ("", None)],
)
def test_balance(text: str, expected: int | None) -> None:
    assert balance(text) == expected


@pytest.mark.parametrize("wrapping", list(Algorithm))
def test_working_keys(wrapping: Algorithm) -> None:
    keys = WorkingKeys(Secret(bytes(range(16))), Secret(bytes(range(16, 32))))
    raw = keys.wrap(KEY, wrapping, Algorithm.TDES, Algorithm.SM4)
    assert WorkingKeys.unwrap(raw, KEY, wrapping, Algorithm.TDES, Algorithm.SM4) == keys
    assert keys.pin.reveal() not in raw
    for bad in (raw[:-1], raw[:-1] + bytes((raw[-1] ^ 1,)), bytes((raw[0] ^ 1,)) + raw[1:], b""):
        with pytest.raises(LinkFault, match="key"):
            WorkingKeys.unwrap(bad, KEY, wrapping, Algorithm.TDES, Algorithm.SM4)


@pytest.mark.parametrize(
    "settings",
    [{"terminal_id": "1"}, {"merchant_id": "1"}, {"refund_type": "0100"}, {"attempts": 0}, {"answer_timeout": 0}],
)
def test_configuration_that_cannot_work(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="host"):
        HostConfig("127.0.0.1", 1, KEY, **settings)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="terminal_master"):
        HostConfig("127.0.0.1", 1, Secret(b"short"))
