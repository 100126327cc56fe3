"""Moving visits and blocking time while others book: nobody ends up with two times, or with none. Promises 1 and 8."""

import datetime
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from booking.actions import blocks
from booking.models import Appointment, AppointmentEvent, BusySlot
from clinic.models import Heartbeat, OutgoingMessage
from tests.booking.staff_at_work import HOUR, TUESDAY, assert_ledger_equals_visits
from tests.factories import make_practitioner
from tests.mail_server import mail_server
from tests.outbox_workers import url_of
from tests.processes import until
from tests.race.racing import RACERS, assert_wild_enough, day, doubles_without_guard, outcomes, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

SLOTS = [6, pytest.param(200, marks=pytest.mark.proof)]
# Each racer books and calls off so many visits: two writes.
WRITES = [pytest.param(5, id="80 writes"), pytest.param(250, id="4000 writes", marks=pytest.mark.proof)]
DAY = datetime.timedelta(days=1)


def race_into_a_contested_time(desk, slots):
    """Half of the racers move a visit of theirs to 4 pm, the others confirm a request for 4 pm, `slots` days over."""
    movers = [
        [desk.confirm(desk.request(email=""), start=day(n) + k * HOUR) for n in range(slots)]
        for k in range(RACERS // 2)
    ]
    requests = [[desk.request(email="") for _ in range(slots)] for _ in range(RACERS // 2)]

    def mover(own, person):
        return lambda n: desk.move(own[n], start=day(n) + 7 * HOUR, by=person)

    def booker(own, person):
        return lambda n: desk.confirm(own[n], start=day(n) + 7 * HOUR, by=person)

    pairs = zip(movers, requests, desk.people[::2], desk.people[1::2], strict=True)
    racers = [racer for m, r, one, other in pairs for racer in (mover(m, one), booker(r, other))]
    return movers, race(*racers, rounds=slots)


@pytest.mark.parametrize("slots", SLOTS)
def test_moving_into_a_contested_time(desk, slots):
    movers, rounds = race_into_a_contested_time(desk, slots)
    assert outcomes(rounds) == [{"won": 1, "TimeTaken": RACERS - 1}] * slots
    for own in movers:
        for visit in own:
            visit.refresh_from_db()
            assert visit.state == "booked"
            assert visit.busy_slots.count() == 1, "who lost keeps the old time, who won has the new one alone"
    assert_ledger_equals_visits()


@doubles_without_guard
@pytest.mark.parametrize("slots", SLOTS)
def test_moving_into_a_contested_time_doubles_without_the_guard(desk, slots, without_guard):
    won = [one["won"] for one in outcomes(race_into_a_contested_time(desk, slots)[1])]
    assert_wild_enough(sum(winners > 1 for winners in won), slots)


@pytest.mark.parametrize("slots", SLOTS)
def test_two_visits_that_want_each_others_place(desk, slots):
    """Locks in key order, so that they never wait for each other in a circle; both are told, and both keep theirs."""
    clinicians = [desk.practitioner, make_practitioner(locations=[desk.location])]
    booked = [
        [desk.confirm(desk.request(email=""), practitioner=who, start=day(n)) for n in range(slots)]
        for who in clinicians
    ]

    def racer(own, to):
        return lambda n: desk.move(own[n], practitioner=to, start=day(n))

    rounds = race(racer(booked[0], clinicians[1]), racer(booked[1], clinicians[0]), rounds=slots)
    assert outcomes(rounds) == [{"TimeTaken": 2}] * slots
    assert_ledger_equals_visits()


@pytest.mark.parametrize("slots", SLOTS)
def test_two_people_move_one_visit(desk, slots):
    booked = [desk.confirm(desk.request(email=""), start=day(n)) for n in range(slots)]

    def racer(person, hours):
        def move(n):
            desk.move(Appointment(pk=booked[n].pk, version=1), start=day(n) + hours * HOUR, by=person)

        return move

    rounds = race(racer(desk.ana, 2), racer(desk.ben, 4), rounds=slots)
    assert outcomes(rounds) == [{"won": 1, "IllegalMove": 1}] * slots
    assert AppointmentEvent.objects.filter(action="rescheduled").count() == slots
    assert_ledger_equals_visits()


@pytest.mark.parametrize("slots", SLOTS)
def test_a_block_against_a_booking(desk, slots):
    requests = [desk.request(email="") for _ in range(slots)]

    def block(n):
        desk.block(first_day=TUESDAY + n * DAY, last_day=TUESDAY + n * DAY, by=desk.ben)

    def confirm(n):
        desk.confirm(requests[n], start=day(n))

    for one in outcomes(race(block, confirm, rounds=slots)):
        assert one in ({"won": 1, "TimeTaken": 1}, {"won": 1, "VisitsInTheWay": 1})
    assert BusySlot.objects.count() == slots
    assert_ledger_equals_visits()


def test_two_people_give_one_block_back(desk):
    slots = [desk.block(first_day=TUESDAY + n * DAY, last_day=TUESDAY + n * DAY).slots[0].pk for n in range(10)]

    def racer(person):
        return lambda n: blocks.unblock(slot_ids=[slots[n]], by=person, now=day(0))

    assert outcomes(race(racer(desk.ana), racer(desk.ben), rounds=10)) == [{"won": 1, "IllegalMove": 1}] * 10
    assert not BusySlot.objects.exists()


@pytest.mark.parametrize("rounds", WRITES)
def test_no_write_finds_the_database_locked_while_the_worker_runs(desk, rounds):
    """Eight people book and call off; meanwhile the real worker, a process of its own, sends their mails."""
    now = timezone.now().replace(second=0, microsecond=0)
    requests = [[desk.request() for _ in range(rounds)] for _ in range(RACERS)]

    def racer(k, own, person):
        def book_and_cancel(n):
            start = now + DAY + k * HOUR + n % 300 * DAY
            visit = desk.confirm(own[n], start=start, by=person, now=now)
            desk.cancel(visit, by=person, now=now)

        return book_and_cancel

    racers = [racer(k, own, person) for k, (own, person) in enumerate(zip(requests, desk.people, strict=True))]
    with mail_server() as server:
        worker = start_worker(server.port)
        try:
            until(Heartbeat.objects.exists, "the worker's first heartbeat")
            assert outcomes(race(*racers, rounds=rounds)) == [{"won": RACERS}] * rounds
            sent = OutgoingMessage.objects.filter(state="sent")
            until(sent.exists, "a mail of the worker's")
            assert worker.poll() is None
        finally:
            worker.send_signal(signal.SIGTERM)
            said = worker.communicate(timeout=60)[0].decode()
    assert "locked" not in said
    assert AppointmentEvent.objects.filter(action="cancelled").count() == RACERS * rounds
    assert not BusySlot.objects.exists()


def start_worker(port):
    environment = os.environ | {"DATABASE_URL": url_of(connection), "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    command = [sys.executable, "manage.py", "work"]
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
