"""`python -m jinka.simulator.host`: the acquirer and issuer as a process. Prints one line of JSON with its port."""

import argparse
import json
import ssl
import sys
from pathlib import Path

from jinka.simulator.host.desk import Algorithms, HostDesk
from jinka.simulator.host.server import HostServer
from jinka.simulator.issuer import Behaviour, Fault, Issuer, Plan, Script, load_book
from jinka.simulator.issuer.book import ALGORITHMS, ISSUER_FILE


def main(arguments: list[str] | None = None) -> int:
    """Serves until interrupted, or until standard input ends when `--until-eof` is given."""
    parser = argparse.ArgumentParser(prog="python -m jinka.simulator.host", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--state", type=Path, help="SQLite file for the host's books; default: memory")
    parser.add_argument("--book", type=Path, default=ISSUER_FILE, help="keys and accounts (TOML)")
    parser.add_argument("--prefix", type=int, default=0, help="bytes of TPDU and header before each message")
    for name in ("key", "mac", "pin"):
        parser.add_argument(f"--{name}", choices=ALGORITHMS, default="tdes", help=f"{name} algorithm")
    parser.add_argument("--behave", choices=[fault.value for fault in Fault], default="none", help="fault of answers")
    parser.add_argument("--code", help="response code, whatever the account says")
    parser.add_argument("--script", action="append", default=[], type=Script.parse, help="such as 72:pin-unblock")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="PEM files")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    chosen = parser.parse_args(arguments)
    algorithms = Algorithms(ALGORITHMS[chosen.key], ALGORITHMS[chosen.mac], ALGORITHMS[chosen.pin])
    issuer = Issuer(load_book(chosen.book), state=chosen.state, pin_algorithm=algorithms.pin)
    desk = HostDesk(issuer, algorithms)
    desk.plans["financial"] = Plan(Behaviour(Fault(chosen.behave), chosen.code, tuple(chosen.script)))
    context = None
    if chosen.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*chosen.tls)
    server = HostServer(desk, port=chosen.port, prefix=chosen.prefix, tls=context)
    print(json.dumps({"port": server.port}), flush=True)
    try:
        if chosen.until_eof:
            with server:
                sys.stdin.read()
        else:
            server.serve()
    except KeyboardInterrupt:
        return 130
    finally:
        server.close()
        issuer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
