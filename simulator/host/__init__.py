"""The host process: ISO 8583 over TCP in front of the simulated issuer."""

from jinka.simulator.host.desk import Algorithms, HostDesk
from jinka.simulator.host.server import HostServer, ask_host

__all__ = ["Algorithms", "HostDesk", "HostServer", "ask_host"]
