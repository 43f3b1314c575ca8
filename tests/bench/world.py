"""The whole simulated world in one process: terminal, card and issuer, online with CDA."""

import time

from jinka.kernel import Terminal, run
from jinka.simulator.world import SimulatedWorld, simulated_config


def measure(seconds: float = 3.0) -> float:
    """Transactions a second."""
    terminal, world = Terminal(simulated_config()), SimulatedWorld("dda-only", seed=1)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        world.insert()
        assert run(terminal.purchase(1_00), world).approved
        done += 1
    return done / (time.perf_counter() - began)
