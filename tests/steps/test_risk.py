"""Random selection: the percentage rises in a line from the threshold to the floor limit. # spec: emv-b3/10.6.2"""

from hypothesis import given
from hypothesis import strategies as st
from jinka.kernel.steps.risk import selected

DRAWS = range(1, 100)


def chance(amount: int, **limits: int) -> int:
    """How many of the 99 draws select the amount."""
    return sum(selected(amount, draw, **limits) for draw in DRAWS)


def test_the_line_of_the_clause():
    limits = {"floor": 100_00, "threshold": 20_00, "target": 10, "most": 90}
    assert chance(0, **limits) == 10
    assert chance(19_99, **limits) == 10
    assert chance(20_00, **limits) == 10
    assert chance(60_00, **limits) == 50
    assert chance(99_99, **limits) == 89
    assert chance(100_00, **limits) == 0


@given(
    st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 99), st.integers(0, 99),
    st.integers(1, 99),
)  # fmt: skip
def test_any_limits(amount, floor, threshold, target, more, draw):
    most = min(target + more, 99)
    taken = selected(amount, draw, floor=floor, threshold=threshold, target=target, most=most)
    if amount >= floor:
        assert not taken
    elif draw <= target:
        assert taken
    elif draw > most or amount < threshold:
        assert not taken
