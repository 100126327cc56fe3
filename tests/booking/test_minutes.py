"""The database counts minutes as booking.slots does."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.models import BusySlot
from booking.models.minutes import EndMinute, FirstMinute
from booking.slots import touched_minutes
from tests.factories import MONDAY_NOON, make_schedule

pytestmark = pytest.mark.django_db
SECOND, TICK = datetime.timedelta(seconds=1), datetime.timedelta(microseconds=1)


def assert_counted(start, end):
    slot = BusySlot.objects.create(schedule=make_schedule(), start=start, end=end, kind="block")
    found = BusySlot.objects.filter(pk=slot.pk).values_list(FirstMinute("start"), EndMinute("end")).get()
    assert found == touched_minutes(start, end)
    slot.delete()


@pytest.mark.parametrize("off", [0 * TICK, TICK, -TICK, SECOND, -SECOND, SECOND / 2, 60 * SECOND - TICK, 59 * SECOND])
@pytest.mark.parametrize("day", [MONDAY_NOON, MONDAY_NOON.replace(year=1971), MONDAY_NOON.replace(year=2037)])
def test_at_the_edge_of_a_minute(day, off):
    assert_counted(day + off, day + 600 * SECOND + off)


def test_any_instants():
    schedule = make_schedule()

    @settings(max_examples=100, deadline=None)
    @given(st.datetimes(datetime.datetime(1971, 1, 1), datetime.datetime(2100, 1, 1), timezones=st.just(datetime.UTC)))
    def check(start):
        end = start + SECOND
        slot = BusySlot.objects.create(schedule=schedule, start=start, end=end, kind="block")
        found = BusySlot.objects.values_list(FirstMinute("start"), EndMinute("end")).get(pk=slot.pk)
        assert found == touched_minutes(start, end)
        slot.delete()

    check()
