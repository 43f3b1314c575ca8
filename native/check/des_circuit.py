"""Writes the headers of `src/des/`: what DES (FIPS 46-3; ISO/IEC 18033-3, annex A) has as tables, in the forms that
constant-time code wants. No table written here is ever indexed by a secret.

- `des_gates.h`, `des_luts.h`: the S-boxes as circuits, of ordinary gates and of three-bit look-ups (`vpternlog`). The
  circuits stand in `des_circuits.txt`; `des_search.c` found them, and they are proved here for all 64 inputs.
- `des_round.h`: a round on bit planes: which planes of the state and of the key enter which box.
- `des_word.h`: the boxes as a tree of selections on one 64-bit word, a byte for each box.
- `des_lane.h`: the boxes on 32 bytes of a vector register, a byte for each bit of the half block.
- `des_key.h`: which key bit is which bit of each round key.

    python native/check/des_circuit.py           # compare with the files in the tree, exit 1 if they differ
    python native/check/des_circuit.py --write   # write them
    python native/check/des_circuit.py --tables <box 0-7>      # four truth tables, for des_search
"""

import re
import sys
from pathlib import Path

from generated import settle  # type: ignore[import-not-found]  # beside this script, in no package

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "des"
CIRCUITS = HERE / "des_circuits.txt"
BOXES, INPUTS, OUTPUTS = range(8), range(6), range(4)

# FIPS 46-3, appendix 1. Four rows of sixteen: the row is the two outer bits of the input, the column the inner four.
BOX = [
    [int(digit, 16) for digit in rows.replace(" ", "")]
    for rows in (
        "e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d",
        "f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9",
        "a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c",
        "7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e",
        "2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453",
        "c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d",
        "4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c",
        "d2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b",
    )
]
# Counted from 0 here, from 1 in the standard.
P = [n - 1 for n in (16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
                     2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25)]  # fmt: skip
PC1 = [n - 1 for n in (57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3,
                       60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37,
                       29, 21, 13, 5, 28, 20, 12, 4)]  # fmt: skip
PC2 = [n - 1 for n in (14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
                       41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29,
                       32)]  # fmt: skip
STEPS = (1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1)
SHIFTS = [sum(STEPS[: i + 1]) % 28 for i in range(16)]


def sbox(box: int, x: int) -> int:
    """`x` has the first of the six bits as its lowest; so has the result."""
    b = [x >> i & 1 for i in INPUTS]
    value = BOX[box][(2 * b[0] + b[5]) * 16 + 8 * b[1] + 4 * b[2] + 2 * b[3] + b[4]]
    return sum((value >> (3 - i) & 1) << i for i in OUTPUTS)


def expanded(box: int, i: int) -> int:
    """The bit of the half block that is bit i of a box's input."""
    return (4 * box + i - 1) % 32


