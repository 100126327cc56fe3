"""What a patient may ask for: real opening time, still to come, on the clinic's clock."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from booking.states import DayPart
from booking.windows import LOOK_AHEAD, OPEN_DAYS_OFFERED, SHORTEST, offered_windows
from clinic.hours import ClosedTime, Opening, WeeklyStretch

NEW_YORK = ZoneInfo("America/New_York")
D, T, UTC = datetime.date, datetime.time, datetime.UTC
MONDAY_NOON = datetime.datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
OFFICE = tuple(WeeklyStretch(day, T(7, 30), T(18)) for day in range(5))


def opening(stretches=OFFICE, closures=(), zone=NEW_YORK):
    return Opening(zone=zone, weekly={1: tuple(stretches)}, closures=tuple(closures))


def local(instant):
    return instant.astimezone(NEW_YORK).replace(tzinfo=None)


def keys(windows):
    return [window.key for window in windows]


def test_a_week_in_its_parts():
    offered = offered_windows(opening(), zone=NEW_YORK, now=MONDAY_NOON)
    assert keys(offered[:5]) == [
        "2026-11-23-afternoon",
        "2026-11-23-evening",
        "2026-11-24-morning",
        "2026-11-24-afternoon",
        "2026-11-24-evening",
    ]
    assert [(local(w.start).time(), local(w.end).time()) for w in offered[2:5]] == [
        (T(7, 30), T(12)),
        (T(12), T(17)),
        (T(17), T(18)),
    ]


def test_fourteen_open_days_and_none_when_closed():
    offered = offered_windows(
        opening(closures=[ClosedTime(D(2026, 11, 26), D(2026, 11, 26), "Thanksgiving")]), zone=NEW_YORK, now=MONDAY_NOON
    )
    days = sorted({window.day for window in offered})
    assert len(days) == OPEN_DAYS_OFFERED
    assert days[0] == D(2026, 11, 23)
    assert days[-1] == D(2026, 12, 11)
    assert D(2026, 11, 26) not in days
    assert all(day.weekday() < 5 for day in days)


@pytest.mark.parametrize(
    ("clock", "first"),
    [
        (T(0, 0), "2026-11-23-morning"),
        (T(11, 30), "2026-11-23-morning"),
        (T(11, 31), "2026-11-23-afternoon"),
        (T(16, 30), "2026-11-23-afternoon"),
        (T(16, 31), "2026-11-23-evening"),
        (T(17, 30), "2026-11-23-evening"),
        (T(17, 31), "2026-11-24-morning"),
        (T(23, 59), "2026-11-24-morning"),
    ],
)
def test_the_rest_of_today_counts_while_it_is_long_enough(clock, first):
    now = datetime.datetime.combine(D(2026, 11, 23), clock, NEW_YORK).astimezone(UTC)
    offered = offered_windows(opening(), zone=NEW_YORK, now=now)
    assert offered[0].key == first
    assert all(window.end - now >= SHORTEST for window in offered)
    assert local(offered[0].start).time() in {T(7, 30), T(12), T(17)}


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        (ClosedTime(D(2026, 11, 24), D(2026, 11, 24), "x", from_time=T(12)), ["morning"]),
        (ClosedTime(D(2026, 11, 24), D(2026, 11, 24), "x", until_time=T(12)), ["afternoon", "evening"]),
        (
            ClosedTime(D(2026, 11, 24), D(2026, 11, 24), "x", from_time=T(7, 30), until_time=T(11, 40)),
            ["afternoon", "evening"],
        ),
        (
            ClosedTime(D(2026, 11, 24), D(2026, 11, 24), "x", from_time=T(8), until_time=T(11)),
            ["morning", "afternoon", "evening"],
        ),
    ],
)
def test_part_of_a_day_closed(closed, left):
    offered = offered_windows(opening(closures=[closed]), zone=NEW_YORK, now=MONDAY_NOON)
    assert [window.part for window in offered if window.day == D(2026, 11, 24)] == left


@pytest.mark.parametrize("sunday", [D(2026, 3, 8), D(2026, 11, 1)])
def test_the_clock_is_changed_and_the_wall_says_the_same(sunday):
    """Open every day 9 to 17; the Sunday of the change and the days around it show the same hours."""
    every_day = [WeeklyStretch(day, T(9), T(17)) for day in range(7)]
    now = datetime.datetime.combine(sunday - datetime.timedelta(days=2), T(6), NEW_YORK).astimezone(UTC)
    offered = offered_windows(opening(every_day), zone=NEW_YORK, now=now)
    for window in offered:
        expected = {"morning": (T(9), T(12)), "afternoon": (T(12), T(17))}[window.part]
        assert (local(window.start).time(), local(window.end).time()) == expected
    of_sunday = [window for window in offered if window.day == sunday]
    assert of_sunday[0].start.hour == {3: 13, 11: 14}[sunday.month]


def test_open_through_the_night_of_the_change():
    """1 am to 4 am is two hours in March, four in November: a skipped reading adds nothing."""
    night = [WeeklyStretch(6, T(1), T(4))]
    for sunday, hours in ((D(2026, 3, 8), 2), (D(2026, 11, 1), 4)):
        now = datetime.datetime.combine(sunday - datetime.timedelta(days=1), T(12), NEW_YORK).astimezone(UTC)
        first = offered_windows(opening(night), zone=NEW_YORK, now=now)[0]
        assert (first.day, first.part) == (sunday, DayPart.MORNING)
        assert first.end - first.start == datetime.timedelta(hours=hours)


def test_midnight_and_noon_are_edges():
    all_day = [WeeklyStretch(day, T(0), T(0)) for day in range(7)]
    offered = offered_windows(opening(all_day), zone=NEW_YORK, now=MONDAY_NOON)
    tuesday = [window for window in offered if window.day == D(2026, 11, 24)]
    assert [(local(w.start).time(), local(w.end).time()) for w in tuesday] == [
        (T(0), T(12)),
        (T(12), T(17)),
        (T(17), T(0)),
    ]


def test_too_short_to_come():
    short = [WeeklyStretch(1, T(11, 31), T(12, 30))]
    offered = offered_windows(opening(short), zone=NEW_YORK, now=MONDAY_NOON)
    assert {window.part for window in offered} == {"afternoon"}
    assert datetime.timedelta(minutes=30) == SHORTEST


@pytest.mark.parametrize("closures", [[ClosedTime(D(2026, 11, 1), D(2027, 11, 1), "x")], []])
def test_nothing_to_offer(closures):
    stretches = OFFICE if closures else ()
    assert offered_windows(opening(stretches, closures), zone=NEW_YORK, now=MONDAY_NOON) == []


def test_one_place_is_narrower_than_the_clinic():
    two = Opening(
        zone=NEW_YORK,
        weekly={1: (WeeklyStretch(0, T(8), T(12)),), 2: (WeeklyStretch(1, T(8), T(12)),)},
    )
    everywhere = {window.day.weekday() for window in offered_windows(two, zone=NEW_YORK, now=MONDAY_NOON)}
    second = {window.day.weekday() for window in offered_windows(two, zone=NEW_YORK, now=MONDAY_NOON, location_id=2)}
    assert (everywhere, second) == ({0, 1}, {1})


def test_open_once_a_week_reaches_as_far_as_we_look():
    offered = offered_windows(opening([WeeklyStretch(0, T(9), T(12))]), zone=NEW_YORK, now=MONDAY_NOON)
    assert len(offered) == 6
    assert offered[-1].day <= MONDAY_NOON.date() + LOOK_AHEAD
