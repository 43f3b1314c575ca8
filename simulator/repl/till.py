"""Till: what a person asks of the terminal, as a session: service by name, amounts as they are written."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from jinka.kernel import Outcome, Session, Terminal, Verdict
from jinka.kernel.effects import Service
from jinka.kernel.errors import MisuseError
from jinka.simulator.personality import Personality, load_personality, names

_WITH_AMOUNT: dict[str, Callable[[Terminal, int, bool], Session[Outcome]]] = {
    "purchase": lambda till, amount, online: till.purchase(amount, forced_online=online),
    "services": lambda till, amount, online: till.purchase(amount, services=True, forced_online=online),
    "cash": lambda till, amount, online: till.cash(amount, forced_online=online),
    "refund": lambda till, amount, online: till.refund(amount),
    "load": lambda till, amount, online: till.load(amount),
    "load-other": lambda till, amount, online: till.load(amount, Service.LOAD_OTHER_ACCOUNT),
    "load-cash": lambda till, amount, online: till.load(amount, Service.LOAD_CASH),
}
_WITHOUT: dict[str, Callable[[Terminal], Session[Outcome]]] = {
    "balance": Terminal.balance,
    "ecash-balance": Terminal.cash_balance,
    "log": Terminal.transaction_log,
    "load-log": Terminal.load_log,
}
SERVICES = (*_WITH_AMOUNT, "cashback", *_WITHOUT)

DONE, DECLINED, TROUBLE = 0, 1, 3
_CODES = {Verdict.APPROVED: DONE, Verdict.COMPLETED: DONE, Verdict.TERMINATED: TROUBLE, Verdict.CARD_REMOVED: TROUBLE}


def exit_code(outcome: Outcome) -> int:
    """0 approved or completed, 3 card or wire trouble, 1 everything else."""
    return _CODES.get(outcome.verdict, DECLINED)


def found(card: str) -> Personality:
    """The personality of that name or file. Raises `MisuseError` for one there is not, `ConfigError` for a bad file."""
    if card not in names() and not Path(card).exists():
        near = get_close_matches(card, names(), 1)
        hint = f"did you mean {near[0]}?" if near else "jinka card --list shows them"
        raise MisuseError(f"there is no card {card!r}; {hint}")
    return load_personality(card)


def minor(text: str, exponent: int = 2) -> int:
    """An amount such as "12.50" in minor units, exactly. Raises `MisuseError`."""
    found = re.fullmatch(r"(\d{1,10})(?:\.(\d+))?", text.strip(), re.ASCII)
    if found is None:
        raise MisuseError(f"{text!r} is not an amount such as 12.50")
    whole, part = found[1], found[2] or ""
    if len(part) > exponent:
        raise MisuseError(f"{text!r} has more than {exponent} decimals")
    return int(whole + part.ljust(exponent, "0"))


def session(
    terminal: Terminal, service: str, amount: str = "", other: str = "", *, online: bool = False
) -> Session[Outcome]:
    """The dialogue for a service. Raises `MisuseError` for an unknown one, or when an amount is missing or too many."""
    exponent = terminal.config.device.exponent
    if service in _WITHOUT:
        if amount:
            raise MisuseError(f"{service} takes no amount")
        return _WITHOUT[service](terminal)
    if service not in SERVICES:
        raise MisuseError(f"there is no service {service!r}: {', '.join(SERVICES)}")
    if not amount:
        raise MisuseError(f"{service} needs an amount, such as 12.50")
    if service == "cashback" or (other and service == "purchase"):
        if not other:
            raise MisuseError("cashback needs --other, the cash in the amount")
        cash = minor(other, exponent)
        if cash > minor(amount, exponent):
            raise MisuseError("the cash is part of the amount and cannot be more")
        return terminal.cashback(minor(amount, exponent), cash, forced_online=online)
    if other:
        raise MisuseError(f"{service} takes no other amount")
    return _WITH_AMOUNT[service](terminal, minor(amount, exponent), online)
