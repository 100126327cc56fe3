"""No time is given twice and no request answered twice, whoever presses when. Promises 1 and 8.

Every race has a negative control: the same code with its guard taken out must lose it, or the race proves nothing.
"""

import datetime

import pytest
from django.db import connection
from django.db.models import F

from booking.actions import answering, ledger, transactions, visits
from booking.models import Appointment, AppointmentEvent, BusySlot, Schedule
from booking.models.appointment import NEVER_TWICE
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, assert_ledger_equals_visits
from tests.factories import MONDAY_NOON, make_practitioner, make_type
from tests.race.racing import race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

RACERS = 8
# Large enough that a lost race shows, small enough for every day; the promise's own figure is a proof.
SLOTS = [6, pytest.param(200, marks=pytest.mark.proof)]
PRESSES = [10, pytest.param(200, marks=pytest.mark.proof)]

doubles_without_guard = pytest.mark.only_on(
    "postgresql",
    reason="On SQLite one writing transaction runs at a time (BEGIN IMMEDIATE), so nothing doubles without the guard "
    "either; that the triggers bite is proved in tests/booking/test_constraints.py.",
)


@pytest.fixture
def desk(django_user_model):
    desk = Desk(django_user_model)
    desk.people = [django_user_model.objects.create_user(f"racer{n}") for n in range(RACERS)]
    return desk


@pytest.fixture
def without_guard(monkeypatch):
    """The same code, no lock and no constraint: it still looks before it books."""
    monkeypatch.setattr(ledger, "lock_schedules", lambda schedule_ids, **_now: None)
    with connection.schema_editor() as editor:
        editor.remove_constraint(BusySlot, NEVER_TWICE)
    yield
    BusySlot.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(BusySlot, NEVER_TWICE)


@pytest.fixture
def without_compare(monkeypatch):
    """The same code, but a move no longer looks at what it moves."""

    def careless_move(model, *, pk, version, to, moves, **changes):
        model.objects.filter(pk=pk).update(state=to, version=F("version") + 1, **changes)

    for module in (answering, visits):
        monkeypatch.setattr(module, "move", careless_move)


def outcomes(rounds):
    """How each round ended, once it is sure that nothing else went wrong: no deadlock, no locked database."""
    assert [error for one in rounds for error in one.unexpected] == []
    return [dict(one.outcomes) for one in rounds]


def day(number):
    """Rounds do not meet: each has a day of its own."""
    return TOMORROW_9 + datetime.timedelta(days=number)


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
    doubled = sum(winners > 1 for winners in won)
    assert doubled > slots / 2, f"{doubled} of {slots} slots doubled: this race is too tame to prove anything"


@pytest.mark.parametrize("slots", SLOTS)
def test_the_database_alone_refuses_doubles(desk, slots, monkeypatch):
    """Without the lock deadlocks come, and are tried again; in the end one has the time and the others are told."""
    monkeypatch.setattr(ledger, "lock_schedules", lambda schedule_ids, **_now: None)
    assert outcomes(race_for_a_slot(desk, slots)) == [{"won": 1, "TimeTaken": RACERS - 1}] * slots
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


@pytest.mark.parametrize("slots", SLOTS)
def test_long_and_short_visits_that_overlap(desk, slots):
    """Seven of eight starts overlap one another; the last one only touches the first."""
    long, short = make_type(duration_minutes=50), make_type(duration_minutes=30)
    wanted = [(long, 0), (short, 0), (short, 20), (long, 10), (short, 25), (long, 29), (short, 5), (short, 50)]
    requests = [[desk.request(email="") for _ in range(slots)] for _ in wanted]

    def racer(own, type, minutes):
        start = datetime.timedelta(minutes=minutes)
        return lambda n: desk.confirm(own[n], type=type, start=day(n) + start)

    racers = (racer(own, *want) for own, want in zip(requests, wanted, strict=True))
    for one in outcomes(race(*racers, rounds=slots)):
        assert one["won"] in (1, 2)
        assert one["won"] + one["TimeTaken"] == RACERS
    assert_ledger_equals_visits()


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
