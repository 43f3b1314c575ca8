"""The rules of the house that no other tool checks; `make check` runs this, and so does a test.

Prints one line per violation and exits 1 when there is any. A rule that no longer helps is changed here, with a reason.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("kernel", "native", "simulator", "conformance")

# One name per application, in each of these.
SHELVES = ("kernel/applications", "simulator/cards", "conformance/catalogue", "tests/applications")

LONGEST = 500
TABLES = frozenset({"tags.py", "pboc.py", "describe.py", "meanings.py", "codes.py"})

# A page of a room fits one screen of a terminal window; more than that is a manual, and belongs into docstrings.
SCREEN = 60

TEXTS = frozenset({".py", ".toml", ".c", ".h", ".md", ".html", ".json", ".cfg", ".ini"})
# Written so that this file does not break its own rule.
LATER = ("TO" + "DO", "FIX" + "ME")
SLEEP = "time.sl" + "eep("


def folders(shelf: Path) -> set[str]:
    """The applications on a shelf: folders that hold at least one file of ours."""
    if not shelf.is_dir():
        return set()
    return {
        entry.name
        for entry in shelf.iterdir()
        if entry.is_dir() and not entry.name.startswith(("_", ".")) and any(ours(entry))
    }


def ours(top: Path) -> Iterator[Path]:
    """Every file below a folder that a person wrote."""
    for path in sorted(top.rglob("*")):
        parts = path.relative_to(top).parts
        if path.is_file() and not any(part.startswith(".") or part in ("__pycache__", "build") for part in parts):
            yield path


def names(root: Path) -> Iterator[str]:
    """An application has its folder in every room."""
    wanted = folders(root / SHELVES[0])
    for shelf in SHELVES[1:]:
        for name in sorted(wanted - folders(root / shelf)):
            yield f"{shelf}/{name}: missing, although there is {SHELVES[0]}/{name}"


def lengths(root: Path) -> Iterator[str]:
    """No Python file is long, but for tables of data."""
    for room in (*ROOMS, "tests"):
        for path in ours(root / room):
            if path.suffix == ".py" and path.name not in TABLES:
                lines = len(path.read_text("utf-8").splitlines())
                if lines > LONGEST:
                    yield f"{path.relative_to(root)}: {lines} lines, {LONGEST} at most"


def pages(root: Path) -> Iterator[str]:
    """Every room has a page, and a page fits one screen."""
    for room in ROOMS:
        if not (root / room / "README.md").is_file():
            yield f"{room}/README.md: missing"
        for path in ours(root / room):
            if path.name == "README.md":
                lines = len(path.read_text("utf-8").splitlines())
                if lines > SCREEN:
                    yield f"{path.relative_to(root)}: {lines} lines do not fit one screen of {SCREEN}"


def words(root: Path) -> Iterator[str]:
    """Nothing is put off, and no test waits for the clock. `tests/support` starts other programs and may poll them."""
    for room in (*ROOMS, "tests"):
        for path in ours(root / room):
            if path.suffix not in TEXTS:
                continue
            shown = path.relative_to(root)
            may_sleep = room != "tests" or "support" in shown.parts
            for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
                for word in LATER:
                    if word in line:
                        yield f"{shown}:{number}: {word}"
                if SLEEP in line and not may_sleep:
                    yield f"{shown}:{number}: a test that sleeps"


def violations(root: Path = ROOT) -> list[str]:
    """Every violation, as 'place: what is wrong'."""
    return [*names(root), *lengths(root), *pages(root), *words(root)]


def main() -> int:
    """Prints the violations; the exit code says whether there are any."""
    found = violations()
    for line in found:
        print(line)
    print(f"house: {len(found)} violations" if found else "house: in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
