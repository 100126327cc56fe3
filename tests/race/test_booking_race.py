"""No time is given twice and no request answered twice, whoever presses when. Promises 1 and 8.

Every race has a negative control: the same code with its guard taken out must lose it, or the race proves nothing.
"""

import datetime
import itertools

import pytest
from django.db import connection

from booking.actions import answering, ledger, transactions
from booking.models import Appointment, AppointmentEvent, BusySlot, Schedule
from tests.booking.staff_at_work import HOUR, TOMORROW_9, assert_ledger_equals_visits
from tests.factories import MONDAY_NOON, make_practitioner, make_type
from tests.race.racing import RACERS, assert_wild_enough, day, doubles_without_guard, outcomes, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

# Large enough that a lost race shows, small enough for every day; the promise's own figure is a proof.
SLOTS = [6, pytest.param(200, marks=pytest.mark.proof)]
PRESSES = [10, pytest.param(200, marks=pytest.mark.proof)]


def race_for_a_slot(desk, slots):
    """Eight people confirm eight requests into one time, `slots` times over."""
    requests = [[desk.request(email="") for _ in range(slots)] for _ in range(RACERS)]

    def racer(own, person):
        return lambda n: desk.confirm(own[n], start=day(n), by=person)

    return race(*(racer(own, person) for own, person in zip(requests, desk.people, strict=True)), rounds=slots)


@pytest.mark.parametrize("slots", SLOTS)
def test_many_requests_for_one_time(desk, slots):
    assert outcomes(race_for_a_slot(desk, slots)) == [{"won": 1, "TimeTaken": RACERS - 1}] * slots
    assert Appointment.objects.count() == slots
    assert_ledger_equals_visits()


@doubles_without_guard
@pytest.mark.parametrize("slots", SLOTS)
def test_many_requests_for_one_time_double_without_the_guard(desk, slots, without_guard):
    won = [one["won"] for one in outcomes(race_for_a_slot(desk, slots))]
    assert_wild_enough(sum(winners > 1 for winners in won), slots)


@pytest.mark.parametrize("slots", SLOTS)
def test_the_database_alone_refuses_doubles(desk, slots, monkeypatch):
    """Without the lock deadlocks come, and are tried again; in the end one has the time and the others are told.

    They hear “taken”, or “busy, try again” when deadlocks outlast every try: never of a time that two people have.
    """
    monkeypatch.setattr(ledger, "lock_schedules", lambda schedule_ids, **_now: None)
    for one in outcomes(race_for_a_slot(desk, slots)):
        assert one.pop("won") == 1
        assert sum(one.values()) == RACERS - 1
        assert set(one) <= {"TimeTaken", "TooBusy"}
    assert_ledger_equals_visits()


@pytest.mark.only_on("postgresql", reason="SQLite knows one isolation level, the strictest.")
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_clinic_that_sets_a_stricter_isolation(desk, level):
    """The lock alone would not do: who waited for it still sees the ledger as it was before."""
    requests = [[desk.request(email="") for _ in range(6)] for _ in range(RACERS)]

    def racer(own):
        def confirm(n):
            with connection.cursor() as cursor:
                cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}")
            desk.confirm(own[n], start=day(n))

        return confirm

    assert outcomes(race(*map(racer, requests), rounds=6)) == [{"won": 1, "TimeTaken": RACERS - 1}] * 6
    assert_ledger_equals_visits()


def race_of_long_and_short(desk, slots):
    """Of 60 and 30 minutes. Seven of eight starts overlap one another; the last one only touches the first."""
    long, short = make_type(duration_minutes=60), make_type(duration_minutes=30)
    wanted = [(long, 0), (short, 0), (short, 20), (long, 10), (short, 25), (long, 29), (short, 5), (short, 60)]
    requests = [[desk.request(email="") for _ in range(slots)] for _ in wanted]

    def racer(own, type, minutes):
        start = datetime.timedelta(minutes=minutes)
        return lambda n: desk.confirm(own[n], type=type, start=day(n) + start)

    racers = (racer(own, *want) for own, want in zip(requests, wanted, strict=True))
    return outcomes(race(*racers, rounds=slots))


@pytest.mark.parametrize("slots", SLOTS)
def test_long_and_short_visits_that_overlap(desk, slots):
    for one in race_of_long_and_short(desk, slots):
        assert one["won"] in (1, 2, 3)
        assert one["won"] + one["TimeTaken"] == RACERS
    assert_ledger_equals_visits()


@doubles_without_guard
def test_long_and_short_visits_overlap_without_the_guard(desk, without_guard):
    race_of_long_and_short(desk, 6)
    rows = sorted(BusySlot.objects.values_list("start", "end"))
    overlaps = sum(end > start for (_start, end), (start, _end) in itertools.pairwise(rows))
    assert overlaps > 6, f"{overlaps}: this race is too tame to prove anything"


def race_for_a_request(desk, presses):
    """Two people answer one request with times of different clinicians, so that no schedule stands between them."""
    requests = [desk.request(email="") for _ in range(presses)]
    clinicians = [desk.practitioner, make_practitioner(locations=[desk.location])]

    def racer(clinician, person):
        return lambda n: desk.confirm(requests[n], practitioner=clinician, start=day(n), by=person)

    return race(racer(clinicians[0], desk.ana), racer(clinicians[1], desk.ben), rounds=presses)


