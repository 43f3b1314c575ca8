"""Writes `src/sm4/sm4_affine.h`: SM4's S-box (GB/T 32907, 6.2) in terms of the x86 instructions that invert in AES's
field (FIPS 197), GF(2)[t]/(t^8+t^4+t^3+t+1).

All fields of 256 elements are one: an isomorphism carries SM4's into AES's, where AESENCLAST (with AES's affine map
after it) or GF2P8AFFINEINVQB inverts. So S(x) = after(invert(before(x))), two affine maps that are computed here.

    python native/check/sm4_affine.py           # compare with the file in the tree, exit 1 if they differ
    python native/check/sm4_affine.py --write   # write it
"""

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from sm4_circuit import (  # type: ignore[import-not-found]  # beside this script, in no package
    OUT,
    POLYNOMIAL,
    affine,
    multiply,
    parity,
    sbox,
)

HEADER = Path(__file__).resolve().parents[1] / "src" / "sm4" / "sm4_affine.h"
AES_POLYNOMIAL = 0x11B
AES_CONSTANT = 0x63

Map = Callable[[int], int]


def aes_power(a: int, n: int) -> int:
    result = 1
    for _ in range(n):
        result = multiply(result, a, AES_POLYNOMIAL)
    return result


def aes_affine(x: int) -> int:
    """Bit i is the sum of bits i, i+4, i+5, i+6, i+7; AES's constant is left to the caller."""
    row = 0xF1
    return sum(parity((row << i | row >> (8 - i)) & 0xFF & x) << i for i in range(8))


def inverse(f: Map) -> Map:
    table = {f(x): x for x in range(256)}
    return table.__getitem__


def isomorphism() -> Map:
    """t goes to a root of SM4's polynomial; of the eight, the smallest."""

    def value(root: int) -> int:
        total = 0
        for i in range(9):
            total ^= aes_power(root, i) if POLYNOMIAL >> i & 1 else 0
        return total

    root = next(r for r in range(2, 256) if value(r) == 0)
    powers = [aes_power(root, i) for i in range(8)]

    def carry(x: int) -> int:
        total = 0
        for i in range(8):
            total ^= powers[i] if x >> i & 1 else 0
        return total

    return carry


def nibbles(name: str, f: Map) -> str:
    """The affine map as two tables for PSHUFB: f(x) = low[x & 15] ^ high[x >> 4]."""
    low = ", ".join(f"0x{f(i):02x}" for i in range(16))
    high = ", ".join(f"0x{f(i << 4) ^ f(0):02x}" for i in range(16))
    return f"#define JK_{name}_LOW {{{low}}}\n#define JK_{name}_HIGH {{{high}}}"


def matrix(name: str, f: Map) -> str:
    """The affine map as GF2P8AFFINEQB wants it: row i in byte 7 - i, the constant apart."""
    rows = [sum(((f(1 << j) ^ f(0)) >> i & 1) << j for j in range(8)) for i in range(8)]
    packed = sum(row << 8 * (7 - i) for i, row in enumerate(rows))
    return f"#define JK_{name}_MATRIX 0x{packed:016x}\n#define JK_{name}_CONSTANT 0x{f(0):02x}"


def generate() -> str:
    carry = isomorphism()
    back, unaffine = inverse(carry), inverse(aes_affine)

    def before(x: int) -> int:
        return carry(affine(x) ^ OUT)

    def after(x: int) -> int:
        result: int = affine(back(x)) ^ OUT
        return result

    def after_aes(x: int) -> int:
        return after(unaffine(x ^ AES_CONSTANT))

    for x in range(256):
        inverted = aes_power(before(x), 254)
        if not sbox(x) == after(inverted) == after_aes(aes_affine(inverted) ^ AES_CONSTANT):
            raise AssertionError(f"the maps are wrong for {x:02x}")
    return "\n".join(
        [
            "/* GB/T 32907 (SM4), 6.2: the affine maps around an inversion in AES's field (FIPS 197).",
            " * Written by check/sm4_affine.py; do not edit. */",
            "#ifndef JK_SM4_AFFINE_H",
            "#define JK_SM4_AFFINE_H",
            "",
            "/* Before an inversion; as nibble tables and as a bit matrix. */",
            nibbles("BEFORE", before),
            matrix("BEFORE", before),
            "",
            "/* After AES's S-box, whose own affine map is undone. */",
            nibbles("AFTER_AES", after_aes),
            "",
            "/* After a bare inversion. */",
            matrix("AFTER", after),
            "",
            "#endif",
            "",
        ]
    )


if __name__ == "__main__":
    if "--write" in sys.argv:
        HEADER.write_text(generate(), encoding="ascii")
    elif HEADER.read_text(encoding="ascii") != generate():
        sys.exit(f"{HEADER} is not what this script writes")