# Where bit `o` of box `s` goes in the half block.
PLACE = {(bit // 4, bit % 4): place for place, bit in enumerate(P)}


def key_bit(round_: int, box: int, i: int) -> int:
    """The key bit, counted from the highest of the first byte, that is bit i of a box's round key."""
    bit = PC2[6 * box + i]
    half, place = divmod(bit, 28)
    return PC1[28 * half + (place + SHIFTS[round_]) % 28]


def opening(what: str, guard: str, extra: str = "") -> list[str]:
    return [
        f"/* FIPS 46-3 (DES): {what} Written by check/des_circuit.py; do not edit. */",
        f"#ifndef {guard}",
        f"#define {guard}",
        "",
        *([extra, ""] if extra else []),
    ]


def words(name: str, values: list[int], kind: str, width: int) -> list[str]:
    """A C table, as many values in a line as fit."""
    texts = [f"0x{value:0{width}x}" + ("u" if width > 2 else "") for value in values]
    per = 100 // (len(texts[0]) + 2)
    lines = [f"static const {kind} {name} = {{"]
    for i in range(0, len(texts), per):
        lines.append("    " + ", ".join(texts[i : i + per]) + ("," if i + per < len(texts) else ""))
    return [*lines, "};"]


# --- circuits -----------------------------------------------------------------------------------------------------


def circuits(mode: str) -> list[tuple[list[tuple[int, ...]], list[int]]]:
    """For each box its gates and its outputs. A gate is (operator, a, b) or (a look-up's number, a, b, c)."""
    found: list[tuple[list[tuple[int, ...]], list[int]]] = []
    for line in CIRCUITS.read_text("ascii").splitlines():
        kind, box, rest = line.split(" ", 2)
        if kind != mode:
            continue
        body, out = rest.split(" > ")
        gates: list[tuple[int, ...]] = []
        for gate in body.split()[1:]:
            numbers = re.split(r"[,:&|^-]", gate)
            if mode == "lut":
                gates.append((int(numbers[3], 16), *map(int, numbers[:3])))
            else:
                gates.append((ord(re.sub(r"\d", "", gate)), *map(int, numbers)))
        if (int(box), int(body.split()[0])) != (len(found), len(gates)):
            sys.exit(f"{CIRCUITS}: box {box} is not in its place, or not of its size")
        found.append((gates, [int(n) for n in out.split()]))
    return found


def prove(box: int, mode: str, gates: list[tuple[int, ...]], outputs: list[int]) -> None:
    for x in range(64):
        value = [x >> i & 1 for i in INPUTS] + ([1] if mode == "gate" else [])
        for op, a, b, *c in gates:
            p, q = value[a], value[b]
            if mode == "lut":
                value.append(op >> (p << 2 | q << 1 | value[c[0]]) & 1)
            else:
                value.append({"&": p & q, "|": p | q, "^": p ^ q, "-": p & (1 - q)}[chr(op)])
        if sum(value[node] << i for i, node in enumerate(outputs)) != sbox(box, x):
            raise AssertionError(f"the {mode} circuit of box {box + 1} is wrong for {x:02x}")


def boxes(mode: str) -> str:
    names = {"&": "AND", "|": "OR", "^": "XOR", "-": "ANDNOT"}
    given = 6 if mode == "lut" else 7
    every = circuits(mode)
    total = sum(len(gates) for gates, _ in every)
    guard = "JK_DES_LUTS_H" if mode == "lut" else "JK_DES_GATES_H"
    lines = opening(
        f"the S-boxes as circuits, {total} {'look-ups of three bits' if mode == 'lut' else 'gates'}.",
        guard,
        "/* The includer defines V, BOX (how a function begins) and "
        + ("LUT(a, b, c, number), bit 4a+2b+c of the number. */" if mode == "lut" else "AND OR XOR ANDNOT(a, b) = a & ~b. */"),
    )
    for box, (gates, outputs) in enumerate(every):
        prove(box, mode, gates, outputs)
        name = [f"a{i}" for i in INPUTS] + (["ones"] if mode == "gate" else [])
        ones = ", V ones" if mode == "gate" else ""
        lines.append(f"BOX des_box{box}(V a0, V a1, V a2, V a3, V a4, V a5{ones}, V *o0, V *o1, V *o2, V *o3)")
        lines.append("{")
        for i, (op, a, b, *c) in enumerate(gates):
            name.append(f"t{i}")
            if mode == "lut":
                lines.append(f"    const V t{i} = LUT({name[a]}, {name[b]}, {name[c[0]]}, 0x{op:02x});")
            else:
                lines.append(f"    const V t{i} = {names[chr(op)]}({name[a]}, {name[b]});")
            for o in OUTPUTS:
                if outputs[o] == given + i:
                    lines.append(f"    *o{o} = XOR(*o{o}, t{i});")
        if mode == "gate":
            lines.append("    (void)ones;")
        lines += ["}", ""]
    return "\n".join([*lines, "#endif", ""])


def planes() -> str:
    """The round as one macro; l and r are arrays of 32 planes, k the key planes from the round's shift on."""
    lines = opening(
        "one round on bit planes.",
        "JK_DES_ROUND_H",
        "/* l ^= f(r, k): 32 planes each. k[i] is bit i of the key's half C turned to this round, k[56 + i] of D: both\n"
        " * halves stand in memory twice, so that a turn is a step of the pointer. IN(r, k) is their XOR. */",
    )
    lines.append("#define JK_DES_ROUND(l, r, k, IN, CALL)" + " " * 60 + "\\")
    for box in BOXES:
        ins = []
        for i in INPUTS:
            half, place = divmod(PC2[6 * box + i], 28)
            ins.append(f"IN(r[{expanded(box, i)}], k[{56 * half + place}])")
        outs = ", ".join(f"&l[{PLACE[box, o]}]" for o in OUTPUTS)
        last = box == 7
        lines.append(f"    CALL(des_box{box}, {', '.join(ins[:3])}, \\")
        lines.append(f"         {', '.join(ins[3:])}, \\")
        lines.append(f"         {outs})" + ("" if last else " \\"))
    lines += [
        "",
        "/* How far C and D are turned in each round. */",
        *words("des_shifts[16]", SHIFTS, "unsigned char", 2),
        "",
        "/* Where bit i of C (i < 28) and of D comes from: byte * 8 + bit, lowest bit 0. */",
        *words("des_pc1[56]", [8 * (n // 8) + 7 - n % 8 for n in PC1], "unsigned char", 2),
    ]
    return "\n".join([*lines, "", "#endif", ""])


# --- the tree on one word -----------------------------------------------------------------------------------------


def arrangement() -> list[list[int]]:
    """For each box the nibble's order of its outputs that needs the fewest different rotations in all."""
    orders = [list(OUTPUTS) for _ in BOXES]

    def rotations(orders: list[list[int]]) -> dict[int, int]:
        found: dict[int, int] = {}
        for (box, o), place in PLACE.items():
            target = 8 * (place // 4) + 1 + place % 4
            source = 8 * box + orders[box][o]
            turn = (target - source) % 64
            found[turn] = found.get(turn, 0) | 1 << target
        return found

    from itertools import permutations

    better = True
    while better:
        better = False
        for box in BOXES:
            for order in permutations(OUTPUTS):
                trial = [*orders[:box], list(order), *orders[box + 1 :]]
                if len(rotations(trial)) < len(rotations(orders)):
                    orders, better = trial, True
    return orders


def word() -> str:
    orders = arrangement()
    tree = []
    for x in range(32):
        value = 0
        for box in BOXES:
            for half in (0, 1):
                y = sbox(box, x | half << 5)
                value |= sum((y >> o & 1) << orders[box][o] for o in OUTPUTS) << 8 * box + 4 * half
        tree.append(value)
    turns: dict[int, int] = {}
    for (box, o), place in PLACE.items():
        target = 8 * (place // 4) + 1 + place % 4
        turn = (target - 8 * box - orders[box][o]) % 64
        turns[turn] = turns.get(turn, 0) | 1 << target
    lines = opening("the S-boxes on one word.", "JK_DES_WORD_H", "#include <stdint.h>")
    lines += [
        "/* Byte i is box i, the low nibble for a last input bit of 0, the high one for 1; the index is the other five. */",
        *words("des_tree[32]", tree, "uint64_t", 16),
        "",
        "/* P: from a nibble in each byte to bits 1 to 4 of each byte. */",
        "static inline uint64_t des_permute(uint64_t y)",
        "{",
        "    uint64_t r = 0;",
    ]
    for turn in sorted(turns):
        turned = f"(y << {turn} | y >> {64 - turn})" if turn else "y"
        lines.append(f"    r |= {turned} & 0x{turns[turn]:016x}u;")
    lines += ["    return r;", "}"]
    return "\n".join([*lines, "", "#endif", ""])


# --- the bytes of a vector ----------------------------------------------------------------------------------------


def lanes() -> str:
    box_of = [P[n] // 4 for n in range(32)]
    out_of = [P[n] % 4 for n in range(32)]
    seen = [divmod((n - 1) % 32, 4) for n in range(32)]
    if [expanded(box, 2 + i) for box, i in seen] != list(range(32)):
        raise AssertionError("inputs 2 to 5 do not see every bit")
    lines = opening("the S-boxes on a vector of bytes.", "JK_DES_LANE_H", "#include <stdint.h>")
    lines += [
        "/* Byte n is bit n of f, after P. It comes from one box, whose six input bits are these bits of the half block. */",
        *words(
            "des_from[6 * 32]",
            [expanded(box_of[n], i) for i in INPUTS for n in range(32)],
            "uint8_t",
            2,
        ),
        "",
        "/* That box. */",
        *words("des_box_of[32]", box_of, "uint8_t", 2),
        "",
        "/* Its output bit inverted, bit t of byte n in row q: for the first three inputs t and the last three q. */",
        *words(
            "des_rows[8 * 32]",
            [
                sum((sbox(box_of[n], t | q << 3) >> out_of[n] & 1 ^ 1) << t for t in range(8))
                for q in range(8)
                for n in range(32)
            ],
            "uint8_t",
            2,
        ),
        "",
        "/* Bit n of the half block as an input of a box, the third to the last: which box, and 1 << which input. */",
        *words("des_seen_by[32]", [box for box, _ in seen], "uint8_t", 2),
        "",
        *words("des_seen_as[32]", [1 << 2 + i for _, i in seen], "uint8_t", 2),
    ]
    return "\n".join([*lines, "", "#endif", ""])


def keys() -> str:
    lines = opening("the key schedule.", "JK_DES_KEY_H", "#include <stdint.h>")
    bits = [[key_bit(r, box, i) for r in range(16) for box in BOXES] for i in INPUTS]
    lines += [
        "/* Bit i of byte b of round key r is bit des_key_bit[128 i + 8 r + b] of byte des_key_byte[the same]. */",
        *words("des_key_byte[6 * 128]", [n // 8 for row in bits for n in row], "uint8_t", 2),
        "",
        *words("des_key_mask[6 * 128]", [0x80 >> n % 8 for row in bits for n in row], "uint8_t", 2),
    ]
    return "\n".join([*lines, "", "#endif", ""])


def generate() -> dict[str, str]:
    return {
        "des_gates.h": boxes("gate"),
        "des_luts.h": boxes("lut"),
        "des_round.h": planes(),
        "des_word.h": word(),
        "des_lane.h": lanes(),
        "des_key.h": keys(),
    }


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--tables"]:
        box = int(arguments[1])
        print(*(f"{sum((sbox(box, x) >> o & 1) << x for x in range(64)):x}" for o in OUTPUTS))
        return
    settle({TARGET / name: text for name, text in generate().items()})


if __name__ == "__main__":
    main(sys.argv[1:])
