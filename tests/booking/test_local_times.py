"""Instants in a patient's words, always the clinic's."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from booking.local_times import moment_text, stretch_text, zone_text

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime.datetime(2026, 11, 23, 17, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (5 + 5 / 60, "5:05 pm today, Monday, November 23"),
        (0, "noon today, Monday, November 23"),
        (12, "midnight tomorrow, Tuesday, November 24"),
        (21, "9 am tomorrow, Tuesday, November 24"),
        (24 * 4 - 3, "9 am on Friday, November 27"),
        (24 * 40, "noon on Saturday, January 2, 2027"),
    ],
)
def test_moment(hours, text):
    assert moment_text(NOW + datetime.timedelta(hours=hours), now=NOW, zone=NEW_YORK) == text


def test_today_is_the_clinic_s_day_not_that_of_utc():
    """At 8 pm on Monday in New York it is Tuesday in UTC."""
    now = datetime.datetime(2026, 11, 24, 1, 0, tzinfo=datetime.UTC)
    half_an_hour = now + datetime.timedelta(minutes=30)
    assert moment_text(half_an_hour, now=now, zone=NEW_YORK) == "8:30 pm today, Monday, November 23"


@pytest.mark.parametrize("month", [3, 11])
def test_the_same_words_before_and_after_the_clock_is_changed(month):
    for day in (1, 30):
        start = datetime.datetime(2026, month, day, 9, 0, tzinfo=NEW_YORK).astimezone(datetime.UTC)
        end = datetime.datetime(2026, month, day, 12, 0, tzinfo=NEW_YORK).astimezone(datetime.UTC)
        assert stretch_text(start, end, zone=NEW_YORK) == "9 am to noon"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("America/New_York", "New York time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC time"),
    ],
)
def test_zone(key, text):
    assert zone_text(ZoneInfo(key)) == text
