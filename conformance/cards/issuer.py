"""Issuer: what only the issuer can check or make, worked out apart from kernel and simulator, on the cryptography package.

Facts: JR/T 0025.5 clauses 8, 14 and 16 (two-key triple DES) and 0025.17 (SM4). A key here opens test cards only.
"""

import tomllib
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

with catch_warnings():
    simplefilter("ignore")  # two-key triple DES moved there with a warning; cards still use it
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

FIELDS_01 = ((0x9F02, 6), (0x9F03, 6), (0x9F1A, 2), (0x95, 5), (0x5F2A, 2), (0x9A, 3), (0x9C, 1), (0x9F37, 4))
FIELDS_17 = ((0x9F02, 6), (0x9F37, 4))


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """Issuer master keys: application cryptogram, script MAC, script encipherment; 16 bytes each."""

    algorithm: str
    ac: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    enc: bytes = field(repr=False)

    @classmethod
    def load(cls, path: Path, algorithm: str) -> "IssuerKeys":
        """From the table keys.tdes or keys.sm4 of a TOML file."""
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))["keys"][algorithm]
        return cls(algorithm, *(bytes.fromhex(table[use]) for use in ("ac", "mac", "enc")))

    def session(self, master: bytes, pan: str, sequence: int, atc: int) -> bytes:
        """The key of one card and one transaction."""
        counter = atc.to_bytes(2, "big")
        card = self.card_key(master, pan, sequence)
        return self.encipher(card, bytes(6) + counter + bytes(6) + _inverse(counter))

    def encipher(self, key: bytes, data: bytes) -> bytes:
        """Block by block."""
        cipher: Any = SM4(key) if self.algorithm == "sm4" else TripleDES(key + key[:8])
        worker = Cipher(cipher, modes.ECB()).encryptor()  # noqa: S305  what the specification names
        return bytes(worker.update(data) + worker.finalize())

    def mac_of(self, key: bytes, data: bytes) -> bytes:
        """Padding 80 00..; SM4: CBC-MAC; triple DES: single DES along the chain, triple DES at its end."""
        size = 16 if self.algorithm == "sm4" else 8
        padded = data + b"\x80" + bytes(-(len(data) + 1) % size)
        state = bytes(size)
        for at in range(0, len(padded), size):
            block = bytes(a ^ b for a, b in zip(state, padded[at : at + size], strict=True))
            if self.algorithm == "sm4":
                state = self.encipher(key, block)
            elif at + size < len(padded):
                state = _des(key[:8], block)
            else:
                state = self.encipher(key, block)
        return state

    def cryptogram(self, key: bytes, version: int, values: dict[int, bytes], aip: bytes, atc: int, cvr: bytes) -> bytes:
        """The 8-byte cryptogram of version 01 or 17 (hexadecimal 11) under a session key."""
        fields = FIELDS_01 if version == 0x01 else FIELDS_17
        data = b"".join(values.get(tag, bytes(size)) for tag, size in fields)
        tail = aip + atc.to_bytes(2, "big") + cvr if version == 0x01 else atc.to_bytes(2, "big") + cvr[1:2]
        return self.mac_of(key, data + tail)[:8]

    def response(self, key: bytes, cryptogram: bytes, arc: bytes) -> bytes:
        """The ARPC: cryptogram xor response code, enciphered."""
        mixed = bytes(a ^ b for a, b in zip(cryptogram, arc.ljust(8, b"\0"), strict=True))
        return self.encipher(key, mixed + bytes(8 if self.algorithm == "sm4" else 0))[:8]

    def hidden(self, key: bytes, data: bytes) -> bytes:
        """Script data under the encipherment key: length, data, padding when it is not whole."""
        size = 16 if self.algorithm == "sm4" else 8
        plain = bytes((len(data),)) + data
        if len(plain) % size:
            plain += b"\x80" + bytes(-(len(plain) + 1) % size)
        return self.encipher(key, plain)

    def card_key(self, master: bytes, pan: str, sequence: int) -> bytes:
        """The key of one card."""
        seed = bytes.fromhex(f"{pan}{sequence:02d}"[-16:].rjust(16, "0"))
        return self.encipher(master, seed + _inverse(seed))


def _des(key: bytes, block: bytes) -> bytes:
    """Single DES as triple DES with one key."""
    worker = Cipher(TripleDES(key * 3), modes.ECB()).encryptor()  # noqa: S305
    return bytes(worker.update(block) + worker.finalize())


def _inverse(data: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in data)


def digest(data: bytes) -> bytes:
    """SHA-1, which EMV signatures are made over."""
    return sha1(data, usedforsecurity=False).digest()
