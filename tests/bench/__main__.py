"""`make bench`: what the kernel and the C core cost, beside something everybody can measure.

    python -m tests.bench [kernel] [native] [--json] [--quick] [--only WORDS] [--cpu NAME] [--folder PATH]

Timings on a shared machine are noisy: every figure is a median, and every ratio is taken in this run.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

PARTS = ("kernel", "native")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What the kernel and the C core cost.")
    parser.add_argument("part", nargs="*", help="kernel, native; both if none is named")
    parser.add_argument("--json", action="store_true", help="for a machine")
    parser.add_argument("--quick", action="store_true", help="native: fewer rounds, nothing of a megabyte")
    parser.add_argument("--only", default="", metavar="WORDS", help="native: operations with this in their names")
    parser.add_argument("--cpu", default="", metavar="NAME", help="native: as under JK_CPU=NAME, and libgcrypt held to it")
    parser.add_argument("--folder", default="build/bench", type=Path, metavar="PATH", help="native: for tables and pictures")
    chosen = parser.parse_args()
    if set(chosen.part) - set(PARTS):
        parser.error(f"parts are {' and '.join(PARTS)}")
    return chosen


@contextmanager
def progress() -> Iterator[Any]:
    """A function that shows what is being measured, on a terminal's last line."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: None
        return
    with console.status("") as status:
        yield status.update


def main() -> None:
    chosen = options()
    data: dict[str, Any] = {}
    if "kernel" in chosen.part or not chosen.part:
        from tests.bench import rows

        found = rows.rows()
        data["kernel"] = [asdict(row) for row in found]
        if not chosen.json:
            rows.show(found)
    if "native" in chosen.part or not chosen.part:
        from tests.bench.native import bench

        with progress() as step:
            report = bench.run(chosen.quick, chosen.only, chosen.cpu, step)
        kept = bench.keep(report, chosen.folder)
        data["native"] = report.as_data()
        if not chosen.json:
            bench.show(report, kept)
    if chosen.json:
        json.dump(data, sys.stdout, indent=1)
        print()


if __name__ == "__main__":
    main()
