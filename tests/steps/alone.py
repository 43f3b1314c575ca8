"""A step alone: one coroutine of kernel/steps, its card, person and memory answered from a list."""

from collections.abc import Coroutine, Mapping
from typing import Any

from jinka.kernel.apdu import Command, Response
from jinka.kernel.config import Application, Config, Device, Hex, Options
from jinka.kernel.data import tlv
from jinka.kernel.effects import Effect, Reached, Remember, Service, Step, Tell, Transmit
from jinka.kernel.steps.transaction import Candidate, Request, Transaction

AID = Hex.fromhex("A000000333010101")


def transaction(
    card: Mapping[int, str] | None = None,
    *,
    service: Service = Service.PURCHASE,
    amount: int = 150_00,
    other: int = 0,
    device: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    application: Mapping[str, Any] | None = None,
) -> Transaction:
    """A transaction after selection, with data objects of the card as hexadecimal text."""
    config = Config(device=Device(**(device or {})), options=Options(**(options or {})))
    tx = Transaction(config, Request(service, amount, other))
    tx.chosen = Candidate(AID, Application(aid=AID, **(application or {})), "UnionPay", 1, False)
    for tag, text in (card or {}).items():
        tx.store.keep(tag, bytes.fromhex(text), "record 1.1")
    return tx


def play(
    step: Coroutine[Any, Any, Any], *answers: object, reached: list[Step] | None = None
) -> tuple[Any, list[Effect[Any]]]:
    """What a step returns, and what it asked for; milestones go to `reached`. Messages and records need no answer; every
    answer given must be used."""
    left, asked, answer = list(answers), [], None
    while True:
        try:
            effect = step.send(answer)
        except StopIteration as end:
            assert not left
            return end.value, asked
        if not isinstance(effect, Reached):
            asked.append(effect)
        elif reached is not None:
            reached.append(effect.step)
        answer = None if isinstance(effect, Reached | Tell | Remember) else left.pop(0)


def sent(*commands: Command) -> list[Transmit]:
    """Commands as `play` lists them."""
    return [Transmit(command) for command in commands]


def given(tag: int, text: str, sw: int = 0x9000) -> Response:
    """A data object as the card's whole answer."""
    return Response(tlv.encode(tag, bytes.fromhex(text)), sw)
