"""Opening hours in a patient's words. American 12-hour times; 12:00 is noon or midnight, never "12 pm"."""

import datetime

from django.utils.dateformat import format as format_date
from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext, pgettext

MIDNIGHT = datetime.time(0)
NOON = datetime.time(12)
DAYS_NAMED_BY_WEEKDAY = 7


def time_text(time):
    """“7:30 am”, “6 pm”, “noon”, “midnight”."""
    if time == MIDNIGHT:
        return gettext("midnight")
    if time == NOON:
        return gettext("noon")
    clock = f"{time:%I}".lstrip("0") + (f":{time:%M}" if time.minute else "")
    return (gettext("%(clock)s am") if time.hour < 12 else gettext("%(clock)s pm")) % {"clock": clock}


def range_text(opens, closes):
    """“7:30 am to 6 pm”. `closes` 00:00 is midnight at the end of the day."""
    if opens == closes == MIDNIGHT:
        return gettext("Open all day")
    return gettext("%(opens)s to %(closes)s") % {"opens": time_text(opens), "closes": time_text(closes)}


def day_hours_text(walls):
    """One day's hours, from merged naive intervals: “8 am to noon and 1 pm to 5 pm”, or “Closed”."""
    if not walls:
        return gettext("Closed")
    return get_text_list([range_text(w.start.time(), w.end.time()) for w in walls], gettext("and"))


def moment_text(day, time, *, today):
    """“today at 6 pm”, “tomorrow at 7:30 am”, “Friday at 9 am”, “January 4 at 9 am”. Both dates are the clinic's."""
    distance = (day - today).days
    if distance == 0:
        pattern = gettext("today at %(time)s")
    elif distance == 1:
        pattern = gettext("tomorrow at %(time)s")
    else:
        pattern = gettext("%(day)s at %(time)s")
    near = distance < DAYS_NAMED_BY_WEEKDAY
    return pattern % {
        "day": str(WEEKDAYS[day.weekday()]) if near else date_text(day, today=today),
        "time": time_text(time),
    }


def date_text(day, *, today):
    """“January 4”; with the year when it is not this one."""
    if day.year == today.year:
        return format_date(day, pgettext("date without a year, Django date format", "F j"))
    return format_date(day, pgettext("date with a year, Django date format", "F j, Y"))


def long_date_text(day, *, today):
    """“Thursday, November 26”."""
    return gettext("%(weekday)s, %(date)s") % {"weekday": WEEKDAYS[day.weekday()], "date": date_text(day, today=today)}


def closure_days_text(first_day, last_day, *, today):
    """“Thursday, November 26” or “Thursday, December 24 to Saturday, January 2, 2027”."""
    first = long_date_text(first_day, today=today)
    if first_day == last_day:
        return first
    return gettext("%(first)s to %(last)s") % {"first": first, "last": long_date_text(last_day, today=today)}


def closure_part_text(from_time, until_time):
    """Which part of those days: “all day”, “from noon”, “until 10 am”, “noon to 2 pm”. None: the edge of the day."""
    from_start = from_time in (None, MIDNIGHT)
    to_end = until_time in (None, MIDNIGHT)
    if from_start and to_end:
        return gettext("all day")
    if to_end:
        return gettext("from %(time)s") % {"time": time_text(from_time)}
    if from_start:
        return gettext("until %(time)s") % {"time": time_text(until_time)}
    return range_text(from_time, until_time)
