"""The simulated issuer: accounts, keys, decisions, scripts, and the ways a host can fail."""

from jinka.simulator.issuer.behaviour import Behaviour, Fault, Plan
from jinka.simulator.issuer.book import ISSUER_FILE, Account, Book, Masters, load_book
from jinka.simulator.issuer.host import IssuerHost
from jinka.simulator.issuer.issuer import Answered, Asked, Issuer
from jinka.simulator.issuer.scripts import Script

__all__ = [
    "ISSUER_FILE",
    "Account",
    "Answered",
    "Asked",
    "Behaviour",
    "Book",
    "Fault",
    "Issuer",
    "IssuerHost",
    "Masters",
    "Plan",
    "Script",
    "load_book",
]
