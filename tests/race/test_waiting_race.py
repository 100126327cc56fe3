"""Workers, patients and the desk meet over one freed time of the wait list: it goes to one of them, whole."""

import pytest

from booking.actions import wait_offers, waiting
from booking.models import Appointment, WaitListEntry, WaitListOffer
from booking.slots import OpenTime
from tests.booking.staff_at_work import HOUR, assert_ledger_equals_visits
from tests.booking.waiting_room import DAY, MINUTE
from tests.factories import MONDAY_NOON, make_hours
from tests.race.racing import day, outcomes, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = [6, pytest.param(200, marks=pytest.mark.proof)]
LATE = MONDAY_NOON + HOUR


def entries(desk, rounds):
    """One person a round, with a visit at 2 pm of a far day; the same day at 9 is open."""
    make_hours(desk.practitioner, desk.location, weekdays=range(7))
    desk.type.practitioners.add(desk.practitioner)
    desk.type.notice_minutes, desk.type.horizon_days = 0, 365
    desk.type.save()
    found = []
    for n in range(rounds):
        request = desk.request()
        visit = desk.confirm(request, start=day(n) + 5 * HOUR)
        found.append(
            WaitListEntry.objects.create(
                request=request,
                visit=visit,
                type=desk.type,
                first_day=MONDAY_NOON.date(),
                last_day=day(n).date() + DAY,
                notice_minutes=120,
                created_at=MONDAY_NOON,
            )
        )
    return found


def offer(desk, entry, n, hours=0):
    time = OpenTime(day(n) + hours * HOUR, desk.location.pk, desk.practitioner.pk)
    return wait_offers.offer_time(entry_id=entry.pk, time=time, now=MONDAY_NOON)


def accept(one, now=MONDAY_NOON):
    shown = {"offer_id": one.pk, "request_id": one.entry.request_id, "version": one.version}
    waiting.accept(by=None, now=now, **shown)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_two_workers_with_two_times_make_one_offer(desk, rounds):
    waits = entries(desk, rounds)
    race(
        lambda n: offer(desk, waits[n], n),
        lambda n: offer(desk, waits[n], n, hours=2),
        rounds=rounds,
    )
    assert WaitListOffer.objects.count() == rounds
    assert_ledger_equals_visits()


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_yes_against_the_end_of_the_hour(desk, rounds):
    """A press that was read a moment before, and the worker a moment after: one of the two, never half of each."""
    offers = [offer(desk, entry, n) for n, entry in enumerate(entries(desk, rounds))]
    run = race(
        lambda n: accept(offers[n], LATE - MINUTE),
        lambda n: wait_offers.end_offer(offer_id=offers[n].pk, is_stranded=False, now=LATE),
        rounds=rounds,
    )
    for n, one in enumerate(outcomes(run)):
        assert one in ({"won": 2}, {"won": 1, "FreedTimeOver": 1}, {"won": 1, "IllegalMove": 1})
        visit = Appointment.objects.get(pk=offers[n].entry.visit_id)
        offers[n].refresh_from_db()
        assert (offers[n].state, visit.start) in (("accepted", day(n)), ("expired", day(n) + 5 * HOUR))
    assert_ledger_equals_visits()


@pytest.mark.parametrize("rounds", ROUNDS)
def test_two_presses_and_a_booking_of_the_same_time(desk, rounds):
    offers = [offer(desk, entry, n) for n, entry in enumerate(entries(desk, rounds))]
    requests = [desk.request() for _ in range(rounds)]

    def press(n):
        accept(offers[n])

    def book(n):
        desk.confirm(requests[n], start=day(n))

    assert outcomes(race(press, press, book, rounds=rounds)) == [{"won": 2, "TimeTaken": 1}] * rounds
    assert set(WaitListEntry.objects.values_list("state", flat=True)) == {"met"}
    assert_ledger_equals_visits()
