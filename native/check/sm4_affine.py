"""Writes `src/sm4/sm4_affine.h`: SM4's rounds (GB/T 32907, 6.2 and 7.3) in terms of the x86 instructions that invert in
AES's field (FIPS 197), GF(2)[t]/(t^8+t^4+t^3+t+1).

All fields of 256 elements are one: an isomorphism carries SM4's into AES's, where AESENCLAST (with AES's affine map
after it) or GF2P8AFFINEINVQB inverts. So S(x) = after(invert(before(x))), two affine maps that are computed here.

The rounds need neither of them alone. All words are kept as `before` makes them, byte by byte (its constant is in the round
keys only), and a rotation by bits is one by bytes with a linear map of each byte, so byte i of before(L(S(x))) is the sum
over k of mix_k(invert(byte i + k of x)). With k counted from the highest byte, mix_1 = mix_2 and mix_0 = mix_1 + mix_3.
In the key schedule the four are different.

    python native/check/sm4_affine.py           # compare with the file in the tree, exit 1 if they differ
    python native/check/sm4_affine.py --write   # write it
"""

from collections.abc import Callable
from pathlib import Path

from generated import settle  # type: ignore[import-not-found]  # beside this script, in no package
from sm4_circuit import (  # type: ignore[import-not-found]
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


def rotation(n: int) -> tuple[Map, Map]:
    """<<< n of a word, 0 < n < 8: what byte i of the result has of byte i, and what of byte i + 1."""
    return (lambda x: x << n & 0xFF), (lambda x: x >> (8 - n))


def add(*maps: Map) -> Map:
    def total(x: int) -> int:
        result = 0
        for f in maps:
            result ^= f(x)
        return result

    return total


def same(x: int) -> int:
    return x


# What byte i of the result of L, or of the key schedule's L', has of bytes i, i + 1, i + 2, i + 3.
# L(b) = b ^ b<<<2 ^ b<<<10 ^ b<<<18 ^ b<<<24, L'(b) = b ^ b<<<13 ^ b<<<23.
LEFT2, RIGHT6 = rotation(2)
LEFT5, RIGHT3 = rotation(5)
LEFT7, RIGHT1 = rotation(7)
MIX = (add(same, LEFT2), add(LEFT2, RIGHT6), add(LEFT2, RIGHT6), add(same, RIGHT6))
KEY_MIX = (same, LEFT5, add(RIGHT3, LEFT7), RIGHT1)


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


def ck(linear: Map) -> str:
    """The constants of the key schedule; word r of a row is rotated left by r bytes."""
    rows = []
    for i in range(32):
        word = [linear((4 * i + j) * 7 % 256) for j in range(4)]
        rows.append("{" + ", ".join(f"0x{word[(j + r) % 4]:02x}" for r in range(4) for j in range(4)) + "}")
    return "#define JK_LINEAR_CK \\\n    {" + ", \\\n     ".join(rows) + "}"


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

    def linear(x: int) -> int:
        return before(x) ^ before(0)

    def mixed(sbox_end: Map, of: Map, whole: tuple[Map, ...] | None) -> Map:
        """Linear, but for the constant of all four if `whole` is given."""
        extra = 0 if whole is None else linear(add(*whole)(sbox_end(0)))
        return lambda x: linear(of(sbox_end(x) ^ sbox_end(0))) ^ extra

    for x in range(256):
        inverted = aes_power(before(x), 254)
        if not sbox(x) == after(inverted) == after_aes(aes_affine(inverted) ^ AES_CONSTANT):
            raise AssertionError(f"the maps are wrong for {x:02x}")
        if MIX[0](x) != MIX[1](x) ^ MIX[3](x) or MIX[1](x) != MIX[2](x):
            raise AssertionError("mix_0 is not the sum of mix_1 and mix_3")
    # The constants stand with mix_1, which counts three times (twice, and within mix_0), and with the key's mix_0.
    mixes = [("MIX1", MIX[1], MIX), ("MIX3", MIX[3], None), ("KEY_MIX0", KEY_MIX[0], KEY_MIX)]
    mixes += [(f"KEY_MIX{k}", KEY_MIX[k], None) for k in (1, 2, 3)]
    return "\n".join(
        [
            "/* GB/T 32907 (SM4), 6.2 and 7.3: rounds around an inversion in AES's field (FIPS 197).",
            " * Written by check/sm4_affine.py, which explains them; do not edit. */",
            "#ifndef JK_SM4_AFFINE_H",
            "#define JK_SM4_AFFINE_H",
            "",
            "/* From bytes as the standard has them: with the constant for round keys, without it for all other words. */",
            matrix("BEFORE", before),
            nibbles("BEFORE", before),
            nibbles("LINEAR", linear),
            "",
            "/* And back again; the constant is for round keys only. */",
            matrix("BACK", inverse(before)),
            nibbles("BACK", inverse(linear)),
            "",
            "/* Around the inversion, for a round and for the key schedule: as bit matrices after the bare inversion, ... */",
            *[matrix(name, mixed(after, of, whole)) for name, of, whole in mixes],
            "",
            "/* ... and as nibble tables after AES's S-box, whose own affine map is undone. */",
            *[nibbles(f"AES_{name}", mixed(after_aes, of, whole)) for name, of, whole in mixes],
            "",
            "/* The key schedule's constants, in the field, linear; every word rotated left by 0, 1, 2, 3 bytes. */",
            ck(linear),
            "",
            "#endif",
            "",
        ]
    )


if __name__ == "__main__":
    settle({HEADER: generate()})
