"""Open times as pure computation over whole minutes: no clock, no database, and the same answer for the same rows.

Inside, an instant is its whole minutes since 1970 (UTC): ten clinicians and sixty days are then a few milliseconds.
"""

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from clinic.wall_clock import DAY, UTC, day_of, wall

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = datetime.timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60
# Farther than any busy stretch reaches; stands for “as far as one can see”.
FAR = 10**9


@dataclass(frozen=True)
class VisitShape:
    """What one visit takes, in whole minutes. A start lies on the `step` of the clock on the wall (:00, :30, ...)."""

    duration: int
    before: int = 0
    after: int = 0
    step: int = 30


class OpenTime(NamedTuple):
    """A visit could start here. Sorted by start, then place, then clinician."""

    start: datetime.datetime
    location_id: int
    practitioner_id: int


def to_minutes(instant):
    """Whole minutes since 1970 of an aware instant; seconds are cut off."""
    return (instant - EPOCH) // MINUTE


def touched_minutes(start, end):
    """The whole minutes (from, to) that a stretch of instants touches: a started minute is taken."""
    return to_minutes(start), -((EPOCH - end) // MINUTE)


def to_instant(minutes):
    return EPOCH + minutes * MINUTE


def offer_bounds(*, now, notice, horizon_days, zone):
    """First and last minute at which a visit may start, in whole minutes.

    `notice` is in minutes: its whole days are days of the calendar (the same time on the wall tomorrow, whatever the
    clocks do tonight), the rest is elapsed time. The horizon ends with the last day's last minute.
    """
    days, rest = divmod(notice, MINUTES_A_DAY)
    shown = now.astimezone(zone)
    later = (shown.replace(tzinfo=None) + days * DAY).replace(tzinfo=zone, fold=shown.fold if not days else 0)
    earliest = touched_minutes(EPOCH, later)[1] + rest
    end = wall(day_of(now, zone) + (horizon_days + 1) * DAY).replace(tzinfo=zone)
    return earliest, to_minutes(end.astimezone(UTC)) - 1


def free_ranges(busy, shape):
    """Closed ranges of minutes at which the visit, buffers included, misses every busy stretch.

    `busy` are (start, end) pairs, half-open, in any order; overbooked ones may overlap.
    """
    ranges, free_from = [], -FAR
    for start, end in sorted(busy):
        _add(ranges, free_from + shape.before, start - shape.after - shape.duration)
        free_from = max(free_from, end)
    _add(ranges, free_from + shape.before, FAR)
    return ranges


def union(collections):
    """The minutes that lie in any of several collections of ranges, as sorted ranges apart from each other."""
    merged = []
    for low, high in sorted(r for ranges in collections for r in ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def common(first, second):
    """The minutes that lie in both collections of sorted ranges."""
    found, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        _add(found, max(first[i][0], second[j][0]), min(first[i][1], second[j][1]))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return found


def open_starts(work, *, free, shape, bounds, zone):
    """Sorted minutes at which a visit may start inside the stretches of working time `work` (Intervals of instants).

    The visit itself lies in one stretch; its buffers may reach beyond it. `free` are ranges from free_ranges() and
    `bounds` the two minutes of offer_bounds(). Both lists are sorted and walked once, side by side: a full book has
    hundreds of free ranges, and looking through all of them for every stretch was nine tenths of the work.
    """
    starts, first = [], 0
    for stretch in work:
        begin, end = to_minutes(stretch.start), to_minutes(stretch.end)
        earliest, latest = max(begin, bounds[0]), min(end - shape.duration, bounds[1])
        while first < len(free) and free[first][1] < earliest:
            first += 1
        number, on_step = first, None
        while earliest <= latest and number < len(free) and free[number][0] <= latest:
            on_step = on_step or _on_step(stretch, begin, shape.step, zone)
            starts += on_step(max(free[number][0], earliest), min(free[number][1], latest))
            number += 1
    return starts


def _on_step(stretch, begin, step, zone):
    """A function of (low, high): the minutes from low to high at which the clock on the wall is on the step."""
    first, last = stretch.start.astimezone(zone), stretch.end.astimezone(zone)
    if first.utcoffset() == last.utcoffset():
        shift = first.hour * 60 + first.minute - begin
        return lambda low, high: range(low + -(low + shift) % step, high + 1, step)
    # The clocks are changed within this stretch: ask the clock itself.
    return lambda low, high: [m for m in range(low, high + 1) if to_instant(m).astimezone(zone).minute % step == 0]


def _add(ranges, low, high):
    if low <= high:
        ranges.append((low, high))
