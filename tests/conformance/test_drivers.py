"""Terminals behind a driver: the same verdicts as in process, and a bench that no driver can stop or deceive."""

import json
import os
import socket
import threading
from collections.abc import Iterator

import msgspec
import pytest
from jinka.conformance.case import Case, CaseError, load_catalogue
from jinka.conformance.drivers import protocol as p
from jinka.conformance.drivers.client import Driven, Patience
from jinka.conformance.drivers.connect import Port
from jinka.conformance.drivers.peer import Line
from jinka.conformance.drivers.serve import Driver
from jinka.conformance.drivers.terminal import changed, tell, understand
from jinka.conformance.judge import Mark
from jinka.conformance.procedures import AT_THE_READER, OURS_ONLY
from jinka.conformance.runner import Result, run_case
from jinka.conformance.stand import base_terminal, terminal, world
from jinka.conformance.subject import BenchError, Kernel, Show
from jinka.conformance.subjects import subject
from jinka.kernel.effects import Recall, RecordKind, Remember, Transmit

from tests.support.drivers import child, environment

CASES = load_catalogue()
SHORT = Patience(answer=20.0, silence=2.0, transaction=20.0)


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", environment())


@pytest.fixture
def driven(request: pytest.FixtureRequest) -> Iterator[Driven]:
    subject = Driven(child(request.param), SHORT)
    yield subject
    subject.close()


def case(code: str) -> Case:
    return next(case for case in CASES if case.code == code)


def why(result: Result) -> str:
    return " ".join(f"{entry.what}: {entry.seen}" for entry in result.findings)


@pytest.mark.parametrize("driven", ["honest"], indirect=True)
def test_every_case_has_the_verdict_it_has_in_process(driven: Driven):
    assert driven.lacks == frozenset()
    unseen = OURS_ONLY | AT_THE_READER
    shared = [case for case in CASES if case.procedure not in unseen]
    assert [run_case(case, driven) for case in shared] == [run_case(case) for case in shared]
    assert {run_case(case, driven).mark for case in CASES if case.procedure in unseen} == {Mark.INCONCLUSIVE}


@pytest.mark.parametrize("driven", ["honest"], indirect=True)
def test_what_fails_in_process_fails_the_same_way(driven: Driven):
    wrong = {"verdict": "cancelled", "arc": "99", "tvr": ["SDA_FAILED"], "tsi": [], "cvm": "000000", "gac": [], "told": ["WELCOME"],
             "asked": ["CONFIRM"], "records": ["advice"], "tags": {"9F02": "00"}, "scripts": "00", "signature": True}  # fmt: skip
    for one in (case for case in CASES if case.group in ("TAA", "ONL", "CMP") and not case.procedure):
        runs = [msgspec.structs.replace(run, expect=msgspec.structs.replace(run.expect, **wrong)) for run in one.runs]
        made = msgspec.structs.replace(one, runs=runs)
        found = run_case(made, driven)
        assert found == run_case(made)
        assert len(found.findings) >= 9


@pytest.mark.parametrize("driven", ["honest"], indirect=True)
@pytest.mark.parametrize("code", ["TAA-001", "IAU-001", "SCR-022.01", "SEL-029", "PHY-012.03"])
def test_what_was_seen_is_the_same_effect_for_effect(driven: Driven, code: str):
    def seen(subject):
        one = case(code)
        stage = world(one)
        with subject.seat(terminal(one), stage) as seat:
            stage.insert()
            _, evidence = seat.perform(one.runs[0])
        made = []
        for effect, answer in evidence.effects:
            if isinstance(effect, Recall):
                continue  # the memory is the terminal's own
            if isinstance(effect, Remember):
                effect = (effect.record.kind, effect.record.fields, effect.record.chip)
            made.append((effect, repr(answer)))
        return made

    found = seen(driven)
    assert found == seen(Kernel())
    assert sum(isinstance(effect, Transmit) for effect, _ in found) > 3
    assert code != "TAA-001" or any(effect[0] is RecordKind.SALE for effect, _ in found if isinstance(effect, tuple))


def test_a_configuration_survives_the_line():
    for one in CASES:
        config = terminal(one)
        told = json.loads(json.dumps(tell(config, {(b"6228480000000000001", 1)})))
        held, hot = understand(told)
        assert (hot, json.loads(json.dumps(tell(held, hot)))) == ({(b"6228480000000000001", 1)}, told)
        # The case of values that are shorter or longer than their data objects: they come back as these hold them.
        if not one.code.startswith("TLV-103"):
            assert held == config
    assert tell(base_terminal())["device"]["9F1A"] == "0156"
    assert changed(tell(base_terminal()), tell(base_terminal())) == frozenset()
    assert changed(tell(terminal(case("TAA-001"))), tell(base_terminal())) <= {"applications.tac_online"}


