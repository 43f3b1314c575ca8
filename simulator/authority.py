"""Authority: our own certification authority with issuer and card keys below it. TEST KEYS only.

UnionPay's test private keys are not public, so the simulator has a hierarchy of its own under key indexes F0 to F3 of
UnionPay's RID. `data/authority.toml` ships one, `data/capk.toml` is its public half in the terminal's form; to make
them anew: `python -m jinka.simulator.authority FOLDER`.
"""

import hashlib
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinka.kernel.errors import ConfigError
from jinka.simulator.rsa import RsaKey, generate

RID = bytes.fromhex("A000000333")
EXPIRY = date(2049, 12, 31)
DATA = Path(__file__).parent / "data"
# index: bits, exponent
AUTHORITY_KEYS = {0xF0: (1024, 3), 0xF1: (1152, 65537), 0xF2: (1408, 3), 0xF3: (1984, 3)}
# name: bits, exponent
ISSUER_KEYS = {
    "issuer-1024": (1024, 3), "issuer-1152": (1152, 3), "issuer-1408": (1408, 65537), "issuer-1984": (1984, 3),
}  # fmt: skip
CARD_KEYS = {
    "icc-1024": (1024, 3), "icc-1152": (1152, 65537), "icc-1408": (1408, 3), "icc-1984": (1984, 3),
    "pin-1024": (1024, 3), "pin-1152": (1152, 65537),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Authority:
    """All private keys of the test world: authorities by key index, issuers and cards by name."""

    rid: bytes
    expiry: date
    authorities: Mapping[int, RsaKey]
    issuers: Mapping[str, RsaKey]
    cards: Mapping[str, RsaKey]

    def capk_toml(self) -> str:
        """The public keys as [[capk]] tables, for a terminal to load. # spec: emv-b2/11.2.2"""
        lines = ["# Public keys of the simulator's own certification authority. TEST KEYS: never for a real terminal."]
        for index, key in sorted(self.authorities.items()):
            checked = self.rid + bytes((index,)) + key.modulus_bytes + key.exponent_bytes
            checksum = hashlib.sha1(checked).hexdigest()  # noqa: S324 - what the standard says
            lines += [
                "",
                "[[capk]]",
                f'rid = "{self.rid.hex().upper()}"',
                f"index = 0x{index:02X}",
                'algorithm = "rsa"',
                f'modulus = "{key.modulus_bytes.hex().upper()}"',
                f'exponent = "{key.exponent_bytes.hex().upper()}"',
                f'checksum = "{checksum.upper()}"',
                f"expiry = {self.expiry.isoformat()}",
            ]
        return "\n".join(lines) + "\n"

    def to_toml(self) -> str:
        """The private keys, as `load_authority` reads them."""
        lines = [
            "# TEST KEYS of the simulated world: authorities, issuers, cards. They open nothing outside.",
            "",
            f'rid = "{self.rid.hex().upper()}"',
            f"expiry = {self.expiry.isoformat()}",
        ]
        named: list[tuple[str, str, RsaKey]] = [
            *(("authorities", f"{index:02X}", key) for index, key in sorted(self.authorities.items())),
            *(("issuers", name, key) for name, key in self.issuers.items()),
            *(("cards", name, key) for name, key in self.cards.items()),
        ]
        for group, name, key in named:
            lines += [
                "",
                f"[{group}.{name}]                  # {key.size * 8} bits",
                f"exponent = {key.exponent}",
                f'p = "{key.p:X}"',
                f'q = "{key.q:X}"',
            ]
        return "\n".join(lines) + "\n"


def make_authority() -> Authority:
    """A fresh hierarchy; takes some seconds."""
    return Authority(
        RID,
        EXPIRY,
        {index: generate(f"authority-{index:02X}", *kind) for index, kind in AUTHORITY_KEYS.items()},
        {name: generate(name, *kind) for name, kind in ISSUER_KEYS.items()},
        {name: generate(name, *kind) for name, kind in CARD_KEYS.items()},
    )


def read_authority(text: str, file: str = "") -> Authority:
    """Reads what `Authority.to_toml` wrote. Raises `ConfigError`."""
    try:
        raw = tomllib.loads(text)
        return Authority(
            bytes.fromhex(raw["rid"]),
            raw["expiry"],
            {int(index, 16): _key(f"authority-{index}", table) for index, table in raw["authorities"].items()},
            {name: _key(name, table) for name, table in raw["issuers"].items()},
            {name: _key(name, table) for name, table in raw["cards"].items()},
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise ConfigError(f"not an authority file: {fault}", file=file) from None


def _key(name: str, table: dict[str, Any]) -> RsaKey:
    return RsaKey(name, int(table["exponent"]), int(table["p"], 16), int(table["q"], 16))


@lru_cache(maxsize=1)
def load_authority() -> Authority:
    """The hierarchy that ships with the simulator."""
    path = DATA / "authority.toml"
    return read_authority(path.read_text("utf-8"), str(path))


def main(folder: str) -> None:
    """Makes a new hierarchy: writes authority.toml and capk.toml into a folder."""
    made = make_authority()
    Path(folder, "authority.toml").write_text(made.to_toml(), "utf-8")
    Path(folder, "capk.toml").write_text(made.capk_toml(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
