"""Keys of the card, the offline PIN and authentication, where a certificate or a data object is not there."""

import pytest
from jinka.kernel.apdu import Response
from jinka.kernel.card.commands import get_challenge, get_data, verify_enciphered, verify_plain
from jinka.kernel.config import CaKey, Config, Device, Hex
from jinka.kernel.crypto.recover import PublicKey, Refused
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Tvr
from jinka.kernel.effects import AskPin, Message, PinEntry, PinKind, PinState, Random, Tell, Transmit
from jinka.kernel.secret import Secret
from jinka.kernel.steps import authenticate, keys, pin
from jinka.kernel.steps.transaction import Transaction

from tests.steps.alone import AID, given, play, sent, transaction

ISSUER, ICC = PublicKey(b"issuer", b"\x03", None, b"\0\0\1"), PublicKey(b"icc", b"\x03", None, b"\0\0\2")
CERTIFICATES = {tags.CA_KEY_INDEX: "01", tags.ISSUER_CERTIFICATE: "01", tags.ISSUER_EXPONENT: "03"}
OWN = {tags.ICC_CERTIFICATE: "02", tags.ICC_EXPONENT: "03"}
NOT_CODED = Refused("a record to be authenticated is not coded in template 70")


def holding(card: dict[int, str]) -> Transaction:
    """A transaction whose terminal has the CA key."""
    tx = transaction(card)
    tx.config = Config(device=Device(), keys=(CaKey(Hex(AID[:5]), 1, Hex(b"ca")),))
    return tx


def test_the_issuer_key_is_kept(monkeypatch):
    monkeypatch.setattr(keys.recover, "issuer_key", lambda *data: ISSUER)
    tx = holding(CERTIFICATES)
    assert keys.issuer_key(tx) is ISSUER
    assert tx.issuer_key is ISSUER


@pytest.mark.parametrize("tag", OWN)
def test_a_key_of_the_card_needs_its_data(tag):
    tx = transaction({key: text for key, text in OWN.items() if key != tag})
    tx.issuer_key, tx.static = ISSUER, b""
    lacking = Refused(f"{tag:X} is missing", missing=True)
    assert keys.icc_key(tx, tags.ICC_CERTIFICATE, tags.ICC_REMAINDER, tags.ICC_EXPONENT, b"") == lacking
    assert pin.pin_key(tx) == lacking


@pytest.mark.parametrize("missing", [True, False])
def test_a_certificate_that_is_refused(monkeypatch, missing):
    monkeypatch.setattr(keys.recover, "icc_key", lambda *data: Refused("reason", missing))
    tx = transaction(OWN)
    tx.issuer_key = ISSUER
    refused = keys.icc_key(tx, tags.ICC_CERTIFICATE, tags.ICC_REMAINDER, tags.ICC_EXPONENT, b"")
    assert refused == Refused("ICC certificate: reason", missing)


@pytest.mark.parametrize("tag", OWN)
def test_missing_data_is_seen_before_a_certificate_that_fails(tag):
    tx = transaction({**CERTIFICATES, **{key: text for key, text in OWN.items() if key != tag}})
    assert authenticate._recover(tx) == Refused(f"{tag:X} is missing", missing=True)


def test_static_data_that_cannot_be_signed_gives_no_pin_key():
    tx = transaction()
    tx.issuer_key, tx.static = ISSUER, None
    assert pin.pin_key(tx) == NOT_CODED
    tx.icc_key = ICC
    assert pin.pin_key(tx) is ICC


ENTERED = PinEntry(PinState.ENTERED, Secret(b"1234"))
BLOCK = bytes.fromhex("241234FFFFFFFFFF")


def test_a_card_that_never_counts_down():
    tx = transaction()
    counter = given(tags.PIN_TRY_COUNTER, "02")
    sound, asked = play(pin.verify_offline(tx, enciphered=False), counter, *[ENTERED, Response(sw=0x63C2)] * 16)
    entry = [AskPin(PinKind.OFFLINE, 2, None, 150_00, "zh"), Transmit(verify_plain(BLOCK)), Tell(Message.INCORRECT_PIN, 2, "zh")]
    assert (sound, tx.tvr) == (False, Tvr(0))
    assert asked == [Transmit(get_data(tags.PIN_TRY_COUNTER)), *entry * 16]


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (given(tags.PIN_TRY_COUNTER, "03"), 3),
        (given(tags.PIN_TRY_COUNTER, "0300"), None),
        (given(tags.PIN_TRY_COUNTER, ""), None),
        (given(tags.ATC, "03"), None),
        (given(tags.PIN_TRY_COUNTER, "03", 0x6283), None),
        (Response(b"\x9f"), None),
        (Response(sw=0x6A88), None),
    ],
)
def test_the_tries_the_card_tells(answer, tries):
    assert play(pin._counter(transaction()), answer) == (tries, [Transmit(get_data(tags.PIN_TRY_COUNTER))])


def test_the_tries_are_not_asked_for_where_the_terminal_does_not():
    assert play(pin._counter(transaction(options={"get_pin_try_counter": False}))) == (None, [])


def test_what_is_enciphered(monkeypatch):
    seen = []
    monkeypatch.setattr(pin.recover, "encipher", lambda key, data: seen.append(data) or b"enciphered")
    command, asked = play(pin._command(PublicKey(bytes(128), b"\x03"), Secret(b"1234")), Response(b"challenge"[:8]), b"\xaa" * 111)
    assert asked == [*sent(get_challenge()), Random(111, "PIN encipherment")]
    assert (seen, command) == ([b"\x7f" + BLOCK + b"challeng" + b"\xaa" * 111], verify_enciphered(b"enciphered"))
