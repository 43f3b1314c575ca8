"""The C core under libFuzzer, each family of functions by itself: python -m tests.native.fuzz [MINUTES]      (make fuzz)

    python -m tests.native.fuzz                   ten minutes, one process
    python -m tests.native.fuzz 30 --jobs 2       about 10^8 inputs, on two processors
    python -m tests.native.fuzz 5 --only sm4 --only modes --cpu avx512

The minutes are shared equally by all pairs of a family and an implementation of its own. What was worth keeping stays in
build/fuzz/corpus/FAMILY, from where the next run goes on. A finding ends its pair, is kept as build/fuzz/crash-*, and can be
run again:  JK_FUZZ=FAMILY JK_CPU=IMPLEMENTATION build/fuzz/fuzz build/fuzz/crash-...
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support.core import NATIVE, compiler_of, own

HARNESS = sorted(NATIVE.glob("check/fuzz*.c"))
PLACE = Path("build/fuzz").resolve()
# Comparisons in the core are of lengths, which the harness draws: to watch each of them takes most of the time for nothing.
FLAGS = ["-std=c11", "-gline-tables-only", "-O2", "-fno-sanitize-recover=all", "-fno-sanitize-coverage=trace-cmp"]
# The names that check/fuzz.c has, and the algorithms of which each needs every implementation.
FAMILIES = {
    "names": (),
    "sm3": ("sm3",),
    "sm4": ("sm4",),
    "modes": ("sm4", "ghash"),
    "des": ("tdes",),
    "batch": ("sm4", "tdes"),
    "sm2": ("sm2",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What one pair did: inputs run, in so many seconds, and the end of libFuzzer's report if it found something."""

    family: str
    implementation: str
    inputs: int
    seconds: float
    found: str


def pairs() -> Iterator[tuple[str, str]]:
    """All families, each under every implementation of its own that this CPU can run."""
    for family, algorithms in FAMILIES.items():
        for name in own(*algorithms) or ["portable"]:
            yield family, name
    yield "modes", ""  # the best cipher with the best hash: no one name brings both


def compiled() -> Path:
    """The program, compiled by clang."""
    (PLACE / "objects").mkdir(parents=True, exist_ok=True)
    objects = compiler_of(lambda: PLACE / "objects")("clang", *FLAGS, "-fsanitize=fuzzer-no-link,address,undefined")
    program = PLACE / "fuzz"
    subprocess.run(["clang", *FLAGS, "-fsanitize=fuzzer,address,undefined", *HARNESS, *objects, "-o", program], check=True)
    return program


def run(program: Path, family: str, implementation: str, seconds: int) -> Row:
    """One pair."""
    corpus = PLACE / "corpus" / family
    corpus.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    told = subprocess.run(
        [program, f"-max_total_time={seconds}", "-max_len=4096", "-entropic_scale_per_exec_time=1", f"-artifact_prefix={PLACE}/", corpus],
        capture_output=True, text=True, env=os.environ | {"JK_FUZZ": family, "JK_CPU": implementation}, check=False,
    )  # fmt: skip
    done = re.findall(r"Done (\d+) runs", told.stderr) or re.findall(r"^#(\d+)", told.stderr, re.MULTILINE)
    inputs, found = int(done[-1]) if done else 0, told.stderr[-3000:] if told.returncode else ""
    return Row(family, implementation or "best", inputs, round(time.perf_counter() - began, 1), found)


def main(arguments: Iterable[str]) -> int:
    """All pairs that were asked for, a line for each when it is done, and their sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", nargs="?", type=float, default=10, help="in all (10)")
    parser.add_argument("--only", choices=FAMILIES, action="append", help="this family")
    parser.add_argument("--cpu", action="append", metavar="NAME", help="this implementation")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time (1)")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(list(arguments))
    wanted = [
        (family, name) for family, name in pairs() if family in (asked.only or FAMILIES) and name in (asked.cpu or [name])
    ]  # fmt: skip
    if not wanted:
        parser.error("no implementation of this name has such functions")
    program, seconds = compiled(), max(1, round(60 * asked.minutes * asked.jobs / len(wanted)))
    rows: list[Row] = []
    with ThreadPoolExecutor(asked.jobs) as pool:
        for future in as_completed([pool.submit(run, program, *pair, seconds) for pair in wanted]):
            rows.append(row := future.result())
            if not asked.json:
                rate, what = row.inputs / row.seconds, row.found or "nothing found"
                print(f"{len(rows):>2}/{len(wanted)} {row.family:5} {row.implementation:8} {row.inputs:>11,} inputs", end=" ")
                print(f"{rate:>8,.0f}/s  {what}", flush=True)
    inputs, found = sum(row.inputs for row in rows), [row for row in rows if row.found]
    if asked.json:
        print(json.dumps({"inputs": inputs, "rows": [asdict(row) for row in rows]}, indent=1))
    else:
        print(f"{inputs:,} inputs in all: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
