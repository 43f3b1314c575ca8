"""Writes `src/sm2/sm2_base.c`: multiples of the base point of SM2's curve (GB/T 32918.5), for one addition a digit.

Entry [i][j] is (j + 1) * 64^i * G, x then y, each times 2^256 modulo p, in words of 64 bits, the lowest first. A second
table has the odd multiples up to 127 * G.

    python native/check/sm2_base.py           # compare with the file in the tree, exit 1 if they differ
    python native/check/sm2_base.py --write   # write it
"""

from pathlib import Path

from generated import settle  # type: ignore[import-not-found]  # beside this script, in no package

SOURCE = Path(__file__).resolve().parents[1] / "src" / "sm2" / "sm2_base.c"
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
WINDOWS, BITS, ODD = 43, 6, 64

Point = tuple[int, int]


def add(p: Point, q: Point) -> Point:
    """The sum of two points, neither of which is infinity, nor is the sum."""
    if p == q:
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def words(value: int) -> str:
    scaled = (value << 256) % P
    return ", ".join(f"0x{scaled >> 64 * i & 2**64 - 1:016x}" for i in range(4))


def entry(point: Point, indent: str) -> list[str]:
    return [indent + "{" + words(point[0]) + ",", indent + " " + words(point[1]) + "},"]


def generate() -> str:
    if (G[1] * G[1] - G[0] ** 3 - A * G[0] - B) % P != 0:
        raise AssertionError("the base point is not on the curve")
    lines = [
        "/* GB/T 32918.5: multiples of the base point of SM2's curve. Written by check/sm2_base.py; do not edit. */",
        '#include "sm2_curve.h"',
        "",
        "const uint64_t jk_sm2_base[JK_SM2_WINDOWS][JK_SM2_ENTRIES][8] = {",
    ]
    start = G
    for _ in range(WINDOWS):
        lines.append("    {")
        point = start
        for j in range(1 << (BITS - 1)):
            if j:
                point = add(point, start)
            lines += entry(point, "        ")
        lines.append("    },")
        start = add(point, point)
    lines += ["};", "", f"const uint64_t jk_sm2_base_odd[{ODD}][8] = {{"]
    point, twice = G, add(G, G)
    for _ in range(ODD):
        lines += entry(point, "    ")
        point = add(point, twice)
    return "\n".join([*lines, "};", ""])


if __name__ == "__main__":
    settle({SOURCE: generate()})
