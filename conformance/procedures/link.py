"""Link: our kernel's way to its host, with a host of the suite at the other end of the wire.

The protocol of a host link is the acquirer's: another subject than our kernel in this process is inconclusive here.
"""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding
from jinka.conformance.procedures.bench import Perform
from jinka.conformance.procedures.parameters import own
from jinka.conformance.stand import terminal, world
from jinka.conformance.subject import KernelSeat
from jinka.kernel import Terminal
from jinka.kernel.acquirer import AcquirerLink, HostConfig
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.journal import open_ledger
from jinka.simulator.host import HostDesk, HostServer
from jinka.simulator.issuer import Behaviour, Plan
from jinka.simulator.issuer.behaviour import Fault


@own
def answered_twice(case: Case, perform: Perform, /, *, codes: list[str]) -> list[Finding]:
    """Each request but the last is answered twice, all over one connection, with response codes of `codes`: every transaction
    has the code of its own answer, and is approved if and only if that is 00."""
    found: list[Finding] = []
    stage = world(case)
    desk = HostDesk(stage.simulated.issuer)
    last = len(codes) - 1
    desk.plans["financial"] = Plan(
        None, tuple(Behaviour(Fault.DUPLICATE if at < last else Fault.NONE, code) for at, code in enumerate(codes))
    )
    with ExitStack() as held:
        folder = held.enter_context(TemporaryDirectory())
        server = held.enter_context(HostServer(desk))
        ledger = held.enter_context(open_ledger(Path(folder, "ledger")))
        master = stage.simulated.issuer.book.terminal[Algorithm.TDES]
        link = AcquirerLink(HostConfig("127.0.0.1", server.port, master, keep_open=True), ledger, clock=stage.clock)
        held.callback(link.close)
        stage.host, stage.keeper = link, ledger
        seat = KernelSeat(Terminal(terminal(case)), stage)
        for number, code in enumerate(codes, 1):
            stage.insert()
            outcome, seen = seat.perform(case.runs[0])
            perform.seen.append((outcome, seen))
            wanted, shown = f"{code} approved: {code == '00'}", f"{outcome.arc} approved: {outcome.approved}"
            if wanted != shown:
                found.append(Finding(f"transaction {number}", wanted, shown))
    return found
