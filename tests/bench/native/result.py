"""What the bench finds: figures of ours and of peers, and what they say of a goal."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    """The peer's time over ours is to be this or more. `over`: "best" of all, of those that work in "constant time", or of
    those whose name begins so."""

    ratio: float
    over: str = "best"


@dataclass(frozen=True)
class Figure:
    """What one call of one library took, for one message, and how far the rounds spread."""

    who: str
    ns: float
    spread: float
    cycles: float = 0.0
    constant_time: bool = False


@dataclass(frozen=True)
class Verdict:
    """A goal, the peer that it is measured by, and how far we are."""

    goal: Goal
    peer: Figure
    ratio: float

    @property
    def met(self) -> bool:
        return self.ratio >= self.goal.ratio


NOISY = 0.05


def spread(rounds: Sequence[float]) -> float:
    """From the lower quartile to the upper, as a part of the median."""
    low, middle, high = statistics.quantiles(rounds, n=4)
    return (high - low) / middle


@dataclass
class Result:
    """One operation. Without `ours` it is not built; `notes` say what was left out."""

    name: str
    goals: tuple[Goal, ...]
    size: int = 0
    """Bytes of a message if cycles for a byte are what counts, else 0."""
    ours: Figure | None = None
    peers: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def group(self) -> str:
        """The algorithm, or the language."""
        return self.name.partition(" ")[0]

    def anchor(self, over: str) -> Figure | None:
        """The fastest peer that a goal speaks of."""
        if over == "best":
            asked = self.peers
        elif over == "constant time":
            asked = [peer for peer in self.peers if peer.constant_time]
        else:
            asked = [peer for peer in self.peers if peer.who.startswith(over)]
        return min(asked, key=lambda peer: peer.ns, default=None)

    def verdicts(self) -> list[Verdict | Goal]:
        """What became of each goal; the goal itself if there is nothing to measure it by."""
        found: list[Verdict | Goal] = []
        for goal in self.goals:
            peer = self.anchor(goal.over)
            if self.ours is None or peer is None:
                found.append(goal)
            else:
                found.append(Verdict(goal, peer, peer.ns / self.ours.ns))
        return found

    def noisy(self, verdict: Verdict) -> bool:
        """Whether another load on the machine may have decided the ratio."""
        return self.ours is not None and max(self.ours.spread, verdict.peer.spread) > NOISY
