"""The C core under libFuzzer: python -m tests.native.fuzz [SECONDS] [IMPLEMENTATION ...] [--json]      (make fuzz)

What was worth keeping stays in build/fuzz/corpus, from where the next run goes on. A finding ends the run and is kept as
build/fuzz/crash-*.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from jinka import native

from tests.support.core import NATIVE, SOURCES

HARNESS = sorted(NATIVE.glob("check/fuzz*.c"))
PLACE = Path("build/fuzz")
FLAGS = ["-std=c11", "-gline-tables-only", "-O2", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"]


def compiled() -> Path:
    """The program, compiled by clang."""
    (PLACE / "corpus").mkdir(parents=True, exist_ok=True)
    program = PLACE / "fuzz"
    subprocess.run(["clang", *FLAGS, *HARNESS, *SOURCES, "-o", program], check=True)
    return program.resolve()


def run(program: Path, implementation: str, seconds: int) -> tuple[int, str]:
    """How many inputs were run; what was found, if anything."""
    told = subprocess.run(
        [program, f"-max_total_time={seconds}", "-max_len=4096", f"-artifact_prefix={PLACE.resolve()}/", PLACE / "corpus"],
        capture_output=True, text=True, env=os.environ | {"JK_CPU": implementation}, check=False,
    )  # fmt: skip
    done = re.findall(r"Done (\d+) runs", told.stderr) or re.findall(r"^#(\d+)", told.stderr, re.MULTILINE)
    return int(done[-1]) if done else 0, told.stderr[-3000:] if told.returncode else ""


def main(arguments: list[str]) -> int:
    """Each implementation in turn."""
    words = [word for word in arguments if not word.startswith("--")]
    seconds, names = int(words[0]) if words else 60, words[1:] or list(native.available())
    program, rows = compiled(), []
    for name in names:
        inputs, found = run(program, name, seconds)
        rows.append({"implementation": name, "inputs": inputs, "found": found})
        if "--json" not in arguments:
            print(f"{name:10} {inputs:>9} inputs  {found or 'nothing found'}", flush=True)
        if found:
            break
    if "--json" in arguments:
        print(json.dumps(rows, indent=1))
    return 1 if rows[-1]["found"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
