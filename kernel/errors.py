"""Whose fault is it? The tree of errors.

    JinkaError
      TerminalFault      ours: ConfigError, MisuseError. Never caught inside a flow.
      CardFault          the card's: MalformedData, UnexpectedStatus, MissingData. Ends the transaction.
      LinkFault          nobody's: CardRemoved, LinkTimeout, ReaderError.
      Cancelled          the cardholder's or the attendant's.

A declined card is an `Outcome`, a failed verification is a TVR bit: neither is an exception. No text in here ever
carries a PIN, a key or track data; a PAN never appears whole.
"""

from typing import Any


class JinkaError(Exception):
    """The root: everything this library raises on purpose."""


class TerminalFault(JinkaError):
    """The terminal's own fault: configuration or misuse of the library."""


class ConfigError(TerminalFault):
    """A configuration that cannot be used. Names the file, the key inside it and the reason."""

    def __init__(self, reason: str, *, file: str = "", key: str = "") -> None:
        self.file, self.key, self.reason = file, key, reason
        super().__init__(": ".join(part for part in (file, key, reason) if part))


class MisuseError(TerminalFault):
    """A call that makes no sense, such as an answer of the wrong type or a negative amount."""


class CardFault(JinkaError):
    """The card's fault; the transaction ends without an approval."""


class MalformedData(CardFault):
    """Data that does not have the form its clause asks for.

    `path` names where, from the outside in, such as ``READ RECORD 1.2/70/9F46``; `clause` is the id of the rule.
    """

    def __init__(self, reason: str, *, path: str = "", clause: str = "") -> None:
        self.reason, self.path, self.clause = reason, path, clause
        super().__init__(f"{path}: {reason}" if path else reason)

    def within(self, outer: str) -> "MalformedData":
        """The same fault, seen from one level further out."""
        path = f"{outer}/{self.path}" if self.path else outer
        return MalformedData(self.reason, path=path, clause=self.clause)


class UnexpectedStatus(CardFault):
    """A status word that ends the transaction. `status` is SW1 SW2 as one number."""

    def __init__(self, status: int, command: str, *, clause: str = "") -> None:
        self.status, self.command, self.clause = status, command, clause
        super().__init__(f"{command} answered {status:04X}")


class MissingData(CardFault):
    """A mandatory data object the card did not give. `tag` is its number."""

    def __init__(self, tag: int, where: str = "", *, clause: str = "") -> None:
        self.tag, self.where, self.clause = tag, where, clause
        super().__init__(f"mandatory data object {tag:X} missing" + (f" in {where}" if where else ""))


class LinkFault(JinkaError):
    """Nobody's fault: the wire between terminal and card."""


class CardRemoved(LinkFault):
    """The card left the reader, or stopped answering for good."""

    def __init__(self, detail: Any = "card removed") -> None:
        super().__init__(detail)


class LinkTimeout(LinkFault):
    """No answer within the time allowed."""


class ReaderError(LinkFault):
    """The reader or its driver failed."""


class Cancelled(JinkaError):
    """The cardholder or the attendant cancelled."""
