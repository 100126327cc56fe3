"""Opening beside a slow oracle that looks at the wall clock once a minute, over the days around clock changes."""

import datetime
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.hours import ClosedTime, Opening, WeeklyStretch
from clinic.hours_text import moment_text, time_text
from clinic.intervals import Interval, merge

UTC = datetime.UTC
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
MINUTES_WATCHED = 4 * 24 * 60
# The day before each clock change: New York's two, one by half an hour, one at midnight; and an ordinary zone.
WINDOWS = [
    ("America/New_York", datetime.date(2026, 3, 7)),
    ("America/New_York", datetime.date(2026, 10, 31)),
    ("America/New_York", datetime.date(2026, 11, 24)),
    ("Australia/Lord_Howe", datetime.date(2026, 4, 4)),
    ("America/Havana", datetime.date(2026, 3, 7)),
    ("America/Havana", datetime.date(2026, 10, 31)),
    ("Asia/Kathmandu", datetime.date(2026, 11, 24)),
]


@lru_cache
def minutes_of(window):
    """Every minute watched: its instant, and what the wall clock shows."""
    zone, first_day = ZoneInfo(window[0]), window[1]
    start = datetime.datetime.combine(first_day, datetime.time(0), tzinfo=UTC)
    instants = [start + MINUTE * n for n in range(MINUTES_WATCHED)]
    return instants, [instant.astimezone(zone).replace(tzinfo=None) for instant in instants]


class Oracle:
    """Says for each minute whether the clinic (or one location) is open, and why it is closed. Knows no intervals."""

    def __init__(self, window, weekly, closures, location_id=None):
        self.instants, self.shown = minutes_of(window)
        self.places = list(weekly) if location_id is None else [location_id]
        self.weekly, self.closures = weekly, closures
        self.open = [any(self.place_is_open(place, shown) for place in self.places) for shown in self.shown]

    def place_is_open(self, place, shown):
        usual = any(
            shown.weekday() == s.weekday
            and s.opens <= shown.time()
            and (not s.closes.hour + s.closes.minute or shown.time() < s.closes)
            for s in self.weekly.get(place, ())
        )
        return usual and self.closure_of(place, shown) is None

    def closure_of(self, place, shown):
        for closed in self.closures:
            starts, ends = closed.from_time or datetime.time(0), closed.until_time or datetime.time(0)
            if (
                closed.location_id in (None, place)
                and closed.first_day <= shown.date() <= closed.last_day
                and starts <= shown.time()
                and (ends == datetime.time(0) or shown.time() < ends)
            ):
                return closed.reason
        return None

    def reason(self, n):
        reasons = {self.closure_of(place, self.shown[n]) for place in self.places if self.weekly.get(place)}
        return reasons.pop() if len(reasons) == 1 else None

    def next_change(self, n):
        """The first minute after `n` at which open turns closed or the other way round; None when not watched."""
        return next((m for m in range(n + 1, MINUTES_WATCHED) if self.open[m] != self.open[n]), None)

    def text(self, n):
        """What must be said at minute `n`; None when the answer lies beyond the minutes watched."""
        change = self.next_change(n)
        if change is None:
            return None
        today = self.shown[n].date()
        if self.open[n]:
            last = self.shown[change - 1].date()
            time = self.shown[change].time() if self.shown[change].date() == last else datetime.time(0)
            return "Open until " + (time_text(time) if last == today else moment_text(last, time, today=today))
        when = moment_text(self.shown[change].date(), self.shown[change].time(), today=today)
        closed = f"Closed for {self.reason(n)}" if self.reason(n) else "Closed"
        return f"{closed}. Opens {when}"


