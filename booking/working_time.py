"""When a clinician works, and where: weekly hours, breaks, extra hours, time off and closures as intervals. Pure.

Everything that staff type is a reading of the clock on the clinic's wall; everything returned is a UTC instant.
"""

import datetime
from dataclasses import dataclass

from clinic.intervals import Interval, merge, subtract
from clinic.wall_clock import DAY, MIDNIGHT, to_instants, wall


@dataclass(frozen=True)
class WeeklyHours:
    """A stretch of one weekday (Monday is 0). `ends` 00:00 is midnight at the end of the day; no date: no limit."""

    weekday: int
    starts: datetime.time
    ends: datetime.time
    location_id: int | None = None
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None

    def on(self, day):
        """The stretch on that day as naive wall-clock time, None when it is not in force."""
        if day.weekday() != self.weekday:
            return None
        if (self.valid_from and day < self.valid_from) or (self.valid_until and day > self.valid_until):
            return None
        return _stretch(day, self.starts, self.ends)


@dataclass(frozen=True)
class DayHours:
    """Extra hours of one day."""

    day: datetime.date
    starts: datetime.time
    ends: datetime.time
    location_id: int

    @property
    def walls(self):
        return _stretch(self.day, self.starts, self.ends)


@dataclass(frozen=True)
class Away:
    """Away from a time on the first day to a time on the last; no time: the whole day.

    `until_time` 00:00 is midnight at the end of the last day, as everywhere here: who is away is never offered.
    """

    first_day: datetime.date
    last_day: datetime.date
    from_time: datetime.time | None = None
    until_time: datetime.time | None = None

    @property
    def walls(self):
        return Interval(wall(self.first_day, self.from_time or MIDNIGHT), _day_end(self.last_day, self.until_time))


@dataclass(frozen=True)
class WorkPlan:
    """All that is known of one clinician's working time."""

    weekly: tuple[WeeklyHours, ...] = ()
    breaks: tuple[WeeklyHours, ...] = ()
    extra: tuple[DayHours, ...] = ()
    away: tuple[Away, ...] = ()

    @property
    def location_ids(self):
        return {hours.location_id for hours in (*self.weekly, *self.extra)}


def working_time(plan, *, opening, first_day, last_day):
    """{location_id: merged intervals of UTC instants} on the clinic's days from first to last, both included.

    `opening` is a clinic.hours.Opening, whose zone and closures count; its opening hours do not, since somebody may see
    patients before the doors open. Breaks cut the weekly hours, extra hours are added, and neither survives a closure
    of its place or time off.
    """
    away = [time_off.walls for time_off in plan.away]
    found = {}
    for location_id in plan.location_ids:
        usual = _weekly_walls([h for h in plan.weekly if h.location_id == location_id], first_day, last_day)
        walls = subtract(usual, _weekly_walls(plan.breaks, first_day, last_day))
        walls += [e.walls for e in plan.extra if e.location_id == location_id and first_day <= e.day <= last_day]
        closed = [w for closure in opening.closures_at(location_id) for w in closure.walls(first_day, last_day)]
        walls = subtract(walls, [*closed, *away])
        if walls:
            found[location_id] = to_instants(walls, opening.zone)
    return found


def works_at(plan, *, opening, location_id, start, end):
    """Whether the whole stretch [start, end) of instants is working time at that place."""
    days = (start.astimezone(opening.zone).date() - DAY, end.astimezone(opening.zone).date())
    time = working_time(plan, opening=opening, first_day=days[0], last_day=days[1])
    return any(stretch.start <= start and end <= stretch.end for stretch in time.get(location_id, ()))


def _weekly_walls(weekly, first_day, last_day):
    days = [first_day + DAY * number for number in range((last_day - first_day).days + 1)]
    # Every seventh from the first of that weekday: a month holds each weekday four times, not thirty.
    of_weekday = {day.weekday(): days[number::7] for number, day in enumerate(days[:7])}
    return merge(walls for hours in weekly for day in of_weekday.get(hours.weekday, ()) if (walls := hours.on(day)))


def _stretch(day, starts, ends):
    return Interval(wall(day, starts), _day_end(day, ends))


def _day_end(day, time):
    # Midnight at the end of a day is the start of the next one.
    return wall(day + DAY) if time in (None, MIDNIGHT) else wall(day, time)
