"""Requests as a card of the simulated issuer would cause them; the cryptogram is made here, card side."""

from typing import Any

from jinka.kernel.crypto import cryptogram, pinblock
from jinka.kernel.crypto.derive import card_key, session_key
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.data import tags
from jinka.kernel.data.formats import numeric
from jinka.kernel.effects import OnlineRequest, Service
from jinka.kernel.secret import Secret
from jinka.simulator.issuer import Account, load_book

BOOK = load_book()
CVR = bytes.fromhex("03A00000")


def session(account: Account, atc: int, which: str = "ac", algorithm: Algorithm | None = None) -> bytes:
    """A session key as the card derives it."""
    chosen = algorithm or account.algorithm
    master = getattr(BOOK.masters[chosen], which).reveal()
    return session_key(chosen, card_key(chosen, master, account.digits, account.psn), atc)


def chip(account: Account, service: Service, amount: int, *, atc: int = 1, cash: int | None = None) -> dict[int, bytes]:
    """Field 55 with a right ARQC. `cash`: the electronic cash balance in the issuer application data."""
    sm = account.algorithm is Algorithm.SM4
    discretionary = b"" if cash is None else bytes((0x0A, 0x01)) + numeric(cash, 5) + bytes(4)
    data = {
        tags.AMOUNT: numeric(amount, 6), tags.OTHER_AMOUNT: bytes(6), tags.TERMINAL_COUNTRY: b"\x01\x56",
        tags.TVR: bytes.fromhex("0080048000"), tags.CURRENCY: b"\x01\x56", tags.DATE: b"\x26\x11\x23",
        tags.TYPE: bytes((service.value,)), tags.UNPREDICTABLE_NUMBER: b"\x01\x02\x03\x04", tags.AIP: b"\x7c\x00",
        tags.ATC: atc.to_bytes(2, "big"), tags.CID: b"\x80",
        tags.IAD: bytes((7, 1, 1)) + CVR + (b"\x04" if sm else b"\x01") + (discretionary or b"\x00"),
    }  # fmt: skip
    text = cryptogram.cryptogram_data(1, data, data[tags.AIP], atc, CVR)
    data[tags.CRYPTOGRAM] = cryptogram.application_cryptogram(account.algorithm, session(account, atc), text)
    return data


def pin_block(account: Account, pin: str, algorithm: Algorithm = Algorithm.TDES) -> Secret:
    """Field 52 under the zone key."""
    return pinblock.encipher(algorithm, BOOK.zone[algorithm], Secret(pin.encode()), account.pan)


def ask(name: str = "debit", service: Service = Service.PURCHASE, amount: int = 1234, **more: Any) -> OnlineRequest:
    """A whole request; `more` overrides fields, `atc` and `cash` go into the chip data."""
    account = BOOK.account(name)
    data = chip(account, service, amount, atc=more.pop("atc", 1), cash=more.pop("cash", None))
    fields: dict[str, Any] = {
        "reference": "ref-1", "service": service, "amount": amount, "other_amount": 0, "currency": 156,
        "pan": account.pan, "pan_sequence": account.psn, "expiry": account.expiry,
        "track2": Secret(bytes.fromhex(f"{account.digits}D{account.expiry}220100000".ljust(38, "F")[:38])),
        "entry_mode": "05", "pin_block": None, "chip": tuple(data.items()),
    }  # fmt: skip
    return OnlineRequest(**{**fields, **more})