times = st.integers(0, 24 * 12 - 1).map(lambda n: datetime.time(n // 12, n % 12 * 5))


@st.composite
def stretches(draw):
    opens, closes = sorted([draw(times), draw(times)])
    if opens == closes:
        closes = datetime.time(0)
    return WeeklyStretch(draw(st.integers(0, 6)), opens, closes)


@st.composite
def closures(draw, first_day):
    first = first_day + DAY * draw(st.integers(-1, 4))
    part = sorted([draw(times), draw(times)])
    from_time, until_time = draw(st.sampled_from([(None, None), (part[0], None), (None, part[1]), tuple(part)]))
    if from_time is not None and from_time == until_time:
        until_time = None
    return ClosedTime(
        first,
        first + DAY * draw(st.integers(0, 2)),
        draw(st.sampled_from(["a holiday", "training"])),
        draw(st.sampled_from([None, 1, 2])),
        from_time,
        until_time,
    )


@st.composite
def clinics(draw):
    window = draw(st.sampled_from(WINDOWS))
    weekly = {1: tuple(draw(st.lists(stretches(), max_size=12)))}
    if draw(st.booleans()):
        weekly[2] = tuple(draw(st.lists(stretches(), max_size=6)))
    return window, weekly, tuple(draw(st.lists(closures(window[1]), max_size=3)))


def as_intervals(oracle):
    return merge(
        Interval(instant, instant + MINUTE)
        for instant, is_open in zip(oracle.instants, oracle.open, strict=True)
        if is_open
    )


def opening_of(window, weekly, closed):
    return Opening(ZoneInfo(window[0]), weekly, closed)


def check_every_minute(opening, oracle, location_id=None):
    """Walks from state to state. Each must be right for every minute it claims; the next begins where it ends."""
    n = 0
    while n < MINUTES_WATCHED:
        state = opening.state_at(oracle.instants[n], location_id)
        lasts = round((state.valid_until - oracle.instants[n]) / MINUTE)
        assert lasts >= 1, f"{state} at {oracle.instants[n]} says nothing about its own minute"
        end = min(n + lasts, MINUTES_WATCHED)
        assert set(oracle.open[n:end]) == {state.is_open}, f"{state} at {oracle.instants[n]}"
        if opening.has_hours(location_id):
            for m in {n, (n + end - 1) // 2, end - 1}:
                assert oracle.text(m) in (None, state.text), f"{state} at {oracle.instants[m]}"
        middle = opening.state_at(oracle.instants[(n + end) // 2], location_id) if end > n + 1 else state
        assert (middle.text, middle.valid_until) == (state.text, state.valid_until)
        n = end


def check_one_clinic(parts):
    window, _weekly, _closed = parts
    opening = opening_of(*parts)
    for location_id in (None, 1):
        oracle = Oracle(*parts, location_id=location_id)
        days = (window[1] - DAY, window[1] + 6 * DAY)
        seen = Interval(oracle.instants[0], oracle.instants[-1] + MINUTE)
        clipped = [
            Interval(max(i.start, seen.start), min(i.end, seen.end))
            for i in opening.intervals(*days, location_id)
            if i.start < seen.end and i.end > seen.start
        ]
        assert clipped == as_intervals(oracle)
        for n in range(0, MINUTES_WATCHED, 7):
            assert opening.is_open_at(oracle.instants[n], location_id) is oracle.open[n]
        check_every_minute(opening, oracle, location_id)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(clinics())
def test_true_at_every_minute(parts):
    check_one_clinic(parts)


@pytest.mark.proof
@pytest.mark.engine_free
@settings(deadline=None, max_examples=1500)
@given(clinics())
def test_true_at_every_minute_of_many_clinics(parts):
    check_one_clinic(parts)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(clinics(), st.integers(0, MINUTES_WATCHED // 2), st.integers(1, 300))
def test_working_minutes_are_counted_one_by_one(parts, start, minutes):
    oracle = Oracle(*parts)
    worked = (n for n in range(start, MINUTES_WATCHED) if oracle.open[n])
    last = next((n for done, n in zip(count(1), worked, strict=False) if done == minutes), None)
    if last is not None:
        reached = opening_of(*parts).add_working_minutes(oracle.instants[start], minutes)
        assert reached == oracle.instants[last] + MINUTE


class OneOffsetADay(Opening):
    """The usual mistake, as a control: takes the offset that holds when the day begins for the whole day."""

    def intervals(self, first_day, last_day, location_id=None):
        found = []
        for wall in self.walls(first_day, last_day, location_id):
            midnight = datetime.datetime.combine(wall.start.date(), datetime.time(0), tzinfo=self.zone)
            offset = midnight.utcoffset()
            found.append(Interval((wall.start - offset).replace(tzinfo=UTC), (wall.end - offset).replace(tzinfo=UTC)))
        return merge(found)


@pytest.mark.parametrize("window", [WINDOWS[0], WINDOWS[1], WINDOWS[3]])
def test_the_oracle_notices_a_wrong_answer(window):
    weekly = {1: tuple(WeeklyStretch(weekday, datetime.time(9), datetime.time(17)) for weekday in range(7))}
    oracle = Oracle(window, weekly, ())
    check_every_minute(opening_of(window, weekly, ()), oracle)
    with pytest.raises(AssertionError):
        check_every_minute(OneOffsetADay(ZoneInfo(window[0]), weekly, ()), oracle)
