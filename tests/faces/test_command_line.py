"""The command line as a user meets it: answers, JSON, exit codes, one-line mistakes, and no secrets anywhere."""

import json
import os
import re
import subprocess
import sys

import pytest
from jinka.kernel.cli import main

# What must never be seen: the card's PAN and track 2, its PIN block, and the PIN as a word of its own.
PAN = "6212340000000000012"
PIN_BLOCK = "241234FFFFFFFFFF"


def jinka(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def pay(capsys, *arguments: str) -> tuple[int, dict]:
    code, out, _ = jinka(capsys, "pay", *arguments, "--json")
    return code, json.loads(out)


def test_a_purchase_as_json(capsys):
    code, truth = pay(capsys, "12.50")
    assert code == 0
    assert truth["verdict"] == "approved"
    assert (truth["tvr"], truth["tsi"], truth["cvm_results"]) == ("0000048000", "F800", "420300")
    assert truth["outcome"]["amount"] == 1250
    assert truth["apdus"][0]["command"] == "00A404000E315041592E5359532E444446303100"
    assert [message["direction"] for message in truth["host"]] == ["request", "answer"]


def test_a_command_loads_what_it_needs():
    """Rooms register their commands at every start; a judge or a card that nobody asked for would double its time."""
    script = "import sys; from jinka.kernel.cli import main; main(['decode', '9A03260601']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "jinka.conformance.cli" in loaded
    assert not {"jinka.conformance.case", "jinka.conformance.judge", "jinka.simulator.card", "Cryptodome"} & {*loaded}


def test_one_seed_one_answer(capsys):
    first = jinka(capsys, "pay", "12.50", "--json", "--seed", "7", "-v")
    again = jinka(capsys, "pay", "12.50", "--json", "--seed", "7", "-v")
    other = jinka(capsys, "pay", "12.50", "--json", "--seed", "8", "-v")
    assert first == again
    assert first[1] != other[1]


@pytest.mark.parametrize(
    ("arguments", "code", "verdict"),
    [
        (("12.50", "--host", "51"), 1, "declined"),
        (("12.50", "--card", "declines"), 1, "declined"),
        (("12.50", "--card", "blocked-card"), 3, "terminated"),
        (("12.50", "--card", "mute-at-cryptogram"), 3, "card removed"),
        (("12.50", "--card", "blocked-application"), 1, "not accepted"),
        (("12.50", "--card", "ecash"), 0, "approved"),
        (("50", "--card", "ecash", "--service", "load"), 0, "approved"),
        (("--service", "balance"), 0, "completed"),
        (("--service", "ecash-balance", "--card", "ecash"), 0, "completed"),
        (("20", "--other", "5", "--service", "cashback"), 1, "declined"),
        (("20", "--service", "refund"), 0, "approved"),
        (("12.50", "--offline"), 1, "declined"),
        (("12.50", "--host", "timeout"), 1, "declined"),
    ],
)
def test_exit_codes(capsys, arguments, code, verdict):
    assert pay(capsys, *arguments)[1]["verdict"] == verdict
    assert pay(capsys, *arguments)[0] == code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pay",), "needs an amount"),
        (("pay", "12.505"), "decimals"),
        (("pay", "twelve"), "not an amount"),
        (("pay", "1", "--card", "unionpay-debt"), "did you mean unionpay-debit"),
        (("pay", "1", "--service", "theft"), "there is no service"),
        (("pay", "1", "--pin", "12"), "4 to 12 digits"),
        (("pay", "1", "--config", "/nowhere.toml"), "nowhere.toml"),
        (("pay", "1", "--connect", "elsewhere"), "HOST:PORT"),
        (("decode", "9F36", "--as", "tlv"), ""),
        (("decode", "xyz"), ""),
        (("card",), "which card"),
        (("nonsense",), "nonsense"),
    ],
)
def test_a_mistake_is_one_line(capsys, arguments, words):
    code, _, err = jinka(capsys, *arguments)
    assert code in (2, 3)
    assert err.startswith("jinka: ")
    assert err.count("\n") == 1
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("card", ["unionpay-debit", "unionpay-quasi-credit", "unionpay-credit", "ecash"])
def test_no_face_shows_a_secret(capsys, tmp_path, card):
    page = tmp_path / "story.html"
    shown = ""
    for more in (("-v", "--lang", "en"), ("-v", "--lang", "zh"), ("-v", "--json"), ("--html", str(page), "-v")):
        shown += jinka(capsys, "pay", "150", "--card", card, "--pin", "4321", *more)[1]
    shown += page.read_text()
    digits = re.sub(r"[^0-9A-Fa-f*]", "", shown).upper()
    for account in ("00000000012", "0000000043", "00000000020"):
        assert f"621234{account}" not in digits
        assert f"{account}D" not in digits
    for block in ("244321", "0443219"):
        assert block not in digits
    assert not re.search(r"\b4321\b", shown)


