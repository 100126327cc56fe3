"""Two workers, and somebody at the desk, meet over a time whose answer is late: each step is taken once."""

import pytest
from django.db import connection

from booking.actions import escalation, ledger
from booking.models import Appointment, BusySlot
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import HOUR, assert_ledger_equals_visits
from tests.factories import MONDAY_NOON
from tests.race.racing import day, outcomes, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 6
LATE = MONDAY_NOON + 4 * HOUR


def escalate(kept, now):
    return lambda n: escalation.escalate(appointment_id=kept[n].pk, now=now(n))


def test_two_workers_keep_a_time_longer_once(desk):
    kept = [desk.propose(desk.request(), start=day(n)) for n in range(ROUNDS)]
    worker = escalate(kept, lambda n: LATE)
    assert outcomes(race(worker, worker, rounds=ROUNDS)) == [{"won": 2}] * ROUNDS
    assert OutgoingMessage.objects.filter(kind="unanswered").count() == ROUNDS
    assert OutgoingMessage.objects.filter(kind="answer_late").count() == ROUNDS
    assert set(Appointment.objects.values_list("version", flat=True)) == {2}
    assert_ledger_equals_visits()


@pytest.mark.only_on("postgresql", reason="On SQLite one writing transaction runs at a time, with or without a lock.")
def test_without_the_lock_they_do_it_twice(desk, monkeypatch):
    """Negative control: both read before either writes. The second then fails on the mail's key, or counts twice."""
    kept = [desk.propose(desk.request(), start=day(n)) for n in range(ROUNDS)]
    monkeypatch.setattr(ledger, "lock_time_of", lambda visit: None)

    def slowly(n):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")
        escalation.escalate(appointment_id=kept[n].pk, now=LATE)

    race(slowly, slowly, rounds=ROUNDS)
    assert 3 in set(Appointment.objects.values_list("version", flat=True)), "this race is too tame to prove anything"


def test_a_worker_against_an_answer(desk):
    """At the start of the visit the time ends, or staff have just booked it: never half of each."""
    kept = [desk.propose(desk.request(), start=day(n)) for n in range(ROUNDS)]

    def confirm(n):
        desk.confirm(kept[n].request, start=day(n), now=day(n))

    for one in outcomes(race(escalate(kept, day), confirm, rounds=ROUNDS)):
        assert one == {"won": 2}
    assert set(BusySlot.objects.values_list("kind", flat=True)) == {"booking"}
    assert BusySlot.objects.count() == ROUNDS
    assert_ledger_equals_visits()
