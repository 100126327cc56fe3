"""Opening hours as pure computation: plain values in, instants and words out. `now` is always an argument.

Hours and closures are readings of the clock on the clinic's wall. Everything returned is a UTC instant.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from clinic.hours_text import MIDNIGHT, moment_text, time_text
from clinic.intervals import Interval, merge, subtract
from clinic.wall_clock import DAY, SECOND, day_of, to_instants, wall, whole_days

# Looked through one after the other, in days from today: nearly every question is answered within the first.
WINDOWS = ((0, 8), (9, 60), (61, 400))
HORIZON_DAYS = WINDOWS[-1][1]


@dataclass(frozen=True)
class OpenState:
    """What the header says, and until which instant it stays true."""

    is_open: bool
    text: str
    valid_until: datetime.datetime


@dataclass(frozen=True)
class WeeklyStretch:
    """One stretch of one weekday (Monday is 0). `closes` 00:00 is midnight at the end of the day."""

    weekday: int
    opens: datetime.time
    closes: datetime.time

    def on(self, day):
        return Interval(wall(day, self.opens), _day_end(day, self.closes))


@dataclass(frozen=True)
class ClosedTime:
    """Closed on each day from first to last: the whole day, or its part from `from_time` until `until_time`.

    `location_id` None closes every location. `until_time` None or 00:00 is the end of the day.
    """

    first_day: datetime.date
    last_day: datetime.date
    reason: str
    location_id: int | None = None
    from_time: datetime.time | None = None
    until_time: datetime.time | None = None

    def walls(self, first_day, last_day):
        """The closed wall-clock time that falls on the days asked for."""
        first, last = max(self.first_day, first_day), min(self.last_day, last_day)
        days = (first + DAY * n for n in range((last - first).days + 1))
        return [
            Interval(wall(day, self.from_time or MIDNIGHT), _day_end(day, self.until_time or MIDNIGHT)) for day in days
        ]


@dataclass(frozen=True)
class Opening:
    """When a clinic is open. Where `location_id` is None the clinic is meant: open when any location is."""

    zone: ZoneInfo
    weekly: Mapping[int, tuple[WeeklyStretch, ...]]
    closures: tuple[ClosedTime, ...] = ()

    def has_hours(self, location_id=None):
        return any(self.weekly.get(place) for place in self._places(location_id))

    def is_open_at(self, instant, location_id=None):
        shown = instant.astimezone(self.zone).replace(tzinfo=None)
        return any(shown in stretch for stretch in self.walls(shown.date(), shown.date(), location_id))

    def open_until(self, instant, location_id=None):
        """The instant at which the doors close next, None while they are closed. At most HORIZON_DAYS away."""
        run = next(self._runs_after(instant, location_id), None)
        return run.end if run and instant in run else None

    def next_opening(self, instant, location_id=None):
        """The first instant after this one at which the doors open, None when there is none within HORIZON_DAYS."""
        return next((r.start for r in self._runs_after(instant, location_id) if r.start > instant), None)

    def add_working_minutes(self, instant, minutes):
        """The instant by which the clinic has been open for `minutes` since `instant`.

        Where the known opening hours run out (none entered, or all closed), the rest counts as ordinary minutes.
        """
        if minutes < 0:
            raise ValueError("Working time only runs forward.")
        remaining = datetime.timedelta(minutes=minutes)
        reached = instant.astimezone(datetime.UTC)
        if not remaining:
            return reached
        for run in self._runs_after(instant, None):
            start = max(run.start, instant)
            if run.end - start >= remaining:
                return start + remaining
            remaining -= run.end - start
            reached = run.end
        return reached + remaining

    def intervals(self, first_day, last_day, location_id=None):
        """Open time on the clinic's days from first to last, both included: merged intervals of UTC instants."""
        return to_instants(self.walls(first_day, last_day, location_id), self.zone)

    def walls(self, first_day, last_day, location_id=None):
        """The same as merged wall-clock readings (naive)."""
        open_walls = []
        for place in self._places(location_id):
            usual = self._usual_walls(place, first_day, last_day)
            closed = [w for c in self.closures_at(place) for w in c.walls(first_day, last_day)]
            open_walls += subtract(usual, closed)
        return merge(open_walls)

    def without_closures(self):
        """The usual week."""
        return replace(self, closures=())

    def closures_at(self, location_id):
        """Closures that concern this location, its own and the clinic's."""
        return [c for c in self.closures if c.location_id in (None, location_id)]

    def state_at(self, instant, location_id=None):
        """What can be said at this instant, in the active language, true until `valid_until`."""
        today = day_of(instant, self.zone)
        midnight = next(d.end for d in to_instants([whole_days(today, today)], self.zone) if instant < d.end)
        if not self.has_hours(location_id):
            return OpenState(False, gettext("Call for opening hours"), midnight)
        closes = self.open_until(instant, location_id)
        if closes:
            return OpenState(True, self._open_text(closes, today, midnight), min(closes, midnight))
        opens = self.next_opening(instant, location_id)
        text = self._closed_text(self._reason_at(instant, location_id), opens, today)
        edges = [edge for edge in self._closure_edges(today, location_id) if edge > instant]
        return OpenState(False, text, min(filter(None, [midnight, opens, *edges])))

    def _open_text(self, closes, today, midnight):
        last_day = day_of(closes - SECOND, self.zone)
        if (last_day - today).days >= HORIZON_DAYS:
            return gettext("Open day and night")
        time = MIDNIGHT if closes == midnight else closes.astimezone(self.zone).time()
        if last_day == today:
            return gettext("Open until %(time)s") % {"time": time_text(time)}
        return gettext("Open until %(when)s") % {"when": moment_text(last_day, time, today=today)}

    def _closed_text(self, reason, opens, today):
        if not opens:
            return gettext("Closed for %(reason)s") % {"reason": reason} if reason else gettext("Closed")
        local = opens.astimezone(self.zone)
        when = moment_text(local.date(), local.time(), today=today)
        if reason:
            return gettext("Closed for %(reason)s. Opens %(when)s") % {"reason": reason, "when": when}
        return gettext("Closed. Opens %(when)s") % {"when": when}

    def _reason_at(self, instant, location_id):
        """Why it is closed, when every place asked about is closed for the same reason; else an empty string."""
        shown = instant.astimezone(self.zone).replace(tzinfo=None)
        reasons = {
            next((c.reason for c in self.closures_at(p) if _covers(c, shown)), "")
            for p in self._places(location_id)
            if self.weekly.get(p)
        }
        return reasons.pop() if len(reasons) == 1 else ""

    def _closure_edges(self, day, location_id):
        closed = [c for place in self._places(location_id) for c in self.closures_at(place)]
        for stretch in (i for c in closed for i in to_instants(c.walls(day, day), self.zone)):
            yield stretch.start
            yield stretch.end

    def _places(self, location_id):
        return list(self.weekly) if location_id is None else [location_id]

    def _usual_walls(self, location_id, first_day, last_day):
        days = (first_day + DAY * n for n in range((last_day - first_day).days + 1))
        stretches = self.weekly.get(location_id, ())
        return [s.on(day) for day in days for s in stretches if s.weekday == day.weekday()]

    def _runs_after(self, instant, location_id):
        """Unbroken open time that ends after `instant`, in order, as far as the horizon."""
        today = day_of(instant, self.zone)
        run = None
        for first, last in WINDOWS:
            for piece in self.intervals(today + DAY * first, today + DAY * last, location_id):
                if piece.end <= instant:
                    continue
                if run and piece.start <= run.end:
                    run = Interval(run.start, piece.end)
                    continue
                if run:
                    yield run
                run = piece
        if run:
            yield run


def _day_end(day, time):
    return wall(day + DAY) if time == MIDNIGHT else wall(day, time)


def _covers(closed_time, shown):
    return any(shown in stretch for stretch in closed_time.walls(shown.date(), shown.date()))
