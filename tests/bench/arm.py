"""`make bench-arm`: what each implementation costs on Arm, in instructions, `--json` for a machine.

There is no clock to trust under an emulator, but it can log every instruction it emulates, and their number is the same
in every run. It is not time: what an instruction takes differs, and so does how many run side by side.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinka.native.build import FLAGS

NATIVE = Path(__file__).parents[2] / "native"
SOURCES = tuple(sorted(NATIVE.glob("src/**/*.c")))

# Compiler, emulator, and the CPU that can run every implementation.
TARGETS = {
    "arm64": ("aarch64-linux-gnu-gcc", "qemu-aarch64", "max"),
    "armhf": ("arm-linux-gnueabihf-gcc", "qemu-arm", "max"),
}

Counts = dict[str, float]


def missing(target: str) -> list[str]:
    """Programs that a count needs and this machine lacks."""
    return [name for name in TARGETS[target][:2] if shutil.which(name) is None]


def compiled(target: str, folder: Path, flags: Sequence[str], core: Sequence[Path] = SOURCES) -> Path:
    """check/count.c with the core, compiled as for shipping but without its self-tests: in the log they would drown the work."""
    program = folder / f"count-{target}"
    sources = [NATIVE / "check" / "count.c", *core]
    flags = [*flags, "-static", *(f"-Wl,--wrap=jk_self_test{name}" for name in ("", "_sm2", "_des", "_ghash"))]
    subprocess.run([TARGETS[target][0], *flags, *map(str, sources), "-o", str(program)], check=True, timeout=120)
    return program


def one_by_one(emulator: str) -> str:
    """The emulator's option to translate, and so to log, single instructions: renamed between versions."""
    text = subprocess.run([emulator, "-help"], capture_output=True, text=True, timeout=60, check=False).stdout
    return "-one-insn-per-tb" if "-one-insn-per-tb" in text else "-singlestep"


@dataclass(frozen=True)
class Work:
    """One piece of work in check/count.c: its units, and the address of every instruction that it took."""

    units: int
    addresses: list[str]


def traced(target: str, program: Path, implementation: str, secret: int = 0) -> dict[str, Work]:
    """What check/count.c did with keys and data made from `secret`."""
    _, emulator, cpu = TARGETS[target]
    symbols = subprocess.run(["nm", str(program)], capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r"^([0-9a-f]+) T mark$", symbols, re.MULTILINE)
    assert found is not None
    # The lowest bit of an address of Thumb code is not part of it.
    mark = f"{int(found[1], 16) & ~1:0{len(found[1])}x}"
    log = program.with_name(f"{program.name}-{implementation}.log")
    options = ["-cpu", cpu, one_by_one(emulator), "-d", "exec,nochain", "-D", str(log)]
    run = [emulator, *options, str(program), implementation, str(secret)]
    rows = subprocess.run(run, capture_output=True, text=True, timeout=120, check=True).stdout.splitlines()
    with log.open() as lines:
        # Trace 0: 0x7f95a6bfe80 [cs_base/address/flags/cflags] function
        addresses = [line.split("/", 2)[1] for line in lines if line.startswith("Trace")]
    log.unlink()
    marks = [number for number, address in enumerate(addresses) if address == mark]
    assert len(marks) == 2 * len(rows)
    result = {}
    for row, before, after in zip(rows, marks[::2], marks[1::2], strict=True):
        name, units = row.rsplit(" ", 1)
        result[name] = Work(int(units), addresses[before:after])
    return result


def counts(target: str, program: Path, implementation: str) -> Counts:
    """Instructions for a unit of each piece of work, without those of the marks."""
    work = traced(target, program, implementation)
    nothing = len(work.pop("nothing").addresses)
    return {name: (len(done.addresses) - nothing) / done.units for name, done in work.items()}


def main() -> None:
    found: dict[str, dict[str, Counts]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for target, (_, emulator, cpu) in TARGETS.items():
            if missing(target):
                print(f"{target}: not counted without {' and '.join(missing(target))}", file=sys.stderr)
                continue
            program = compiled(target, Path(folder), FLAGS)
            names = subprocess.run(
                [emulator, "-cpu", cpu, str(program)], capture_output=True, text=True, timeout=60, check=True
            ).stdout.split()
            found[target] = {name: counts(target, program, name) for name in names}
    if "--json" in sys.argv:
        print(json.dumps(found, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    for target, columns in found.items():
        table = Table(title=f"Instructions on {target}")
        table.add_column("what")
        for name in columns:
            table.add_column(name, justify="right")
        for what in columns["portable"]:
            table.add_row(what, *(f"{count[what]:.0f}" for count in columns.values()))
        Console().print(table)


if __name__ == "__main__":
    main()
