"""Half-open intervals [start, end) over anything that can be ordered: instants, wall-clock times, whole minutes."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

START = attrgetter("start")


@dataclass(frozen=True, order=True)
class Interval:
    """From `start` up to, but not including, `end`. Never empty."""

    start: Any
    end: Any

    def __post_init__(self):
        if not self.start < self.end:
            raise ValueError("An interval must end after it starts.")

    def __contains__(self, point):
        return self.start <= point < self.end


def merge(intervals):
    """The same points as a sorted list in which no two intervals overlap or touch."""
    merged = []
    for interval in sorted(intervals, key=START):
        if merged and interval.start <= merged[-1].end:
            if interval.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, interval.end)
        else:
            merged.append(interval)
    return merged


def intersect(first, second):
    """The points that lie in both collections, merged."""
    first, second = merge(first), merge(second)
    common, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        start, end = max(first[i].start, second[j].start), min(first[i].end, second[j].end)
        if start < end:
            common.append(Interval(start, end))
        if first[i].end < second[j].end:
            i += 1
        else:
            j += 1
    return common


def subtract(intervals, cuts):
    """The points of `intervals` that lie in none of `cuts`, merged."""
    remaining = []
    cuts, first = merge(cuts), 0
    for interval in merge(intervals):
        start = interval.start
        # Cuts that are over before this interval are over before all that follow: neither list is walked twice.
        while first < len(cuts) and cuts[first].end <= start:
            first += 1
        number = first
        while number < len(cuts) and cuts[number].start < interval.end:
            if cuts[number].start > start:
                remaining.append(Interval(start, cuts[number].start))
            start = cuts[number].end
            number += 1
        if start < interval.end:
            remaining.append(Interval(start, interval.end))
    return remaining
