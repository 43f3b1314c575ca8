"""Configuration: an immutable value given at the start of a transaction, never an effect.

`load.py` reads it from TOML files and from UnionPay parameter records. Amounts are in minor units of the terminal
currency. What JR/T 0025 leaves open or sources disagree about is a named option with its default stated here.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, IntEnum

from jinka.kernel.data.fields import AdditionalCapabilities, TerminalCapabilities


class Hex(bytes):
    """Bytes written as hexadecimal text in a configuration file."""


class KeyAlgorithm(IntEnum):
    """The algorithm of a certification authority key (tag DF07)."""

    RSA = 0x01
    SM2 = 0x04


class CdaMode(IntEnum):
    """When CDA is requested with an ARQC and at the second GENERATE AC (EMV 4.4 Book 4 clause 6.3.2.1).

    1: both; 2: ARQC only; 3: neither; 4: second GENERATE AC only. A TC at the first one is always signed.
    """

    BOTH = 1
    FIRST = 2
    NEITHER = 3
    SECOND = 4


class Generation(Enum):
    """Which edition of the specifications decides where they differ."""

    EMV_43 = "emv-4.3"
    EMV_44 = "emv-4.4"
    PBOC_2013 = "pboc-2013"
    PBOC_2018 = "pboc-2018"


@dataclass(frozen=True, slots=True)
class CaKey:
    """A certification authority public key. `modulus` holds X and Y (64 bytes) for SM2; `expiry` None: never."""

    rid: Hex
    index: int
    modulus: Hex
    exponent: Hex = field(default_factory=Hex)
    algorithm: KeyAlgorithm = KeyAlgorithm.RSA
    expiry: date | None = None
    checksum: Hex = field(default_factory=Hex)


@dataclass(frozen=True, slots=True)
class Revoked:
    """A revoked issuer certificate: RID, CA key index and the 3-byte serial number (emv-b2/5.1.2)."""

    rid: Hex
    index: int
    serial: Hex


@dataclass(frozen=True, slots=True)
class Application:
    """What the terminal knows about one AID.

    `partial`: the card's DF name may be longer. `target` and `max_target` are percentages (0-99). `tac_*` are 5 bytes.
    `cash_limit` is 9F7B, the electronic cash transaction limit: None when not configured.
    """

    aid: Hex
    name: str = ""
    partial: bool = True
    version: Hex = Hex(b"\x00\x30")
    floor_limit: int = 0
    threshold: int = 0
    target: int = 0
    max_target: int = 0
    tac_default: Hex = Hex(bytes(5))
    tac_online: Hex = Hex(bytes(5))
    tac_denial: Hex = Hex(bytes(5))
    default_ddol: Hex = Hex(b"\x9f\x37\x04")
    default_tdol: Hex = Hex(b"")
    online_pin: bool = True
    velocity_checking: bool = True
    cash_limit: int | None = None
    risk_data: Hex = Hex(b"")
    merchant_category: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """Behaviour a vendor declares in the implementation conformance statement, and readings left open.

    use_pse: try the payment system environment before the list of AIDs.
    cardholder_selection / cardholder_confirmation: the terminal can show a list / ask "use this one?".
    pin_bypass, bypass_all: PIN entry may be bypassed; then no further PIN method asks again.
    get_pin_try_counter: read 9F17 before an offline PIN.
    force_online_allowed: the attendant may force a transaction online.
    online_only_defaults: an online-only terminal that cannot reach the host uses the default action codes (else AAC).
    referral: an issuer referral (ARC 01, 02) is put to the attendant (else declined).
    advice: advices are kept when the card asks for one.
    always_manage_risk: terminal risk management also for a card whose AIP does not ask for it.
    ecash, sm: electronic cash and the SM algorithms are offered to the card (9F7A, DF69).
    script_limit: total bytes of issuer scripts processed (emv-b4/12.2.4).
    max_records: bound on READ RECORD commands of one transaction; a hostile AFL is refused beyond it.
    """

    use_pse: bool = True
    cardholder_selection: bool = True
    cardholder_confirmation: bool = True
    pin_bypass: bool = True
    bypass_all: bool = True
    get_pin_try_counter: bool = True
    force_online_allowed: bool = True
    online_only_defaults: bool = False
    referral: bool = True
    advice: bool = True
    always_manage_risk: bool = True
    ecash: bool = True
    sm: bool = False
    cda_mode: CdaMode = CdaMode.BOTH
    magnetic_stripe_fallback: bool = True
    script_limit: int = 128
    max_records: int = 255
    approved_codes: tuple[str, ...] = ("00", "08", "10", "11", "16")
    referral_codes: tuple[str, ...] = ("01", "02")


@dataclass(frozen=True, slots=True)
class Device:
    """The terminal itself. `type` is 9F35; codes are ISO 4217 and ISO 3166 numbers (156: CNY, China)."""

    type: str = "22"
    capabilities: Hex = Hex.fromhex("E0F9C8")
    additional_capabilities: Hex = Hex.fromhex("6000F0A001")
    country: int = 156
    currency: int = 156
    exponent: int = 2
    terminal_id: str = "00000001"
    merchant_id: str = "000000000000001"
    merchant_name: str = ""
    merchant_category: str = "5999"
    acquirer_id: str = "00000000000"
    serial: str = "00000001"
    languages: tuple[str, ...] = ("zh", "en")

    @property
    def can(self) -> TerminalCapabilities:
        """9F33 as flags."""
        return TerminalCapabilities.parse(self.capabilities)

    @property
    def also_can(self) -> AdditionalCapabilities:
        """9F40 as flags."""
        return AdditionalCapabilities.parse(self.additional_capabilities)

    @property
    def attended(self) -> bool:
        """Whether an attendant is there (emv-b4/annex-a1: second digit 1 to 3)."""
        return self.type[1] in "123"

    @property
    def online_only(self) -> bool:
        """Second digit 1 or 4."""
        return self.type[1] in "14"

    @property
    def offline_only(self) -> bool:
        """Second digit 3 or 6."""
        return self.type[1] in "36"

    @property
    def atm(self) -> bool:
        """A cash dispenser of a financial institution (emv-b4/annex-a1)."""
        return self.type in ("14", "15", "16") and AdditionalCapabilities.CASH in self.also_can


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a terminal is told before a transaction."""

    device: Device = field(default_factory=Device)
    applications: tuple[Application, ...] = ()
    keys: tuple[CaKey, ...] = ()
    revoked: tuple[Revoked, ...] = ()
    options: Options = field(default_factory=Options)
    generation: Generation = Generation.PBOC_2018

    def key(self, rid: bytes, index: int, algorithm: KeyAlgorithm = KeyAlgorithm.RSA) -> CaKey | None:
        """The CA key of a RID, index and algorithm (an index may stand for one of each); the last one loaded wins."""
        for held in reversed(self.keys):
            if held.rid == rid and held.index == index and held.algorithm is algorithm:
                return held
        return None

    def is_revoked(self, rid: bytes, index: int, serial: bytes) -> bool:
        """Whether an issuer certificate is on the revocation list."""
        return any(entry.rid == rid and entry.index == index and entry.serial == serial for entry in self.revoked)
