"""Writes `src/sm4/sm4_table.h`: SM4's S-box (GB/T 32907, 6.2) as a table, for processors that hold all of it in registers.

    python native/check/sm4_table.py           # compare with the file in the tree, exit 1 if they differ
    python native/check/sm4_table.py --write   # write it
"""

from pathlib import Path

from generated import settle  # type: ignore[import-not-found]  # beside this script, in no package
from sm4_circuit import sbox  # type: ignore[import-not-found]

HEADER = Path(__file__).resolve().parents[1] / "src" / "sm4" / "sm4_table.h"


def generate() -> str:
    table = [sbox(x) for x in range(256)]
    rows = (", ".join(f"0x{value:02x}" for value in table[i : i + 16]) for i in range(0, 256, 16))
    return "\n".join(
        [
            "/* GB/T 32907 (SM4), 6.2: the S-box, to be loaded whole and never to be addressed by data.",
            " * Written by check/sm4_table.py; do not edit. */",
            "#ifndef JK_SM4_TABLE_H",
            "#define JK_SM4_TABLE_H",
            "",
            "#define JK_SM4_TABLE \\",
            ", \\\n".join(f"    {row}" for row in rows),
            "",
            "#endif",
            "",
        ]
    )


if __name__ == "__main__":
    settle({HEADER: generate()})
