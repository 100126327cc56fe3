"""A day without a mail server, on a clock that stands still between two looks: what waited leaves when it is back.

Within five minutes, in its old order, nothing lost and nothing given up; what is no longer true does not leave.
"""

import datetime

import pytest
from django.db import transaction

from booking.actions.reminding import ask_for_reminders
from clinic import claims, outbox
from clinic.delivery import Verdict
from clinic.models import OutgoingMessage
from njspine import worker
from tests.booking.staff_at_work import TOMORROW_9, Desk
from tests.factories import MONDAY_NOON
from tests.mail_server import free_port, mail_server

pytestmark = [pytest.mark.fault, pytest.mark.django_db]

MINUTE, HOUR, DAY = (datetime.timedelta(minutes=n) for n in (1, 60, 24 * 60))
LOOK_AGAIN = datetime.timedelta(seconds=worker.MAIL_EVERY_WHILE_UNREACHABLE)
LOOK_SOON = datetime.timedelta(seconds=worker.MAIL_EVERY)
A_WEEK_AGO = MONDAY_NOON - 7 * DAY
REQUEST_EVERY = 30 * MINUTE
# How often the worker looks during the day: as often as it does would be 2,880 times.
LOOKS = [30 * MINUTE, pytest.param(LOOK_AGAIN, marks=pytest.mark.proof)]


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


@pytest.fixture
def to_port(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 20

    def use(port):
        settings.EMAIL_PORT = port

    return use


def ask(desk, n, now):
    request = desk.request(email=f"pat{n}@home.example", received_at=now, reply_by=now + 3 * DAY)
    with transaction.atomic():
        outbox.enqueue(kind="received", record_id=request.pk, key=f"received:{request.pk}", now=now)


def live_through(desk, *, looks):
    """A day in which somebody asks every half hour and the worker works; nothing leaves. The instant of its end."""
    now, asked = MONDAY_NOON, 0
    while now < MONDAY_NOON + DAY:
        if now >= MONDAY_NOON + asked * REQUEST_EVERY:
            ask(desk, asked, now)
            asked += 1
        ask_for_reminders(now=now)
        assert outbox.deliver_due(now=now).unreachable
        now += looks
    return now


def recover(now, *, within):
    """The worker's looks after the server came back, the first as late as it can be."""
    end, now = now + within, now + LOOK_AGAIN
    while now <= end and OutgoingMessage.objects.open().exists():
        ask_for_reminders(now=now)
        done = outbox.deliver_due(now=now)
        now += LOOK_AGAIN if done.unreachable else LOOK_SOON


@pytest.mark.parametrize("looks", LOOKS)
def test_all_of_it_leaves_within_five_minutes_in_its_order(desk, to_port, looks):
    passed = desk.confirm(desk.request(email="a@home.example"), start=TOMORROW_9 + HOUR, now=A_WEEK_AGO)
    ahead = desk.confirm(desk.request(email="b@home.example"), start=TOMORROW_9 + 29 * HOUR, now=A_WEEK_AGO)
    OutgoingMessage.objects.all().delete()  # their confirmations left a week ago
    to_port(free_port())
    end = live_through(desk, looks=looks)
    reminders = OutgoingMessage.objects.filter(kind="reminder")
    # Before the visit that is over by now, and two days and less before the one that is not.
    assert set(reminders.values_list("record_id", flat=True)) == {passed.pk, ahead.pk}

    with mail_server() as server:
        to_port(server.port)
        recover(end, within=5 * MINUTE)

    sent = OutgoingMessage.objects.filter(state="sent").order_by("first_due_at", "pk")
    assert [mail["Message-ID"] for mail in server.accepted] == [message.message_id for message in sent]
    assert sent.filter(kind="received").count() == DAY / REQUEST_EVERY
    assert set(sent.filter(kind="reminder").values_list("record_id", flat=True)) == {ahead.pk}
    # Skipped, not failed: nobody has to be told of a visit that is over.
    others = OutgoingMessage.objects.exclude(state="sent")
    assert {(message.record_id, message.state) for message in others} == {(passed.pk, "skipped")}


def test_with_a_back_off_for_each_message_they_leave_late_and_in_disorder(desk, to_port, monkeypatch):
    """Negative control: a dead server taken for a refusal of the message."""
    monkeypatch.setattr(claims, "NOT_ITS_TURN", (Verdict.HELD_BACK,))
    to_port(free_port())
    end = live_through(desk, looks=30 * MINUTE)

    with mail_server() as server:
        to_port(server.port)
        recover(end, within=5 * MINUTE)

    wanted = OutgoingMessage.objects.order_by("first_due_at", "pk").values_list("message_id", flat=True)
    assert [mail["Message-ID"] for mail in server.accepted] != list(wanted)


def test_after_three_days_staff_see_all_of_it_not_only_the_first(desk, to_port):
    """The others were never tried: the first kept them waiting."""
    to_port(free_port())
    for n in range(3):
        ask(desk, n, MONDAY_NOON)
    assert outbox.deliver_due(now=MONDAY_NOON + HOUR).unreachable

    assert outbox.deliver_due(now=MONDAY_NOON + 3 * DAY).failed == 3
    # Beside them stands the word to the desk about each.
    late = OutgoingMessage.objects.exclude(kind="not_delivered")
    assert set(late.values_list("state", "reason")) == {("failed", "gave_up")}
    assert outbox.health(MONDAY_NOON + 3 * DAY).failed == 3
