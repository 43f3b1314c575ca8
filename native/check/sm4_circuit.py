"""Writes `src/sm4/sm4_sbox.h`: the SM4 S-box (GB/T 32907, 6.2) as a circuit of AND, OR, XOR.

The S-box is A(1/(A(x) + c)) + c over GF(2)[t]/(t^8+t^7+t^6+t^5+t^4+t^2+1). In a tower GF(((2^2)^2)^2) of normal
bases the inverse costs three multiplications in GF(16) and one inverse there; everything else is linear. Linear
layers are shared greedily (Paar). A circuit has no address and no branch that could depend on a secret.

Both constants are left out of the circuit: it computes `S(x ^ IN) ^ OUT`. The caller folds IN into the round key
and OUT into the word that is not on the critical path, so that they cost nothing.

    python native/check/sm4_circuit.py           # compare with the file in the tree, exit 1 if they differ
    python native/check/sm4_circuit.py --write   # write it
"""

import operator
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

from generated import settle  # type: ignore[import-not-found]  # beside this script, in no package

HEADER = Path(__file__).resolve().parents[1] / "src" / "sm4" / "sm4_sbox.h"
POLYNOMIAL = 0x1F5
ROW = 0xA7  # row i of the affine matrix A is ROW rotated left by i
OUT = 0xD3
# Masks over the four coordinates (l0, l1, h0, h1) of GF(16): the nine operands of a Karatsuba product of two levels.
SUMS = (1, 2, 3, 4, 8, 12, 5, 10, 15)
OPERATION = {"^": operator.xor, "&": operator.and_, "|": operator.or_}
# (w, Z, Y): the generators of the three levels. Found by trying all 128 towers and keeping the smallest circuit.
TOWER = (92, 81, 191)


def multiply(a: int, b: int, polynomial: int = POLYNOMIAL) -> int:
    result = 0
    while b:
        if b & 1:
            result ^= a
        a <<= 1
        if a & 0x100:
            a ^= polynomial
        b >>= 1
    return result


def power(a: int, n: int) -> int:
    result = 1
    for _ in range(n):
        result = multiply(result, a)
    return result


def parity(x: int) -> int:
    return x.bit_count() & 1


def affine(x: int) -> int:
    return sum(parity(((ROW << i | ROW >> (8 - i)) & 0xFF) & x) << i for i in range(8))


IN = next(x for x in range(256) if affine(x) == OUT)


def sbox(x: int) -> int:
    """The definition; the circuit is checked against it for all 256 inputs."""
    return affine(power(affine(x) ^ OUT, 254)) ^ OUT


def span(basis: list[int]) -> dict[int, int]:
    """Field element -> coordinates in `basis`."""
    table = {0: 0}
    for i, element in enumerate(basis):
        table |= {value ^ element: mask | 1 << i for value, mask in table.items()}
    return table


def towers() -> Iterator[tuple[int, int, int]]:
    for w in (x for x in range(2, 256) if power(x, 3) == 1):
        for z in (x for x in range(256) if power(x, 16) == x and x ^ power(x, 4) == 1):
            for y in (x for x in range(256) if x ^ power(x, 16) == 1):
                yield w, z, y


def share(targets: list[int], depth: list[int], variant: int) -> tuple[list[tuple[int, int]], list[int]]:
    """XOR gates that make every target (a mask over the inputs): the most frequent pair first, the shallowest of
    those, and `variant` to break the remaining ties. Returns the gates and where each target is found."""
    rows = [{i for i in range(len(depth)) if target >> i & 1} for target in targets]
    depth = list(depth)
    gates: list[tuple[int, int]] = []
    while any(len(row) > 1 for row in rows):
        count: dict[tuple[int, int], int] = {}
        for row in rows:
            for pair in combinations(sorted(row), 2):
                count[pair] = count.get(pair, 0) + 1
        rank = {pair: (-n, max(depth[pair[0]], depth[pair[1]])) for pair, n in count.items()}
        ties = sorted(pair for pair in count if rank[pair] == min(rank.values()))
        variant = (variant * 1103515245 + 12345) % 2**31
        a, b = ties[(variant >> 8) % len(ties)]
        for row in rows:
            if a in row and b in row:
                row -= {a, b}
                row.add(len(depth))
        gates.append((a, b))
        depth.append(max(depth[a], depth[b]) + 1)
    return gates, [next(iter(row)) for row in rows]


class Circuit:
    """A list of gates in order; node 0..7 are the input bits."""

    def __init__(self) -> None:
        self.gates: list[tuple[int, str, int]] = []
        self.depth = [0] * 8

    def gate(self, a: int, op: str, b: int) -> int:
        a, b = min(a, b), max(a, b)
        if (a, op, b) in self.gates:
            return 8 + self.gates.index((a, op, b))
        self.gates.append((a, op, b))
        self.depth.append(max(self.depth[a], self.depth[b]) + 1)
        return len(self.depth) - 1

    def linear(self, nodes: list[int], targets: list[int], variants: int) -> list[int]:
        """Each target is a mask over `nodes`; the cheapest of `variants` ways of sharing is used."""
        depth = [self.depth[node] for node in nodes]
        gates, found = min((share(targets, depth, v) for v in range(variants)), key=lambda way: len(way[0]))
        place = list(nodes)
        for a, b in gates:
            place.append(self.gate(place[a], "^", place[b]))
        return [place[i] for i in found]

    def run(self, x: int, outputs: list[int]) -> int:
        value = [x >> i & 1 for i in range(8)]
        for a, op, b in self.gates:
            value.append(OPERATION[op](value[a], value[b]))
        return sum(value[node] << i for i, node in enumerate(outputs))


