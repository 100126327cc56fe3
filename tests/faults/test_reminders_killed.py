"""Reminders when the worker runs twice, dies in the middle, and its clock goes a day on and an hour back."""

import datetime
from collections import Counter

import pytest
from django.db import connection

from booking.actions import reminding
from booking.actions.reminding import ask_for_reminders
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import TOMORROW_9, Desk
from tests.factories import MONDAY_NOON
from tests.mail_server import mail_server
from tests.reminder_workers import run_reminders

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
FIRST_VISIT = TOMORROW_9 + 7 * DAY
# Two days before the first visit, at the same hour.
DUE = FIRST_VISIT - 2 * DAY
CLOCKS = {
    "right": [],
    "a day on, then back": [DAY],
    "an hour back": [-HOUR],
    "a day on, then an hour back": [DAY, -HOUR],
    "an hour back, then a day on": [-HOUR, DAY],
}
IN_EVERY_RUN = "a day on, then an hour back"
# (where, at which time there): before anything is written down, after, and around the hand-over of a mail.
KILLS = [
    ("asked for one", 1),
    ("asked for one", 3),
    ("asked", 1),
    ("claimed", 1),
    ("accepted", 2),
    ("marked", 1),
]
VISITS = 4


@pytest.fixture
def visits(django_user_model):
    """Booked a week ago, an hour apart, each patient with a mailbox of their own."""
    desk = Desk(django_user_model)
    found = [
        desk.confirm(desk.request(email=f"pat{n}@home.example"), start=FIRST_VISIT + n * HOUR, now=MONDAY_NOON)
        for n in range(VISITS)
    ]
    OutgoingMessage.objects.all().delete()
    return found


@pytest.mark.parametrize(
    "moves",
    [pytest.param(CLOCKS[name], id=name, marks=[] if name == IN_EVERY_RUN else pytest.mark.proof) for name in CLOCKS],
)
def test_killed_run_twice_and_with_a_clock_that_jumps(visits, moves):
    now = DUE + 4 * HOUR
    steps = [(now, point, count) for point, count in KILLS]
    for at in (now, *(now + moved for moved in moves), now, now + HOUR):
        steps += [(at, "", 0)] * 2
    with mail_server() as server:
        run_reminders(steps, database=connection, port=server.port)

    copies = Counter(mail["Message-ID"] for mail in server.accepted)
    reminders = OutgoingMessage.objects.filter(kind="reminder")
    assert set(copies) == set(reminders.filter(state="sent").values_list("message_id", flat=True))
    assert copies.total() - len(copies) == 1, "the one that was killed between the server's yes and the mark"
    days = reminders.filter(key__endswith=":days").values_list("record_id", "state")
    assert sorted(days) == [(visit.pk, "sent") for visit in visits]


def test_without_a_key_every_round_asks_again(visits, monkeypatch):
    """Negative control: reminders that are known by when they were asked for."""
    really = reminding.enqueue
    monkeypatch.setattr(reminding, "enqueue", lambda *, key, now, **more: really(key=f"{key}{now}", now=now, **more))
    for moved in (0 * HOUR, -HOUR, DAY):
        ask_for_reminders(now=DUE + 4 * HOUR + moved)
    assert OutgoingMessage.objects.count() > VISITS * 2
