"""When a visit is remembered: pure rules over instants, the clinic's zone and its quiet hours."""

import datetime

from booking.errors import NoSuchTime
from booking.local_times import instant_at

# Nobody is woken by us: a mail that would leave in the quiet hours leaves after them, or before them when too late.
QUIET_FROM, QUIET_UNTIL = datetime.time(21), datetime.time(8)
BEFORE_QUIET = datetime.time(20)
# Closer to the visit a reminder reaches nobody in time.
LEAST_NOTICE = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def days_before(start, days, *, zone):
    """The instant `days` before `start` by the clock on the wall, moved out of the quiet hours."""
    local = start.astimezone(zone)
    try:
        wanted = instant_at(day=local.date() - days * DAY, time=local.time(), zone=zone)
    except NoSuchTime:  # the hour that spring skips
        wanted = start - days * DAY
    return out_of_quiet_hours(wanted, start=start, zone=zone)


def hours_before(start, hours, *, zone):
    """The instant `hours` before `start`, moved out of the quiet hours."""
    return out_of_quiet_hours(start - datetime.timedelta(hours=hours), start=start, zone=zone)


def is_quiet(instant, *, zone):
    return not QUIET_UNTIL <= instant.astimezone(zone).time() < QUIET_FROM


def out_of_quiet_hours(wanted, *, start, zone):
    """`wanted`, or the end of the quiet hours around it; the evening before when that is too close to `start`."""
    if not is_quiet(wanted, zone=zone):
        return wanted
    after = end_of_quiet(wanted, zone=zone)
    if start - after >= LEAST_NOTICE:
        return after
    return instant_at(day=after.astimezone(zone).date() - DAY, time=BEFORE_QUIET, zone=zone)


def end_of_quiet(instant, *, zone):
    """When the quiet hours around an instant are over; `instant` itself outside of them."""
    if not is_quiet(instant, zone=zone):
        return instant
    local = instant.astimezone(zone)
    morning = local.date() if local.time() < QUIET_UNTIL else local.date() + DAY
    return instant_at(day=morning, time=QUIET_UNTIL, zone=zone)
