"""A private pcscd with virtual readers, for one test process.

pcscd's socket is compiled in, but a service manager may hand it another one: so this hands it one, on descriptor 3 with
LISTEN_FDS and LISTEN_PID set. It neither needs nor disturbs a pcscd of the system, and several run side by side. The
client library reads PCSCLITE_CSOCK_NAME once and for all: a process talks to one pcscd path in its life, and `restart`
comes back on the same one.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PCSCD = "/usr/sbin/pcscd"
VPCD = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
_START = 10.0  # seconds

_BLOCK = """FRIENDLYNAME "{name}"
DEVICENAME   /dev/null:{port}
LIBPATH      {driver}
CHANNELID    {port}
"""

# Runs first in the child: dies with its parent even if that is killed, puts the socket where pcscd looks for it.
_LAUNCH = """
import ctypes, os, signal, sys
parent, listening, log, *command = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != parent:
    sys.exit(1)
os.dup2(log, 1), os.dup2(log, 2)
os.dup2(listening, 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(command[0], command)
"""


class Pcscd:
    """`readers` are the slots' names, `ports` where the card of each slot connects, index by index."""

    def __init__(self, blocks: int = 1) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="pcscd-"))
        self.socket = self.directory / "pcscd.comm"
        self.log = self.directory / "log"
        self.readers: tuple[str, ...] = ()
        self.ports: tuple[int, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None
        config = self.directory / "readers"
        config.mkdir()
        texts = []
        for number in range(blocks):
            name, port = f"Jinka {number}", free_pair()
            texts.append(_BLOCK.format(name=name, port=port, driver=VPCD))
            self.readers += (f"{name} 00 00", f"{name} 00 01")
            self.ports += (port, port + 1)
        (config / "vpcd").write_text("\n".join(texts))
        features = subprocess.run([PCSCD, "--version"], capture_output=True, text=True, check=False).stdout
        # A daemon of version 2 may be built to ask a desktop's policy service who may use a reader.
        self._command = [PCSCD, *(["--disable-polkit"] if "polkit" in features else []), "-f", "-c", str(config)]

    @property
    def pid(self) -> int:
        """The process id of the running daemon."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Starts it and waits until it has opened its readers."""
        self.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listening, self.log.open("ab") as log:
            listening.bind(str(self.socket))
            listening.listen(64)
            self._process = subprocess.Popen(
                [sys.executable, "-c", _LAUNCH, str(os.getpid()), str(listening.fileno()), str(log.fileno()),
                 *self._command],
                stdin=subprocess.DEVNULL,
                pass_fds=(listening.fileno(), log.fileno()),
            )
        os.environ["PCSCLITE_CSOCK_NAME"] = str(self.socket)
        deadline = time.monotonic() + _START
        while not set(self.ports) <= listening_ports():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"pcscd did not start: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.01)  # there is no event to wait for: connecting to the port would insert a card

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Ends it, by its own process id."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stops it if it runs, and starts it on the same path and ports."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stops it and removes its files."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def free_pair() -> int:
    """The first of two neighbouring TCP ports that nobody uses, below the range the system hands out by itself."""
    while True:
        port = random.randrange(20000, 32000, 2)
        try:
            for number in (port, port + 1):
                with socket.socket() as probe:
                    probe.bind(("0.0.0.0", number))  # noqa: S104 - vpcd listens on every address
        except OSError:
            continue
        return port


def listening_ports() -> set[int]:
    """The TCP ports somebody listens on (state 0A), without touching any of them."""
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        path = Path(table)
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            fields = line.split()
            if fields[3] == "0A":
                ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports
