"""Open times against a slow oracle that asks the clock on the wall about every minute and knows no intervals."""

import datetime
import random
from zoneinfo import ZoneInfo

import pytest

from booking.slots import VisitShape, free_ranges, open_starts, to_instant, to_minutes
from booking.working_time import Away, DayHours, WeeklyHours, WorkPlan, working_time
from clinic.hours import ClosedTime, Opening

D, T = datetime.date, datetime.time
DAY = datetime.timedelta(days=1)
PLACE, OTHER_PLACE = 1, 2
ZONES = [
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "UTC",
]
# Around changes of the clocks in these zones, and days without any.
DATES = [
    D(2026, 3, 8),
    D(2026, 11, 1),
    D(2026, 4, 5),
    D(2026, 10, 4),
    D(2026, 9, 27),
    D(2026, 2, 15),
    D(2026, 3, 22),
    D(2026, 7, 1),
]


def random_case(seed):
    rng = random.Random(seed)
    zone, day = ZoneInfo(rng.choice(ZONES)), rng.choice(DATES) + DAY * rng.randint(-2, 2)

    def clock():
        return T(rng.randrange(24), rng.choice([0, 0, 15, 30, 45]))

    def stretch():
        first, last = sorted([clock(), clock()])
        return (first, last) if first < last and rng.random() < 0.8 else (first, T(0))

    weekly = tuple(
        WeeklyHours(
            rng.randrange(7),
            *stretch(),
            location_id=rng.choice([PLACE, OTHER_PLACE]),
            valid_from=rng.choice([None, day, day + DAY]),
        )
        for _ in range(rng.randint(3, 14))
    )
    breaks = tuple(WeeklyHours(rng.randrange(7), *stretch()) for _ in range(rng.randint(0, 2)))
    extra = tuple(DayHours(day + DAY * rng.randint(-1, 2), *stretch(), PLACE) for _ in range(rng.randint(0, 1)))
    away = tuple(Away(day, day + DAY * rng.randint(1, 2), clock(), clock()) for _ in range(rng.randint(0, 1)))
    closures = tuple(
        ClosedTime(day, day, "x", rng.choice([None, PLACE, OTHER_PLACE]), *rng.choice([(None, None), stretch()]))
        for _ in range(rng.randint(0, 1))
    )
    begin = to_minutes(datetime.datetime.combine(day, T(0), tzinfo=zone).astimezone(datetime.UTC))
    busy = [
        (start, start + rng.randint(1, 90))
        for start in (begin + rng.randint(-200, 4000) for _ in range(rng.randint(0, 9)))
    ]
    shape = VisitShape(
        rng.choice([5, 30, 50, 60]), rng.choice([0, 10]), rng.choice([0, 5]), rng.choice([5, 15, 20, 30, 60])
    )
    bounds = (begin + rng.randint(0, 600), begin + rng.randint(600, 4000))
    return WorkPlan(weekly, breaks, extra, away), closures, busy, shape, bounds, day, zone


def computed(plan, closures, busy, shape, bounds, day, zone):
    work = working_time(
        plan, opening=Opening(zone=zone, weekly={}, closures=closures), first_day=day, last_day=day + DAY
    )
    free = free_ranges(busy, shape)
    return {
        place: starts
        for place, stretches in work.items()
        if (starts := open_starts(stretches, free=free, shape=shape, bounds=bounds, zone=zone))
    }


def slowly(plan, closures, busy, shape, bounds, day, zone):
    """Asks the clock on the wall about each minute, one after the other, and knows nothing of intervals."""

    def within(reading, starts, ends):
        return starts <= reading and (ends == T(0) or reading < ends)

    def works(minute, place):
        shown = to_instant(minute).astimezone(zone).replace(tzinfo=None)
        today, reading = shown.date(), shown.time()
        if not day <= today <= day + DAY:
            return False
        for c in closures:
            concerned = c.location_id in (None, place) and c.first_day <= today <= c.last_day
            if concerned and within(reading, c.from_time or T(0), c.until_time or T(0)):
                return False
        for a in plan.away:
            whole_day = a.until_time in (None, T(0))
            end = datetime.datetime.combine(a.last_day, a.until_time or T(0)) + (DAY if whole_day else 0 * DAY)
            if datetime.datetime.combine(a.first_day, a.from_time or T(0)) <= shown < end:
                return False
        if any(e.location_id == place and e.day == today and within(reading, e.starts, e.ends) for e in plan.extra):
            return True
        if any(b.weekday == today.weekday() and within(reading, b.starts, b.ends) for b in plan.breaks):
            return False
        return any(
            w.location_id == place
            and w.weekday == today.weekday()
            and within(reading, w.starts, w.ends)
            and (w.valid_from is None or today >= w.valid_from)
            for w in plan.weekly
        )

    taken = {minute for start, end in busy for minute in range(start, end)}
    found = {}
    for place in plan.location_ids:
        begin = to_minutes(datetime.datetime.combine(day, T(0), tzinfo=zone).astimezone(datetime.UTC)) - 120
        working = {minute for minute in range(begin, begin + 3 * 1440) if works(minute, place)}
        for minute in range(max(begin, bounds[0]), bounds[1] + 1):
            if to_instant(minute).astimezone(zone).minute % shape.step:
                continue
            if all(m in working for m in range(minute, minute + shape.duration)) and not any(
                m in taken for m in range(minute - shape.before, minute + shape.duration + shape.after)
            ):
                found.setdefault(place, []).append(minute)
    return found


LARGE = [pytest.mark.proof, pytest.mark.engine_free]


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=LARGE) for n in range(25, 1000, 25))])
def test_against_the_oracle(first):
    cases = [random_case(seed) for seed in range(first, first + 25)]
    for seed, case in enumerate(cases, start=first):
        assert computed(*case) == slowly(*case), f"seed {seed}"
    assert sum(bool(computed(*case)) for case in cases) >= 5


def test_the_oracle_sees_a_missing_buffer():
    """Negative control: without the buffers of the visit the two disagree."""
    differing = 0
    for seed in range(25):
        plan, closures, busy, shape, bounds, day, zone = random_case(seed)
        bare = VisitShape(shape.duration, 0, 0, shape.step)
        differing += computed(plan, closures, busy, bare, bounds, day, zone) != slowly(
            plan, closures, busy, VisitShape(shape.duration, 10, 5, shape.step), bounds, day, zone
        )
    assert differing >= 3
