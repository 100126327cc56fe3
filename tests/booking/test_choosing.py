"""Which kinds of visit fit, whose turn it is, and how long a hold may last: tables without a database."""

import datetime
from types import SimpleNamespace

import pytest

from booking.choosing import kinds_that_fit, least_booked_first, nearest
from booking.hold_rules import day_has_room, hold_ends
from tests.factories import MONDAY_NOON

MINUTE = datetime.timedelta(minutes=1)


def kind(name, flags):
    return SimpleNamespace(
        name=name, for_new_patients="n" in flags, for_returning_patients="r" in flags, for_after_surgery="s" in flags
    )


KINDS = [kind("first", "ns"), kind("follow-up", "rs"), kind("doctor", "nr"), kind("rehab", "s"), kind("none", "")]


@pytest.mark.parametrize(
    ("is_new", "surgery", "expected"),
    [
        (True, False, ["first", "doctor"]),
        (False, False, ["follow-up", "doctor"]),
        (True, True, ["first", "rehab"]),
        (False, True, ["follow-up", "rehab"]),
    ],
)
def test_kinds_of_visit_for_the_answers(is_new, surgery, expected):
    found = kinds_that_fit(KINDS, is_new_patient=is_new, recent_surgery=surgery)
    assert [one.name for one in found] == expected


@pytest.mark.parametrize(
    ("free", "booked", "expected"),
    [
        ([], {}, []),
        ([3, 1, 2], {}, [1, 2, 3]),
        ([1, 2, 3], {1: 60, 2: 30}, [3, 2, 1]),
        ([1, 2], {1: 60, 2: 60, 9: 0}, [1, 2]),
        ([2, 10], {2: 1}, [10, 2]),
    ],
)
def test_fewest_booked_minutes_then_the_lowest_key(free, booked, expected):
    assert least_booked_first(free, booked) == expected


def test_the_nearest_times_on_both_sides():
    times = [SimpleNamespace(start=MONDAY_NOON + n * MINUTE) for n in (-90, -30, 30, 60, 600)]
    found = nearest(times, MONDAY_NOON, 3)
    assert [(time.start - MONDAY_NOON) // MINUTE for time in found] == [-30, 30, 60]
    assert nearest([], MONDAY_NOON, 3) == []


@pytest.mark.parametrize(
    ("minutes_after_first", "lasts"), [(None, 20), (0, 20), (39, 20), (40, 20), (41, 19), (60, 0), (75, -15)]
)
def test_a_hold_lasts_twenty_minutes_within_its_hour(minutes_after_first, lasts):
    since = None if minutes_after_first is None else MONDAY_NOON - minutes_after_first * MINUTE
    assert hold_ends(now=MONDAY_NOON, held_since=since) == MONDAY_NOON + lasts * MINUTE


@pytest.mark.parametrize(
    ("held", "wanted", "working", "expected"),
    [(0, 480, 60, True), (0, 60, 0, True), (36, 60, 480, True), (37, 60, 480, False), (60, 36, 480, True)],
)
def test_a_fifth_of_the_day_but_always_one(held, wanted, working, expected):
    assert day_has_room(held=held, wanted=wanted, working=working) is expected
