import datetime
from zoneinfo import ZoneInfo

import pytest

from booking.promise import FARTHEST, Promise, minutes_in_words, open_minutes, promise_of
from clinic.hours import ClosedTime, Opening, WeeklyStretch

ZONE = ZoneInfo("America/New_York")
EVERY_WEEKDAY = tuple(WeeklyStretch(day, datetime.time(7, 30), datetime.time(18)) for day in range(5))
OPENING = Opening(zone=ZONE, weekly={1: EVERY_WEEKDAY}, closures=())
# Friday 20 November 2026; the Monday after is the 23rd.
FRIDAY, MONDAY = 20, 23


def at(day, hour, minute=0):
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(datetime.UTC)


def promise(received, due, now):
    return promise_of(received_at=received, reply_by=due, now=now, opening=OPENING, zone=ZONE)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (at(MONDAY, 13), at(MONDAY, 13, 25), 25),
        (at(FRIDAY, 17, 30), at(MONDAY, 8), 60),
        (at(FRIDAY, 18), at(MONDAY, 7, 30), 0),
        (at(21, 3), at(22, 23), 0),
        (at(MONDAY, 13), at(MONDAY, 12), 0),
        (at(MONDAY, 7, 29), at(MONDAY, 7, 31), 1),
        (at(FRIDAY, 7, 30), at(MONDAY, 18), 2 * 630),
    ],
)
def test_only_opening_time_counts(start, end, minutes):
    assert open_minutes(OPENING, start, end, ZONE) == minutes


def test_a_closure_does_not_count():
    day = datetime.date(2026, 11, MONDAY)
    opening = Opening(zone=ZONE, weekly={1: EVERY_WEEKDAY}, closures=(ClosedTime(day, day, "Repairs"),))
    assert open_minutes(opening, at(FRIDAY, 17), at(24, 8, 30), ZONE) == 60 + 60


@pytest.mark.parametrize(("day", "hours"), [(datetime.date(2026, 11, 1), 25), (datetime.date(2026, 3, 8), 23)])
def test_the_hour_that_the_clock_repeats_or_skips_counts_as_it_passes(day, hours):
    always = Opening(
        zone=ZONE,
        weekly={1: tuple(WeeklyStretch(d, datetime.time(0), datetime.time(0)) for d in range(7))},
        closures=(),
    )
    start = datetime.datetime.combine(day, datetime.time(0), tzinfo=ZONE).astimezone(datetime.UTC)
    end = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(0), tzinfo=ZONE)
    assert open_minutes(always, start, end.astimezone(datetime.UTC), ZONE) == hours * 60


def test_a_request_that_lay_for_years_costs_no_more_than_two_months():
    start = at(MONDAY, 12)
    assert open_minutes(OPENING, start, start + 50 * FARTHEST, ZONE) == open_minutes(
        OPENING, start, start + FARTHEST, ZONE
    )


@pytest.mark.parametrize(
    ("now", "words", "blocks", "is_low"),
    [
        (at(MONDAY, 8), "4 h", 4, False),
        (at(MONDAY, 8, 1), "3 h 59 min", 4, False),
        (at(MONDAY, 9), "3 h", 3, False),
        (at(MONDAY, 10, 20), "1 h 40 min", 2, False),
        (at(MONDAY, 11), "1 h", 1, True),
        (at(MONDAY, 11, 35), "25 min", 1, True),
        (at(MONDAY, 11, 59), "1 min", 1, True),
        (at(MONDAY, 12), "due now", 0, True),
        (at(MONDAY, 14), "overdue by 2 h", 0, True),
        (at(24, 8), "overdue by 6 h 30 min", 0, True),
    ],
)
def test_what_is_left_in_words_and_blocks(now, words, blocks, is_low):
    left = promise(at(MONDAY, 8), at(MONDAY, 12), now)
    assert (left.words, sum(left.blocks), left.is_low) == (words, blocks, is_low)
    assert left.blocks == sorted(left.blocks, reverse=True)


def test_over_a_weekend_nothing_runs_out():
    for now in (at(FRIDAY, 18), at(21, 12), at(MONDAY, 7)):
        assert promise(at(FRIDAY, 15), at(MONDAY, 8, 30), now).words == "1 h"


def test_a_promise_of_no_time_at_all_has_a_meter_too():
    assert Promise(left=0, total=0, is_late=False).blocks == [True, False, False, False]


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (61, "1 h 1 min"), (600, "10 h")]
)
def test_minutes_in_words(minutes, words):
    assert minutes_in_words(minutes) == words
