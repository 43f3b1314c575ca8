"""Counts: what only many transactions show. Each declares how many (`n`), with which `seed`, and how unlikely a chance
finding is (`alpha`)."""

from math import sqrt
from statistics import NormalDist

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding, Mark
from jinka.conformance.procedures.bench import Perform, tvr
from jinka.kernel.data.fields import Tvr
from jinka.kernel.effects import Random


def _beyond(hits: int, n: int, chance: float, alpha: float) -> bool:
    """Whether so many hits of `n` are too far from the chance they should have (two-sided, normal approximation)."""
    spread = sqrt(n * chance * (1 - chance))
    return abs(hits - n * chance) > NormalDist().inv_cdf(1 - alpha / 2) * spread + 0.5


def unpredictable_numbers(
    case: Case, perform: Perform, /, *, ins: str, offset: int, n: int, seed: int, alpha: float
) -> list[Finding]:
    """The four bytes at `offset` in the first command `ins` of `n` transactions: none twice, bits balanced."""
    numbers: list[bytes] = []
    for number in range(n):
        _, seen = perform(again=number > 0, seed=seed)
        commands = seen.commands(int(ins, 16))
        if not commands:
            return [Finding(f"command {ins} of transaction {number + 1}", "sent", "never sent")]
        numbers.append(commands[0].data[offset : offset + 4])
    found = []
    if len(set(numbers)) < n:
        found.append(Finding("unpredictable numbers", f"{n} different ones", f"{len(set(numbers))} different ones"))
    ones = sum(int.from_bytes(value, "big").bit_count() for value in numbers)
    if _beyond(ones, 32 * n, 0.5, alpha):
        found.append(Finding("bits that are 1", f"about {16 * n} of {32 * n}", str(ones)))
    return found


def random_selection(
    case: Case, perform: Perform, /, *, amounts: list[int], chances: list[float], n: int, seed: int, alpha: float
) -> list[Finding]:
    """How often a transaction of each amount is selected at random for going online, against the chance it must have."""
    found = []
    for amount, chance in zip(amounts, chances, strict=True):
        hits = 0
        for number in range(n):
            # each with a memory of its own: the last sale counts too
            hits += Tvr.RANDOM_ONLINE in tvr(perform(seed=seed + number, amount=amount))
        exact = {0.0: 0, 1.0: n}.get(chance)
        if hits != exact if exact is not None else _beyond(hits, n, chance, alpha):
            found.append(Finding(f"selected at {amount}", f"about {chance * n:.0f} of {n}", str(hits)))
    return found


def random_number_shown(case: Case, perform: Perform, /, *, target: int, n: int, seed: int) -> list[Finding]:
    """The number drawn can be observed, and a transaction is selected exactly when it is not above the target."""
    found = []
    for number in range(n):
        seen = perform(again=number > 0, seed=seed)
        drawn = [
            answer for effect, answer in seen[1].effects if isinstance(effect, Random) and effect.purpose == "random selection"
        ]
        if not drawn:
            return [Finding("the random number", "shown", "not shown by the subject", Mark.INCONCLUSIVE)]
        value = int.from_bytes(drawn[0], "big") % 99 + 1
        selected = Tvr.RANDOM_ONLINE in tvr(seen)
        if selected is not (value <= target):
            found.append(Finding(f"selected with a draw of {value}", str(value <= target), str(selected)))
    return found
