"""Cards as subjects: ours pass, wrong ones are caught, and a reader in between changes nothing."""

import json
from contextlib import contextmanager

import pytest
from jinka.conformance.cards.bench import CardInReader, SimulatedCard, card_subject
from jinka.conformance.cards.case import load_card_cases
from jinka.conformance.cards.runner import run_card_case, run_card_cases, why_not
from jinka.conformance.case import CaseError
from jinka.conformance.judge import Mark
from jinka.conformance.runner import Result
from jinka.kernel.apdu import Response
from jinka.kernel.cli import main
from jinka.kernel.data.fields import Cryptogram
from jinka.simulator.card import Card
from jinka.simulator.cards.credit import authenticate, generate, risk, scripts, verify
from jinka.simulator.cards.credit.machine import Credit
from jinka.simulator.cards.credit.memory import State
from jinka.simulator.personality import load_personality
from jinka.simulator.readers.vpcd import VpcdClient

from tests.support.cards import ATR_T1
from tests.support.pcscd import Pcscd

CASES = load_card_cases()
BY_CODE = {case.code: case for case in CASES}


@pytest.mark.parametrize(
    "name", ["unionpay-debit", "unionpay-credit", "cda", "dda-only", "sda-only", "sm-cryptogram", "ecash", "multi-application"]
)
def test_our_cards_pass(name):
    found = list(run_card_cases(CASES, card_subject(name)))
    ran = [result for _, result in found if isinstance(result, Result)]
    assert [result for result in ran if result.mark is not Mark.PASS] == []
    assert len(ran) >= 95
    assert len(CASES) >= 100


def test_a_real_card_is_not_spent_unless_asked():
    class Real(SimulatedCard):
        real = True

    subject = Real(load_personality("unionpay-debit"))
    spared = [case.code for case in CASES if why_not(case, subject) is not None]
    assert {"CRD-404", "CRD-713"} <= set(spared)
    assert why_not(BY_CODE["CRD-713"], subject, destructive=True) is None


WRONG = [
    ("takes any PIN", verify, "_read", lambda block: "1234", "CRD-402"),
    ("takes any issuer answer", authenticate, "check_issuer", lambda card, turn, data: True, "CRD-702"),
    ("takes any script MAC", scripts, "_authentic", lambda card, turn, command: command.data[:-4], "CRD-711"),
    ("always approves", risk, "first", lambda card, turn, asked: Cryptogram.TC, "CRD-604"),
    ("signs nothing fresh", authenticate, "_dynamic_number", lambda card, turn: bytes(8), "CRD-510"),
    ("block that does not block", scripts, "_bare", lambda *arguments: Response(), "CRD-710"),
    ("PIN change that does nothing", scripts, "decipher_script", lambda *arguments: b"", "CRD-409"),
]


@pytest.mark.parametrize(("module", "name", "wrong", "code"), [entry[1:] for entry in WRONG], ids=[entry[0] for entry in WRONG])
def test_a_wrong_card_is_caught(monkeypatch, module, name, wrong, code):
    case = BY_CODE[code]
    personality = load_personality("unionpay-debit")
    assert run_card_case(case, SimulatedCard(personality)).mark is Mark.PASS
    monkeypatch.setattr(module, name, wrong)
    assert run_card_case(case, SimulatedCard(personality)).mark is Mark.FAIL


class Wrapped(SimulatedCard):
    """A card with something between it and the reader."""

    def __init__(self, wrong):
        super().__init__(load_personality("unionpay-debit"))
        self._wrong = wrong

    @contextmanager
    def seat(self):
        with super().seat() as contacts:
            yield self._wrong(contacts)


def between(change):
    """Contacts whose responses are changed: `change(command, response, number)`."""

    class Contacts:
        def __init__(self, contacts):
            self._contacts, self._count = contacts, 0

        def transmit(self, command):
            self._count += 1
            return change(command, self._contacts.transmit(command), self._count)

        def power(self):
            self._contacts.power()

    return Contacts


def flipped(ins, at):
    """The byte `at` of the response to an instruction, flipped."""

    def change(command, response, number):
        if command.ins != ins or len(response.data) <= at:
            return response
        data = bytearray(response.data)
        data[at] ^= 1
        return Response(bytes(data), response.sw)

    return between(change)


