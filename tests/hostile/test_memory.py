"""A terminal that runs all year: memory does not grow with the number of transactions."""

import gc
import tracemalloc

from jinka.kernel import Terminal, run
from jinka.kernel.effects import Authorisation
from jinka.simulator.world import SimulatedWorld, simulated_config


class Approves:
    """A host without books: the issuer's would grow, as they should."""

    def authorise(self, request):
        return Authorisation("00")


def test_memory_stays_flat_over_many_transactions():
    """After a warm-up that fills every cache and the bounded memory, 300 more purchases leave less than 100 KB behind."""
    terminal, world = Terminal(simulated_config()), SimulatedWorld("ecash")

    def pay(count: int) -> None:
        for _ in range(count):
            world.insert("dda-only")
            run(terminal.purchase(1_00), world)
            world.person.asked.clear()
            world.person.told.clear()

    world.keeper.records = type(world.keeper.records)(maxlen=50)
    world.host = Approves()
    pay(60)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    pay(300)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 100_000, f"{grown} bytes more"
