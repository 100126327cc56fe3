"""What a location's page says about its hours, from plain values: no queries, no clock."""

import datetime
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext

from clinic.hours_text import closure_days_text, closure_part_text, day_hours_text
from clinic.wall_clock import DAY


@dataclass(frozen=True)
class DayRow:
    """One weekday of the hours table. `note` tells of a closure of part of today, else it is empty."""

    name: str
    is_today: bool
    hours: str
    note: str


@dataclass(frozen=True)
class ClosureLine:
    """“Thursday, November 26”, “all day”, “Thanksgiving”."""

    days: str
    part: str
    reason: str


def day_rows(opening, location_id, *, today):
    """Seven rows from Monday. Today's tells what holds today, closures included; the others what is usual."""
    monday = today - DAY * today.weekday()
    usual_opening = opening.without_closures()
    return [
        _day_row(opening if day == today else usual_opening, location_id, day, today=today)
        for day in (monday + DAY * n for n in range(7))
    ]


def closure_lines(opening, location_id, *, today):
    """The closures of today and later that concern this location, soonest first."""
    ahead = [c for c in opening.closures_at(location_id) if c.last_day >= today]
    return [
        ClosureLine(
            closure_days_text(c.first_day, c.last_day, today=today),
            closure_part_text(c.from_time, c.until_time),
            c.reason,
        )
        for c in sorted(ahead, key=lambda c: (c.first_day, c.from_time or datetime.time.min))
    ]


def _day_row(opening, location_id, day, *, today):
    walls = opening.walls(day, day, location_id)
    reasons = [c.reason for c in opening.closures_at(location_id) if c.first_day <= day <= c.last_day]
    hours, note = day_hours_text(walls), ""
    if reasons and walls:
        note = gettext("Closed part of today for %(reason)s") % {"reason": reasons[0]}
    elif reasons:
        hours = gettext("Closed for %(reason)s") % {"reason": reasons[0]}
    return DayRow(str(WEEKDAYS[day.weekday()]), day == today, hours, note)
