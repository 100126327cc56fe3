"""Parts of days that a patient may ask for: only while the clinic is open, only what is still to come."""

import datetime
from dataclasses import dataclass

from booking.states import DayPart
from clinic.intervals import Interval, intersect
from clinic.wall_clock import day_of, to_instants, wall

OPEN_DAYS_OFFERED = 14
# Closed longer than this, a clinic is called, not asked through a form.
LOOK_AHEAD = datetime.timedelta(days=42)
# Less open time than this is no use to anybody who has to come first.
SHORTEST = datetime.timedelta(minutes=30)
MOST_CHOSEN = 3

NOON, FIVE_PM = datetime.time(12), datetime.time(17)
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, order=True)
class Window:
    """A part of a day with the instants (UTC) between which the clinic is open in it."""

    day: datetime.date
    start: datetime.datetime
    end: datetime.datetime
    part: DayPart

    @property
    def key(self):
        return f"{self.day:%Y-%m-%d}-{self.part}"


def part_on_the_wall(day, part):
    """The stretch of wall-clock time that a part of this day covers."""
    bounds = {
        DayPart.MORNING: (wall(day), wall(day, NOON)),
        DayPart.AFTERNOON: (wall(day, NOON), wall(day, FIVE_PM)),
        DayPart.EVENING: (wall(day, FIVE_PM), wall(day + ONE_DAY)),
    }
    return Interval(*bounds[part])


def offered_windows(opening, *, zone, now, location_id=None):
    """The windows of the next open days, earliest first.

    `opening` is a clinic.hours.Opening; without `location_id` a window is open when any location is. Today's window
    is offered while at least SHORTEST of it is left, and keeps the hours that it had in the morning.
    """
    today = day_of(now, zone)
    open_time = opening.intervals(today, today + LOOK_AHEAD, location_id=location_id)
    offered, open_days = [], 0
    for ahead in range(LOOK_AHEAD.days + 1):
        of_this_day = list(_windows_of(today + datetime.timedelta(days=ahead), open_time, zone, now))
        offered += of_this_day
        open_days += bool(of_this_day)
        if open_days == OPEN_DAYS_OFFERED:
            break
    return offered


def _windows_of(day, open_time, zone, now):
    for part in DayPart:
        stretches = intersect(open_time, to_instants([part_on_the_wall(day, part)], zone))
        left = (stretch.end - max(stretch.start, now) for stretch in stretches if stretch.end > now)
        if sum(left, datetime.timedelta()) >= SHORTEST:
            yield Window(day=day, start=stretches[0].start, end=stretches[-1].end, part=part)
