"""Issuer scripts: what is sent, what is noted. # spec: emv-b3/10.10"""

import pytest
from jinka.kernel.apdu import Command, Response
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.effects import Authorisation, Step, Unreachable
from jinka.kernel.errors import LinkTimeout
from jinka.kernel.steps.script import run_scripts

from tests.steps.alone import play, sent, transaction

ONE, TWO = Command.parse(bytes.fromhex("8424000004AABBCCDD")), Command.parse(bytes.fromhex("841E000000"[:8]))
NAMED = "9F180401020304"
OK, WARNED, REFUSED = Response(), Response(sw=0x6283), Response(sw=0x6A80)


def script(body: str, template: int = 0x72) -> bytes:
    raw = bytes.fromhex(body.replace(" ", ""))
    return bytes((template, len(raw))) + raw


def does(*commands: Command) -> str:
    return "".join(f"86{len(bytes(one)):02X}{bytes(one).hex()}" for one in commands)


def ran(scripts: list[bytes], *answers: object, template: int = 0x72, **options: int):
    tx = transaction(options=options)
    tx.reply, tx.script_results = Authorisation("00", scripts=tuple(scripts)), b"\xff"
    tx.tvr, tx.tsi = Tvr.NEW_CARD, Tsi.ODA_PERFORMED
    reached: list[Step] = []
    sound, asked = play(run_scripts(tx, template), *answers, reached=reached)
    assert reached == [Step.SCRIPTS_BEFORE if template == 0x71 else Step.SCRIPTS_AFTER] * bool(tx.script_results[1:])
    assert tx.script_results[:1] == b"\xff"
    assert Tvr.NEW_CARD in tx.tvr
    assert Tsi.ODA_PERFORMED in tx.tsi
    failed = [bit for bit in (Tvr.SCRIPT_FAILED_BEFORE, Tvr.SCRIPT_FAILED_AFTER) if bit in tx.tvr]
    assert failed == ([] if sound else [Tvr.SCRIPT_FAILED_BEFORE if template == 0x71 else Tvr.SCRIPT_FAILED_AFTER])
    return sound, tx.script_results[1:].hex().upper(), Tsi.SCRIPT_PERFORMED in tx.tsi, asked


@pytest.mark.parametrize("template", [0x71, 0x72])
@pytest.mark.parametrize(
    ("bodies", "answers", "commands", "left"),
    [
        ([], [], [], (True, "", False)),
        ([NAMED + does(ONE)], [OK], [ONE], (True, "2001020304", True)),
        ([does(ONE)], [OK], [ONE], (True, "2000000000", True)),
        ([NAMED + does(ONE, TWO)], [WARNED, OK], [ONE, TWO], (True, "2001020304", True)),
        ([NAMED + does(ONE, TWO)], [REFUSED], [ONE], (False, "1101020304", True)),
        ([NAMED + does(ONE, TWO)], [OK, REFUSED], [ONE, TWO], (False, "1201020304", True)),
        ([NAMED + does(ONE), does(TWO)], [REFUSED, OK], [ONE, TWO], (False, "11010203042000000000", True)),
        ([NAMED], [], [], (False, "0001020304", False)),
        ([NAMED + "8600"], [], [], (False, "1101020304", True)),
        ([does(ONE) + "9F"], [], [], (False, "0000000000", False)),
        (["9F1803010203" + does(ONE)], [], [], (False, "0000000000", False)),
        (["9F18050102030405" + does(ONE)], [], [], (False, "0000000000", False)),
    ],
)
def test_what_becomes_of_scripts(template, bodies, answers, commands, left):
    scripts = [script(body, template) for body in bodies]
    *found, asked = ran([script(does(ONE), 0x71 ^ 0x72 ^ template), *scripts], *answers, template=template)
    assert tuple(found) == left
    assert asked == sent(*commands)


@pytest.mark.parametrize(("wrong", "noted"), [(1, "11"), (14, "1E"), (15, "1F"), (16, "1F"), (17, "1F")])
def test_the_number_of_the_command_that_failed_has_four_bits(wrong, noted):
    answers = [OK] * (wrong - 1) + [REFUSED]
    assert ran([script(does(*[TWO] * 17))], *answers)[:2] == (False, f"{noted}00000000")


@pytest.mark.parametrize(("more", "left"), [(0, (True, "2000000000", True)), (1, (False, "0000000000", False))])
def test_more_than_the_limit_is_not_sent(more, left):
    scripts = [script(does(TWO)), script("DF0100", 0x71)]
    limit = sum(len(one) for one in scripts) - more
    assert ran(scripts, *[OK] * (1 - more), script_limit=limit)[:3] == left


def test_no_answer_no_scripts():
    tx = transaction()
    for reply in (None, Unreachable("no line", False)):
        tx.reply = reply
        assert play(run_scripts(tx, 0x72)) == (True, [])
    assert (tx.script_results, tx.tvr, tx.tsi) == (b"", Tvr(0), Tsi(0))


def test_a_card_that_is_gone_fails_the_command():
    tx = transaction()
    tx.reply = Authorisation("00", scripts=(script(NAMED + does(ONE)),))
    step = run_scripts(tx, 0x72)
    step.send(None)
    step.throw(LinkTimeout("silence"))
    assert tx.script_results.hex() == "1101020304"
