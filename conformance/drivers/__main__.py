"""`python -m jinka.conformance.drivers`: the reference driver."""

import os
import socket
import sys

from jinka.conformance.drivers.peer import Line
from jinka.conformance.drivers.serve import Driver


def main(arguments: list[str]) -> int:
    """On stdio, or on a TCP port of this machine."""
    if not arguments:
        # What anything prints by mistake must not get between the lines of the protocol.
        out = os.dup(1)
        os.dup2(2, 1)
        Driver(Line(0, out)).serve()
        return 0
    if len(arguments) != 2 or arguments[0] != "--port" or not arguments[1].isdecimal():
        print("usage: python -m jinka.conformance.drivers [--port NUMBER]", file=sys.stderr)
        return 2
    with socket.create_server(("127.0.0.1", int(arguments[1]))) as listening:
        print(f"listening on {listening.getsockname()[1]}", file=sys.stderr, flush=True)
        while True:
            connected, _ = listening.accept()
            with connected:
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Driver(Line(connected.fileno(), connected.fileno())).serve()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
