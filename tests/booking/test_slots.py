"""Open times without a database: the hard days of the calendar, and each rule, as tables."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from booking.slots import VisitShape, common, free_ranges, offer_bounds, open_starts, to_instant, to_minutes, union
from booking.working_time import Away, DayHours, WeeklyHours, WorkPlan, working_time, works_at
from clinic.hours import ClosedTime, Opening

NEW_YORK = ZoneInfo("America/New_York")
D, T = datetime.date, datetime.time
DAY = datetime.timedelta(days=1)
PLACE, OTHER_PLACE = 1, 2
AN_HOUR = VisitShape(60, step=30)
EVERY_MINUTE = (-(10**9), 10**9)
SPRING, AUTUMN = D(2026, 3, 8), D(2026, 11, 1)  # the clocks go forward, and back


def opening(*closures, zone=NEW_YORK):
    return Opening(zone=zone, weekly={}, closures=closures)


def every_day(starts, ends, **fields):
    return tuple(WeeklyHours(weekday, starts, ends, **{"location_id": PLACE} | fields) for weekday in range(7))


def times(plan, day, *, busy=(), shape=AN_HOUR, bounds=EVERY_MINUTE, closures=(), zone=NEW_YORK):
    """The clock readings at which a visit may start on one day."""
    work = working_time(plan, opening=opening(*closures, zone=zone), first_day=day, last_day=day)
    free = free_ranges([(to_minutes(start), to_minutes(end)) for start, end in busy], shape)
    starts = open_starts(work.get(PLACE, []), free=free, shape=shape, bounds=bounds, zone=zone)
    return [f"{to_instant(start).astimezone(zone):%H:%M}" for start in starts]


def at(day, hour, minute=0, zone=NEW_YORK):
    return datetime.datetime.combine(day, T(hour, minute), tzinfo=zone).astimezone(datetime.UTC)


class TestHardDays:
    @pytest.mark.parametrize("day", [D(2026, 10, 30), AUTUMN, D(2026, 11, 2), D(2026, 3, 6), SPRING, D(2026, 3, 9)])
    def test_nine_o_clock_is_nine_o_clock_around_both_changes(self, day):
        plan = WorkPlan(weekly=every_day(T(9), T(17)))
        assert times(plan, day, shape=VisitShape(60, step=60)) == [f"{hour:02}:00" for hour in range(9, 17)]

    def test_an_afternoon_on_the_spring_day_is_not_an_hour_late(self):
        work = working_time(
            WorkPlan(weekly=every_day(T(13), T(18))), opening=opening(), first_day=SPRING, last_day=SPRING
        )
        (stretch,) = work[PLACE]
        assert (stretch.start.hour, stretch.end.hour) == (17, 22)

    def test_the_hour_that_spring_skips_is_never_offered(self):
        found = times(WorkPlan(weekly=every_day(T(1), T(4))), SPRING, shape=VisitShape(30))
        assert found == ["01:00", "01:30", "03:00", "03:30"]

    def test_the_hour_that_autumn_repeats_is_offered_twice(self):
        found = times(WorkPlan(weekly=every_day(T(1), T(3))), AUTUMN, shape=VisitShape(30))
        assert found == ["01:00", "01:30", "01:00", "01:30", "02:00", "02:30"]

    def test_a_change_of_half_an_hour_keeps_the_step_of_the_clock_on_the_wall(self):
        lord_howe = ZoneInfo("Australia/Lord_Howe")  # on April 5, 2026 the clock goes back from 2:00 to 1:30
        found = times(
            WorkPlan(weekly=every_day(T(0), T(5))), D(2026, 4, 5), shape=VisitShape(60, step=60), zone=lord_howe
        )
        assert found == ["00:00", "01:00", "02:00", "03:00", "04:00"]

    def test_a_zone_of_three_quarters_of_an_hour(self):
        zone = ZoneInfo("Asia/Kathmandu")
        assert times(WorkPlan(weekly=every_day(T(9), T(11))), D(2026, 5, 4), zone=zone) == ["09:00", "09:30", "10:00"]

    def test_a_visit_may_end_at_midnight_and_not_after_closing(self):
        assert times(WorkPlan(weekly=every_day(T(22), T(0))), D(2026, 5, 4)) == ["22:00", "22:30", "23:00"]
        assert times(WorkPlan(weekly=every_day(T(15), T(17))), D(2026, 5, 4))[-1] == "16:00"

    def test_a_buffer_after_the_last_visit_may_reach_past_closing(self):
        shape = VisitShape(60, after=10, before=10)
        assert times(WorkPlan(weekly=every_day(T(15), T(17))), D(2026, 5, 4), shape=shape)[-1] == "16:00"

    def test_monday_alone_means_monday(self):
        plan = WorkPlan(weekly=(WeeklyHours(0, T(9), T(10), PLACE),))
        offered = [day for day in (D(2026, 5, 3) + DAY * n for n in range(14)) if times(plan, day)]
        assert offered == [D(2026, 5, 4), D(2026, 5, 11)]


class TestRules:
    MONDAY = D(2026, 5, 4)
    PLAN = WorkPlan(weekly=every_day(T(9), T(12)))

    def test_several_stretches_and_a_break(self):
        plan = WorkPlan(weekly=(*every_day(T(8), T(10)), *every_day(T(13), T(15))), breaks=every_day(T(13), T(13, 30)))
        assert times(plan, self.MONDAY) == ["08:00", "08:30", "09:00", "13:30", "14:00"]

    @pytest.mark.parametrize(
        ("fields", "is_open"),
        [
            ({"valid_from": D(2026, 5, 4)}, True),
            ({"valid_from": D(2026, 5, 5)}, False),
            ({"valid_until": D(2026, 5, 4)}, True),
            ({"valid_until": D(2026, 5, 3)}, False),
        ],
    )
    def test_hours_in_force_between_two_dates(self, fields, is_open):
        assert bool(times(WorkPlan(weekly=every_day(T(9), T(12), **fields)), self.MONDAY)) is is_open

    def test_extra_hours_are_added_and_a_closure_wins_over_them(self):
        plan = WorkPlan(extra=(DayHours(self.MONDAY, T(18), T(19), PLACE),))
        assert times(plan, self.MONDAY) == ["18:00"]
        assert times(plan, self.MONDAY, closures=[ClosedTime(self.MONDAY, self.MONDAY, "repairs")]) == []

    def test_a_closure_of_another_place_changes_nothing(self):
        closed = ClosedTime(self.MONDAY, self.MONDAY, "repairs", location_id=OTHER_PLACE)
        assert times(self.PLAN, self.MONDAY, closures=[closed]) == ["09:00", "09:30", "10:00", "10:30", "11:00"]

    @pytest.mark.parametrize(
        ("away", "left"),
        [
            (Away(D(2026, 5, 4), D(2026, 5, 4), from_time=T(10)), ["09:00"]),
            (Away(D(2026, 5, 4), D(2026, 5, 4), T(9), T(10)), ["10:00", "10:30", "11:00"]),
            (Away(D(2026, 4, 20), D(2026, 5, 4), until_time=T(10, 30)), ["10:30", "11:00"]),
            (Away(D(2026, 4, 20), D(2026, 5, 20)), []),
            (Away(D(2026, 4, 20), D(2026, 5, 4), until_time=T(0)), []),
        ],
    )
    def test_time_off_from_part_of_a_day_to_weeks(self, away, left):
        assert times(WorkPlan(weekly=self.PLAN.weekly, away=(away,)), self.MONDAY) == left

    def test_a_visit_with_its_buffers_misses_what_is_taken(self):
        busy = [(at(self.MONDAY, 10), at(self.MONDAY, 10, 30))]
        assert times(self.PLAN, self.MONDAY, busy=busy) == ["09:00", "10:30", "11:00"]
        assert times(self.PLAN, self.MONDAY, busy=busy, shape=VisitShape(60, before=5)) == ["09:00", "11:00"]
        assert times(self.PLAN, self.MONDAY, busy=busy, shape=VisitShape(60, after=5)) == ["10:30", "11:00"]

    def test_overbooked_stretches_lie_over_each_other(self):
        busy = [(at(self.MONDAY, 9), at(self.MONDAY, 11)), (at(self.MONDAY, 9, 30), at(self.MONDAY, 10))]
        assert times(self.PLAN, self.MONDAY, busy=busy) == ["11:00"]

    def test_whether_somebody_works_at_a_time(self):
        def works(start, end, place=PLACE):
            return works_at(self.PLAN, opening=opening(), location_id=place, start=start, end=end)

        assert works(at(self.MONDAY, 9), at(self.MONDAY, 12))
        assert not works(at(self.MONDAY, 9), at(self.MONDAY, 12, 1))
        assert not works(at(self.MONDAY, 9), at(self.MONDAY, 10), OTHER_PLACE)


class TestBounds:
    def bounds(self, now, *, notice=0, horizon=60):
        low, high = offer_bounds(now=now, notice=notice, horizon_days=horizon, zone=NEW_YORK)
        return [to_instant(minute).astimezone(NEW_YORK).strftime("%m-%d %H:%M") for minute in (low, high)]

    def test_two_hours_before_midnight_reach_into_the_next_day(self):
        assert self.bounds(at(D(2026, 5, 4), 23, 30), notice=120)[0] == "05-05 01:30"

    @pytest.mark.parametrize("change", [SPRING, AUTUMN])
    def test_seven_days_across_a_change_are_the_same_time_on_the_wall(self, change):
        asked = at(change - 6 * DAY, 10)
        assert self.bounds(asked, notice=7 * 1440)[0] == f"{change + DAY:%m-%d} 10:00"

    def test_hours_across_a_change_are_elapsed_hours(self):
        assert self.bounds(at(SPRING - DAY, 23), notice=180)[0] == "03-08 03:00"

    def test_a_started_minute_counts_as_over(self):
        now = at(D(2026, 5, 4), 9) + datetime.timedelta(seconds=1)
        assert self.bounds(now)[0] == "05-04 09:01"

    def test_the_horizon_ends_with_its_last_day(self):
        assert self.bounds(at(D(2026, 5, 4), 0), horizon=1)[1] == "05-05 23:59"
        assert self.bounds(at(D(2026, 5, 4), 23, 59), horizon=1)[1] == "05-05 23:59"
        assert self.bounds(at(AUTUMN - DAY, 12), horizon=1)[1] == "11-01 23:59"


def test_ranges():
    assert free_ranges([], VisitShape(60)) == [(-(10**9), 10**9)]
    assert free_ranges([(100, 200)], VisitShape(60, before=5, after=10)) == [(-(10**9) + 5, 30), (205, 10**9)]
    assert union([[(1, 3), (10, 12)], [(4, 5), (11, 20)]]) == [(1, 5), (10, 20)]
    assert common([(1, 5), (10, 20)], [(3, 11), (20, 30)]) == [(3, 5), (10, 11), (20, 20)]