def test_the_page_stands_alone(capsys, tmp_path):
    page = tmp_path / "story.html"
    assert jinka(capsys, "pay", "12.50", "--html", str(page))[0] == 0
    text = page.read_text()
    assert text.startswith("<!doctype html>")
    assert not re.search(r"(src|href)=|https?://|@import", text)
    for words in ("持卡人", "Cardholder", "0000048000", "READ RECORD", "终端风险管理"):
        assert words in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("9F3602000A", ["9F36", "Application transaction counter", "10"]),
        ("80AE800002AABB00", ["GENERATE AC"]),
        ("3B6500002063CB6800", ["T=0"]),
        ("95050000048000", ["online PIN entered", "over floor limit"]),
    ],
)
def test_decode_explains(capsys, data, words):
    code, out, _ = jinka(capsys, "decode", data, "--lang", "en")
    assert code == 0
    for word in words:
        assert word in out
    code, out, _ = jinka(capsys, "decode", data, "--json")
    assert code == 0
    assert json.loads(out)


def test_decode_speaks_chinese(capsys):
    assert "应用交易计数器" in jinka(capsys, "decode", "9F3602000A", "--lang", "zh")[1]


SCRIPT = """\
insert ecash
pay 12.50
step 12
back 3
step 2
run
card
tear 3
pay 5.00
run
insert unionpay-quasi-credit
host decline 51
pay 100
step 17
where
run
tvr
decode 9F3602000A
"""


def shell(script: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "jinka.kernel.cli", "shell", "--lang", "en", *arguments],
        input=script, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"}, timeout=60,
    )  # fmt: skip


def test_the_shell_plays_a_script_the_same_every_time():
    first, again = shell(SCRIPT), shell(SCRIPT)
    assert first.returncode == 0, first.stderr
    assert first.stdout == again.stdout
    for words in ("APPROVED", "CARD REMOVED", "DECLINED", "choose Reached application selected", "CNY 87.50"):
        assert words in first.stdout


def test_going_back_changes_nothing_in_the_end():
    straight = shell("insert ecash\npay 12.50\nrun\n").stdout
    wandering = shell("insert ecash\npay 12.50\nstep 20\nback 15\nstep 9\nback 2\nrun\n").stdout
    assert straight[straight.index("APPROVED") :] == wandering[wandering.index("APPROVED") :]


def test_a_pin_typed_by_hand_is_not_shown():
    start = "insert unionpay-quasi-credit\npay 100\n"
    steps = next(
        number for number in range(12, 40)
        if " AskPin " in shell(f"{start}step {number}\n").stdout.splitlines()[-1]
    )  # fmt: skip
    told = shell(f"{start}step {steps}\nanswer 1234\nrun\n").stdout
    assert "answer ****" in told
    assert "answer 1234" not in told
    assert PIN_BLOCK not in told
    assert "APPROVED" in told


def test_a_wrong_line_ends_a_script_with_its_reason():
    ended = shell("insert ecash\nfly\n")
    assert ended.returncode == 2
    assert "there is no command 'fly'" in ended.stdout


def test_help_is_quick_and_complete(capsys):
    code, out, _ = jinka(capsys, "--help")
    assert code == 0
    for command in ("pay", "card", "host", "decode", "shell", "readers"):
        assert command in out
    assert PAN not in out


def test_the_demo_goes_through_iso_8583_and_settles(capsys, tmp_path):
    """The README's first command: a host process, a ledger, the page, and both sides agree in the end."""
    code, out, _ = jinka(capsys, "demo", "12.50", "--folder", str(tmp_path), "--lang", "en")
    assert code == 0
    assert "APPROVED" in out
    for message in ("0800", "0200", "0320", "0500"):
        assert message in out
    assert "settled with the host" in out
    assert (tmp_path / "purchase.html").stat().st_size > 50_000
    assert PAN not in out
    for kept in tmp_path.iterdir():
        assert PAN.encode() not in kept.read_bytes()


def test_an_authority_of_ones_own(capsys, tmp_path):
    assert jinka(capsys, "authority", str(tmp_path / "ca"))[0] == 0
    assert {path.name for path in (tmp_path / "ca").iterdir()} == {"authority.toml", "capk.toml"}
