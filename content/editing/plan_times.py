"""When a planned change may happen: from the clock on the clinic's wall to an instant, in words where it cannot be."""

import datetime

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from clinic.hours_text import time_text
from clinic.wall_clock import instants_of, readings_around
from content.errors import NotPlanned, Problem

FIELD = "plan_day"
LONGEST_AHEAD = datetime.timedelta(days=2 * 365)


def planned_instant(reading, zone):
    """The instant of this naive reading of the clinic's clock, and a sentence when that needs one (or "").

    A time that comes twice in autumn means the first of the two. Raises NotPlanned for one that the clock skips in
    spring, naming the times around it.
    """
    try:
        instants = instants_of(reading, zone)
        around = () if instants else readings_around(reading, zone)
    except OverflowError:
        raise NotPlanned([Problem(FIELD, _("There is no such time in the calendar."))]) from None
    if not instants:
        words = {"time": time_text(reading.time()), "day": format_date(reading, "F j, Y")}
        words |= dict(zip(("before", "after"), (time_text(near.time()) for near in around), strict=True))
        raise NotPlanned(
            [
                Problem(
                    FIELD,
                    _(
                        "There is no %(time)s on %(day)s: the clocks go forward then. Choose %(before)s or before, or "
                        "%(after)s or after."
                    )
                    % words,
                )
            ]
        )
    if len(instants) == 1:
        return instants[0], ""
    return instants[0], _("That night the clock shows %(time)s twice. It happens at the first of the two.") % {
        "time": time_text(reading.time())
    }


def time_problems(at, *, now):
    """Why nothing can be planned for the instant `at`: it is over, or too far away."""
    if at <= now:
        return [Problem(FIELD, _("This time is over. Choose one that is still to come."))]
    if at > now + LONGEST_AHEAD:
        return [Problem(FIELD, _("Choose a time within the next two years."))]
    return []


def moment_text(instant, zone):
    """“Dec 3, 2026, 9:00 AM”, as the button says it. With the zone's own letters where the hour comes twice."""
    local = instant.astimezone(zone)
    twice = len(instants_of(local.replace(tzinfo=None, fold=0), zone)) > 1
    return format_date(local, "M j, Y, g:i A T" if twice else "M j, Y, g:i A")
