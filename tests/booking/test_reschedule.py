"""Moving a visit: the new time first, the old one free in the same moment, and the patient hears of it."""

import datetime

import pytest

from booking.actions import answering, visits
from booking.errors import IllegalMove, NotBookable, TimeTaken
from booking.models import AppointmentEvent, BusySlot
from clinic.models import OutgoingMessage
from clinic.outbox import deliver_due
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, actions, assert_ledger_equals_visits, everything
from tests.factories import MONDAY_NOON, imported, make_practitioner, make_room, make_type

pytestmark = pytest.mark.django_db
TEN_MINUTES = datetime.timedelta(minutes=10)


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def test_everything_that_it_writes(desk):
    request = desk.request()
    visit = desk.confirm(request)
    request.refresh_from_db()
    desk.press(answering.mark_told, request, how="phone")
    desk.move(visit)

    assert (visit.start, visit.end) == (TOMORROW_9 + HOUR, TOMORROW_9 + HOUR + desk.type.duration)
    assert (visit.state, visit.version) == ("booked", 2)
    assert BusySlot.objects.get().start == TOMORROW_9 + HOUR
    event = AppointmentEvent.objects.get(action="rescheduled")
    assert (event.request_id, event.appointment_id, event.user_id) == (request.pk, visit.pk, desk.ana.pk)
    assert event.detail == {"was": "2026-11-24T14:00:00+00:00", "start": "2026-11-24T15:00:00+00:00"}
    request.refresh_from_db()
    assert (request.told_at, request.told_how, request.state) == (None, "", "answered")
    mail = OutgoingMessage.objects.filter(kind="moved").latest("pk")
    assert (mail.record_id, mail.not_after) == (visit.pk, visit.start)


def test_who_asked_for_it_knows(desk):
    request = desk.request(email="")
    desk.move(desk.confirm(request), patient_knows=True)
    request.refresh_from_db()
    assert (request.told_at, request.told_how) == (MONDAY_NOON, "phone")


def test_its_own_old_time_is_no_obstacle(desk):
    visit = desk.confirm(desk.request())
    desk.move(visit, start=TOMORROW_9 + TEN_MINUTES)
    assert visit.start == TOMORROW_9 + TEN_MINUTES
    assert_ledger_equals_visits()


def test_a_taken_time_leaves_the_old_one_to_the_patient(desk):
    visit = desk.confirm(desk.request())
    desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)
    before = everything()
    with pytest.raises(TimeTaken):
        desk.move(visit)
    assert everything() == before


def test_the_old_time_can_be_booked_at_once(desk):
    desk.move(desk.confirm(desk.request()))
    desk.confirm(desk.request())
    assert_ledger_equals_visits()


def test_another_clinician(desk):
    other = make_practitioner(locations=[desk.location])
    visit = desk.confirm(desk.request())
    desk.move(visit, practitioner=other, start=TOMORROW_9)
    assert visit.practitioner == other
    assert_ledger_equals_visits()


def test_two_visits_change_places(desk):
    """By way of a third time, as two people change seats."""
    one, other = desk.confirm(desk.request()), desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)
    desk.move(one, start=TOMORROW_9 + 5 * HOUR)
    desk.move(other, start=TOMORROW_9)
    desk.move(one, start=TOMORROW_9 + HOUR)
    assert (one.start, other.start) == (TOMORROW_9 + HOUR, TOMORROW_9)
    assert_ledger_equals_visits()


def test_the_room_moves_along(desk):
    first, second = make_room(location=desk.location, order=1), make_room(location=desk.location, order=2)
    kind = make_type(needs_room=True, buffer_after_minutes=10)
    other = make_practitioner(locations=[desk.location])
    desk.confirm(desk.request(), type=kind, practitioner=other, start=TOMORROW_9 + HOUR)
    visit = desk.confirm(desk.request(), type=kind)
    assert visit.room == first
    desk.move(visit)
    assert visit.room == second
    assert_ledger_equals_visits()


