"""The host as a process of its own: start, behaviour from the command line, state across a kill, TLS."""

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jinka.kernel.acquirer import AcquirerLink, HostConfig, deliver
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.effects import Authorisation, Record, RecordKind, Unreachable
from jinka.kernel.journal import Ledger
from jinka.simulator.host import ask_host

from tests.issuer.ask import BOOK, ask

DEBIT = BOOK.account("debit")


@contextmanager
def host(*arguments: str) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """The process and its port. It ends when its standard input does."""
    command = [sys.executable, "-m", "jinka.simulator.host", "--until-eof", *arguments]
    world = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=world) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield json.loads(process.stdout.readline())["port"], process
        finally:
            process.stdin.close()
            process.wait(10)


def config(port: int, **more: Any) -> HostConfig:
    return HostConfig("127.0.0.1", port, BOOK.terminal[Algorithm.TDES], connect_timeout=5, answer_timeout=5, **more)


def test_the_state_survives_the_kill_of_the_host(tmp_path: Path) -> None:
    state = str(tmp_path / "host.db")
    with Ledger(tmp_path / "ledger.db") as ledger:
        with host("--state", state) as (port, process):
            assert isinstance(AcquirerLink(config(port), ledger).authorise(ask()), Authorisation)
            process.kill()
        with host("--state", state) as (port, _):
            assert ask_host(port, {"ask": "view"})["accounts"]["debit"]["balance"] == DEBIT.balance - 1234
            ledger.remember(Record(RecordKind.REVERSAL, "ref-1", (), (), DEBIT.pan))
            assert deliver(AcquirerLink(config(port), ledger), ledger).reversals == 1
            view = ask_host(port, {"ask": "view"})
            assert view["accounts"]["debit"]["balance"] == DEBIT.balance
            assert [posting["state"] for posting in view["postings"]] == ["reversed"]


def test_behaviour_from_the_command_line_and_from_a_question(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger, host("--code", "05", "--script", "72:block") as (port, _):
        link = AcquirerLink(config(port), ledger)
        answer = link.authorise(ask())
        assert isinstance(answer, Authorisation)
        assert (answer.arc, len(answer.scripts)) == ("05", 1)
        wish = {"ask": "behave", "then": [{"fault": "bad-mac"}], "behaviour": {"code": "91"}}
        assert ask_host(port, wish) == {"done": True}
        assert isinstance(link.authorise(ask(reference="b")), Unreachable)
        answer = link.authorise(ask(reference="c"))
        assert isinstance(answer, Authorisation)
        assert answer.arc == "91"
        assert "error" in ask_host(port, {"ask": "behave", "behaviour": {"fault": "unheard-of"}})
        assert "error" in ask_host(port, {"ask": "?"})
        assert DEBIT.digits not in json.dumps(ask_host(port, {"ask": "view"}))


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """A self-signed certificate for 127.0.0.1."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test host")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = tmp_path / "host.pem", tmp_path / "host.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(paths[0]), str(paths[1])


def test_tls(tmp_path: Path, certificate: tuple[str, str]) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger, host("--tls", *certificate) as (port, _):
        for keep_open in (False, True):
            link = AcquirerLink(config(port, tls=True, ca_file=certificate[0], keep_open=keep_open), ledger)
            for number in range(2):
                assert isinstance(link.authorise(ask(reference=f"{keep_open}{number}")), Authorisation)
            link.close()
        stranger = AcquirerLink(config(port, tls=True), ledger).authorise(ask(reference="x"))
        assert isinstance(stranger, Unreachable)
        assert not stranger.sent
