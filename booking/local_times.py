"""Instants as people here say them, always on the clinic's clock, whatever the reader's zone is."""

import datetime

from django.utils.translation import gettext

from booking.errors import NoSuchTime
from clinic.hours_text import long_date_text, range_text, time_text

ONE_DAY = datetime.timedelta(days=1)


def instant_at(*, day, time, zone):
    """The UTC instant at which a clock in `zone` shows this date and time.

    Raises NoSuchTime for a reading that the clock skips in spring. A reading that it shows twice in autumn means the
    earlier of the two: who then comes an hour later is late, and not at a closed door.
    """
    reading = datetime.datetime.combine(day, time)
    try:
        instant = reading.replace(tzinfo=zone, fold=0).astimezone(datetime.UTC)
        shown = instant.astimezone(zone)
    except OverflowError:  # the first and last hours of the calendar
        raise NoSuchTime from None
    if shown.replace(tzinfo=None, fold=0) != reading:
        raise NoSuchTime
    return instant


def moment_text(instant, *, now, zone):
    """“5:05 pm today, Monday, November 23”, “9 am tomorrow, Tuesday, November 24”, “9 am on Friday, November 27”."""
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    words = {"time": time_text(local.time()), "day": long_date_text(local.date(), today=today)}
    if local.date() == today:
        return gettext("%(time)s today, %(day)s") % words
    if local.date() == today + ONE_DAY:
        return gettext("%(time)s tomorrow, %(day)s") % words
    return gettext("%(time)s on %(day)s") % words


def start_text(start, *, zone, today):
    """“Tuesday, November 24, 9 am, New York time”. `today` is a date in `zone`."""
    local = start.astimezone(zone)
    return gettext("%(day)s, %(time)s, %(zone)s") % {
        "day": long_date_text(local.date(), today=today),
        "time": time_text(local.time()),
        "zone": zone_text(zone),
    }


def stretch_text(start, end, *, zone):
    """“7:30 am to noon”."""
    return range_text(start.astimezone(zone).time(), end.astimezone(zone).time())


def zone_text(zone):
    """“New York time”."""
    return gettext("%(city)s time") % {"city": zone.key.rpartition("/")[2].replace("_", " ")}
