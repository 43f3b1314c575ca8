"""A terminal process that is killed: pays over TCP against a host process and dies by SIGKILL at one effect.

Reads one JSON order a line from standard input and answers each with one line. Every order runs in a forked child, so
that a kill is a real one and a restart costs no start-up:

    {"do": "pay", "amount": 100, "at": 7, "after": true}   -> {"killed": true} or {"verdict": "approved"}
    {"do": "recover"}                                       -> {"counts": {...}, "balanced": true}
"""

import json
import os
import signal
import sys
from typing import Any

from jinka.kernel import Station, Terminal, run
from jinka.kernel.acquirer import AcquirerLink, HostConfig, deliver, settle
from jinka.kernel.effects import Effect
from jinka.kernel.journal import open_ledger
from jinka.kernel.transports.tcp import TcpCard
from jinka.simulator.human import Human
from jinka.simulator.issuer import load_book
from jinka.simulator.world import MORNING, Clock, simulated_config


class Killed:
    """Kills this process at effect number `at`, before or after the world has acted on it."""

    def __init__(self, world: Station, at: int, after: bool) -> None:
        self.world, self.at, self.after, self.count = world, at, after, 0

    def answer(self, effect: Effect[Any]) -> Any:
        number, self.count = self.count, self.count + 1
        if number == self.at and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        value = self.world.answer(effect)
        if number == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return value


def work(order: dict[str, Any], ledger_path: str, card_port: int, host_port: int) -> dict[str, Any]:
    book = load_book()
    config = simulated_config()
    ledger = open_ledger(ledger_path)
    host = HostConfig("127.0.0.1", host_port, next(iter(book.terminal.values())), config.device.terminal_id)
    link = AcquirerLink(host, ledger)
    if order["do"] == "recover":
        deliver(link, ledger)
        settled = settle(link, ledger)
        counts = {kind.value: count for kind, count in ledger.counts().items()}
        return {"counts": counts, "balanced": settled.balanced}
    with TcpCard("127.0.0.1", card_port) as card:
        world = Station(card, person=Human(pin_cipher=link.pin_block), host=link, keeper=ledger, clock=Clock(MORNING))
        session = Terminal(config).purchase(order["amount"])
        outcome = run(session, Killed(world, order["at"], order["after"]))
        return {"verdict": outcome.verdict.value, "effects": len(session.history), "arc": outcome.arc}


def main() -> None:
    ledger_path, card_port, host_port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            answer = work(json.loads(line), ledger_path, card_port, host_port)
            os.write(writer, json.dumps(answer).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps({"killed": True} if killed else json.loads(said or '{"failed": true}')), flush=True)


if __name__ == "__main__":
    main()
