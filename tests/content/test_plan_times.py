"""From the date and time that somebody types to the instant that is meant, also on the days when clocks change."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.wall_clock import instants_of, readings_around
from content.editing.plan_times import moment_text, planned_instant, time_problems
from content.errors import NotPlanned
from tests.factories import MONDAY_NOON

NEW_YORK = ZoneInfo("America/New_York")
UTC = datetime.UTC
ZONES = [NEW_YORK, *map(ZoneInfo, ["Australia/Lord_Howe", "Pacific/Apia", "Europe/Dublin", "Africa/Casablanca", "UTC"])]
READINGS = st.datetimes(datetime.datetime(2011, 1, 1), datetime.datetime(2037, 12, 31))


def test_an_ordinary_time():
    assert planned_instant(datetime.datetime(2026, 12, 3, 9, 0), NEW_YORK) == (
        datetime.datetime(2026, 12, 3, 14, 0, tzinfo=UTC),
        "",
    )


def test_a_time_that_the_clock_skips_names_those_around_it():
    with pytest.raises(NotPlanned) as refused:
        planned_instant(datetime.datetime(2027, 3, 14, 2, 30), NEW_YORK)
    assert [(problem.field, problem.text) for problem in refused.value.problems] == [
        (
            "plan_day",
            "There is no 2:30 am on March 14, 2027: the clocks go forward then. Choose 1:59 am or before, or 3 am or "
            "after.",
        )
    ]


def test_a_time_that_comes_twice_means_the_first():
    instant, note = planned_instant(datetime.datetime(2026, 11, 1, 1, 30), NEW_YORK)
    assert instant == datetime.datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert note == "That night the clock shows 1:30 am twice. It happens at the first of the two."
    assert moment_text(instant, NEW_YORK) == "Nov 1, 2026, 1:30 AM EDT"
    assert moment_text(instant + datetime.timedelta(hours=1), NEW_YORK) == "Nov 1, 2026, 1:30 AM EST"


def test_as_the_button_says_it():
    assert moment_text(datetime.datetime(2026, 12, 3, 14, 0, tzinfo=UTC), NEW_YORK) == "Dec 3, 2026, 9:00 AM"


@pytest.mark.parametrize(
    ("reading", "zone"), [(datetime.datetime.max, NEW_YORK), (datetime.datetime.min, ZoneInfo("Pacific/Apia"))]
)
def test_the_ends_of_the_calendar(reading, zone):
    with pytest.raises(NotPlanned) as refused:
        planned_instant(reading, zone)
    assert refused.value.problems[0].text == "There is no such time in the calendar."


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (datetime.timedelta(0), "This time is over. Choose one that is still to come."),
        (datetime.timedelta(days=-1), "This time is over. Choose one that is still to come."),
        (datetime.timedelta(days=731), "Choose a time within the next two years."),
        (datetime.timedelta(minutes=1), None),
        (datetime.timedelta(days=730), None),
    ],
)
def test_neither_over_nor_too_far_away(ahead, words):
    problems = time_problems(MONDAY_NOON + ahead, now=MONDAY_NOON)
    assert [problem.text for problem in problems] == ([words] if words else [])


@given(READINGS, st.sampled_from(ZONES))
def test_an_instant_shows_the_reading_and_a_skipped_reading_has_real_neighbors(reading, zone):
    found = instants_of(reading, zone)
    assert all(instant.astimezone(zone).replace(tzinfo=None, fold=0) == reading for instant in found)
    assert found == sorted(set(found))
    if not found:
        before, after = readings_around(reading, zone)
        assert before < reading < after
        assert instants_of(before, zone)
        assert instants_of(after, zone)


@given(st.datetimes(datetime.datetime(2011, 1, 2), datetime.datetime(2037, 12, 30), timezones=st.just(UTC)))
def test_every_instant_is_found_again_by_its_reading(instant):
    """Oracle: the other direction, from UTC to the wall, never loses anything."""
    for zone in ZONES:
        assert instant in instants_of(instant.astimezone(zone).replace(tzinfo=None, fold=0), zone)
