"""A call-back is promised only where it can be kept."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from booking.safety_call import can_call_back
from clinic.hours import ClosedTime, Opening, WeeklyStretch

NEW_YORK = ZoneInfo("America/New_York")
T = datetime.time


@pytest.mark.parametrize(
    ("clock", "kept"),
    [
        (T(8, 59), False),
        (T(9, 0), True),
        (T(11, 30), True),
        (T(11, 31), False),
        (T(12, 30), False),
        (T(13, 0), True),
        (T(16, 30), True),
        (T(16, 31), False),
        (T(17, 0), False),
    ],
)
def test_a_day_with_a_lunch_break(clock, kept):
    stretches = (WeeklyStretch(0, T(9), T(12)), WeeklyStretch(0, T(13), T(17)))
    now = datetime.datetime.combine(datetime.date(2026, 11, 23), clock, NEW_YORK).astimezone(datetime.UTC)
    opening = Opening(zone=NEW_YORK, weekly={1: stretches})
    assert can_call_back(opening, within_minutes=30, now=now) is kept


def test_never_on_a_holiday_and_never_without_hours():
    monday = datetime.date(2026, 11, 23)
    now = datetime.datetime(2026, 11, 23, 17, 0, tzinfo=datetime.UTC)
    office = {1: (WeeklyStretch(0, T(9), T(17)),)}
    holiday = (ClosedTime(monday, monday, "Holiday"),)
    assert can_call_back(Opening(zone=NEW_YORK, weekly=office), within_minutes=30, now=now)
    assert not can_call_back(Opening(zone=NEW_YORK, weekly=office, closures=holiday), within_minutes=30, now=now)
    assert not can_call_back(Opening(zone=NEW_YORK, weekly={}), within_minutes=30, now=now)