def status(ins, sw):
    """Another status word, without data."""
    return between(lambda command, response, number: Response(b"", sw) if command.ins == ins else response)


BETWEEN = [
    ("a bit of an ARQC", flipped(0xAE, 8), "CRD-602"),
    ("a bit of a TC", flipped(0xAE, 8), "CRD-603"),
    ("a bit of an AAC", flipped(0xAE, 8), "CRD-601"),
    ("a bit of the TC after an ARQC", flipped(0xAE, 8), "CRD-605"),
    ("a bit of the signature", flipped(0x88, 20), "CRD-510"),
    ("a bit of a record", flipped(0xB2, 5), "CRD-515"),
    ("a challenge that is always the same", between(
        lambda command, response, number: Response(bytes(8)) if command.ins == 0x84 else response), "CRD-501"),
    ("an ATC that stands still", between(
        lambda command, response, number: Response(response.data[:3] + b"\0\1", response.sw)
        if command.ins == 0xCA else response), "CRD-206"),
    ("everything is well", between(
        lambda command, response, number: Response(response.data, 0x9000)), "CRD-002"),
    ("no PIN is wrong", status(0x20, 0x9000), "CRD-402"),
    ("every PIN is wrong", status(0x20, 0x63C3), "CRD-401"),
    ("an empty answer", status(0xAE, 0x9000), "CRD-601"),
    ("no answer to a challenge", status(0x84, 0x9000), "CRD-501"),
    ("an empty signature", status(0x88, 0x9000), "CRD-510"),
    ("every tag is known", status(0xCA, 0x9000), "CRD-305"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "code"), [entry[1:] for entry in BETWEEN], ids=[entry[0] for entry in BETWEEN])
def test_a_wrong_answer_is_caught(wrong, code):
    assert run_card_case(BY_CODE[code], Wrapped(wrong)).mark is Mark.FAIL


def test_a_card_that_takes_a_third_cryptogram_is_caught(monkeypatch):
    table = {**Credit.table, (State.COMPLETED, 0xAE): generate.second}
    monkeypatch.setattr(Credit, "table", table)
    assert run_card_case(BY_CODE["CRD-607"], card_subject("unionpay-debit")).mark is Mark.FAIL


def test_what_a_card_is_not_is_said(capsys):
    assert main(["conformance", "card", "sda-only", "-s", "CRD-51", "--json"]) == 0
    rows = {row["code"]: row for row in json.loads(capsys.readouterr().out)["cases"]}
    assert rows["CRD-510"]["mark"] == "not-applicable"
    assert rows["CRD-510"]["reason"] == "the card has no dda"
    assert rows["CRD-513"]["mark"] == "pass"
    assert main(["conformance", "card", "bad-sdad", "-s", "CRD-510"]) == 1
    assert "the hash" in capsys.readouterr().out
    assert main(["conformance", "card", "no-such-card"]) == 2


def test_an_unknown_step_or_check_is_an_error(tmp_path):
    (tmp_path / "x.toml").write_text('[[case]]\ncode = "CRD-1"\nid = "x"\ntitle = "t"\ntitle_zh = "t"\nclauses = ["nope"]\nsteps = []\n')
    with pytest.raises(CaseError, match="no clause nope"):
        load_card_cases(tmp_path)


@pytest.mark.peer
def test_the_same_verdicts_over_a_reader(pcscd: Pcscd):
    personality = load_personality("unionpay-debit").changed({"atr": ATR_T1.hex()})
    local = SimulatedCard(personality)
    chosen = [case for case in CASES if why_not(case, local) is None]

    class Changing:
        """One place in the reader for a new card every time."""

        def __init__(self):
            self.card = Card(personality)

        def __getattr__(self, name):
            return getattr(self.card, name)

    class InReader(CardInReader):
        @contextmanager
        def seat(self):
            place.card = Card(personality)
            with super().seat() as contacts:
                yield contacts

    place = Changing()
    there = InReader(pcscd.readers[0], real=False, like=local)
    with VpcdClient(place, port=pcscd.ports[0]):
        wire = [(result.code, result.mark) for result in (run_card_case(case, there) for case in chosen)]
    assert wire == [(result.code, result.mark) for result in (run_card_case(case, local) for case in chosen)]
    assert {mark for _, mark in wire} == {Mark.PASS}
