"""RSA: raw private-key operations of simulated authorities, issuers and cards (EMV 4.4 Book 2 annex B2).

TEST KEYS only: nothing in here hides timing or wipes memory. A process that signs a lot does it with pycryptodomex's numbers:
eight times faster than Python's own, but as long in loading as forty signatures take.
"""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from jinka.kernel.errors import MisuseError

FEW = 8  # what a transaction needs
_signed = count()


@dataclass(frozen=True)
class RsaKey:
    """A private key; `name` is for people. The public part is `modulus` and `exponent`."""

    name: str
    exponent: int
    p: int = field(repr=False)
    q: int = field(repr=False)

    @cached_property
    def modulus(self) -> int:
        """p times q."""
        return self.p * self.q

    @cached_property
    def size(self) -> int:
        """Length of the modulus in bytes."""
        return (self.modulus.bit_length() + 7) // 8

    @property
    def modulus_bytes(self) -> bytes:
        """The modulus as it stands in a certificate."""
        return self.modulus.to_bytes(self.size, "big")

    @property
    def exponent_bytes(self) -> bytes:
        """The exponent as it stands in 9F32, 9F47 and 9F2E: 1 or 3 bytes."""
        return self.exponent.to_bytes((self.exponent.bit_length() + 7) // 8, "big")

    @cached_property
    def _parts(self) -> tuple[Any, ...]:
        """p, q, d mod p-1, d mod q-1 and q inverse mod p, for the Chinese remainder theorem."""
        exponents = pow(self.exponent, -1, self.p - 1), pow(self.exponent, -1, self.q - 1)
        return self.p, self.q, *exponents, pow(self.q, -1, self.p)

    @cached_property
    def _quick_parts(self) -> tuple[Any, ...]:
        from Cryptodome.Math.Numbers import Integer

        return tuple(map(Integer, self._parts))

    def sign(self, block: bytes) -> bytes:
        """The block, as long as the modulus and smaller than it, raised to the private exponent."""
        if len(block) != self.size:
            raise MisuseError(f"a block of {len(block)} bytes for a key of {self.size}")
        p, q, dp, dq, inverse = self._parts if next(_signed) < FEW else self._quick_parts
        number = type(p).from_bytes(block, "big")
        low = pow(number, dq, q)
        high = (pow(number, dp, p) - low) * inverse % p
        signed: bytes = (low + high * q).to_bytes(self.size, "big")
        return signed

    def decipher(self, block: bytes) -> bytes:
        """The same operation under its other name: what was enciphered under the public key comes out."""
        return self.sign(block)


def generate(name: str, bits: int, exponent: int) -> RsaKey:
    """A fresh key of 1024 bits or more, through the `cryptography` package."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    numbers = rsa.generate_private_key(exponent, bits).private_numbers()
    return RsaKey(name, exponent, numbers.p, numbers.q)
