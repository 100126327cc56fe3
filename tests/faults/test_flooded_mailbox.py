"""Somebody floods a stranger through our form: the stranger gets a handful of mails, the desk every request."""

import datetime
from collections import Counter

import pytest

from booking.models import AppointmentRequest, RequestDraft
from clinic import outbox
from clinic.models import OutgoingMessage
from clinic.network import mailbox_key
from tests.booking.patient import Patient, make_site
from tests.factories import MONDAY_NOON
from tests.mail_server import mail_server

pytestmark = [pytest.mark.fault, pytest.mark.django_db]

MINUTE, HOUR, DAY = (datetime.timedelta(minutes=n) for n in (1, 60, 24 * 60))
POSTS = [30, pytest.param(1000, marks=pytest.mark.proof)]
VICTIM = "victim@home.example"
# One mailbox, as a program writes it that wants to look like many.
SPELLINGS = [VICTIM, "Victim@Home.Example", "victim+{n}@home.example", "VICTIM+{n}@HOME.example"]
SOMEBODY_ELSE = "pat@other.example"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return time_machine


@pytest.fixture
def server(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 20
        yield server


class Flooder:
    """Walks once through all pages; every further request is a new draft with the same answers, and the last press."""

    def __init__(self):
        patient = Patient()
        patient.fill()
        self.filled = patient.draft

    def post(self, email):
        patient = Patient()
        patient.begin()
        answers = self.filled.data | {"contact": self.filled.data["contact"] | {"email": email}}
        RequestDraft.objects.filter(pk=patient.draft.pk).update(
            data=answers, safety_outcome=self.filled.safety_outcome, safety_version=self.filled.safety_version
        )
        response = patient.send()
        assert response.headers.get("Location") == patient.url("done"), response.status_code


def flood(server, posts):
    """As many posts, somebody else's among them, and a day of the worker: [(instant, mails to the victim then)]."""
    make_site()
    flooder = Flooder()
    for n in range(posts):
        flooder.post(SPELLINGS[n % len(SPELLINGS)].format(n=n))
        if n == posts // 2:
            flooder.post(SOMEBODY_ELSE)
    got, left = [], 0
    for hours in range(25):
        now = MONDAY_NOON + hours * HOUR
        while outbox.deliver_due(now=now).more:
            pass
        to = Counter(mailbox_key(mail["X-Envelope-To"]) for mail in server.accepted)
        got.append((now, to[mailbox_key(VICTIM)] - left))
        left = to[mailbox_key(VICTIM)]
        if hours == 0:
            assert to[mailbox_key(SOMEBODY_ELSE)] == 1, "somebody else's mail left in the same minute"
    return got


def most_within(got, window):
    return max(sum(count for at, count in got if start - window < at <= start) for start, _count in got)


@pytest.mark.parametrize("posts", POSTS)
def test_the_victim_gets_three_an_hour_and_five_a_day_and_no_request_is_lost(server, posts):
    got = flood(server, posts)

    assert most_within(got, HOUR) == 3
    assert most_within(got, DAY) == 5
    requests = AppointmentRequest.objects.all()
    assert requests.count() == posts + 1
    assert set(requests.values_list("state", flat=True)) == {"received"}
    # Flagged, never refused; the desk is told of each, and its own mailbox has no limit.
    assert requests.filter(suspect_reasons__icontains="mailbox").count() > posts / 2
    told = Counter(mail["X-Envelope-To"] for mail in server.accepted)
    assert told["desk@clinic.example"] == posts + 1
    waiting = OutgoingMessage.objects.open().filter(kind="received")
    assert set(waiting.values_list("reason", flat=True)) == {"limit"}
    assert outbox.health(MONDAY_NOON + DAY).failed == 0


def test_what_was_held_back_for_three_days_is_no_failure_of_the_mail(server):
    """A thousand lines among the failures of the day would hide the one that matters."""
    flood(server, 12)
    while outbox.deliver_due(now=MONDAY_NOON + 3 * DAY).more:
        pass
    assert outbox.health(MONDAY_NOON + 3 * DAY).failed == 0
    assert set(OutgoingMessage.objects.values_list("state", flat=True)) == {"sent", "skipped"}


def test_without_the_limit_all_of_it_reaches_the_victim(server, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(outbox, "mailbox_free_at", lambda handed_over, *, now: None)
    got = flood(server, 30)
    assert got[0][1] == 30
