"""Writes `src/sm4/sm4_maps.h`: what SM4 (GB/T 32907) does to a byte before and after each inversion, for implementations
that hold one byte of many blocks in a register.

Data and keys stay in AES's field, where an inversion needs no map before it. L and the key schedule's L' rotate words;
what they make of a byte is a sum of linear maps of the bytes of the operand, and each of these, composed with the map
after the inversion, costs no more than that one.

    python native/check/sm4_lanes.py           # compare with the file in the tree, exit 1 if they differ
    python native/check/sm4_lanes.py --write   # write it
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from sm4_affine import (  # type: ignore[import-not-found]  # beside this script, in no package
    AES_CONSTANT,
    Map,
    aes_affine,
    aes_power,
    inverse,
    isomorphism,
    matrix,
    nibbles,
)
from sm4_circuit import OUT, affine, sbox  # type: ignore[import-not-found]

HEADER = Path(__file__).resolve().parents[1] / "src" / "sm4" / "sm4_maps.h"


def part(left: int, right: int, kept: bool = False) -> Map:
    """What a byte gives to a byte of a rotated word: the sum of itself, if `kept`, x << left, and x >> right."""
    return lambda x: (x if kept else 0) ^ (x << left & 0xFF) ^ x >> right


# Byte j, from the left, of b ^ b<<<2 ^ b<<<10 ^ b<<<18 ^ b<<<24 is FAR of byte j, NEAR of byte j + 3, and both of all four.
NEAR, FAR = part(2, 8, kept=True), part(8, 6, kept=True)
# Byte j of b ^ b<<<13 ^ b<<<23 is the sum of part i of byte j + i.
KEY = (part(0, 8), part(5, 8), part(7, 3), part(8, 1))
# The same with four maps of the pairs' sums j, j + 2 in place of eight: KEY_EVEN of byte j, KEY_ODD of j + 1, and the last two
# parts, made of what KEY_EVEN makes, of both bytes that share them.
KEY_EVEN, KEY_ODD = (lambda x: KEY[0](x) ^ KEY[2](x)), (lambda x: KEY[1](x) ^ KEY[3](x))


def sum_of_rotations(b: tuple[int, ...], *turns: int) -> list[int]:
    x = int.from_bytes(bytes(b), "big")
    total = 0
    for n in turns:
        total ^= (x << n | x >> (32 - n)) & 0xFFFFFFFF
    return list(total.to_bytes(4, "big"))


def check_parts() -> None:
    """All maps are linear: single bits decide."""
    for bit in range(32):
        b = tuple((1 << bit).to_bytes(4, "big"))
        both = 0
        for x in b:
            both ^= NEAR(x) ^ FAR(x)
        if sum_of_rotations(b, 0, 2, 10, 18, 24) != [both ^ FAR(b[j]) ^ NEAR(b[(j + 3) % 4]) for j in range(4)]:
            raise AssertionError("the parts are not L")
        parts = [[KEY[i](b[(j + i) % 4]) for i in range(4)] for j in range(4)]
        if sum_of_rotations(b, 0, 13, 23) != [w ^ x ^ y ^ z for w, x, y, z in parts]:
            raise AssertionError("the parts are not L'")


def generate() -> str:
    check_parts()
    carry = isomorphism()
    back, unaffine = inverse(carry), inverse(aes_affine)

    def enter(x: int) -> int:
        value: int = carry(affine(x))
        return value

    leave, offset = inverse(enter), carry(OUT)

    def after(f: Map) -> Map:
        return lambda x: enter(f(affine(back(x)) ^ OUT))

    even = inverse(KEY_EVEN)

    def then(f: Map) -> Map:
        return lambda x: enter(f(even(leave(x))))

    def after_aes(f: Map) -> Map:
        return lambda x: after(f)(unaffine(x ^ AES_CONSTANT))

    for x in range(256):
        inverted = aes_power(enter(x) ^ offset, 254)
        aes = aes_affine(inverted) ^ AES_CONSTANT
        if not sbox(x) == leave(after(KEY[0])(inverted)) == leave(after_aes(KEY[0])(aes)):
            raise AssertionError(f"the maps are wrong for {x:02x}")
    lines = [
        "/* GB/T 32907 (SM4): maps of bytes between inversions in AES's field (FIPS 197), see sm4_lanes.h.",
        " * Written by check/sm4_lanes.py; do not edit. */",
        "#ifndef JK_SM4_MAPS_H",
        "#define JK_SM4_MAPS_H",
        "",
        "#include <stdint.h>",
        "",
        "/* Into the field and out of it. A word of keys carries a constant: the sum of three is ready to be inverted. */",
    ]
    both = {"ENTER": enter, "ENTER_KEY": lambda x: enter(x) ^ offset, "LEAVE": leave}
    for name, f in both.items():
        lines += [matrix(name, f), nibbles(name, f)]
    lines += ["", "/* The parts of L and of L' after a bare inversion, and after AES's S-box. */"]
    for name, f in {"NEAR": NEAR, "FAR": FAR, "KEY_EVEN": KEY_EVEN, "KEY_ODD": KEY_ODD}.items():
        lines += [matrix(name, after(f)), nibbles(name, after_aes(f))]
    for name, f in {"KEY_EVEN2": KEY[2], "KEY_EVEN3": KEY[3]}.items():
        lines += [matrix(name, then(f)), nibbles(name, then(f))]
    lines += ["", "/* CK, 7.3.2: each byte, in the field, four times. */", "static const uint32_t sm4_lane_ck[32][4] = {"]
    for i in range(32):
        lines.append("    {" + ", ".join(f"0x{enter((4 * i + j) * 7 & 0xFF):02x}u * 0x01010101u" for j in range(4)) + "},")
    return "\n".join([*lines, "};", "", "#endif", ""])


if __name__ == "__main__":
    if "--write" in sys.argv:
        HEADER.write_text(generate(), encoding="ascii")
    elif HEADER.read_text(encoding="ascii") != generate():
        sys.exit(f"{HEADER} is not what this script writes")
