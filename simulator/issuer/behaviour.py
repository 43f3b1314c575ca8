"""Behaviour: what can be wished of the host, so that every way an answer can go wrong has a name."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from jinka.simulator.issuer.scripts import Script


class Fault(Enum):
    """What becomes of one request and its answer."""

    NONE = "none"
    REFUSE = "refuse"                  # no connection: nothing was sent
    LOST = "lost"                      # the request leaves and never arrives; no answer
    NO_ANSWER = "no-answer"            # taken and decided, but no answer
    LATE = "late"                      # taken and decided; the answer comes `delay` seconds later
    DROP_REQUEST = "drop-request"      # the connection breaks before the request is decided
    DROP_ANSWER = "drop-answer"        # decided, then the connection breaks
    SHORT = "short"                    # the connection breaks in the middle of the answer
    BAD_MAC = "bad-mac"
    NO_MAC = "no-mac"
    DUPLICATE = "duplicate"            # the same answer twice
    WRONG_STAN = "wrong-stan"          # an answer to some other message
    WRONG_TERMINAL = "wrong-terminal"
    GARBAGE = "garbage"                # a frame that is no ISO 8583
    MALFORMED_CHIP = "malformed-chip"  # field 55 is no TLV
    NO_CODE = "no-code"                # no field 39


# Faults after which the host believes something that the terminal does not know.
UNDECIDED = frozenset({Fault.REFUSE, Fault.LOST, Fault.DROP_REQUEST})
UNUSABLE = frozenset(Fault) - UNDECIDED - {Fault.NONE, Fault.DUPLICATE, Fault.MALFORMED_CHIP}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the host treats a financial request.

    code: the response code, whatever the account says. scripts: sent with any answer to a chip request.
    issuer_data: "right", "wrong" (an ARPC of another key), "none", or hexadecimal text to send as tag 91 as it is.
    amount: a partial approval. check: recompute the ARQC. delay: seconds, for LATE.
    """

    fault: Fault = Fault.NONE
    code: str | None = None
    scripts: tuple[Script, ...] = ()
    issuer_data: str = "right"
    amount: int | None = None
    check: bool = True
    delay: float = 0.0

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "fault": self.fault.value, "code": self.code, "scripts": [script.text() for script in self.scripts],
            "issuer_data": self.issuer_data, "amount": self.amount, "check": self.check, "delay": self.delay,
        }  # fmt: skip

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> "Behaviour":
        """From JSON values; what is left out has its default. Raises `ValueError` or `TypeError`."""
        scripts = tuple(Script.parse(text) for text in raw.get("scripts", ()))
        return cls(**{**raw, "fault": Fault(raw.get("fault", "none")), "scripts": scripts})


class Plan:
    """A queue of behaviours, one for each financial request, and the one for all that follow."""

    def __init__(self, default: Behaviour | None = None, then: Iterable[Behaviour] = ()) -> None:
        self.default = default or Behaviour()
        self.queue = list(then)

    def next(self) -> Behaviour:
        """The behaviour for the next request."""
        return self.queue.pop(0) if self.queue else self.default
