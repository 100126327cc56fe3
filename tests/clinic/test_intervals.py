import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.intervals import Interval, intersect, merge, subtract


def spans(*pairs):
    return [Interval(start, end) for start, end in pairs]


def points(intervals):
    return {point for interval in intervals for point in range(interval.start, interval.end)}


def is_tidy(intervals):
    """Sorted, and no two of them overlap or touch."""
    return all(one.end < other.start for one, other in itertools.pairwise(intervals))


some_intervals = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: Interval(pair[0], pair[0] + pair[1])), max_size=7
)


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3)])
def test_an_interval_is_never_empty(start, end):
    with pytest.raises(ValueError, match="must end after it starts"):
        Interval(start, end)


def test_an_interval_holds_its_start_but_not_its_end():
    assert [point in Interval(2, 4) for point in (1, 2, 3, 4)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("given_intervals", "merged"),
    [
        ([], []),
        (spans((1, 3)), spans((1, 3))),
        (spans((5, 7), (1, 3)), spans((1, 3), (5, 7))),
        (spans((1, 3), (3, 5)), spans((1, 5))),
        (spans((1, 9), (2, 3)), spans((1, 9))),
        (spans((1, 4), (3, 6), (8, 9)), spans((1, 6), (8, 9))),
    ],
)
def test_merge(given_intervals, merged):
    assert merge(given_intervals) == merged


@pytest.mark.parametrize(
    ("intervals", "cuts", "left"),
    [
        (spans((1, 9)), [], spans((1, 9))),
        (spans((1, 9)), spans((3, 5)), spans((1, 3), (5, 9))),
        (spans((1, 9)), spans((0, 2), (8, 12)), spans((2, 8))),
        (spans((1, 9)), spans((1, 9)), []),
        (spans((1, 3), (5, 7)), spans((3, 5)), spans((1, 3), (5, 7))),
    ],
)
def test_subtract(intervals, cuts, left):
    assert subtract(intervals, cuts) == left


@settings(derandomize=True, deadline=None, max_examples=200)
@given(some_intervals, some_intervals)
def test_the_algebra_is_that_of_sets(first, second):
    for result, expected in (
        (merge(first + second), points(first) | points(second)),
        (intersect(first, second), points(first) & points(second)),
        (subtract(first, second), points(first) - points(second)),
    ):
        assert points(result) == expected
        assert is_tidy(result)
