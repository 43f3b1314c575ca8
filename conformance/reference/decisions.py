"""Decisions: which cryptogram a terminal asks for, and the response codes it makes itself.

# spec: emv-b3/10.7, emv-b3/10.8, emv-b4/annex-a6

A second reading, bit by bit, of what `jinka.kernel.steps.decide` does with whole numbers.
"""

from collections.abc import Collection
from dataclasses import dataclass

AAC, TC, ARQC = "AAC", "TC", "ARQC"
CONTROL = {AAC: 0x00, TC: 0x40, ARQC: 0x80}  # bits 8-7 of P1 and of the CID
TYPE_OF = {control: name for name, control in CONTROL.items()}

# What is always a matter for the host, and what is never asked for but to tell which card it was.
TO_THE_HOST = frozenset({"balance", "load"})
WITHOUT_APPROVAL = frozenset({"refund"})


@dataclass(frozen=True, slots=True)
class ActionCodes:
    """Denial, online and default, 5 bytes each; None where the card or the terminal has none."""

    denial: bytes | None = None
    online: bytes | None = None
    default: bytes | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What a terminal can do about a host, told from the second digit of its type.

    1 and 4 work only online, 2 and 5 both ways, 3 and 6 only offline. # spec: emv-b4/annex-a1
    """

    online: bool
    offline: bool

    @classmethod
    def of(cls, terminal_type: str) -> "Means":
        """Out of the two digits of tag 9F35."""
        return {
            "1": cls(True, False), "2": cls(True, True), "3": cls(False, True),
            "4": cls(True, False), "5": cls(True, True), "6": cls(False, True),
        }[terminal_type[1]]  # fmt: skip


def hit(tvr: bytes, issuer: bytes | None, terminal: bytes | None, *, absent: bool) -> bool:
    """Whether a bit of the TVR is set that the issuer's or the terminal's code names. `absent` is the value of every
    bit of an issuer's code the card does not have; a terminal without a code has none set."""
    for byte in range(5):
        for bit in range(8):
            mask = 1 << bit
            named = bool(issuer[byte] & mask) if issuer is not None else absent
            named = named or (terminal is not None and bool(terminal[byte] & mask))
            if named and tvr[byte] & mask:
                return True
    return False


def denied(tvr: bytes, issuer: ActionCodes, terminal: ActionCodes) -> bool:
    """The denial codes name something that happened."""
    return hit(tvr, issuer.denial, terminal.denial, absent=False)


def defaulted(tvr: bytes, issuer: ActionCodes, terminal: ActionCodes) -> bool:
    """The default codes do; they count only where no host can be asked."""
    return hit(tvr, issuer.default, terminal.default, absent=True)


def first(tvr: bytes, terminal_type: str, issuer: ActionCodes, terminal: ActionCodes, service: str = "purchase") -> str:
    """The cryptogram asked for at the first GENERATE AC."""
    if denied(tvr, issuer, terminal) or service in WITHOUT_APPROVAL:
        return AAC
    means = Means.of(terminal_type)
    if service in TO_THE_HOST or not means.offline:
        return ARQC
    if means.online:
        return ARQC if hit(tvr, issuer.online, terminal.online, absent=True) else TC
    return AAC if defaulted(tvr, issuer, terminal) else TC


@dataclass(frozen=True, slots=True)
class Ending:
    """What follows the card's first cryptogram: the second one asked for (None: there is none), the response code the
    terminal makes itself ("" when the issuer's stands), and whether the cardholder gets the goods. `approved` counts on
    a card that answers what it was asked."""

    second: str | None
    arc: str
    approved: bool


def after_first(
    given: str,
    *,
    tvr: bytes = bytes(5),
    terminal_type: str = "22",
    issuer: ActionCodes = ActionCodes(),
    terminal: ActionCodes = ActionCodes(),
    reply: str | None = None,
    approvals: Collection[str] = ("00",),
    forged: bool = False,
    online_only_defaults: bool = False,
) -> Ending:
    """`given` is what the card answered first; `reply` the host's code, None when it could not be reached.

    `forged`: the signature that came with the cryptogram does not verify. `approvals`: the host's codes that approve.
    `online_only_defaults`: a terminal without offline means looks at the default codes too when its host is away; by
    default it declines.
    """
    if given == AAC:
        return Ending(None, "Z1", False)
    if given == TC:
        return Ending(None, "Z1", False) if forged else Ending(None, "Y1", True)
    if forged:
        return Ending(AAC, "Z1", False)
    if reply is not None:
        return Ending(TC, "", True) if reply in approvals else Ending(AAC, "", False)
    refused = defaulted(tvr, issuer, terminal)
    if not Means.of(terminal_type).offline and not online_only_defaults:
        refused = True
    return Ending(AAC, "Z3", False) if refused else Ending(TC, "Y3", True)