def test_its_length_stays_when_the_type_has_changed(desk):
    visit = desk.confirm(desk.request())
    desk.type.duration_minutes = 30
    desk.type.is_active = False
    desk.type.save()
    desk.move(visit)
    assert visit.end - visit.start == datetime.timedelta(minutes=50)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": TOMORROW_9.replace(tzinfo=None)}, "no_zone"),
        ({"start": TOMORROW_9 + datetime.timedelta(seconds=1)}, "off_minute"),
        ({"start": MONDAY_NOON - HOUR}, "past"),
        ({"start": TOMORROW_9 + datetime.timedelta(days=700)}, "too_far"),
    ],
)
def test_times_that_nobody_books(desk, change, reason):
    visit = desk.confirm(desk.request())
    before = everything()
    with pytest.raises(NotBookable) as refused:
        desk.move(visit, **change)
    assert refused.value.reason == reason
    assert everything() == before


def test_a_clinician_who_works_elsewhere(desk):
    visit = desk.confirm(desk.request())
    with pytest.raises(NotBookable):
        desk.move(visit, practitioner=make_practitioner())


@pytest.mark.parametrize("state", ["proposed", "arrived", "fulfilled", "noshow", "cancelled"])
def test_only_a_booked_visit_moves(desk, state):
    visit = desk.confirm(desk.request())
    imported(visit, state=state)
    before = everything()
    with pytest.raises(IllegalMove):
        desk.move(visit)
    assert everything() == before


def test_the_same_press_twice_moves_it_once(desk):
    visit = desk.confirm(desk.request())
    desk.move(visit)
    before = everything()
    desk.move(visit, version=1)
    assert everything() == before


@pytest.mark.parametrize("changes", [{}, {"start": TOMORROW_9 + 2 * HOUR}])
def test_a_colleague_who_saw_it_as_it_was_is_told(desk, changes):
    visit = desk.confirm(desk.request())
    desk.move(visit)
    before = everything()
    with pytest.raises(IllegalMove):
        desk.move(visit, version=1, by=desk.ben, **changes)
    assert everything() == before


class TestMail:
    @pytest.fixture(autouse=True)
    def clock(self, time_machine):
        time_machine.move_to(MONDAY_NOON, tick=False)

    @pytest.mark.django_db(transaction=True)
    def test_the_patient_gets_the_new_time_once(self, desk, mailoutbox, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        request = desk.request()
        desk.move(desk.confirm(request))
        deliver_due(now=MONDAY_NOON)
        assert sorted(OutgoingMessage.objects.values_list("state", flat=True)) == ["sent", "skipped"]
        assert ["10 am" in mail.body for mail in mailoutbox] == [True]
        request.refresh_from_db()
        assert request.told_how == "email"

    @pytest.mark.django_db(transaction=True)
    def test_moved_again_after_the_first_mail_left_is_told_again(self, desk, mailoutbox, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        request = desk.request()
        visit = desk.confirm(request)
        deliver_due(now=MONDAY_NOON)
        desk.move(visit)
        request.refresh_from_db()
        assert request.told_at is None
        deliver_due(now=MONDAY_NOON)
        assert ["9 am" in mailoutbox[0].body, "10 am" in mailoutbox[1].body] == [True, True]

    def test_a_mail_that_left_with_the_old_time_does_not_count_as_told(self, desk):
        """It was rendered before the move, and reported as sent after it."""
        request = desk.request()
        visit = desk.confirm(request)
        old = OutgoingMessage.objects.get()
        desk.move(visit)
        answering.telling.visit_mail_left(old, MONDAY_NOON)
        request.refresh_from_db()
        assert request.told_at is None


def test_history(desk):
    visit = desk.confirm(desk.request())
    desk.move(visit)
    desk.mark(visits.arrive, visit, visit.start)
    assert actions(appointment_id=visit.pk) == ["confirmed", "rescheduled", "arrived"]
