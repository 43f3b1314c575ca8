"""Kernel-only CPU of a whole contact purchase: a recorded run's answers are fed back, so nobody else computes."""

import statistics
import time

from jinka.kernel import Terminal, run
from jinka.simulator.world import SimulatedWorld, simulated_config


def recorded(personality: str) -> tuple[Terminal, list[object]]:
    world = SimulatedWorld(personality, seed=1)
    terminal = Terminal(simulated_config())
    session = terminal.purchase(150_00)
    run(session, world)
    return terminal, [answer for _, answer, _ in session.history]


def measure(runs: int = 300) -> dict[str, float]:
    found = {}
    for name, personality in (("DDA purchase, online", "dda-only"), ("CDA purchase, online", "unionpay-debit")):
        terminal, answers = recorded(personality)
        times = []
        for _ in range(runs):
            began = time.process_time_ns()
            session = terminal.purchase(150_00)
            for answer in answers:
                session.answer(answer)
            times.append(time.process_time_ns() - began)
            assert session.ended
        found[f"kernel CPU: {name}"] = statistics.median(times) / 1000
    return found