def test_over_tcp():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def serve() -> None:
            connected, _ = listening.accept()
            with connected:
                Driver(Line(connected.fileno(), connected.fileno())).serve()

        thread = threading.Thread(target=serve)
        thread.start()
        driven = subject(f"driver+tcp:127.0.0.1:{listening.getsockname()[1]}")
        assert isinstance(driven, Driven)
        assert isinstance(driven.where, Port)
        assert run_case(case("TAA-001"), driven).mark is Mark.PASS
        driven.close()
        thread.join(5)
    assert run_case(case("TAA-001"), driven).mark is Mark.INCONCLUSIVE


def test_a_driver_that_hangs_is_killed_and_the_run_goes_on(tmp_path):
    driven = Driven(child("mute"), Patience(answer=20.0, silence=0.3, transaction=5.0))
    driven.peer()
    pid = driven._connection._process.pid
    result = run_case(case("TAA-001"), driven)
    assert result.mark is Mark.INCONCLUSIVE
    assert "the bench: start: no answer in time" in why(result)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert run_case(case("TAA-001"), driven).mark is Mark.INCONCLUSIVE
    driven.close()


@pytest.mark.parametrize("driven", ["dying"], indirect=True)
def test_a_driver_that_dies_is_started_again(driven: Driven):
    one = case("TAA-001")
    deadly = msgspec.structs.replace(one, runs=[msgspec.structs.replace(one.runs[0], amount=1234)])
    assert run_case(one, driven).mark is Mark.PASS
    result = run_case(deadly, driven)
    assert result.mark is Mark.INCONCLUSIVE
    assert "exit code 3: out of memory" in why(result)
    assert run_case(one, driven).mark is Mark.PASS


@pytest.mark.parametrize(
    ("driven", "reason"),
    [
        ("newer", "speaks protocol 2, this suite speaks 1"),
        ("chatty", "not JSON-RPC: b'starting a purchase'"),
        ("forger", "broke the protocol: an APDU has at least 4 bytes"),
    ],
    indirect=["driven"],
)
def test_what_is_not_the_protocol_is_no_verdict(driven: Driven, reason: str):
    result = run_case(case("TAA-001"), driven)
    assert result.mark is Mark.INCONCLUSIVE
    assert reason in why(result)


def test_a_driver_that_does_not_exist():
    result = run_case(case("TAA-001"), subject("driver:/nowhere/driver --fast"))
    assert result.mark is Mark.INCONCLUSIVE
    assert "No such file" in why(result)


@pytest.mark.parametrize("driven", ["limited"], indirect=True)
def test_what_is_not_shown_is_inconclusive(driven: Driven):
    assert driven.lacks >= {Show.TVR, Show.RECORDS, Show.TAGS}
    marks = {one.code: run_case(one, driven) for one in CASES if one.group in ("TAA", "CVM", "TRM", "SCR", "ONL")}
    assert {result.mark for result in marks.values()} == {Mark.PASS, Mark.INCONCLUSIVE}
    assert marks["CVM-005"].mark is Mark.INCONCLUSIVE
    assert any("cannot be given other applications.floor_limit" in why(result) for result in marks.values())


@pytest.mark.parametrize("driven", ["fixed"], indirect=True)
def test_a_terminal_that_takes_no_configuration(driven: Driven):
    one = next(case for case in CASES if any(key.startswith("application.tac") for key in case.terminal))
    assert "the case wants other applications.tac" in why(run_case(one, driven))
    same = msgspec.structs.replace(
        case("CVM-005"), runs=[msgspec.structs.replace(case("CVM-005").runs[0], expect=_approved())]
    )
    assert run_case(same, driven).mark is Mark.PASS


def _approved():
    return msgspec.structs.replace(case("CVM-005").runs[0].expect, cvm=None, tvr=None, asked=None)


@pytest.mark.parametrize("driven", ["boastful"], indirect=True)
def test_what_was_promised_and_not_shown_is_inconclusive_too(driven: Driven):
    result = run_case(case("CVM-005"), driven)
    assert result.mark is Mark.INCONCLUSIVE
    assert "CVM results: not shown by the subject" in why(result)


def test_reset_ends_a_transaction_and_the_next_one_works():
    driven = Driven(child("honest"), SHORT)
    peer, config, stage = driven.peer(), terminal(case("TAA-001")), world(case("TAA-001"))
    with driven.seat(config, stage) as seat:
        before = stage.answer

        def answer(effect):
            if isinstance(effect, Transmit) and effect.command.ins == 0xA8:
                stage.answer = before
                peer.call("reset", patience=5.0)
            return before(effect)

        stage.answer = answer
        stage.insert()
        with pytest.raises(BenchError, match=str(p.ABORTED)):
            seat.perform(case("TAA-001").runs[0])
        stage.insert()
        outcome, _ = seat.perform(case("TAA-001").runs[0])
        assert outcome.approved
    driven.close()


def test_subjects_by_name():
    assert subject("kernel").name == "kernel"
    assert subject("driver:python -m 'my driver'").where.command == ("python", "-m", "my driver")
    for text in ("", "kernal", "driver:", "driver+tcp:host", "driver:'"):
        with pytest.raises(CaseError, match=r"subject|quotation"):
            subject(text)