@pytest.mark.parametrize("presses", PRESSES)
def test_two_people_confirm_one_request(desk, presses):
    assert outcomes(race_for_a_request(desk, presses)) == [{"won": 1, "IllegalMove": 1}] * presses
    assert Appointment.objects.count() == presses
    assert_ledger_equals_visits()


@doubles_without_guard
def test_two_people_confirm_one_request_twice_without_compare_and_set(desk, without_compare):
    won = [one.get("won") for one in outcomes(race_for_a_request(desk, 10))]
    assert won.count(2) > 5, f"{won}: this race is too tame to prove anything"


@pytest.mark.parametrize("presses", PRESSES)
def test_one_person_presses_twice(desk, presses):
    requests = [desk.request() for _ in range(presses)]
    press = lambda n: desk.confirm(requests[n], start=day(n))  # noqa: E731
    assert outcomes(race(press, press, rounds=presses)) == [{"won": 2}] * presses
    assert Appointment.objects.count() == presses
    assert_ledger_equals_visits()


@pytest.mark.parametrize("presses", PRESSES)
def test_confirm_against_decline(desk, presses):
    requests = [desk.request(email="") for _ in range(presses)]

    def confirm(n):
        desk.confirm(requests[n], start=day(n))

    def decline(n):
        desk.press(answering.decline, requests[n], reason="no_time_soon", by=desk.ben)

    assert outcomes(race(confirm, decline, rounds=presses)) == [{"won": 1, "IllegalMove": 1}] * presses
    for request in requests:
        request.refresh_from_db()
        assert request.appointments.exists() is (request.state == "answered")
    assert_ledger_equals_visits()


@pytest.mark.parametrize("presses", PRESSES)
def test_confirm_against_cancel(desk, presses):
    """Whoever wants the time of a visit that is being called off gets it whole, or not at all."""
    booked = [desk.confirm(desk.request(email=""), start=day(n)) for n in range(presses)]
    requests = [desk.request(email="") for _ in range(presses)]

    def cancel(n):
        desk.cancel(booked[n])

    def confirm(n):
        desk.confirm(requests[n], start=day(n), by=desk.ben)

    for one in outcomes(race(cancel, confirm, rounds=presses)):
        assert one in ({"won": 2}, {"won": 1, "TimeTaken": 1})
    assert Appointment.objects.filter(state="cancelled").count() == presses
    assert_ledger_equals_visits()
    for number, request in enumerate(requests):
        request.refresh_from_db()
        if request.state == "received":
            desk.confirm(request, start=day(number))
    assert BusySlot.objects.count() == presses


def race_to_cancel(desk, presses):
    booked = [desk.confirm(desk.request(email=""), start=day(n)) for n in range(presses)]
    ana, ben = ((lambda n, by=by: desk.cancel(booked[n], by=by)) for by in (desk.ana, desk.ben))
    return race(ana, ben, rounds=presses)


@pytest.mark.parametrize("presses", PRESSES)
def test_two_people_cancel_one_visit(desk, presses):
    assert outcomes(race_to_cancel(desk, presses)) == [{"won": 1, "IllegalMove": 1}] * presses
    assert AppointmentEvent.objects.filter(action="cancelled").count() == presses
    assert_ledger_equals_visits()


def test_two_people_cancel_one_visit_twice_without_compare_and_set(desk, without_compare):
    """Nothing hides behind the one writer of SQLite here: the second press comes later, and would win all the same."""
    assert outcomes(race_to_cancel(desk, 10)) == [{"won": 2}] * 10


def test_the_first_bookings_of_a_new_clinician_make_one_schedule(desk):
    requests = [desk.request(email="") for _ in range(RACERS)]
    racers = ((lambda _n, k=k: desk.confirm(requests[k], start=TOMORROW_9 + k * HOUR)) for k in range(RACERS))
    assert outcomes(race(*racers)) == [{"won": RACERS}]
    assert Schedule.objects.count() == 1
    assert_ledger_equals_visits()


def test_one_of_many_claims_a_request(desk):
    requests = [desk.request() for _ in range(10)]

    def racer(person):
        return lambda n: answering.claim(request_id=requests[n].pk, by=person, now=MONDAY_NOON)

    rounds = outcomes(race(*map(racer, desk.people), rounds=10))
    assert rounds == [{"won": 1, "ClaimedByOther": RACERS - 1}] * 10


@pytest.mark.only_on("postgresql", reason="SQLite has no row locks that wait for each other.")
def test_a_real_deadlock_is_tried_again(desk):
    """Two transactions lock two schedules in opposite order: the database ends one, which comes through afterwards."""
    first, second = (ledger.schedule_of(make_practitioner()).pk for _ in range(2))
    calls = []

    def opposite(*keys):
        @transactions.in_one_transaction
        def take_both():
            calls.append(keys)
            for key in keys:
                ledger.lock_schedules([key], now=MONDAY_NOON)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(0.2)")

        return lambda _n: take_both()

    assert outcomes(race(opposite(first, second), opposite(second, first))) == [{"won": 2}]
    assert len(calls) > 2, "nobody met: this race is too tame to prove anything"
