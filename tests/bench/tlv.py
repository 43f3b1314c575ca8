"""Parsing card data to a tree: the responses of a published test card, all levels."""

import statistics
import time

from jinka.kernel.data.tlv import tree, walk

from tests.support.traces import load


def blobs() -> list[bytes]:
    pairs = load("unionpay_ft01_contact_sda_dda")["apdus"]
    return [bytes.fromhex(pair["response"])[:-2] for pair in pairs if len(pair["response"]) > 4]


def measure(runs: int = 500) -> float:
    """Microseconds for as many nodes as the goal counts (108)."""
    data = blobs()
    nodes = sum(1 for blob in data for _ in walk(tree(blob)))
    times = []
    for _ in range(runs):
        began = time.perf_counter_ns()
        for blob in data:
            tree(blob)
        times.append(time.perf_counter_ns() - began)
    return statistics.median(times) / 1000 * 108 / nodes
