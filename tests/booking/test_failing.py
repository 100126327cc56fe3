"""A patient's message that fails is told to the desk, once, and never sets off another."""

import datetime
import smtplib

import pytest
from django.core import mail

from booking.messages.about import requests_of
from booking.states import MailKind
from clinic.models import OutgoingMessage
from clinic.outbox import KINDS, deliver_due, requeue, settle
from tests.booking.staff_at_work import Desk
from tests.booking.test_messages import TO_DESK, TO_PATIENTS
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


@pytest.fixture
def refusing(monkeypatch):
    """A mail server that knows the mailboxes given, and no other."""
    known = []

    def send(self, messages):
        for message in messages:
            if message.to[0] not in known:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such mailbox")})
        mail.outbox += messages
        return len(messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send)
    return known


def about_failures():
    return OutgoingMessage.objects.filter(kind="not_delivered").order_by("pk")


def fail(desk, **fields):
    visit = desk.confirm(desk.request(reference="R-4K7MX", **fields))
    deliver_due(now=MONDAY_NOON)
    return visit, OutgoingMessage.objects.get(kind="confirmed")


def test_the_desk_hears_once_by_a_reference_and_a_link(desk, refusing):
    refusing.append("desk@clinic.example")
    visit, failed = fail(desk)
    assert failed.state == "failed"
    for n in range(3):
        deliver_due(now=MONDAY_NOON + n * MINUTE)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["desk@clinic.example"], "Not delivered: a message about R-4K7MX")
    assert "What it said: your visit is booked." in sent.body
    assert f"https://clinic.example/admin/desk/requests/{visit.request_id}/" in sent.body
    assert "pat@home.example" not in sent.body
    assert about_failures().count() == 1


def test_a_desk_that_cannot_be_reached_sets_off_nothing_more(desk, refusing):
    fail(desk)
    for n in range(5):
        deliver_due(now=MONDAY_NOON + n * MINUTE)
    assert about_failures().get().state == "failed"


@pytest.mark.parametrize("answer", [requeue, settle])
def test_what_was_dealt_with_meanwhile_is_not_told(desk, refusing, answer):
    refusing.append("desk@clinic.example")
    _visit, failed = fail(desk)
    assert answer(pk=failed.pk, by=desk.ana, now=MONDAY_NOON)
    deliver_due(now=MONDAY_NOON + MINUTE)
    assert about_failures().earliest("pk").state == "skipped"


def test_sent_again_and_failed_again_is_news(desk, refusing):
    refusing.append("desk@clinic.example")
    _visit, failed = fail(desk)
    deliver_due(now=MONDAY_NOON)
    requeue(pk=failed.pk, by=desk.ana, now=MONDAY_NOON + MINUTE)
    for n in (1, 2):
        deliver_due(now=MONDAY_NOON + n * MINUTE)
    assert [message.state for message in about_failures()] == ["sent", "sent"]


def test_what_only_came_too_late_is_no_failure(desk):
    visit = desk.confirm(desk.request())
    deliver_due(now=visit.start)
    assert OutgoingMessage.objects.get().state == "skipped"


def test_every_kind_is_told_about_or_goes_to_the_desk_itself():
    assert set(KINDS) & set(MailKind.values) >= {*TO_DESK, *TO_PATIENTS}
    assert set(TO_DESK) | set(TO_PATIENTS) == set(MailKind.values)
    assert [kind for kind in TO_PATIENTS if KINDS[kind].on_failed is None] == []
    assert [kind for kind in TO_DESK if KINDS[kind].on_failed is not None] == []


def test_a_reminder_is_about_the_request_of_its_visit(desk):
    """Not about the request that happens to have the visit's number."""
    for _ in range(2):
        desk.request()
    visit = desk.confirm(desk.request())
    message = OutgoingMessage(pk=1, kind="reminder", record_id=visit.pk)
    gone = OutgoingMessage(pk=2, kind="reminder", record_id=10**6)
    assert requests_of([message, gone]) == {1: visit.request_id}
