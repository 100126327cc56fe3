"""Calling off a visit gives its time back, once, and makes sure that the patient hears of it."""

import pytest

from booking.actions import answering
from booking.errors import IllegalMove
from booking.models import AppointmentEvent, AppointmentRequest, BusySlot
from booking.states import AppointmentState
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import (
    HOUR,
    TOMORROW_9,
    Desk,
    actions,
    assert_ledger_equals_visits,
    everything,
)
from tests.factories import MONDAY_NOON, imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def told_on_the_phone(desk, request):
    request.refresh_from_db()
    desk.press(answering.mark_told, request, how="phone")
    request.refresh_from_db()


def test_everything_that_it_writes(desk):
    request = desk.request()
    visit = desk.confirm(request)
    told_on_the_phone(desk, request)
    desk.cancel(visit)

    visit.refresh_from_db()
    assert (visit.state, visit.version) == ("cancelled", 2)
    assert not BusySlot.objects.exists()
    event = AppointmentEvent.objects.get(action="cancelled")
    assert (event.request_id, event.appointment_id, event.user_id) == (request.pk, visit.pk, desk.ana.pk)
    message = OutgoingMessage.objects.get(kind="visit_cancelled")
    assert (message.record_id, message.not_after) == (visit.pk, TOMORROW_9)
    version = request.version
    request.refresh_from_db()
    assert (request.told_at, request.told_how, request.version) == (None, "", version + 1)
    assert (request.state, request.closed_at) == ("answered", MONDAY_NOON)


def test_who_called_it_off_knows(desk):
    request = desk.request()
    desk.cancel(desk.confirm(request), patient_knows=True)
    request.refresh_from_db()
    assert (request.told_at, request.told_how) == (MONDAY_NOON, "phone")
    assert OutgoingMessage.objects.filter(kind="visit_cancelled").exists()


@pytest.mark.parametrize("contact", [{"email": ""}, {"contact_by": "phone"}])
def test_no_mail_to_who_has_none_or_wants_a_call(desk, contact):
    desk.cancel(desk.confirm(desk.request(**contact)))
    assert not OutgoingMessage.objects.exists()


def test_no_mail_about_a_visit_that_is_over(desk):
    desk.cancel(desk.confirm(desk.request()), now=TOMORROW_9 + HOUR)
    assert not OutgoingMessage.objects.filter(kind="visit_cancelled").exists()


def test_the_time_can_be_booked_again(desk):
    desk.cancel(desk.confirm(desk.request()))
    desk.confirm(desk.request())
    assert_ledger_equals_visits()


def test_twice_frees_it_once(desk):
    """Between the two presses somebody else has booked the time."""
    visit = desk.confirm(desk.request())
    desk.cancel(visit)
    desk.confirm(desk.request())
    before = everything()
    for version in (1, 2):
        with pytest.raises(IllegalMove):
            desk.cancel(visit, version=version)
    assert everything() == before
    assert_ledger_equals_visits()


@pytest.mark.parametrize("state", [state for state in AppointmentState if state not in ("booked", "proposed")])
def test_only_a_visit_that_is_still_to_come(desk, state):
    visit = desk.confirm(desk.request())
    imported(visit, state=state)
    before = everything()
    with pytest.raises(IllegalMove):
        desk.cancel(visit)
    assert everything() == before


def test_a_visit_whose_request_was_purged(desk):
    visit = desk.confirm(desk.request(email=""))
    AppointmentRequest.objects.all().delete()
    desk.cancel(visit)
    assert not BusySlot.objects.exists()
    assert actions(appointment_id=visit.pk, request_id=None) == ["cancelled"]
