"""Tables of single moments. Whole weeks, minute by minute: test_hours_oracle.py."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.hours import ClosedTime, Opening, WeeklyStretch
from clinic.intervals import Interval

NEW_YORK = ZoneInfo("America/New_York")
UTC = datetime.UTC
ALL_WEEK = range(7)
MONDAY_TO_FRIDAY = range(5)
day, time = datetime.date, datetime.time
THANKSGIVING = ClosedTime(day(2026, 11, 26), day(2026, 11, 26), "Thanksgiving")


def hours(days, opens, closes):
    return tuple(WeeklyStretch(weekday, opens, closes) for weekday in days)


def clinic(*closures, zone=NEW_YORK, **weekly):
    """An Opening whose locations are numbered a=1, b=2, ..."""
    places = {ord(letter) - ord("a") + 1: stretches for letter, stretches in weekly.items()}
    return Opening(zone, places, closures)


def at(text, zone=NEW_YORK, fold=0):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


USUAL = hours(MONDAY_TO_FRIDAY, time(7, 30), time(18))


@pytest.mark.parametrize(
    ("moment", "text", "valid_until"),
    [
        ("2026-11-23 07:29:59", "Closed. Opens today at 7:30 am", "2026-11-23 07:30"),
        ("2026-11-23 07:30", "Open until 6 pm", "2026-11-23 18:00"),
        ("2026-11-23 17:59:59", "Open until 6 pm", "2026-11-23 18:00"),
        ("2026-11-23 18:00", "Closed. Opens tomorrow at 7:30 am", "2026-11-24 00:00"),
        ("2026-11-24 00:00", "Closed. Opens today at 7:30 am", "2026-11-24 07:30"),
        ("2026-11-25 18:00", "Closed. Opens Friday at 7:30 am", "2026-11-26 00:00"),
        ("2026-11-26 00:00", "Closed for Thanksgiving. Opens tomorrow at 7:30 am", "2026-11-27 00:00"),
        ("2026-11-27 00:00", "Closed. Opens today at 7:30 am", "2026-11-27 07:30"),
        ("2026-11-27 18:00", "Closed. Opens Monday at 7:30 am", "2026-11-28 00:00"),
    ],
)
def test_a_week_with_a_holiday(moment, text, valid_until):
    state = clinic(THANKSGIVING, a=USUAL).state_at(at(moment))
    assert (state.text, state.valid_until) == (text, at(valid_until))
    assert state.is_open is text.startswith("Open")


def test_a_closure_of_several_days_names_the_day_of_the_next_opening():
    closed = ClosedTime(day(2026, 11, 26), day(2026, 11, 27), "Thanksgiving")
    assert clinic(closed, a=USUAL).state_at(at("2026-11-26 10:00")).text == (
        "Closed for Thanksgiving. Opens Monday at 7:30 am"
    )


def test_a_part_of_a_day_is_cut_out():
    training = ClosedTime(day(2026, 11, 23), day(2026, 11, 23), "staff training", None, time(12), time(14))
    opening = clinic(training, a=USUAL)
    assert [opening.state_at(at(f"2026-11-23 {clock}")).text for clock in ("11:59", "12:00", "13:59", "14:00")] == [
        "Open until noon",
        "Closed for staff training. Opens today at 2 pm",
        "Closed for staff training. Opens today at 2 pm",
        "Open until 6 pm",
    ]


def test_a_closure_that_ends_before_the_doors_open_ends_in_the_text_too():
    opening = clinic(ClosedTime(day(2026, 11, 23), day(2026, 11, 23), "an inspection", None, None, time(6)), a=USUAL)
    early = opening.state_at(at("2026-11-23 05:00"))
    assert (early.text, early.valid_until) == (
        "Closed for an inspection. Opens today at 7:30 am",
        at("2026-11-23 06:00"),
    )
    assert opening.state_at(at("2026-11-23 06:00")).text == "Closed. Opens today at 7:30 am"


def test_the_same_part_of_every_day_of_a_closure():
    opening = clinic(ClosedTime(day(2026, 11, 23), day(2026, 11, 25), "summer hours", None, time(15), None), a=USUAL)
    assert [opening.open_until(at(f"2026-11-{n} 10:00")) for n in (24, 25, 26)] == [
        at("2026-11-24 15:00"),
        at("2026-11-25 15:00"),
        at("2026-11-26 18:00"),
    ]


def test_midnight_ends_a_day_and_may_join_the_next():
    late = clinic(a=hours([4], time(20), time(0)))
    assert late.state_at(at("2026-11-27 23:59")).text == "Open until midnight"
    assert late.state_at(at("2026-11-28 00:00")).text == "Closed. Opens Friday at 8 pm"
    through = clinic(a=hours([4], time(20), time(0)) + hours([5], time(0), time(2)))
    evening = through.state_at(at("2026-11-27 23:00"))
    assert (evening.text, evening.valid_until) == ("Open until tomorrow at 2 am", at("2026-11-28 00:00"))
    assert through.state_at(at("2026-11-28 00:00")).text == "Open until 2 am"


def test_always_open_and_never_open():
    always = clinic(a=hours(ALL_WEEK, time(0), time(0)))
    state = always.state_at(at("2026-11-23 12:00"))
    assert (state.is_open, state.text, state.valid_until) == (True, "Open day and night", at("2026-11-24 00:00"))
    for without in (clinic(), clinic(a=()), clinic(THANKSGIVING, a=(), b=())):
        state = without.state_at(at("2026-11-26 12:00"))
        assert (state.is_open, state.text) == (False, "Call for opening hours")
        assert without.open_until(at("2026-11-26 12:00")) is None
    renovation = ClosedTime(day(2026, 1, 1), day(9999, 12, 31), "good")
    shut = clinic(renovation, a=USUAL).state_at(at("2026-11-23 12:00"))
    assert (shut.is_open, shut.text) == (False, "Closed for good")


def test_an_opening_far_away_is_named_by_its_date():
    holidays = ClosedTime(day(2026, 11, 24), day(2027, 1, 8), "the holidays")
    assert clinic(holidays, a=USUAL).state_at(at("2026-11-24 12:00")).text == (
        "Closed for the holidays. Opens January 11, 2027 at 7:30 am"
    )


def test_several_locations_the_clinic_is_open_when_any_is_and_each_speaks_for_itself():
    opening = clinic(
        ClosedTime(day(2026, 11, 25), day(2026, 11, 25), "a burst pipe", location_id=1),
        a=USUAL,
        b=hours([2], time(9), time(20)),
    )
    noon = at("2026-11-25 12:00")
    assert opening.state_at(noon).text == "Open until 8 pm"
    assert opening.state_at(noon, 1).text == "Closed for a burst pipe. Opens tomorrow at 7:30 am"
    assert opening.state_at(noon, 2).text == "Open until 8 pm"
    assert opening.state_at(at("2026-11-24 12:00"), 2).text == "Closed. Opens tomorrow at 9 am"
    # One location's reason does not speak for the other.
    assert opening.state_at(at("2026-11-25 21:00")).text == "Closed. Opens tomorrow at 7:30 am"
    assert opening.is_open_at(noon, 99) is False


def test_the_spring_gap_is_an_hour_that_nobody_works():
    """Clocks go from 2:00 to 3:00 on March 8, 2026, 07:00 UTC."""
    night = clinic(a=hours([6], time(1), time(4)))
    sunday = day(2026, 3, 8)
    assert night.intervals(sunday, sunday) == [Interval(utc("2026-03-08 06:00"), utc("2026-03-08 08:00"))]
    assert night.add_working_minutes(utc("2026-03-08 06:00"), 90) == utc("2026-03-08 07:30")
    in_the_gap = clinic(a=hours([6], time(2, 15), time(2, 45)))
    assert in_the_gap.intervals(sunday, sunday) == []
    from_the_gap = clinic(a=hours([6], time(2, 30), time(4)))
    assert from_the_gap.intervals(sunday, sunday) == [Interval(utc("2026-03-08 07:00"), utc("2026-03-08 08:00"))]
    assert from_the_gap.state_at(utc("2026-03-08 06:30")).text == "Closed. Opens today at 3 am"


def test_the_autumn_hour_comes_twice():
    """Clocks go from 2:00 back to 1:00 on November 1, 2026, 06:00 UTC."""
    sunday = day(2026, 11, 1)
    night = clinic(a=hours([6], time(1), time(4)))
    assert night.intervals(sunday, sunday) == [Interval(utc("2026-11-01 05:00"), utc("2026-11-01 09:00"))]
    half = clinic(a=hours([6], time(1), time(1, 30)))
    assert half.intervals(sunday, sunday) == [
        Interval(utc("2026-11-01 05:00"), utc("2026-11-01 05:30")),
        Interval(utc("2026-11-01 06:00"), utc("2026-11-01 06:30")),
    ]


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        (day(2026, 3, 6), "2026-03-06 14:00"),
        (day(2026, 3, 9), "2026-03-09 13:00"),
        (day(2026, 10, 30), "2026-10-30 13:00"),
        (day(2026, 11, 2), "2026-11-02 14:00"),
    ],
)
def test_nine_in_the_morning_stays_nine_in_the_morning(when, opens):
    opening = clinic(a=hours(MONDAY_TO_FRIDAY, time(9), time(17)))
    assert [i.start for i in opening.intervals(when, when)] == [utc(opens)]


def test_a_zone_that_changes_its_clock_at_midnight():
    """Havana skips 0:00 to 1:00 on March 8, 2026: that day begins at 1:00."""
    havana = ZoneInfo("America/Havana")
    opening = clinic(zone=havana, a=hours([6], time(0), time(6)))
    assert opening.intervals(day(2026, 3, 8), day(2026, 3, 8)) == [
        Interval(utc("2026-03-08 05:00"), utc("2026-03-08 10:00"))
    ]
    assert opening.state_at(at("2026-03-07 12:00", havana)).valid_until == utc("2026-03-08 05:00")


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23 12:00", 0, "2026-11-23 12:00"),
        ("2026-11-23 12:00", 240, "2026-11-23 16:00"),
        ("2026-11-23 12:00", 360, "2026-11-23 18:00"),
        ("2026-11-23 17:00", 240, "2026-11-24 10:30"),
        ("2026-11-21 12:00", 60, "2026-11-23 08:30"),
        ("2026-11-25 17:00", 120, "2026-11-27 08:30"),
        ("2026-11-23 07:00", 630 * 4 + 1, "2026-11-30 07:31"),
    ],
)
def test_working_minutes_pass_only_while_open(start, minutes, end):
    assert clinic(THANKSGIVING, a=USUAL).add_working_minutes(at(start), minutes) == at(end)


def test_working_minutes_of_a_clinic_without_hours_are_ordinary_ones():
    assert clinic().add_working_minutes(at("2026-11-23 12:00"), 240) == at("2026-11-23 16:00")


def test_working_minutes_never_run_backward():
    with pytest.raises(ValueError, match="forward"):
        clinic(a=USUAL).add_working_minutes(at("2026-11-23 12:00"), -1)


def test_overlapping_stretches_count_once():
    opening = clinic(a=hours([0], time(8), time(13)) + hours([0], time(12), time(17)))
    assert opening.intervals(day(2026, 11, 23), day(2026, 11, 23)) == [
        Interval(utc("2026-11-23 13:00"), utc("2026-11-23 22:00"))
    ]
