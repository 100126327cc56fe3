"""Time that staff block: a row a day, never over a patient without saying so."""

import datetime

import pytest

from booking.actions import blocks, ledger
from booking.actions.drafts import start_draft
from booking.errors import IllegalMove, NotBlockable, TimeTaken, VisitsInTheWay
from booking.models import AppointmentEvent, BusySlot
from tests.booking.staff_at_work import HOUR, TOMORROW_9, TUESDAY, Desk, assert_ledger_equals_visits, everything
from tests.factories import MONDAY_NOON, make_practitioner, make_room

pytestmark = pytest.mark.django_db
T = datetime.time
DAY = datetime.timedelta(days=1)


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def test_a_part_of_a_day(desk):
    blocked = desk.block(from_time=T(9), until_time=T(10, 30))
    row = BusySlot.objects.get()
    assert blocked.slots == [row]
    assert (row.start, row.end, row.kind, row.label) == (TOMORROW_9, TOMORROW_9 + 1.5 * HOUR, "block", "Training")
    event = AppointmentEvent.objects.get(action="blocked")
    assert (event.user_id, event.detail["rows"]) == (desk.ana.pk, 1)
    assert "Training" not in str(event.detail)
    with pytest.raises(TimeTaken):
        desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)
    desk.confirm(desk.request(), start=TOMORROW_9 + 1.5 * HOUR)


def test_many_days_are_many_rows_of_a_day_at_most(desk):
    desk.block(last_day=TUESDAY + 13 * DAY)
    rows = list(BusySlot.objects.order_by("start"))
    assert len(rows) == 14
    assert {row.end - row.start for row in rows} == {DAY}


def test_the_days_on_which_the_clocks_change(desk):
    desk.block(first_day=datetime.date(2027, 3, 14), last_day=datetime.date(2027, 3, 14))
    assert [row.end - row.start for row in BusySlot.objects.all()] == [23 * HOUR]
    (gone,) = desk.block(
        first_day=datetime.date(2027, 3, 21), last_day=datetime.date(2027, 3, 21), from_time=T(2)
    ).slots
    assert gone.end - gone.start == 22 * HOUR


def test_a_room(desk):
    room = make_room(location=desk.location)
    (schedule,) = ledger.room_schedules(desk.location)
    desk.block(schedule=schedule)
    assert BusySlot.objects.get().schedule.room == room


def test_visits_in_the_way_are_listed_and_nothing_is_blocked(desk):
    late = desk.confirm(desk.request(), start=TOMORROW_9 + 3 * HOUR)
    early = desk.confirm(desk.request())
    desk.confirm(desk.request(), start=TOMORROW_9 + 24 * HOUR)
    before = everything()
    with pytest.raises(VisitsInTheWay) as refused:
        desk.block()
    assert (refused.value.visits, refused.value.holds) == ([early, late], 0)
    assert everything() == before


def test_around_them_when_staff_say_so(desk):
    visit = desk.confirm(desk.request())
    blocked = desk.block(from_time=T(8), until_time=T(12), around=True)
    assert blocked.visits == [visit]
    assert [(slot.start, slot.end) for slot in blocked.slots] == [
        (TOMORROW_9 - HOUR, TOMORROW_9),
        (TOMORROW_9 + desk.type.duration, TOMORROW_9 + 3 * HOUR),
    ]
    assert_ledger_equals_visits()


def hold(schedule, expires_at=MONDAY_NOON + HOUR):
    draft = start_draft(now=MONDAY_NOON)[0]
    ledger.take(
        schedule=schedule, start=TOMORROW_9, end=TOMORROW_9 + HOUR, kind="hold", draft=draft, expires_at=expires_at
    )


def test_a_hold_that_is_over_is_in_nobodys_way(desk):
    hold(ledger.schedule_of(desk.practitioner), expires_at=MONDAY_NOON)
    assert desk.block().visits == []


def test_a_patient_who_is_just_choosing(desk):
    schedule = ledger.schedule_of(desk.practitioner)
    hold(schedule)
    with pytest.raises(VisitsInTheWay, match="A patient is just choosing") as refused:
        desk.block()
    assert (refused.value.visits, refused.value.holds) == ([], 1)


def test_what_is_blocked_already_stays(desk):
    desk.block(from_time=T(9), until_time=T(10), label="Lunch with a visitor")
    desk.block(from_time=T(8), until_time=T(11))
    assert list(BusySlot.objects.order_by("start").values_list("label", flat=True)) == [
        "Training",
        "Lunch with a visitor",
        "Training",
    ]
    with pytest.raises(NotBlockable) as refused:
        desk.block(from_time=T(8), until_time=T(11))
    assert refused.value.reason == "nothing_left"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"first_day": TUESDAY - 2 * DAY, "last_day": TUESDAY - 2 * DAY}, "past"),
        ({"last_day": TUESDAY - DAY}, "backwards"),
        ({"from_time": T(10), "until_time": T(10)}, "backwards"),
        ({"from_time": T(10), "until_time": T(9)}, "backwards"),
        ({"last_day": TUESDAY + 92 * DAY}, "too_long"),
    ],
)
def test_what_cannot_be_blocked(desk, change, reason):
    with pytest.raises(NotBlockable) as refused:
        desk.block(**change)
    assert refused.value.reason == reason
    assert not BusySlot.objects.exists()


def test_until_midnight(desk):
    (slot,) = desk.block(from_time=T(22), until_time=T(0)).slots
    assert slot.end - slot.start == 2 * HOUR


class TestUnblocking:
    def test_the_time_is_free_again(self, desk):
        slots = desk.block(last_day=TUESDAY + DAY).slots
        assert blocks.unblock(slot_ids=[slots[0].pk], by=desk.ben, now=MONDAY_NOON) == 1
        desk.confirm(desk.request())
        assert BusySlot.objects.filter(kind="block").get() == slots[1]
        event = AppointmentEvent.objects.get(action="unblocked")
        assert (event.user_id, event.detail["rows"]) == (desk.ben.pk, 1)

    def test_twice(self, desk):
        ids = [slot.pk for slot in desk.block().slots]
        blocks.unblock(slot_ids=ids, by=desk.ana, now=MONDAY_NOON)
        with pytest.raises(IllegalMove):
            blocks.unblock(slot_ids=ids, by=desk.ana, now=MONDAY_NOON)

    def test_never_the_time_of_a_visit_or_a_hold(self, desk):
        desk.confirm(desk.request())
        schedule = ledger.schedule_of(make_practitioner())
        hold(schedule)
        before = everything()
        with pytest.raises(IllegalMove):
            blocks.unblock(slot_ids=list(BusySlot.objects.values_list("pk", flat=True)), by=desk.ana, now=MONDAY_NOON)
        assert everything() == before
