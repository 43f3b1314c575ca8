"""The house is in order, and the check would notice if it were not."""

import subprocess
import sys
from pathlib import Path

from tests import house


def test_the_house_is_in_order() -> None:
    assert house.violations() == []


def test_it_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, str(house.ROOT / "tests" / "house.py")], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.rstrip().splitlines()[-1].startswith("house: ")
    assert done.returncode == (0 if done.stdout == "house: in order\n" else 1)


def test_every_rule_bites(tmp_path: Path) -> None:
    def write(name: str, text: str = "") -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    for room in house.ROOMS:
        write(f"{room}/README.md", "a page\n")
    write("kernel/applications/fuel/flow.py")
    write("simulator/cards/fuel/card.py")
    write("conformance/catalogue/fuel/__init__.py")
    write("tests/applications/fuel/test_fuel.py")
    write("kernel/data/tags.py", "x = 1\n" * 900)
    write("tests/support/wait.py", house.SLEEP)
    assert house.violations(tmp_path) == []

    write("kernel/applications/toll/flow.py")
    write("simulator/cards/toll/__pycache__/card.pyc")
    write("kernel/long.py", "x = 1\n" * 501)
    write("native/README.md", "word\n" * 61)
    write("simulator/later.toml", f"# {house.LATER[0]}: something\n")
    write("tests/test_slow.py", f"\n{house.SLEEP}1)\n")
    (tmp_path / "conformance" / "README.md").unlink()
    assert house.violations(tmp_path) == [
        "simulator/cards/toll: missing, although there is kernel/applications/toll",
        "conformance/catalogue/toll: missing, although there is kernel/applications/toll",
        "tests/applications/toll: missing, although there is kernel/applications/toll",
        "kernel/long.py: 501 lines, 500 at most",
        "native/README.md: 61 lines do not fit one screen of 60",
        "conformance/README.md: missing",
        f"simulator/later.toml:1: {house.LATER[0]}",
        "tests/test_slow.py:2: a test that sleeps",
    ]
