"""The self-test of drivers: the reference driver passes, dishonest and broken ones do not; the guide tells the truth."""

import json
import re
import sys
from pathlib import Path

import pytest
from jinka.conformance.drivers.checks import CHECKS
from jinka.conformance.drivers.client import Driven, Patience
from jinka.conformance.drivers.probe import Probe
from jinka.conformance.drivers.selftest import examine
from jinka.conformance.subject import Show
from jinka.kernel.cli import main

from tests.support.drivers import child, environment

GUIDE = Path(__file__).parents[2] / "conformance" / "drivers" / "DRIVER.md"
SHORT = Patience(answer=2.0, silence=0.5, transaction=5.0)


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", environment())


def broken(mode: str, patience: Patience | None = None) -> dict[str, str]:
    driven = Driven(child(mode), patience or Patience(20.0, 20.0, 60.0))
    try:
        return {one.name: one.why for one in examine(driven) if one.word == "broken"}
    finally:
        driven.close()


def test_the_reference_driver_passes_every_check(capsys):
    assert len(CHECKS) >= 40
    assert len({one.name for one in CHECKS}) == len(CHECKS)
    command = [sys.executable, "-m", "jinka.conformance.drivers"]
    assert main(["conformance", "driver-check", "--json", "--", *command]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["driver"]["name"] == "jinka"
    assert {one["result"] for one in found["checks"]} == {"ok"}
    assert main(["conformance", "driver-check", "--", *command]) == 0
    assert f"{len(CHECKS)} ok, 0 broken, 0 skipped" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("mode", "caught"),
    [
        ("newer", {"hello": "speaks protocol 2"}),
        ("agreeable", {"other-version": "takes protocol 99 for its own"}),
        ("stubborn", {"configured-limits": "not declined", "configured-device": "9F1A is 0156", "configured-keys": "without a CA key",
                      "online": "0 authorisation requests"}),
        ("boastful", {"keeps-promises": "no arc, cvm, scripts, signature, tags, tsi, tvr"}),
        ("rosy", {"verdict": "AAC", "tvr": "was told 0040040000", "card-removed": "approved", "pin-cancelled": "approved"}),
        ("alone", {"clock": "9A is 240229", "random": "not what the suite drew", "two-in-a-row": "same unpredictable number"}),
        ("chatty", {"too-early": "not JSON-RPC", "purchase": "not JSON-RPC"}),
        ("forger", {"purchase": "broke the protocol"}),
        ("limited", {"claims-no-less": "uses record without saying so"}),
        ("fixed", {"claims-no-less": "uses clock, random, record, tell"}),
    ],
)  # fmt: skip
def test_a_driver_that_is_not_what_it_says_is_caught(mode: str, caught: dict[str, str]):
    found = broken(mode)
    assert caught.keys() <= found.keys()
    for name, words in caught.items():
        assert words in found[name]


def test_what_a_driver_cannot_is_not_held_against_it():
    driven = Driven(child("limited"))
    skipped = {one.name: one.why for one in examine(driven) if one.word == "skipped"}
    driven.close()
    assert skipped["tvr"] == "the driver cannot tvr"
    assert skipped.keys() == {"arc", "tvr", "tsi", "cvm", "signature", "tags", "records"}


def test_a_driver_that_hangs_is_not_waited_for():
    assert "no answer in time" in broken("deaf", SHORT)["hello"]
    assert "no answer in time" in broken("mute", SHORT)["purchase"]


def test_no_driver(capsys):
    assert main(["conformance", "driver-check", "/nowhere/driver"]) == 1
    assert "No such file" in " ".join(capsys.readouterr().out.split())
    assert main(["conformance", "driver-check", "tcp:nowhere"]) != 0


def transcript() -> str:
    """A purchase as the guide shows it."""
    lines: list[str] = []

    def tap(sent: bool, raw: bytes) -> None:
        text = raw.decode().replace('"jsonrpc":"2.0",', "")
        if '"method":"reached"' not in text and '"kind":"counter"' not in text and '"kind":"uncertain"' not in text:
            text = re.sub(r'"version":"[^"]*"', '"version":"0.1.0"', text)
            lines.append(f"{'>' if sent else '<'} {text}"[:117] + ("…" if len(text) > 115 else ""))

    driven = Driven(child("honest"), tap=tap)
    Probe(driven).pay(card={"8E": "00000000 00000000 1F00"})
    driven.close()
    return "\n".join(lines)


def test_the_guide_tells_the_truth():
    text = GUIDE.read_text("utf-8")
    assert len(text.splitlines()) <= 125
    assert text.split("```\n")[1].rstrip("\n") == transcript()
    for show in Show:
        assert show.value in text
    driven = Driven(child("honest"))
    for method in driven.bench.handlers:
        assert f"`{method}`" in text
    driven.close()


if __name__ == "__main__":
    before, _, after = GUIDE.read_text("utf-8").split("```\n")
    GUIDE.write_text(f"{before}```\n{transcript()}\n```\n{after}", "utf-8")
