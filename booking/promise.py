"""How much of a promise is left, in words and as a meter. Pure: no clock, no database.

Time is counted while the clinic is open, like the promise itself: on Friday at 5:30 pm "1 h" left means Monday
morning, and a request that ran out of time on Friday evening is not three days late on Monday at 8. The instant that
was promised stands beside it, on the clock on the wall.
"""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.intervals import Interval, intersect

BLOCKS = 4
# Farther than this nobody counts minutes; it also bounds the work for a request that lay for years.
FARTHEST = datetime.timedelta(days=60)


@dataclass(frozen=True)
class Promise:
    """`left` and `total` are whole minutes of open time; `left` is negative when the promise is broken."""

    left: int
    total: int
    is_late: bool

    @property
    def words(self):
        if self.is_late:
            return _("overdue by %(time)s") % {"time": minutes_in_words(-self.left)} if self.left else _("due now")
        return minutes_in_words(self.left)

    @property
    def blocks(self):
        """Four booleans for the meter: a quarter of the promise each, the last one on until it is broken."""
        on = 0 if self.is_late else min(BLOCKS, max(1, -(-BLOCKS * self.left // max(self.total, 1))))
        return [position < on for position in range(BLOCKS)]

    @property
    def is_low(self):
        return sum(self.blocks) <= 1


def open_minutes(opening, start, end, zone):
    """Whole minutes that the clinic is open between two instants; 0 when `end` is not after `start`.

    Spans longer than FARTHEST are cut to it. `opening` is a clinic.hours.Opening.
    """
    end = min(end, start + FARTHEST)
    if end <= start:
        return 0
    opened = opening.intervals(start.astimezone(zone).date(), end.astimezone(zone).date())
    parts = intersect(opened, [Interval(start, end)])
    return int(sum((part.end - part.start for part in parts), datetime.timedelta()).total_seconds() // 60)


def promise_of(*, received_at, reply_by, now, opening, zone):
    total = open_minutes(opening, received_at, reply_by, zone)
    if now >= reply_by:
        return Promise(left=-open_minutes(opening, reply_by, now, zone), total=total, is_late=True)
    return Promise(left=open_minutes(opening, now, reply_by, zone), total=total, is_late=False)


def minutes_in_words(minutes):
    """ "25 min", "3 h", "1 h 40 min". `minutes` is a whole number, not negative."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
