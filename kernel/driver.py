"""The only loop: ask the world, answer the flow."""

from typing import Any, Protocol, TypeVar

from jinka.kernel.effects import Effect
from jinka.kernel.errors import Cancelled, LinkFault
from jinka.kernel.session import Session

R = TypeVar("R")
O = TypeVar("O")


class World(Protocol):
    """Whatever answers effects: a reader and a host, a simulator, a script, a person at the REPL, a journal.

    `answer` returns the answer or raises a `LinkFault` (card gone, time-out) or `Cancelled`, which the driver throws
    into the flow at the effect it belongs to. Any other exception is a fault of the world and stops the run.
    """

    def answer(self, effect: Effect[Any], /) -> Any:
        """Answers one effect."""
        ...


def run(session: Session[O], world: World) -> O:
    """Runs a session to its end and returns the outcome. A fault that the flow does not turn into an outcome leaves
    here as the exception it is."""
    try:
        while session.pending is not None:
            try:
                value = world.answer(session.pending)
            except (LinkFault, Cancelled) as fault:
                session.fail(fault)
            else:
                session.answer(value)
    except BaseException:
        session.close()
        raise
    if session.outcome is None:
        raise RuntimeError("a flow ended without an outcome")
    return session.outcome
