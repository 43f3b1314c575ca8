"""Commands: the APDUs of a contact application (EMV 4.4 Book 1 clause 11, Book 3 clause 6.5)."""

from jinka.kernel.apdu import Command
from jinka.kernel.data.fields import Cryptogram

PSE = b"1PAY.SYS.DDF01"
CDA_REQUESTED = 0x10


def select(name: bytes, *, again: bool = False) -> Command:
    """SELECT by DF name (5-16 bytes); `again` asks for the next occurrence of a partial name. # spec: emv-b1/11.3"""
    return Command(0x00, 0xA4, 0x04, 0x02 if again else 0x00, name, 256)


def read_record(sfi: int, record: int) -> Command:
    """READ RECORD: SFI 1-30, record 1-255. # spec: emv-b3/6.5.11"""
    return Command(0x00, 0xB2, record, sfi << 3 | 0x04, b"", 256)


def get_processing_options(data: bytes) -> Command:
    """GET PROCESSING OPTIONS with the whole command template 83. # spec: emv-b3/6.5.8"""
    return Command(0x80, 0xA8, 0x00, 0x00, data, 256)


def get_data(tag: int) -> Command:
    """GET DATA of a two-byte tag, or a one-byte one with P1 00. # spec: emv-b3/6.5.7"""
    return Command(0x80, 0xCA, tag >> 8, tag & 0xFF, b"", 256)


def verify_plain(block: bytes) -> Command:
    """VERIFY with a plain PIN block of 8 bytes: a secret. # spec: emv-b3/6.5.12"""
    return Command(0x00, 0x20, 0x00, 0x80, block, sensitive=True)


def verify_enciphered(data: bytes) -> Command:
    """VERIFY with an enciphered PIN, as long as the key's modulus. # spec: emv-b3/6.5.12"""
    return Command(0x00, 0x20, 0x00, 0x88, data)


def get_challenge() -> Command:
    """GET CHALLENGE: 8 bytes. # spec: emv-b3/6.5.6"""
    return Command(0x00, 0x84, 0x00, 0x00, b"", 256)


def internal_authenticate(data: bytes) -> Command:
    """INTERNAL AUTHENTICATE with the filled DDOL. # spec: emv-b3/6.5.9"""
    return Command(0x00, 0x88, 0x00, 0x00, data, 256)


def external_authenticate(data: bytes) -> Command:
    """EXTERNAL AUTHENTICATE with the issuer authentication data, 8-16 bytes. # spec: emv-b3/6.5.4"""
    return Command(0x00, 0x82, 0x00, 0x00, data)


def generate_ac(kind: Cryptogram, data: bytes, *, cda: bool = False) -> Command:
    """GENERATE AC with the filled CDOL; `cda` asks for a signature with it. # spec: emv-b3/6.5.5"""
    return Command(0x80, 0xAE, kind | (CDA_REQUESTED if cda else 0), 0x00, data, 256)
