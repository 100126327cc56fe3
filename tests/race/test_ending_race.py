"""Two workers, and somebody at the desk, meet over a request that nobody answered: each step is taken once."""

import datetime

import pytest

from booking.actions import answering
from booking.actions.ending import expire
from booking.actions.warning import escalate_silence, warn
from booking.models import AppointmentEvent, AppointmentRequest, PreferredWindow
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import HOUR
from tests.factories import MONDAY_NOON
from tests.race.racing import outcomes, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 6
LATE = MONDAY_NOON + 4 * HOUR
OVER = LATE + datetime.timedelta(days=7)


def count(**about):
    return OutgoingMessage.objects.filter(**about).count()


@pytest.fixture
def asked(desk):
    return [desk.request() for _ in range(ROUNDS)]


@pytest.mark.parametrize(
    ("step", "now", "kind"), [(warn, LATE - HOUR / 4, "promise_near"), (escalate_silence, LATE, "unanswered")]
)
def test_two_workers_tell_the_desk_once(asked, step, now, kind):
    def worker(n):
        step(request_id=asked[n].pk, now=now)

    assert outcomes(race(worker, worker, rounds=ROUNDS)) == [{"won": 2}] * ROUNDS
    assert count(kind=kind) == AppointmentEvent.objects.filter(action=kind).count() == ROUNDS
    assert count(kind="answer_late") == (ROUNDS if kind == "unanswered" else 0)


def test_a_request_ends_or_is_answered_and_never_both(desk, asked):
    for request in asked:
        PreferredWindow.objects.create(request=request, day=MONDAY_NOON.date(), part="morning")
        for now in (LATE, LATE + 24 * HOUR):
            escalate_silence(request_id=request.pk, now=now)

    def worker(n):
        expire(request_id=asked[n].pk, now=OVER)

    def decline(n):
        desk.press(answering.decline, asked[n], reason="duplicate", now=OVER)

    race(worker, worker, decline, rounds=ROUNDS)
    for request in AppointmentRequest.objects.all():
        mails = {"request_expired": request.state == "expired", "declined": request.state == "declined"}
        assert sum(mails.values()) == 1
        for kind, wanted in mails.items():
            assert count(kind=kind, record_id=request.pk) == wanted
