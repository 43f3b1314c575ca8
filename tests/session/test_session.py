"""Session: answer, fail, step back by replay, tell where the flow is, and end."""

import asyncio
from datetime import datetime

import pytest
from jinka.kernel import effects
from jinka.kernel.effects import AskPin, Effect, Message, Now, PinEntry, PinKind, PinState, Random, Tell
from jinka.kernel.errors import Cancelled, CardRemoved, MisuseError
from jinka.kernel.session import Session

NOON = datetime(2026, 11, 23, 12)


async def inner() -> bytes:
    try:
        return await Random(2, "inner")
    except CardRemoved:
        return b"--"


async def outer() -> tuple[bytes, datetime]:
    first = await inner()
    return first, await Now()


def test_answers_lead_to_the_outcome() -> None:
    session = Session(outer)
    assert session.pending == Random(2, "inner")
    assert not session.ended
    session.answer(b"ab")
    assert session.pending == Now()
    session.answer(NOON)
    assert session.ended
    assert session.pending is None
    assert session.outcome == (b"ab", NOON)
    assert session.history == [(Random(2, "inner"), b"ab", None), (Now(), NOON, None)]


def test_where_names_the_chain_of_coroutines() -> None:
    session = Session(outer)
    assert session.where == ("outer", "inner")
    session.answer(b"ab")
    assert session.where == ("outer",)
    session.answer(NOON)
    assert session.where == ("outer",)


def test_a_fault_is_thrown_in_at_the_pending_effect() -> None:
    session = Session(outer)
    fault = CardRemoved()
    session.fail(fault)
    assert session.pending == Now()
    assert session.history == [(Random(2, "inner"), None, fault)]
    session.answer(NOON)
    assert session.outcome == (b"--", NOON)


def test_a_fault_nobody_handles_leaves_and_ends_the_session() -> None:
    session = Session(outer)
    with pytest.raises(Cancelled):
        session.fail(Cancelled())
    assert session.ended
    assert session.outcome is None
    with pytest.raises(MisuseError, match="the flow has ended"):
        session.answer(b"")


def test_back_replays_the_answers_before() -> None:
    session = Session(outer)
    session.answer(b"ab")
    session.answer(NOON)
    session.back()
    assert session.pending == Now()
    assert not session.ended
    assert session.outcome is None
    session.back()
    assert session.pending == Random(2, "inner")
    assert session.history == []
    session.answer(b"xy")
    session.answer(NOON)
    assert session.outcome == (b"xy", NOON)
    session.back(2)
    assert session.pending == Random(2, "inner")


def test_back_replays_faults_too() -> None:
    session = Session(outer)
    session.fail(CardRemoved())
    session.answer(NOON)
    session.back()
    assert session.pending == Now()
    session.answer(NOON)
    assert session.outcome == (b"--", NOON)


@pytest.mark.parametrize("steps", [-1, 0, 2])
def test_back_within_the_history_only(steps: int) -> None:
    session = Session(outer)
    session.answer(b"ab")
    with pytest.raises(MisuseError, match="cannot go back"):
        session.back(steps)


def test_back_after_a_fault_that_ended_it() -> None:
    session = Session(outer)
    session.answer(b"ab")
    with pytest.raises(Cancelled):
        session.fail(Cancelled())
    session.back()
    assert session.pending == Now()
    assert not session.ended


def test_a_flow_that_asks_for_nothing() -> None:
    async def quiet() -> int:
        return 7

    session = Session(quiet)
    assert (session.ended, session.outcome, session.pending) == (True, 7, None)


def test_close_lets_the_flow_clean_up_and_ends_it() -> None:
    left = []

    async def careful() -> None:
        try:
            await Now()
        finally:
            left.append("left")

    session = Session(careful)
    session.close()
    assert left == ["left"]
    session.close()


def test_asyncio_refuses_a_flow() -> None:
    with pytest.raises(RuntimeError, match="Task got bad yield"):
        asyncio.run(outer())


def test_effects_are_plain_values() -> None:
    held = vars(effects).values()
    kinds = [kind for kind in held if isinstance(kind, type) and issubclass(kind, Effect) and kind is not Effect]
    assert len(kinds) == 10, "a new effect needs a written reason"
    for kind in kinds:
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
        assert "__slots__" in vars(kind), kind
    assert Tell(Message.APPROVED) == Tell(Message.APPROVED)
    assert hash(AskPin(PinKind.OFFLINE)) == hash(AskPin(PinKind.OFFLINE))
    assert PinEntry(PinState.BYPASSED).pin is None
