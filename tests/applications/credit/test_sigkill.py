"""SIGKILL at every effect: a paying process, a host process, and a card that lives on in this one.

One terminal with one ledger goes through all the deaths of its life; after each it restarts, delivers what it owes and
settles, and the host's books must say what the ledger says.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinka.simulator.card import Card
from jinka.simulator.host import ask_host
from jinka.simulator.personality import load_personality
from jinka.simulator.readers.server import CardServer

PRICE = 1_00


class Street:
    """The three of them, and orders to the terminal."""

    def __init__(self, ledger: Path, personality: str) -> None:
        self.host = subprocess.Popen(
            [sys.executable, "-m", "jinka.simulator.host", "--until-eof"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.host_port = json.loads(self.host.stdout.readline())["port"]
        self.card = Card(load_personality(personality), seed=1)
        self.server = CardServer(self.card)
        self.server.start()
        self.terminal = subprocess.Popen(
            [sys.executable, "-m", "tests.support.paying", str(ledger), str(self.server.port), str(self.host_port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def order(self, **order: object) -> dict:
        self.terminal.stdin.write(json.dumps(order) + "\n")
        self.terminal.stdin.flush()
        return json.loads(self.terminal.stdout.readline())

    def account(self, name: str) -> int:
        return ask_host(self.host_port, {"ask": "view"})["accounts"][name]["balance"]

    def purse(self) -> int:
        return int(self.card.memory().data[0x9F79].hex())

    def close(self) -> None:
        self.server.close()
        for process in (self.terminal, self.host):
            process.stdin.close()
            process.wait(10)
            process.stdout.close()


@pytest.fixture
def street(request, tmp_path) -> Iterator[Street]:
    made = Street(tmp_path / "ledger.db", request.param)
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.parametrize("street", ["unionpay-debit"], indirect=True)
def test_online_purchase_killed_at_every_effect(street):
    start = street.account("debit")
    whole = street.order(do="pay", amount=PRICE, at=-1, after=False)
    assert whole["verdict"] == "approved", whole
    sold = 1
    for at in range(whole["effects"]):
        for after in (False, True):
            assert street.order(do="pay", amount=PRICE, at=at, after=after) == {"killed": True}
            before = street.account("debit")
            ended = street.order(do="recover")
            assert ended["balanced"] is True
            assert set(ended["counts"]) <= {"closed"}, (at, after, ended)
            # Either the sale was kept and the host has booked it, or the host has taken it back.
            now = street.account("debit")
            assert start - now in (sold * PRICE, (sold + 1) * PRICE), (at, after, before, now)
            sold = (start - now) // PRICE
    # The sale is kept from the moment its record is durable, and from nowhere before: the last effects all count.
    assert sold > 1
    last = street.order(do="pay", amount=PRICE, at=-1, after=False)
    assert last["verdict"] == "approved"


@pytest.mark.slow
@pytest.mark.parametrize("street", ["ecash"], indirect=True)
def test_electronic_cash_killed_at_every_effect(street):
    purse, books = street.purse(), ask_host(street.host_port, {"ask": "view"})["accounts"]["ecash"]["cash_balance"]
    whole = street.order(do="pay", amount=PRICE, at=-1, after=False)
    assert whole["verdict"] == "approved"
    assert whole["arc"] == "Y1"
    for at in range(whole["effects"]):
        for after in (False, True):
            assert street.order(do="pay", amount=PRICE, at=at, after=after) == {"killed": True}
    ended = street.order(do="recover")
    spent = purse - street.purse()
    booked = books - ask_host(street.host_port, {"ask": "view"})["accounts"]["ecash"]["cash_balance"]
    # What the card gave and the host did not get is exactly covered by entries that say so.
    assert set(ended["counts"]) <= {"closed", "uncertain"}
    assert 0 <= spent - booked <= ended["counts"].get("uncertain", 0) * PRICE
    assert spent > booked > PRICE
