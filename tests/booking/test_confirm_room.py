"""Confirming takes what the visit needs beside the clinician: buffers, a room, and the note that it was agreed late."""

import datetime

import pytest

from booking.actions import visits
from booking.errors import TimeTaken
from booking.models import Appointment, BusySlot
from booking.states import RequestState
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk
from tests.factories import MONDAY_NOON, make_hours, make_location, make_practitioner, make_room, make_type

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def ledger_of(**owner):
    """Stretches taken of `practitioner` or `room`."""
    rows = BusySlot.objects.filter(**{f"schedule__{name}": row for name, row in owner.items()})
    return list(rows.values_list("start", "end"))


class TestBuffers:
    @pytest.fixture(autouse=True)
    def buffers(self, desk):
        desk.type = make_type(duration_minutes=30, buffer_before_minutes=5, buffer_after_minutes=10)

    def test_the_ledger_holds_them_and_the_visit_does_not(self, desk):
        visit = desk.confirm(desk.request())
        assert (visit.start, visit.end) == (TOMORROW_9, TOMORROW_9 + 30 * MINUTE)
        assert ledger_of(practitioner=desk.practitioner) == [(TOMORROW_9 - 5 * MINUTE, TOMORROW_9 + 40 * MINUTE)]

    @pytest.mark.parametrize("later", [30, 44])
    def test_another_visit_may_not_lie_in_them(self, desk, later):
        desk.confirm(desk.request())
        with pytest.raises(TimeTaken):
            desk.confirm(desk.request(), start=TOMORROW_9 + later * MINUTE)

    def test_right_behind_them_it_may(self, desk):
        desk.confirm(desk.request())
        desk.confirm(desk.request(), start=TOMORROW_9 + 45 * MINUTE)


class TestRooms:
    @pytest.fixture(autouse=True)
    def treatment(self, desk):
        desk.type = make_type(needs_room=True)

    def test_the_first_free_room_is_taken_with_the_clinician_and_freed_with_the_visit(self, desk):
        second = make_room(location=desk.location, order=2)
        first = make_room(location=desk.location, order=1)
        visit = desk.confirm(desk.request())
        assert visit.room == first
        assert ledger_of(room=first) == ledger_of(practitioner=desk.practitioner) == [(visit.start, visit.end)]
        assert ledger_of(room=second) == []
        visits.cancel(appointment_id=visit.pk, version=visit.version, by=desk.ana, now=MONDAY_NOON)
        assert not BusySlot.objects.exists()

    def test_colleagues_share_rooms_until_there_is_none(self, desk):
        rooms = [make_room(location=desk.location), make_room(location=desk.location)]
        others = [make_practitioner(locations=[desk.location]) for _ in range(2)]
        taken = [
            desk.confirm(desk.request()).room,
            desk.confirm(desk.request(), practitioner=others[0], start=TOMORROW_9 + 10 * MINUTE).room,
        ]
        assert sorted(room.pk for room in taken) == [room.pk for room in rooms]
        request = desk.request()
        with pytest.raises(TimeTaken):
            desk.confirm(request, practitioner=others[1], start=TOMORROW_9 + 20 * MINUTE)
        request.refresh_from_db()
        assert request.state == RequestState.RECEIVED
        assert Appointment.objects.count() == 2

    def test_a_room_out_of_use_or_elsewhere_is_no_room(self, desk):
        make_room(location=desk.location, is_active=False)
        make_room(location=make_location())
        with pytest.raises(TimeTaken):
            desk.confirm(desk.request())

    def test_a_visit_that_needs_none_takes_none(self, desk):
        room = make_room(location=desk.location)
        assert desk.confirm(desk.request(), type=make_type()).room is None
        assert ledger_of(room=room) == []


class TestWorkingHours:
    def test_inside_and_outside_of_what_is_on_record(self, desk):
        make_hours(desk.practitioner, desk.location)
        assert desk.confirm(desk.request()).outside_hours is False
        assert desk.confirm(desk.request(), start=TOMORROW_9 + 10 * HOUR).outside_hours is True

    def test_nothing_on_record_is_not_outside(self, desk):
        assert desk.confirm(desk.request()).outside_hours is False
