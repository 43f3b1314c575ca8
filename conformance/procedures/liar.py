"""Liar: a card whose answers are changed on the way out, and what must hold of a terminal whatever it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field

from jinka.conformance.judge import Finding
from jinka.conformance.procedures.bench import Perform, Seen
from jinka.conformance.subject import BenchError, Show
from jinka.kernel import Command, Response
from jinka.kernel.errors import CardRemoved, JinkaError
from jinka.simulator.card import Card
from jinka.simulator.personality import Personality

MOST = 500  # commands of one transaction; a terminal that wants more finds the card gone

Change = Callable[[int, Command, Response], Response]
"""The number of the command, counted from 1, the command, and the honest answer; gives the answer that is sent."""


class Liar(Card):
    """The card of a personality; `said` are the answers it gave, honest or not."""

    def __init__(self, personality: Personality, change: Change) -> None:
        super().__init__(personality)
        self.change, self.said = change, list[tuple[Command, Response]]()

    def answer(self, command: Command) -> Response:
        """Answers, and lies. Raises `CardRemoved` to a terminal that does not come to an end."""
        if len(self.said) >= MOST:
            raise CardRemoved(f"{MOST} commands")
        honest = super().answer(command)
        self.said.append((command, self.change(len(self.said) + 1, command, honest)))
        return self.said[-1][1]


@dataclass(slots=True)
class Trial:
    """One transaction with a liar: what that said, how it ended, None when it did not, and what is wrong with that."""

    said: list[tuple[Command, Response]] = field(default_factory=list)
    seen: Seen | None = None
    wrong: list[Finding] = field(default_factory=list)

    @property
    def approved(self) -> bool:
        """As the subject says, or else by what it keeps."""
        if self.seen is None:
            return False
        outcome, evidence = self.seen
        return outcome.approved if Show.VERDICT not in evidence.lacks else "sale" in evidence.records


def lie(perform: Perform, change: Change, where: str, *, again: bool = True) -> Trial:
    """One transaction whose card lies. It ends by itself, in an outcome, and a sale is kept if and only if approved.

    A subject that breaks in this process is a finding; one behind a driver is the bench's.
    """
    made = Trial()

    def swap(honest: Card) -> Card:
        card = Liar(honest.personality, change)
        made.said = card.said
        return card

    try:
        made.seen = perform(again=again, swap=swap)
    except BenchError:
        raise
    except (JinkaError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as fault:
        made.wrong.append(Finding(f"{where}: the end", "an outcome", f"{type(fault).__name__}: {fault}"))
        return made
    outcome, evidence = made.seen
    if len(made.said) >= MOST:
        made.wrong.append(Finding(f"{where}: commands", "an end", f"{MOST} and no end"))
    if not evidence.lacks & {Show.VERDICT, Show.RECORDS} and ("sale" in evidence.records) is not outcome.approved:
        made.wrong.append(Finding(f"{where}: a financial record", str(outcome.approved), str(not outcome.approved)))
    return made
