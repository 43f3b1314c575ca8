"""The ratios as a picture: a bar for each goal from 1, which is parity, to where we are, and a mark where we want to be.

The background is transparent, and every colour is one that reads on white and on black.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.native.result import Result, Verdict
from tests.bench.native.table import times

INK, FAINT = "#7d8590", "#7d859055"
MET, SHORT, BEHIND = "#1a9e75", "#c98a1b", "#d1495b"


# Columns to the right of the picture, in its widths: at the bars' ends, numbers would lie on the marks.
RATIO, GOAL, PEER = 1.09, 1.17, 1.185


def bar(axes: Any, y: int, result: Result, found: Verdict) -> None:
    """One goal's bar, a thin line from its end to the goal, and its numbers."""
    colour = MET if found.met else SHORT if found.ratio >= 1 else BEHIND
    goal = found.goal.ratio
    axes.plot([found.ratio, goal], [y, y], color=FAINT, linewidth=1)
    axes.barh(y, found.ratio - 1, left=1, height=0.62, color=colour)
    axes.plot([goal, goal], [y - 0.42, y + 0.42], color=INK, linewidth=2, solid_capstyle="butt")
    note(axes, RATIO, y, times(found.ratio) + ("~" if result.noisy(found) else "  "), "right", colour)
    note(axes, GOAL, y, times(goal), "right")
    note(axes, PEER, y, found.peer.who, "left")


def note(axes: Any, x: float, y: float, text: str, side: str, colour: str = INK) -> None:
    axes.text(x, y, text, transform=axes.get_yaxis_transform(), va="center", ha=side, color=colour)


def draw(results: Sequence[Result], targets: Sequence[Path]) -> None:
    """The same picture into each file, in the format of its name. ImportError without matplotlib."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [(result, found) for result in results for found in result.verdicts() if isinstance(found, Verdict)]
    with pyplot.rc_context({"font.size": 8.5, "svg.fonttype": "none", "text.color": INK}):
        figure, axes = pyplot.subplots(figsize=(11, 1.2 + 0.235 * len(rows)), layout="constrained")
        for y, (result, found) in enumerate(rows):
            bar(axes, y, result, found)
        for x, text, side in ((RATIO - 0.005, "ratio", "right"), (GOAL, "goal", "right"), (PEER, "over", "left")):
            note(axes, x, -1, text, side)
        for y, ((before, _), (after, _)) in enumerate(pairwise(rows)):
            if before.group != after.group:
                axes.axhline(y + 0.5, color=FAINT, linewidth=0.8, xmin=-0.4, xmax=1.33, clip_on=False)
        names = ["" if y and rows[y - 1][0] is result else result.name for y, (result, _) in enumerate(rows)]
        axes.set_yticks(range(len(rows)), names)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda ratio, _: f"{ratio:g}x")
        axes.axvline(1, color=INK, linewidth=1)
        axes.tick_params(which="both", colors=INK, length=0)
        axes.grid(axis="x", color=FAINT, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[:].set_visible(False)
        figure.suptitle("Jinka's C core: the peer's time over ours; the mark is the goal", color=INK)
        for target in targets:
            figure.savefig(target, transparent=True, dpi=130)
        pyplot.close(figure)
