"""From the clock on the clinic's wall to instants, exact on the days on which that clock is changed."""

import datetime
from functools import lru_cache
from itertools import pairwise

from clinic.intervals import Interval, intersect, merge

UTC = datetime.UTC
DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
MIDNIGHT = datetime.time(0)


def wall(day, time=MIDNIGHT):
    """A naive wall-clock reading; `datetime.time(0)` is the start of the day."""
    return datetime.datetime.combine(day, time)


def whole_days(first_day, last_day):
    """Wall-clock time from the start of the first day to the end of the last."""
    return Interval(wall(first_day), wall(last_day + DAY))


def to_instants(walls, zone):
    """The UTC instants, merged, at which a clock in `zone` shows a reading in `walls` (naive intervals).

    A reading that the clock skips in spring adds nothing; one that it shows twice in autumn counts twice.
    """
    walls = merge(walls)
    if not walls:
        return []
    found = []
    for steady, offset in _steady_stretches(wall(walls[0].start - DAY), wall(walls[-1].end + 2 * DAY), zone):
        shown = Interval(steady.start + offset, steady.end + offset)
        found += [
            Interval((part.start - offset).replace(tzinfo=UTC), (part.end - offset).replace(tzinfo=UTC))
            for part in intersect(walls, [shown])
        ]
    return merge(found)


def instants_of(reading, zone):
    """The UTC instants, earliest first, at which a clock in `zone` shows this naive reading.

    None when the clock skips it in spring, two when it shows it twice in autumn. Raises OverflowError at the ends of
    the calendar.
    """
    both = {reading.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(instant for instant in both if instant.astimezone(zone).replace(tzinfo=None, fold=0) == reading)


def readings_around(reading, zone):
    """The last minute before, and the first one after, the stretch of readings that holds this skipped one."""
    before, after = (reading.replace(tzinfo=zone, fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (1, 0))
    change = _first_second_after_change(before, after, zone)
    return tuple(
        moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None, fold=0) for moment in (change - MINUTE, change)
    )


def day_of(instant, zone):
    """The date that a calendar in `zone` shows at this instant."""
    return instant.astimezone(zone).date()


def offset_changes(first, last, zone):
    """[(instant, offset before it)] of every clock change in `zone` between two instants, first exclusive."""
    naive = [instant.astimezone(UTC).replace(tzinfo=None) for instant in (first, last)]
    stretches = _steady_stretches(*naive, zone)
    return [(later.start.replace(tzinfo=UTC), before) for (_earlier, before), (later, _) in pairwise(stretches)]


@lru_cache(maxsize=256)
def _steady_stretches(start, end, zone):
    """Naive UTC from `start` to `end`, cut where the zone's offset changes: pairs of Interval and offset.

    Looks once a day. No zone has ever changed its clock there and back within one day. Whole days go in, so that
    everybody's hours of the same weeks share one answer.
    """
    found, stretch_start, probe = [], start, start
    while probe < end:
        following = min(probe + DAY, end)
        if _offset(probe, zone) != _offset(following, zone):
            change = _first_second_after_change(probe, following, zone)
            found.append((Interval(stretch_start, change), _offset(probe, zone)))
            stretch_start = change
        probe = following
    if stretch_start < end:
        found.append((Interval(stretch_start, end), _offset(stretch_start, zone)))
    return found


def _offset(naive_utc, zone):
    return naive_utc.replace(tzinfo=UTC).astimezone(zone).utcoffset()


@lru_cache(maxsize=256)
def _first_second_after_change(before, after, zone):
    old = _offset(before, zone)
    while after - before > SECOND:
        middle = before + datetime.timedelta(seconds=int((after - before).total_seconds()) // 2)
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after
