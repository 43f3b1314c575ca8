"""Book: the issuer's keys and accounts as `simulator/data/issuer.toml` gives them. TEST KEYS."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.secret import Secret

ISSUER_FILE = Path(__file__).parents[1] / "data" / "issuer.toml"
ALGORITHMS = {"tdes": Algorithm.TDES, "sm4": Algorithm.SM4}


@dataclass(frozen=True, slots=True)
class Masters:
    """The issuer master keys of one algorithm, 16 bytes each: cryptogram, script MAC, script encipherment."""

    ac: Secret
    mac: Secret
    enc: Secret


@dataclass(frozen=True, slots=True)
class Account:
    """One account. Amounts in minor units; `expiry` YYMM; `status` is the code every request gets unless "00".

    `cash_balance` is the electronic cash the issuer believes to be on the card, `cash_limit` the most it may hold,
    `velocity` the online approvals allowed before 65 (0: no limit).
    """

    name: str
    pan: Secret
    psn: int
    expiry: str
    pin: Secret
    balance: int
    cash_balance: int = 0
    cash_limit: int = 0
    algorithm: Algorithm = Algorithm.TDES
    status: str = "00"
    velocity: int = 0

    @property
    def digits(self) -> str:
        """The PAN as text."""
        return self.pan.reveal().decode()


@dataclass(frozen=True, slots=True)
class Book:
    """Master keys by algorithm, PIN zone keys, terminal master keys, accounts."""

    masters: dict[Algorithm, Masters]
    zone: dict[Algorithm, Secret]
    terminal: dict[Algorithm, Secret]
    accounts: tuple[Account, ...]

    def account(self, name: str) -> Account:
        """The account of that name. Raises `KeyError`."""
        for account in self.accounts:
            if account.name == name:
                return account
        raise KeyError(name)

    def find(self, pan: str) -> Account | None:
        """The account of that PAN."""
        return next((account for account in self.accounts if account.digits == pan), None)


def load_book(path: Path = ISSUER_FILE) -> Book:
    """Reads the file; a mistake in it is a `KeyError`, `TypeError` or `ValueError`, since it is ours."""
    raw = tomllib.loads(path.read_text("utf-8"))
    masters = {
        algorithm: Masters(*(_key(raw["keys"][name][part]) for part in ("ac", "mac", "enc")))
        for name, algorithm in ALGORITHMS.items()
    }
    return Book(
        masters,
        {algorithm: _key(raw["zone"][name]) for name, algorithm in ALGORITHMS.items()},
        {algorithm: _key(raw["terminal"][name]) for name, algorithm in ALGORITHMS.items()},
        tuple(_account(entry) for entry in raw["account"]),
    )


def _key(text: str) -> Secret:
    return Secret(bytes.fromhex(text))


def _account(entry: dict[str, Any]) -> Account:
    pan, pin = Secret(entry["pan"].encode()), Secret(entry["pin"].encode())
    return Account(**{**entry, "pan": pan, "pin": pin, "algorithm": ALGORITHMS[entry.get("algorithm", "tdes")]})
