"""Which open time goes to whom on the wait list, and until when it is theirs. Pure: no clock, no database.

The list is served in the order in which people joined it. Any open time that fits and lies before the visit that they
have is worth an offer, also one that nobody ever had: it is what they asked for. A person hears of one time at a time
and of MOST_A_DAY within a day and a night, and never of the same start twice.
"""

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from booking.reminders import out_of_quiet_hours
from booking.slots import MINUTE, OpenTime, VisitShape
from booking.states import DayPart
from booking.windows import FIVE_PM, NOON
from clinic.wall_clock import DAY

MOST_A_DAY = 3
COUNTED_FOR = DAY
# For somebody without a visit: nobody waits for an earlier time than one in two months.
LONGEST_AHEAD = 60 * DAY


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one person on the list would take. None and empty: anything.

    `before`: the start of the visit that they would give up; `own`: the clinician whom they see then; `seen`: starts
    that they were offered already; `notice`: how long before a visit they must know of it.
    """

    entry_id: int
    type_id: int
    first_day: datetime.date
    last_day: datetime.date
    notice: datetime.timedelta
    practitioner_id: int | None = None
    location_id: int | None = None
    parts: frozenset = frozenset()
    before: datetime.datetime | None = None
    own: int | None = None
    seen: frozenset = frozenset()


class Match(NamedTuple):
    entry_id: int
    time: OpenTime


def may_leave_at(now, *, zone):
    """The instant at which a mail that is due `now` may leave: after the quiet hours."""
    return out_of_quiet_hours(now, start=now + 2 * DAY, zone=zone)


def part_of(start, *, zone):
    """The DayPart in which a visit begins, on the clinic's clock."""
    reading = start.astimezone(zone).time()
    if reading < NOON:
        return DayPart.MORNING
    return DayPart.AFTERNOON if reading < FIVE_PM else DayPart.EVENING


def fits(wish, time, *, answered_by, zone):
    """Whether they would take this OpenTime. `answered_by`: the instant until which an offer made now is theirs."""
    return (
        time.start >= answered_by + wish.notice
        and (wish.before is None or time.start < wish.before)
        and wish.first_day <= time.start.astimezone(zone).date() <= wish.last_day
        and wish.practitioner_id in (None, time.practitioner_id)
        and wish.location_id in (None, time.location_id)
        and (not wish.parts or part_of(time.start, zone=zone) in wish.parts)
        and time.start not in wish.seen
    )


def match(wishes, times, shapes, *, answered_by, zone):
    """At most one Match a wish, in the order of the wishes: each takes the earliest time that is left and fits.

    `times`: {type id: OpenTimes}, `shapes`: {type id: VisitShape}. Of several clinicians at the same start their own
    comes first. What one was given, and whatever of the same clinician's time it overlaps, nobody after them gets.
    """
    given, found = {}, []
    for wish in wishes:
        shape = shapes[wish.type_id]
        fitting = (time for time in times[wish.type_id] if fits(wish, time, answered_by=answered_by, zone=zone))
        left = (time for time in fitting if not _overlaps(_span(time, shape), given.get(time.practitioner_id, ())))
        best = min(left, key=lambda time, own=wish.own: (time.start, time.practitioner_id != own), default=None)
        if best is not None:
            given.setdefault(best.practitioner_id, []).append(_span(best, shape))
            found.append(Match(wish.entry_id, best))
    return found


def _span(time: OpenTime, shape: VisitShape):
    return time.start - shape.before * MINUTE, time.start + (shape.duration + shape.after) * MINUTE


def _overlaps(span, others):
    return any(span[0] < end and start < span[1] for start, end in others)
