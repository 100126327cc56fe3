import datetime

import pytest
from django.utils import translation

from clinic import hours_text
from clinic.intervals import Interval

MONDAY = datetime.date(2026, 11, 23)
time = datetime.time


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (time(0), "midnight"),
        (time(0, 1), "12:01 am"),
        (time(7, 30), "7:30 am"),
        (time(11, 59), "11:59 am"),
        (time(12), "noon"),
        (time(12, 5), "12:05 pm"),
        (time(18), "6 pm"),
        (time(23, 59), "11:59 pm"),
    ],
)
def test_times_are_american_and_never_say_12_pm(moment, text):
    assert hours_text.time_text(moment) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (MONDAY, "today at 9 am"),
        (datetime.date(2026, 11, 24), "tomorrow at 9 am"),
        (datetime.date(2026, 11, 27), "Friday at 9 am"),
        (datetime.date(2026, 11, 29), "Sunday at 9 am"),
        (datetime.date(2026, 11, 30), "November 30 at 9 am"),
        (datetime.date(2027, 1, 4), "January 4, 2027 at 9 am"),
    ],
)
def test_a_moment_is_named_from_the_day_on_which_it_is_read(day, text):
    assert hours_text.moment_text(day, time(9), today=MONDAY) == text


def test_one_day_may_have_several_stretches():
    morning = Interval(datetime.datetime(2026, 11, 23, 8), datetime.datetime(2026, 11, 23, 12))
    evening = Interval(datetime.datetime(2026, 11, 23, 13), datetime.datetime(2026, 11, 24))
    whole_day = Interval(datetime.datetime(2026, 11, 23), datetime.datetime(2026, 11, 24))
    assert hours_text.day_hours_text([morning, evening]) == "8 am to noon and 1 pm to midnight"
    assert hours_text.day_hours_text([whole_day]) == "Open all day"
    assert hours_text.day_hours_text([]) == "Closed"


@pytest.mark.parametrize(
    ("from_time", "until_time", "text"),
    [
        (None, None, "all day"),
        (time(0), time(0), "all day"),
        (time(15), None, "from 3 pm"),
        (time(15), time(0), "from 3 pm"),
        (None, time(10), "until 10 am"),
        (time(12), time(14), "noon to 2 pm"),
    ],
)
def test_the_part_of_a_day_that_a_closure_takes(from_time, until_time, text):
    assert hours_text.closure_part_text(from_time, until_time) == text


def test_days_of_a_closure():
    first, last = datetime.date(2026, 12, 24), datetime.date(2027, 1, 1)
    assert hours_text.closure_days_text(first, first, today=MONDAY) == "Thursday, December 24"
    assert hours_text.closure_days_text(first, last, today=MONDAY) == "Thursday, December 24 to Friday, January 1, 2027"


def test_weekdays_follow_the_language_of_the_page():
    with translation.override("es"):
        assert hours_text.long_date_text(MONDAY, today=MONDAY).startswith("lunes")
