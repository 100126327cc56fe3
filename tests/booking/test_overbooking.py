"""A person may book over what is there, with a reason. The ledger keeps both, and for everybody else it is busy."""

import pytest
from django.db import IntegrityError, transaction

from booking.errors import TimeTaken
from booking.models import BusySlot
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, actions, assert_ledger_equals_visits
from tests.factories import make_practitioner, make_room, make_type

pytestmark = pytest.mark.django_db
REASON = {"overbook_reason": "Fell this morning, needs to be seen"}


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def test_over_a_visit(desk):
    desk.confirm(desk.request())
    over = desk.confirm(desk.request(), **REASON)
    row = BusySlot.objects.get(appointment=over)
    assert (row.overbooked_by, row.overbooked_reason) == (desk.ana, REASON["overbook_reason"])
    assert actions(appointment_id=over.pk) == ["confirmed", "overbooked"]
    assert_ledger_equals_visits()


def test_a_reason_changes_nothing_where_the_time_is_free(desk):
    visit = desk.confirm(desk.request(), **REASON)
    assert BusySlot.objects.get().overbooked_by is None
    assert actions(appointment_id=visit.pk) == ["confirmed"]


def test_what_was_overbooked_is_busy_for_everybody_else(desk):
    desk.confirm(desk.request())
    desk.confirm(desk.request(), start=TOMORROW_9 + HOUR / 2, **REASON)
    with pytest.raises(TimeTaken):
        desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)


def test_it_stays_busy_when_the_visit_beneath_is_called_off(desk):
    beneath = desk.confirm(desk.request())
    desk.confirm(desk.request(), **REASON)
    desk.cancel(beneath)
    with pytest.raises(TimeTaken):
        desk.confirm(desk.request())


def test_over_a_block(desk):
    desk.block()
    desk.confirm(desk.request(), **REASON)
    assert BusySlot.objects.filter(overbooked_by=desk.ana).count() == 1


def test_every_room_is_taken(desk):
    room = make_room(location=desk.location)
    kind = make_type(needs_room=True)
    desk.confirm(desk.request(), type=kind, practitioner=make_practitioner(locations=[desk.location]))
    with pytest.raises(TimeTaken):
        desk.confirm(desk.request(), type=kind)
    visit = desk.confirm(desk.request(), type=kind, **REASON)
    assert visit.room == room
    assert list(visit.busy_slots.filter(overbooked_by=desk.ana).values_list("schedule__room", flat=True)) == [room.pk]
    assert_ledger_equals_visits()


def test_a_room_that_is_free_comes_first_and_then_the_one_with_the_fewest_visits(desk):
    first, second, third = (make_room(location=desk.location) for _ in range(3))
    kind = make_type(needs_room=True)

    def book(start=TOMORROW_9, **reason):
        person = make_practitioner(locations=[desk.location])
        return desk.confirm(desk.request(), type=kind, practitioner=person, start=start, **reason).room

    assert [book(), book()] == [first, second]
    assert book(**REASON) == third, "free: nothing is overbooked"
    assert not BusySlot.objects.exclude(overbooked_by=None).exists()
    assert [book(**REASON) for _ in range(4)] == [first, second, third, first]
    assert_ledger_equals_visits()


def test_a_place_without_rooms_cannot_be_overbooked(desk):
    with pytest.raises(TimeTaken):
        desk.confirm(desk.request(), type=make_type(needs_room=True), **REASON)


def test_moving_over_another_visit(desk):
    desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)
    visit = desk.confirm(desk.request())
    desk.move(visit, **REASON)
    assert BusySlot.objects.get(appointment=visit).overbooked_by == desk.ana
    assert actions(appointment_id=visit.pk) == ["confirmed", "rescheduled", "overbooked"]
    desk.move(visit, start=TOMORROW_9 + 3 * HOUR)
    assert BusySlot.objects.get(appointment=visit).overbooked_by is None
    assert_ledger_equals_visits()


@pytest.mark.parametrize("change", [{"overbooked_reason": ""}, {"overbooked_by": None}])
def test_the_database_wants_person_and_reason(desk, change):
    desk.confirm(desk.request())
    over = desk.confirm(desk.request(), **REASON)
    with pytest.raises(IntegrityError), transaction.atomic():
        BusySlot.objects.filter(appointment=over).update(**change)
