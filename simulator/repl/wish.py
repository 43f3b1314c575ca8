"""Wish: how the simulated host shall treat requests, in words a person types."""

from dataclasses import replace

from jinka.kernel.errors import MisuseError
from jinka.simulator.issuer import Behaviour, Fault, Script

_WORDS = {
    "approve": Behaviour(),
    "decline": Behaviour(code="05"),
    "referral": Behaviour(code="01"),
    "capture": Behaviour(code="04"),
    "funds": Behaviour(code="51"),
    "pin": Behaviour(code="55"),
    "timeout": Behaviour(fault=Fault.NO_ANSWER),
    "offline": Behaviour(fault=Fault.REFUSE),
    "wrong-arpc": Behaviour(issuer_data="wrong"),
    "no-arpc": Behaviour(issuer_data="none"),
}
WORDS = (*_WORDS, *(fault.value for fault in Fault if fault is not Fault.NONE))


def wish(text: str) -> Behaviour:
    """`approve`, `decline`, `decline 51`, `51`, `timeout`, `referral`, the name of a fault, or scripts such as
    `script 72:cash=20000`; several with `+` between. Raises `MisuseError`."""
    made = Behaviour()
    for part in text.split("+"):
        made = _with(made, part.split())
    return made


def _with(made: Behaviour, words: list[str]) -> Behaviour:
    if not words:
        raise MisuseError(f"what shall the host do? {', '.join(WORDS)}, or a response code")
    first, rest = words[0].lower(), words[1:]
    if first == "script" and rest:
        try:
            return replace(made, scripts=(*made.scripts, Script.parse(rest[0])))
        except ValueError as fault:
            raise MisuseError(str(fault)) from None
    code = rest[0] if first == "decline" and rest else words[0] if len(first) == 2 else ""
    if code:
        if len(code) != 2 or not code.isascii() or not code.isalnum():
            raise MisuseError(f"a response code has two characters, not {code!r}")
        return replace(made, code=code.upper())
    if rest:
        raise MisuseError(f"{' '.join(words)}: only one word is known here")
    if first in _WORDS:
        wanted = _WORDS[first]
        return replace(
            made,
            fault=wanted.fault if wanted.fault is not Fault.NONE else made.fault,
            code=wanted.code or made.code,
            issuer_data=wanted.issuer_data if wanted.issuer_data != "right" else made.issuer_data,
        )
    try:
        return replace(made, fault=Fault(first))
    except ValueError:
        raise MisuseError(f"the host knows no {words[0]!r}: {', '.join(WORDS)}, or a response code") from None
