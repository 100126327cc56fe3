"""Whoever takes, ends, books or replaces offered times at the same moment: one wins, and no time is half of each."""

import pytest
from django.db import connection

from booking.actions import offering, proposals
from booking.models import Appointment, AppointmentRequest, BusySlot
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import HOUR, assert_ledger_equals_visits
from tests.booking.test_offering import accept, offer
from tests.factories import MONDAY_NOON
from tests.race.racing import assert_wild_enough, day, outcomes, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 6


def make_offers(desk, rounds=ROUNDS):
    """(request, its two offered visits) of each round, all kept until the same evening."""
    offers = []
    for n in range(rounds):
        asked = desk.request()
        offers.append((asked, offer(desk, asked, [day(n), day(n) + HOUR])))
    return offers


def taking(offers, which, *, now=MONDAY_NOON):
    return lambda n: accept(offers[n][0], offers[n][1][which], now=now)


def assert_one_end(offers):
    """Each request has one end, and holds a booked visit exactly when it was answered."""
    for asked, _visits in offers:
        asked.refresh_from_db()
        booked = Appointment.objects.filter(request=asked, state="booked").count()
        assert (asked.state, booked) in {("answered", 1), ("expired", 0)}
    assert_ledger_equals_visits()


def test_two_accepts_book_one_visit(desk):
    offers = make_offers(desk)
    for one in outcomes(race(taking(offers, 0), taking(offers, 1), rounds=ROUNDS)):
        assert one == {"won": 1, "IllegalMove": 1}
    assert_one_end(offers)
    assert BusySlot.objects.count() == ROUNDS
    assert OutgoingMessage.objects.filter(kind="confirmed").count() == ROUNDS


@pytest.mark.proof
def test_two_accepts_book_one_visit_a_hundred_times(desk):
    offers = make_offers(desk, rounds=100)
    for one in outcomes(race(taking(offers, 0), taking(offers, 1), rounds=100)):
        assert one == {"won": 1, "IllegalMove": 1}
    assert_one_end(offers)


@pytest.mark.only_on("postgresql", reason="On SQLite one writing transaction runs at a time, with or without a lock.")
def test_without_the_guards_both_go_through(desk, monkeypatch):
    """Negative control: no lock, and a move that does not look at what it moves. Both presses then get as far as the
    database, which lets both through or refuses what it never allows: a visit that was called off comes back."""
    offers = make_offers(desk)

    def careless_move(model, *, pk, version, to, moves, **changes):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")
        model.objects.filter(pk=pk).update(state=to, **changes)

    monkeypatch.setattr(proposals, "lock", lambda request_id, **_now: None)
    for module in (offering, proposals):
        monkeypatch.setattr(module, "move", careless_move)
    results = race(taking(offers, 0), taking(offers, 1), rounds=ROUNDS)
    assert_wild_enough(sum(one.outcomes["won"] > 1 or bool(one.unexpected) for one in results), ROUNDS)


def test_accepting_against_the_end(desk):
    """At the last moment the patient presses, and the worker, whose clock is a second ahead, ends it."""
    offers = make_offers(desk)
    until = [visits[0].offered_until for _asked, visits in offers]

    def end(n):
        offering.end_offer(request_id=offers[n][0].pk, now=until[n])

    def press(n):
        accept(offers[n][0], offers[n][1][0], now=until[n] - HOUR / 3600)

    for one in outcomes(race(press, end, rounds=ROUNDS)):
        assert one in ({"won": 2}, {"won": 1, "OfferOver": 1})
    assert_one_end(offers)
    ended = AppointmentRequest.objects.filter(state="expired").count()
    assert OutgoingMessage.objects.filter(kind="offer_over").count() == ended


def test_two_workers_end_it_once(desk):
    offers = make_offers(desk)

    def end(n):
        offering.end_offer(request_id=offers[n][0].pk, now=offers[n][1][0].offered_until)

    assert outcomes(race(end, end, rounds=ROUNDS)) == [{"won": 2}] * ROUNDS
    assert OutgoingMessage.objects.filter(kind="offer_over").count() == ROUNDS
    assert_one_end(offers)


def test_accepting_against_a_booking_by_phone(desk):
    """The patient presses the first time while staff book the second one for them."""
    offers = make_offers(desk)

    def confirm(n):
        desk.confirm(offers[n][0], start=day(n) + HOUR)

    for one in outcomes(race(taking(offers, 0), confirm, rounds=ROUNDS)):
        assert one == {"won": 1, "IllegalMove": 1}
    assert_one_end(offers)


def test_offering_against_another_booking(desk):
    """The same hour for two patients: one offer or one booking, and nothing of the other."""
    asked, other = ([desk.request() for _ in range(ROUNDS)] for _ in range(2))

    def offering_it(n):
        offer(desk, asked[n], [day(n) + HOUR, day(n)])

    def booking_it(n):
        desk.confirm(other[n], start=day(n))

    for one in outcomes(race(offering_it, booking_it, rounds=ROUNDS)):
        assert one in ({"won": 1, "CannotOffer": 1}, {"won": 1, "TimeTaken": 1})
    assert_ledger_equals_visits()
    for request in asked:
        request.refresh_from_db()
        kept = Appointment.objects.filter(request=request, state="proposed").count()
        assert (request.state, kept) in {("offered", 2), ("received", 0)}


def test_offering_again_against_accepting(desk):
    """With the same times in it: the patient has one of the first offer, or may choose from the second."""
    offers = make_offers(desk)

    def again(n):
        asked = AppointmentRequest.objects.get(pk=offers[n][0].pk)
        offer(desk, asked, [day(n), day(n) + 2 * HOUR], version=offers[n][0].version)

    for one in outcomes(race(taking(offers, 0), again, rounds=ROUNDS)):
        assert one == {"won": 1, "IllegalMove": 1}
    assert_ledger_equals_visits()
