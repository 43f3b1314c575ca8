"""How long an import takes, and how much memory: whole fresh processes, as a user starts them.

The peak is VmHWM, which begins anew with the program: getrusage would show the parent's where that was larger.
"""

import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

_PEAK = "\nprint(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"


class Start(NamedTuple):
    ms: float
    mb: float


def measure(code: str, runs: int = 11) -> Start:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], env=os.environ, check=True)
        times.append(time.perf_counter() - began)
    said = subprocess.run([sys.executable, "-c", code + _PEAK], check=True, capture_output=True, text=True).stdout
    return Start(statistics.median(times) * 1000, int(said) / 1024)
