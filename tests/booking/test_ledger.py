"""The door through which time is taken."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from booking.actions import ledger
from booking.errors import TimeTaken
from booking.models import BusySlot, Schedule
from booking.states import SlotKind
from tests.factories import MONDAY_NOON, make_practitioner, make_schedule

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def take(schedule, start=0, end=1, **fields):
    times = {"start": MONDAY_NOON + start * HOUR, "end": MONDAY_NOON + end * HOUR}
    return ledger.take(schedule=schedule, kind=SlotKind.BLOCK, **times | fields)


def test_taken_time_is_refused_and_the_transaction_goes_on():
    schedule = make_schedule()
    kept = take(schedule)
    with pytest.raises(TimeTaken):
        take(schedule, 0.5, 2)
    take(schedule, 1, 2)
    assert BusySlot.objects.count() == 2
    assert BusySlot.objects.get(pk=kept.pk).end == MONDAY_NOON + HOUR


def test_what_the_check_does_not_see_the_database_refuses(monkeypatch):
    """As when somebody commits between the check and the insert."""
    schedule = make_schedule()
    take(schedule)
    monkeypatch.setattr(ledger.NEVER_TWICE, "validate", lambda model, instance: None)
    with pytest.raises(TimeTaken):
        take(schedule, 0.5, 2)
    take(schedule, 1, 2)


def test_other_refusals_of_the_database_are_not_called_taken_time():
    with pytest.raises(IntegrityError), transaction.atomic():
        take(make_schedule(), 1, 0)


def test_overbooking_takes_taken_time_with_a_person_and_a_reason(django_user_model):
    schedule = make_schedule()
    take(schedule)
    somebody = django_user_model.objects.create_user("desk")
    take(schedule, overbooked_by=somebody, overbooked_reason="urgent")
    with pytest.raises(IntegrityError), transaction.atomic():
        take(schedule, overbooked_by=somebody)


def test_a_clinician_gets_one_schedule():
    practitioner = make_practitioner()
    assert ledger.schedule_of(practitioner) == ledger.schedule_of(practitioner) == Schedule.objects.get()


def test_schedules_are_locked_in_key_order_without_blocking_foreign_keys():
    keys = [make_schedule().pk for _ in range(3)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert [row.pk for row in ledger.lock_schedules(keys[::-1], now=MONDAY_NOON)] == keys
    query, purge = queries
    assert purge["sql"].startswith("DELETE")
    assert 'ORDER BY "booking_schedule"."id" ASC' in query["sql"]
    assert query["sql"].endswith("FOR NO KEY UPDATE") is (connection.vendor == "postgresql")
