"""Cryptogram: application cryptograms, issuer authentication and issuer scripts (JR/T 0025.5 clauses 8 and 14).

Pure functions on session keys; what the keys are and where the values come from is the caller's affair. A terminal
never calls this file: cryptograms are between card and issuer.
"""

from collections.abc import Mapping

from jinka.kernel.crypto.mac import Algorithm, decrypt, encrypt, mac, pad_80
from jinka.kernel.data import tags
from jinka.kernel.errors import MisuseError

__all__ = [
    "CVN_01",
    "CVN_17",
    "Algorithm",
    "application_cryptogram",
    "arpc",
    "cryptogram_data",
    "decipher_script",
    "encipher_script",
    "pin_block",
    "pin_change_block",
    "pin_from_change_block",
    "script_mac",
]

CVN_01 = 0x01
CVN_17 = 0x11
_LINES_01: tuple[tuple[int, int], ...] = (
    (tags.AMOUNT, 6), (tags.OTHER_AMOUNT, 6), (tags.TERMINAL_COUNTRY, 2), (tags.TVR, 5), (tags.CURRENCY, 2),
    (tags.DATE, 3), (tags.TYPE, 1), (tags.UNPREDICTABLE_NUMBER, 4),
)  # fmt: skip
_LINES_17: tuple[tuple[int, int], ...] = ((tags.AMOUNT, 6), (tags.UNPREDICTABLE_NUMBER, 4))


def cryptogram_data(version: int, terminal: Mapping[int, bytes], aip: bytes, atc: int, cvr: bytes) -> bytes:
    """What a cryptogram of that version is made over.

    `terminal` holds the values of the last DOL; a value it lacks counts as zeros. `cvr` is the 4-byte card
    verification results. Version 01 gives 37 bytes, version 17 (hex 11) 13 bytes. # spec: jrt-0025.5/14.1
    """
    counter = atc.to_bytes(2, "big")
    if version == CVN_01:
        lines, tail = _LINES_01, aip + counter + cvr
    elif version == CVN_17:
        lines, tail = _LINES_17, counter + cvr[1:2]
    else:
        raise MisuseError(f"cryptogram version {version:02X} is not known")
    return b"".join(terminal.get(tag, bytes(size)) for tag, size in lines) + tail


def application_cryptogram(algorithm: Algorithm, key: bytes, data: bytes) -> bytes:
    """The 8-byte AC over `data` under the session key of the AC key."""
    return mac(algorithm, key, data, 8)


def arpc(algorithm: Algorithm, key: bytes, cryptogram: bytes, arc: bytes) -> bytes:
    """The 8-byte response cryptogram, method 1: ARQC xor the 2-byte response code, under the AC session key.

    For SM4 the block is filled with zeros and the leftmost 8 bytes are taken; sources differ here.
    """
    mixed = bytes(a ^ b for a, b in zip(cryptogram, arc + bytes(6), strict=True))
    return encrypt(algorithm, key, mixed + bytes(algorithm.block - 8))[:8]


def script_mac(algorithm: Algorithm, key: bytes, header: bytes, atc: int, cryptogram: bytes, data: bytes) -> bytes:
    """The 4-byte MAC of a script command under the MAC session key.

    `header` is CLA INS P1 P2 Lc with Lc counting the MAC; `cryptogram` is that of the first GENERATE AC; `data` is the
    command data before the MAC, enciphered when it is. # spec: jrt-0025.5/script-mac
    """
    return mac(algorithm, key, header + atc.to_bytes(2, "big") + cryptogram + data, 4)


def encipher_script(algorithm: Algorithm, key: bytes, data: bytes) -> bytes:
    """Script data under the encipherment session key: length byte, data, 80 and zeros when not whole; ECB."""
    plain = bytes((len(data),)) + data
    if len(plain) % algorithm.block:
        plain = pad_80(plain, algorithm.block)
    return encrypt(algorithm, key, plain)


def decipher_script(algorithm: Algorithm, key: bytes, data: bytes) -> bytes:
    """The inverse of `encipher_script`. Raises `MisuseError` when length or padding do not fit."""
    plain = decrypt(algorithm, key, data)
    size = plain[0]
    body, rest = plain[1 : 1 + size], plain[1 + size :]
    if len(body) != size or (rest and rest != pad_80(b"", len(rest))) or len(rest) >= algorithm.block:
        raise MisuseError("the enciphered data does not come out well-formed")
    return body


def pin_block(pin: str) -> bytes:
    """The plain PIN block of VERIFY: control nibble 2, length, digits, F filler; 8 bytes. # spec: emv-b3/6.5.12"""
    return bytes.fromhex(f"2{_length(pin):X}{pin}".ljust(16, "F"))


def pin_change_block(card: bytes, new: str, current: str | None = None) -> bytes:
    """The 8-byte block of PIN CHANGE before encipherment. # spec: jrt-0025.5/pin-change

    The card's AC key hides the new PIN; with `current` (P2 = 01) the digits of the current one are mixed in.
    """
    return _mix(_mix(_mask(card), bytes.fromhex(f"0{_length(new):X}{new}".ljust(16, "F"))), _digits(current))


def pin_from_change_block(card: bytes, block: bytes, current: str | None = None) -> str:
    """The new PIN out of that block. Raises `MisuseError` when it is not one."""
    text = _mix(_mix(block, _mask(card)), _digits(current)).hex()
    size = int(text[1], 16)
    pin = text[2 : 2 + size]
    if text[0] != "0" or not 4 <= size <= 12 or not pin.isdigit() or text[2 + size :].strip("f"):
        raise MisuseError("not a PIN change block")
    return pin


def _length(pin: str) -> int:
    if not (pin.isdigit() and 4 <= len(pin) <= 12):
        raise MisuseError("a PIN has 4 to 12 digits")
    return len(pin)


def _mask(card: bytes) -> bytes:
    return bytes(4) + card[4:8]


def _digits(pin: str | None) -> bytes:
    return bytes(8) if pin is None else bytes.fromhex(pin.ljust(16, "0"))


def _mix(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