def build(w: int, z: int, y: int, variants: int) -> tuple[Circuit, list[int]]:
    w2, z4, y16 = multiply(w, w), power(z, 4), power(y, 16)
    n, nu = multiply(z, z4), multiply(y, y16)
    small = [multiply(z, w), multiply(z, w2), multiply(z4, w), multiply(z4, w2)]
    coordinate, small_coordinate = span([multiply(g, e) for g in (y, y16) for e in small]), span(small)
    # What each of the nine bit products of a GF(16) multiplication adds to the result.
    part = [multiply(scale, e) for scale in (z, z4, n) for e in (w, w2, 1)]
    circuit = Circuit()

    columns = [coordinate[affine(1 << j)] for j in range(8)]
    masks = [sum_ << 4 * half for half in (0, 1) for sum_ in SUMS]
    top = circuit.linear(
        list(range(8)), [sum(parity(columns[j] & m) << j for j in range(8)) for m in masks], variants
    )
    b, a = top[:9], top[9:]

    # delta = a b + nu (a + b)^2. The square is linear; where it equals a sum of (a_m + b_m) over some of the
    # products a_m b_m of this output bit, those ANDs become ORs and the square is free.
    terms: list[list[tuple[int, str]]] = []
    for bit in range(4):
        square = sum(
            (small_coordinate[multiply(nu, multiply(small[i], small[i]))] >> bit & 1) << i for i in range(4)
        )
        used = [k for k in range(9) if small_coordinate[part[k]] >> bit & 1]
        for choice in sorted(product("&|", repeat=len(used)), key=lambda c: c.count("|")):
            mask = 0
            for k, op in zip(used, choice, strict=True):
                mask ^= SUMS[k] if op == "|" else 0
            if mask == square:
                terms.append(list(zip(used, choice, strict=True)))
                break
        else:
            raise ValueError("this tower has no such form")
    items = sorted({item for term in terms for item in term})
    nodes = [circuit.gate(a[k], op, b[k]) for k, op in items]
    l0, l1, h0, h1 = circuit.linear(nodes, [sum(1 << items.index(item) for item in term) for term in terms], variants)

    # 1 / delta in GF(16): theta = h l + n (h + l)^2 in GF(4), whose inverse is its square: a swap of two bits.
    # The same trick turns two ANDs into ORs; which two depends on n.
    sl, sh = circuit.gate(l0, "^", l1), circuit.gate(h0, "^", h1)
    ops = ("&", "|", "|", "&") if n == w else ("|", "&", "&", "|")
    theta1 = circuit.gate(circuit.gate(sh, ops[1], sl), "^", circuit.gate(h1, ops[0], l1))
    theta0 = circuit.gate(circuit.gate(sh, ops[3], sl), "^", circuit.gate(h0, ops[2], l0))
    t0, t1, ts = theta1, theta0, circuit.gate(theta0, "^", theta1)
    inverse: list[int] = []
    for x0, x1, s in ((h0, h1, sh), (l0, l1, sl)):
        p, q, cross = circuit.gate(x1, "&", t1), circuit.gate(x0, "&", t0), circuit.gate(s, "&", ts)
        inverse += [circuit.gate(cross, "^", q), circuit.gate(cross, "^", p), circuit.gate(p, "^", q)]
    inverse += [circuit.gate(inverse[i], "^", inverse[3 + i]) for i in range(3)]

    # inverse of a Y^16 + b Y is (b / delta) Y^16 + (a / delta) Y; the last affine map merges with the recombination.
    products = [circuit.gate(x[k], "&", inverse[k]) for x in (b, a) for k in range(9)]
    weights = [affine(multiply(part[k], g)) for g in (y16, y) for k in range(9)]
    return circuit, circuit.linear(
        products, [sum((weights[k] >> i & 1) << k for k in range(18)) for i in range(8)], variants
    )


def render(circuit: Circuit, outputs: list[int]) -> str:
    name = [f"q[{i}]" for i in range(8)] + [f"t{i}" for i in range(len(circuit.gates))]
    lines = [
        "/* GB/T 32907 (SM4), 6.2: the S-box as a circuit. Written by check/sm4_circuit.py; do not edit.",
        f" * {len(circuit.gates)} gates, {max(circuit.depth[node] for node in outputs)} deep. q[i] holds bit i of "
        "every byte; afterwards q = S(q ^ IN) ^ OUT. */",
        "#ifndef JK_SM4_SBOX_H",
        "#define JK_SM4_SBOX_H",
        "",
        "#include <stdint.h>",
        "",
        f"#define JK_SM4_SBOX_IN 0x{IN:02x}u",
        f"#define JK_SM4_SBOX_OUT 0x{OUT:02x}u",
        "",
        "static inline void jk_sm4_sbox(uint64_t q[8])",
        "{",
    ]
    for i, (a, op, b) in enumerate(circuit.gates):
        lines.append(f"    const uint64_t t{i} = {name[a]} {op} {name[b]};")
    lines += [""] + [f"    q[{i}] = {name[node]};" for i, node in enumerate(outputs)]
    return "\n".join([*lines, "}", "", "#endif", ""])


def generate() -> str:
    circuit, outputs = build(*TOWER, variants=200)
    for x in range(256):
        if circuit.run(x, outputs) != sbox(x ^ IN) ^ OUT:
            raise AssertionError(f"the circuit is wrong for {x:02x}")
    return render(circuit, outputs)


if __name__ == "__main__":
    settle({HEADER: generate()})
