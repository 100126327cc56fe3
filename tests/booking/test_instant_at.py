"""A date and a time typed at the desk become the instant at which the clinic's clock shows them."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from booking.errors import NoSuchTime
from booking.local_times import instant_at

NEW_YORK = ZoneInfo("America/New_York")
SPRING, AUTUMN = datetime.date(2026, 3, 8), datetime.date(2026, 11, 1)
DAY = datetime.timedelta(days=1)


def utc(day, hour, minute=0):
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        (AUTUMN - 2 * DAY, (9, 0), utc(AUTUMN - 2 * DAY, 13)),
        (AUTUMN + DAY, (9, 0), utc(AUTUMN + DAY, 14)),
        (SPRING, (1, 59), utc(SPRING, 6, 59)),
        (SPRING, (3, 0), utc(SPRING, 7)),
        (SPRING, (13, 0), utc(SPRING, 17)),
        (SPRING, (0, 0), utc(SPRING, 5)),
        (AUTUMN, (0, 59), utc(AUTUMN, 4, 59)),
        (AUTUMN, (2, 0), utc(AUTUMN, 7)),
        (AUTUMN, (12, 0), utc(AUTUMN, 17)),
    ],
)
def test_the_wall_clock_of_the_clinic(day, time, expected):
    instant = instant_at(day=day, time=datetime.time(*time), zone=NEW_YORK)
    assert instant == expected
    assert instant.tzinfo is datetime.UTC


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_a_time_that_the_clock_jumps_over_is_refused_in_words(minute):
    with pytest.raises(NoSuchTime) as caught:
        instant_at(day=SPRING, time=datetime.time(2, minute), zone=NEW_YORK)
    assert "does not exist on that day" in str(caught.value)


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize("minute", [0, 30, 59])
def test_a_time_that_comes_twice_means_the_earlier_one(minute, fold):
    instant = instant_at(day=AUTUMN, time=datetime.time(1, minute, fold=fold), zone=NEW_YORK)
    assert instant == utc(AUTUMN, 5, minute)


def test_zones_that_change_at_midnight_or_by_half_an_hour():
    with pytest.raises(NoSuchTime):
        instant_at(day=datetime.date(2026, 4, 24), time=datetime.time(0, 30), zone=ZoneInfo("Africa/Cairo"))
    with pytest.raises(NoSuchTime):
        instant_at(day=datetime.date(2026, 10, 4), time=datetime.time(2, 15), zone=ZoneInfo("Australia/Lord_Howe"))


@pytest.mark.parametrize(("day", "zone"), [(datetime.date.min, "Asia/Tokyo"), (datetime.date.max, "America/New_York")])
def test_the_edges_of_the_calendar_are_refused_not_an_error(day, zone):
    time = datetime.time(0) if day == datetime.date.min else datetime.time(23)
    with pytest.raises(NoSuchTime):
        instant_at(day=day, time=time, zone=ZoneInfo(zone))
