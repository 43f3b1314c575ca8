"""Loops: the same transaction at every point where something may happen, and pairs of transactions."""

from typing import Any

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding
from jinka.conformance.observe import answers
from jinka.conformance.procedures.bench import Perform, tvr
from jinka.kernel.data.fields import Tvr

INTERNAL, GENERATE = 0x88, 0xAE


def _named(names: list[str]) -> Tvr:
    value = Tvr(0)
    for name in names:
        value |= Tvr.members[name].value
    return value


def replayed_signature(case: Case, perform: Perform, /) -> list[Finding]:
    """The answer of one INTERNAL AUTHENTICATE given again to the next one: it must fail, since the number is another."""
    first = perform()
    given = answers(first[1], INTERNAL)
    if not given or Tvr.DDA_FAILED in tvr(first):
        return [Finding("the signature to replay", "a sound one", "none")]
    again = perform(again=True, faults=[{"kind": "data", "ins": "88", "data": given[0].data.hex()}])
    failed = Tvr.DDA_FAILED in tvr(again)
    return [] if failed else [Finding("a replayed signature", "DDA_FAILED", str(tvr(again)))]


def two_cards(case: Case, perform: Perform, /, *, second: dict[str, Any], bits: list[str]) -> list[Finding]:
    """A sale with one card, then one with another in the same terminal; `bits` of the floor limit's kind are the second's."""
    perform()
    after = perform(again=True, card=second)
    wanted, seen = _named(bits), tvr(after) & (Tvr.OVER_FLOOR_LIMIT | Tvr.RANDOM_ONLINE)
    return [] if wanted == seen else [Finding("TVR of the second card", str(wanted), str(seen))]


def put_back(case: Case, perform: Perform, /) -> list[Finding]:
    """A card that left at its GENERATE AC comes back: a whole new transaction, with another unpredictable number."""
    torn = perform(faults=[{"kind": "remove", "ins": "AE", "executed": False}])
    whole = perform(again=True, faults=[])
    found = [
        Finding(f"the {which} transaction", wanted, outcome.verdict.value)
        for which, wanted, (outcome, _) in (("torn", "card removed", torn), ("second", "approved", whole))
        if outcome.verdict.value != wanted
    ]
    sent = [seen.commands(GENERATE) for _, seen in (torn, whole)]
    if not all(sent):
        return [*found, Finding("GENERATE AC", "sent in both", "not sent")]
    if sent[0][0].data == sent[1][0].data:
        found.append(Finding("data of the two GENERATE ACs", "different", "the same"))
    return found
