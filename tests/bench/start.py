"""How long an import takes, and how much memory: whole fresh processes, as a user starts them."""

import os
import resource
import statistics
import subprocess
import sys
import time
from typing import NamedTuple


class Start(NamedTuple):
    ms: float
    mb: float


def measure(code: str, runs: int = 11) -> Start:
    times, peaks = [], []
    for _ in range(runs):
        began = time.perf_counter()
        with subprocess.Popen([sys.executable, "-c", code], env=os.environ) as process:
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        times.append(time.perf_counter() - began)
        peaks.append(usage.ru_maxrss / 1024)
    assert resource.RUSAGE_CHILDREN
    return Start(statistics.median(times) * 1000, statistics.median(peaks))
