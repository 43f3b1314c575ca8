"""Working keys: the PIN key and the MAC key of the day, as sign-on delivers them under the terminal master key.

Field 62 of the 0810: PIN key (16 bytes, enciphered), its check value (4), MAC key (16), its check value (4). A check
value is the beginning of what the key makes of a block of zeros.
"""

import hmac
from dataclasses import dataclass

from jinka.kernel.crypto.mac import Algorithm, decrypt, encrypt
from jinka.kernel.errors import LinkFault
from jinka.kernel.secret import Secret

KEY_BYTES, CHECK_BYTES = 16, 4
_PART = KEY_BYTES + CHECK_BYTES


@dataclass(frozen=True, slots=True)
class WorkingKeys:
    """Both keys in clear. In a certified PIN pad they stay inside; this is the software stand-in."""

    pin: Secret
    mac: Secret

    @classmethod
    def unwrap(
        cls, raw: bytes, master: Secret, wrapping: Algorithm, pin: Algorithm, mac: Algorithm
    ) -> "WorkingKeys":
        """Opens field 62. Raises `LinkFault` when its length or a check value is wrong."""
        if len(raw) != 2 * _PART:
            raise LinkFault(f"sign-on gave {len(raw)} bytes of keys, not {2 * _PART}")
        return cls(
            _unwrap(raw[:_PART], master, wrapping, pin, "PIN"), _unwrap(raw[_PART:], master, wrapping, mac, "MAC")
        )

    def wrap(self, master: Secret, wrapping: Algorithm, pin: Algorithm, mac: Algorithm) -> bytes:
        """Field 62, as the host makes it."""
        parts = ((self.pin, pin), (self.mac, mac))
        return b"".join(
            encrypt(wrapping, master.reveal(), key.reveal()) + check_value(key, algorithm) for key, algorithm in parts
        )


def check_value(key: Secret, algorithm: Algorithm) -> bytes:
    """The first 4 bytes of a block of zeros under the key."""
    return encrypt(algorithm, key.reveal(), bytes(algorithm.block))[:CHECK_BYTES]


def _unwrap(part: bytes, master: Secret, wrapping: Algorithm, algorithm: Algorithm, name: str) -> Secret:
    key = Secret(decrypt(wrapping, master.reveal(), part[:KEY_BYTES]))
    if not hmac.compare_digest(check_value(key, algorithm), part[KEY_BYTES:]):
        raise LinkFault(f"the check value of the {name} key is wrong")
    return key
