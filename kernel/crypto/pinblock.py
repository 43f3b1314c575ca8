"""PIN blocks for the host: format 0 of ISO 9564-1 (ANSI X9.8), built, opened, enciphered and translated.

Format 0 is 8 bytes: 0, the length, the digits and F to the right, mixed with the 12 rightmost digits of the PAN without
its check digit. Under SM4 the same two fields are made 16 bytes wide: UnionPay's own form is not public, so this is a
reading of ours and used only between this library and its simulator.
"""

from jinka.kernel.crypto.mac import Algorithm, decrypt, encrypt
from jinka.kernel.errors import MisuseError
from jinka.kernel.secret import Secret

SHORTEST, LONGEST = 4, 12


def build(pin: Secret, pan: Secret, size: int = 8) -> Secret:
    """The clear block of `size` bytes (8 or 16). Both arguments hold ASCII digits. Raises `MisuseError`."""
    digits = pin.reveal().decode("latin-1")
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        raise MisuseError(f"a PIN has {SHORTEST} to {LONGEST} digits")
    field = bytes.fromhex(f"0{len(digits):X}{digits}".ljust(2 * size, "F"))
    return Secret(_mixed(field, pan))


def parse(block: Secret, pan: Secret) -> Secret:
    """The PIN digits of a clear block. Raises `MisuseError` when it is not one for this PAN."""
    text = _mixed(block.reveal(), pan).hex()
    length = int(text[1], 16)
    digits, filler = text[2 : 2 + length], text[2 + length :]
    if text[0] != "0" or not SHORTEST <= length <= LONGEST or not digits.isdigit() or filler.strip("f"):
        raise MisuseError("not a PIN block of format 0 for this card")
    return Secret(digits.encode())


def encipher(algorithm: Algorithm, key: Secret, pin: Secret, pan: Secret) -> Secret:
    """Field 52: the block for a PIN, one cipher block long, under a PIN key."""
    return Secret(encrypt(algorithm, key.reveal(), build(pin, pan, algorithm.block).reveal()))


def decipher(algorithm: Algorithm, key: Secret, block: Secret, pan: Secret) -> Secret:
    """The PIN digits out of field 52. Raises `MisuseError` when nothing well-formed comes out."""
    if len(block) != algorithm.block:
        raise MisuseError(f"an enciphered PIN block has {algorithm.block} bytes, not {len(block)}")
    return parse(Secret(decrypt(algorithm, key.reveal(), block.reveal())), pan)


def translate(
    block: Secret, pan: Secret, source: tuple[Algorithm, Secret], target: tuple[Algorithm, Secret]
) -> Secret:
    """The same PIN under another zone's key, as a security module does it between two networks."""
    return encipher(*target, decipher(*source, block, pan), pan)


def _mixed(field: bytes, pan: Secret) -> bytes:
    """XOR with the PAN field: zeros, then the 12 rightmost digits without the check digit."""
    digits = pan.reveal().decode("latin-1")
    if not (digits.isascii() and digits.isdigit()):
        raise MisuseError("a PAN is made of digits")
    other = bytes.fromhex(digits[:-1][-12:].rjust(2 * len(field), "0"))
    return bytes(a ^ b for a, b in zip(field, other, strict=True))
