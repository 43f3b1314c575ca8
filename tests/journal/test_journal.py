"""The journal of a run: redacted it gives nothing away, full it can be replayed to the byte."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from jinka.kernel import Session, Terminal, Verdict, run
from jinka.kernel.apdu import Command, Response
from jinka.kernel.effects import (
    AskPin,
    Authorisation,
    GoOnline,
    Now,
    PinEntry,
    PinKind,
    PinState,
    Random,
    Recall,
    Remember,
    Transmit,
    Unreachable,
)
from jinka.kernel.errors import CardRemoved, MisuseError
from jinka.kernel.journal import Journal, codec, read_journal
from jinka.kernel.journal.replay import replay
from jinka.kernel.outcome import Outcome
from jinka.kernel.secret import Secret
from jinka.simulator.issuer import Behaviour, Fault
from jinka.simulator.world import SimulatedWorld, simulated_config

from tests.issuer.ask import ask


def record(path: Path, world: SimulatedWorld, *, full: bool, amount: int = 1250) -> Outcome:
    with Journal(path, full=full) as journal:
        world.observer = journal
        return run(Terminal(simulated_config()).purchase(amount, forced_online=True), world)


def fresh(amount: int = 1250) -> Session[Outcome]:
    return Terminal(simulated_config()).purchase(amount, forced_online=True)


@pytest.mark.parametrize("behaviour", [Behaviour(), Behaviour(code="51"), Behaviour(Fault.NO_ANSWER)])
def test_a_full_journal_replays_to_the_same_outcome(tmp_path: Path, behaviour: Behaviour) -> None:
    outcome = record(tmp_path / "run", SimulatedWorld(behaviour=behaviour), full=True)
    again = replay(fresh(), read_journal(tmp_path / "run"))
    assert again.difference is None
    assert again.outcome == outcome
    assert again.equal == len((tmp_path / "run").read_text().splitlines())


def test_the_first_difference_is_named(tmp_path: Path) -> None:
    record(tmp_path / "run", SimulatedWorld(), full=True)
    again = replay(fresh(1251), read_journal(tmp_path / "run"))
    assert again.outcome is None
    assert again.difference is not None
    assert "9F02" in str(again.difference) or "effect" in str(again.difference)
    entries = list(read_journal(tmp_path / "run"))
    assert again.difference.index == again.equal < len(entries)
    short = replay(fresh(), entries[:5])
    assert short.difference is not None
    assert str(short.difference).startswith("effect 5: recorded the end of the run, found")
    long = replay(fresh(), [*entries, entries[0]])
    assert long.difference is not None
    assert long.outcome is not None
    assert str(long.difference).endswith("found the end of the run")


def test_a_removed_card_is_replayed_as_an_exception(tmp_path: Path) -> None:
    world = SimulatedWorld()
    path = tmp_path / "run"
    record(path, world, full=True)
    lines = path.read_text().splitlines()
    cut = next(at for at, line in enumerate(lines) if at > 8 and '"Transmit"' in line)
    entry = json.loads(lines[cut]) | {"answer": codec.plain(CardRemoved())}
    path.write_text("\n".join([*lines[:cut], json.dumps(entry)]))
    again = replay(fresh(), read_journal(path))
    assert again.equal == cut + 1


def test_a_redacted_journal_gives_nothing_away_and_is_not_replayed(tmp_path: Path) -> None:
    path = tmp_path / "run"
    world = SimulatedWorld("online-always")
    outcome = record(path, world, full=False)
    assert outcome.verdict is Verdict.APPROVED
    text = path.read_text()
    for account in world.simulated.issuer.book.accounts:
        digits = account.digits
        assert digits not in text
        assert digits[:8] not in text
        assert digits.encode().hex().upper() not in text
    assert "GoOnline" in text
    assert json.loads(text.splitlines()[0])
    with pytest.raises(MisuseError, match="journal line"):
        list(read_journal(path))


@pytest.mark.parametrize("line", ["", "{}", "[1]", "nonsense", '{"effect": {"is": "Nothing"}, "answer": null}'])
def test_damaged_lines(tmp_path: Path, line: str) -> None:
    (tmp_path / "run").write_text(line + "\n")
    with pytest.raises(MisuseError, match="journal line 1"):
        list(read_journal(tmp_path / "run"))


VALUES = [
    Transmit(Command(0x00, 0x20, 0, 0x80, b"\x24\x12\x34\xff\xff\xff\xff\xff", sensitive=True)),
    Response(b"\x01", 0x9000, 0.125),
    AskPin(PinKind.ONLINE, 3, Secret(b"6212340000000000012"), 5),
    PinEntry(PinState.ENTERED, Secret(b"1234")),
    GoOnline(ask()),
    Authorisation("00", b"\1", (b"\2", b"\3"), "123456", None, -5),
    Unreachable("x", True),
    Random(4, "9F37"),
    datetime(2026, 11, 23, 12, 0, 1),
    b"\0\xff",
    None,
    2,
    Now(),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_every_value_there_and_back(value: object) -> None:
    back = codec.parse(json.loads(json.dumps(codec.plain(value))))
    assert back == value
    if isinstance(value, Response):
        assert back.elapsed == value.elapsed
    if isinstance(value, Transmit):
        assert back.command.sensitive == value.command.sensitive


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_redacted_faces(value: object) -> None:
    text = json.dumps(codec.redacted(value)).upper()
    for secret in ("1234FFFF", "31323334", "6212340000000000012", "36323132", "301222010"):
        assert secret not in text


def test_what_is_not_plain_is_refused() -> None:
    with pytest.raises(MisuseError, match="cannot hold a object"):
        codec.plain(object())
    assert codec.redacted(replace(Random(1), purpose="p"))["purpose"] == "p"
    assert {type(value) for value in (Recall, Remember)} == {type}
