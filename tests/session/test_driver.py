"""Driver: the one loop, and what it throws into a flow or lets out."""

from typing import Any

import pytest
from jinka.kernel.driver import run
from jinka.kernel.effects import Effect, Now, Random
from jinka.kernel.errors import Cancelled, CardRemoved, LinkTimeout, MalformedData, ReaderError
from jinka.kernel.session import Session


class Script:
    """Answers from a list; an exception in it is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[Effect[Any]]()

    def answer(self, effect: Effect[Any], /) -> Any:
        self.asked.append(effect)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


async def flow() -> str:
    try:
        first = await Random(1)
    except (CardRemoved, LinkTimeout, ReaderError, Cancelled) as fault:
        first = type(fault).__name__.encode()
    await Now()
    return first.decode()


def test_a_run_asks_in_order_and_returns_the_outcome() -> None:
    world = Script(b"x", None)
    assert run(Session(flow), world) == "x"
    assert world.asked == [Random(1), Now()]


@pytest.mark.parametrize("fault", [CardRemoved(), LinkTimeout("late"), ReaderError("gone"), Cancelled()])
def test_link_faults_and_cancels_go_into_the_flow(fault: Exception) -> None:
    assert run(Session(flow), Script(fault, None)) == type(fault).__name__


@pytest.mark.parametrize("fault", [ValueError("a bug"), MalformedData("not the world's to say"), KeyboardInterrupt()])
def test_any_other_exception_of_the_world_stops_the_run(fault: BaseException) -> None:
    session = Session(flow)
    with pytest.raises(type(fault)):
        run(session, Script(fault))
    assert session.where in ((), ("flow",))
    session.close()


def test_a_fault_the_flow_does_not_handle_comes_out_as_it_is() -> None:
    session = Session(flow)
    fault = CardRemoved()
    with pytest.raises(CardRemoved) as caught:
        run(session, Script(b"x", fault))
    assert caught.value is fault
    assert session.ended


def test_a_flow_without_an_outcome_is_a_bug() -> None:
    async def nothing() -> None:
        await Now()

    with pytest.raises(RuntimeError, match="without an outcome"):
        run(Session(nothing), Script(None))


def test_a_run_may_start_in_the_middle() -> None:
    session = Session(flow)
    session.answer(b"y")
    world = Script(None)
    assert run(session, world) == "y"
    assert world.asked == [Now()]
