"""Nobody's visit is booked, declined or called off without their hearing of it."""

import datetime
import smtplib

import pytest
from django.core import mail
from django.db import connection

from booking.actions import answering
from booking.errors import AttemptsNeeded, IllegalMove
from booking.models import AppointmentEvent, AppointmentRequest
from booking.states import RequestState
from clinic.models import OutgoingMessage
from clinic.outbox import deliver_due
from tests.booking.staff_at_work import Desk, everything
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


def told(request):
    request.refresh_from_db()
    return request.told_at, request.told_how


def decline(desk, request):
    desk.press(answering.decline, request, reason="no_time_soon")


def call_off(desk, request):
    desk.cancel(desk.confirm(request))


def confirm(desk, request):
    desk.confirm(request)


@pytest.mark.parametrize("answer", [confirm, decline, call_off])
class TestAnswer:
    def test_the_mail_that_left_told_them(self, desk, answer):
        request = desk.request()
        answer(desk, request)
        assert told(request) == (None, "")
        version = request.version
        deliver_due(now=MONDAY_NOON + MINUTE)
        assert len(mail.outbox) == 1
        assert told(request) == (MONDAY_NOON + MINUTE, "email")
        assert request.version == version + 1
        event = AppointmentEvent.objects.filter(action="told").get()
        assert (event.request_id, event.user_id, event.detail["how"]) == (request.pk, None, "email")

    def test_a_mail_that_does_not_leave_told_nobody(self, desk, answer, monkeypatch):
        def refuse(self, messages):
            raise smtplib.SMTPRecipientsRefused({"pat@home.example": (550, b"no")})

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        request = desk.request()
        answer(desk, request)
        deliver_due(now=MONDAY_NOON + MINUTE)
        assert OutgoingMessage.objects.exclude(state="sent").exists()
        assert told(request) == (None, "")

    def test_staff_who_were_faster_than_the_mail_stay_the_ones_who_told(self, desk, answer):
        request = desk.request()
        answer(desk, request)
        request.refresh_from_db()
        desk.press(answering.mark_told, request, how="phone")
        deliver_due(now=MONDAY_NOON + MINUTE)
        assert told(request) == (MONDAY_NOON, "phone")

    def test_by_phone(self, desk, answer):
        request = desk.request(email="")
        answer(desk, request)
        request.refresh_from_db()
        desk.press(answering.mark_told, request, how="phone", now=MONDAY_NOON + MINUTE)
        assert told(request) == (MONDAY_NOON + MINUTE, "phone")
        assert AppointmentEvent.objects.filter(action="told", user_id=desk.ana.pk).get().detail == {"how": "phone"}

    def test_giving_up_takes_three_tries_in_vain_after_there_was_something_to_tell(self, desk, answer):
        request = desk.request(email="")
        desk.try_to_reach(request, 3, now=MONDAY_NOON - MINUTE)
        answer(desk, request)
        desk.try_to_reach(request, 2, now=MONDAY_NOON + MINUTE)
        desk.try_to_reach(request, result="reached", now=MONDAY_NOON + MINUTE)
        request.refresh_from_db()
        before = everything()
        with pytest.raises(AttemptsNeeded):
            desk.press(answering.mark_told, request, how="attempts")
        assert everything() == before
        desk.try_to_reach(request, now=MONDAY_NOON + MINUTE)
        desk.press(answering.mark_told, request, how="attempts", now=MONDAY_NOON + MINUTE)
        assert told(request) == (MONDAY_NOON + MINUTE, "attempts")

    def test_once_is_enough(self, desk, answer):
        request = desk.request(email="")
        answer(desk, request)
        request.refresh_from_db()
        desk.press(answering.mark_told, request, how="phone")
        for version in (request.version, request.version + 1):
            with pytest.raises(IllegalMove):
                desk.press(answering.mark_told, request, how="phone", version=version)


@pytest.mark.parametrize("state", [RequestState.RECEIVED, RequestState.WITHDRAWN])
def test_there_is_nothing_to_tell(desk, state):
    closed = {} if state == RequestState.RECEIVED else {"closed_at": MONDAY_NOON}
    request = desk.request(state=state, **closed)
    with pytest.raises(IllegalMove):
        desk.press(answering.mark_told, request, how="phone")


@pytest.mark.parametrize("how", ["email", "", "made up"])
def test_only_the_outbox_says_by_mail(desk, how):
    request = desk.request(email="")
    desk.confirm(request)
    request.refresh_from_db()
    with pytest.raises(ValueError, match="by phone"):
        desk.press(answering.mark_told, request, how=how)


def test_tries_before_the_visit_was_called_off_were_about_something_else(desk):
    request = desk.request(email="")
    visit = desk.confirm(request)
    desk.try_to_reach(request, 3, now=MONDAY_NOON + MINUTE)
    desk.cancel(visit, now=MONDAY_NOON + 2 * MINUTE)
    request.refresh_from_db()
    with pytest.raises(AttemptsNeeded):
        desk.press(answering.mark_told, request, how="attempts")


def test_a_mail_about_a_visit_called_off_while_it_was_on_its_way_told_nothing(desk, monkeypatch):
    """The server has taken “your visit is booked” when staff call it off, and only then the outbox writes that down."""
    request = desk.request()
    visit = desk.confirm(request)

    def call_off_meanwhile(self, messages):
        AppointmentRequest.objects.filter(pk=request.pk).update(email="")  # no second mail
        desk.cancel(visit)
        connection.close()  # the outbox sends in a thread of its own
        return len(messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", call_off_meanwhile)
    deliver_due(now=MONDAY_NOON + MINUTE)
    assert OutgoingMessage.objects.get().state == "sent"
    assert told(request) == (None, "")
