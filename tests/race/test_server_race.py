"""Races for times through the real server: patients on the public pages, staff at the desk, each its own process.

Promises 1 and 8. The negative control is the same race against a server that locks nothing, on a ledger without its
constraint: it must give times twice, or the race proves nothing.
"""

import datetime

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from booking.availability import open_times
from booking.models import Appointment, AppointmentRequest, BusySlot
from booking.models.appointment import NEVER_TWICE
from clinic.site import load_site
from tests.booking.chooser import make_open_site, new_clinician
from tests.booking.patient import contact, none_of_these, reason
from tests.booking.staff_at_work import assert_ledger_equals_visits
from tests.factories import make_request, make_type
from tests.race.racing import RACERS, assert_wild_enough, doubles_without_guard
from tests.race.real_server import Server, at_once, each, people
from tests.staff import make_front_desk

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

STAFF = 2
SLOTS = [6, pytest.param(200, marks=pytest.mark.proof)]
# Enough to see that it is lost; it costs as much as the race itself.
SLOTS_TO_LOSE = [6, pytest.param(100, marks=pytest.mark.proof)]
OVERLAPS = [3, pytest.param(40, marks=pytest.mark.proof)]
# (patients, clinicians) who meet at one start.
CROWDS = [(8, 2), pytest.param((32, 8), marks=pytest.mark.proof)]
WON, LOST = 302, 409
GUARDED, UNGUARDED = "njspine.wsgi:application", "tests.race.unguarded_wsgi:application"
# By then every answer that is promised today was given.
LATER = datetime.timedelta(days=5)


@pytest.fixture
def kind():
    """First visits of half an hour with Jordan alone, asked for by patients and answered by staff."""
    kind = make_open_site(duration_minutes=30, horizon_days=30)
    kind.practitioners.set(kind.practitioners.filter(name="Jordan Example"))
    return kind


@pytest.fixture
def serve(tmp_path):
    def server(application=GUARDED):
        return Server(connection, tmp_path, application).running()

    return server


@pytest.fixture
def without_constraint():
    with connection.schema_editor() as editor:
        editor.remove_constraint(BusySlot, NEVER_TWICE)
    yield
    BusySlot.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(BusySlot, NEVER_TWICE)


def patients(server, number):
    pages = {
        "first-check": {"signs": none_of_these()},
        "second-check": {"signs": none_of_these()},
        "reason": reason(),
        "contact": contact(),
        "prepare": {},
    }
    return [{"who": "patient", "port": server.port, "answers": pages, "number": n} for n in range(number)]


def colleagues(server, number):
    found = []
    for n in range(number):
        client = Client()
        client.force_login(make_front_desk(f"colleague{n}"))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        found.append({"who": "colleague", "port": server.port, "cookies": {settings.SESSION_COOKIE_NAME: session}})
    return found


def times(kind, number):
    """The first open times beyond today's promises; everybody at them is a rival for the last one there is."""
    found = open_times(type=kind, site=load_site(now=timezone.now()))
    far = [time for time in found if time.start > timezone.now() + LATER]
    assert len(far) >= number
    return far[:number]


def key_of(kind, time, person=None):
    return f"{int(time.start.timestamp()) // 60}.{kind.pk}.{person or time.practitioner_id}.{time.location_id}"


def booking_of(kind, time, asked):
    local = time.start.astimezone(load_site(now=timezone.now()).clinic.zone)
    return {
        "version": asked.version,
        "day": local.strftime("%Y-%m-%d"),
        "time": local.strftime("%H:%M"),
        "type": kind.pk,
        "practitioner": time.practitioner_id,
        "location": time.location_id,
    }


def race_for_last_times(server, kind, slots):
    """Six patients and two colleagues press for one time, `slots` times over. Returns the outcomes of each round.

    Whoever of the patients wins goes on and sends, and comes back with a new request; who loses chooses again.
    """
    rounds = []
    everybody = patients(server, RACERS - STAFF) + colleagues(server, STAFF)
    asked = [make_request() for _ in range(STAFF)]
    with people(*everybody) as persons:
        each(persons, [{"do": "walk"}] * RACERS)
        choosing, staff = persons[:-STAFF], persons[-STAFF:]
        for time in times(kind, slots):
            presses = [{"do": "choose", "time": key_of(kind, time)}] * len(choosing)
            presses += [{"do": "confirm", "request": one.pk, "booking": booking_of(kind, time, one)} for one in asked]
            outcomes = at_once([*choosing, *staff], presses)
            winners = [person for person, one in zip(choosing, outcomes, strict=False) if one["status"] == WON]
            sent = each(winners, [{"do": "send"}] * len(winners))
            each(winners, [{"do": "walk"}] * len(winners))
            for n, one in enumerate(outcomes[-STAFF:]):
                if one["status"] == WON:
                    asked[n] = make_request()
            rounds.append((outcomes, sent))
        losers = [person for person, one in zip(choosing, outcomes, strict=False) if one["status"] == LOST]
        kept = each(losers, [{"do": "kept"}] * len(losers))
    return rounds, kept


@pytest.mark.parametrize("slots", SLOTS)
def test_patients_and_staff_want_the_last_time(kind, serve, slots):
    with serve() as server:
        rounds, kept = race_for_last_times(server, kind, slots)
    for outcomes, sent in rounds:
        assert sorted(one["status"] for one in outcomes) == [WON] + [LOST] * (RACERS - 1)
        assert all(one["told"] for one in outcomes if one["status"] == LOST)
        for one in outcomes[:-STAFF]:
            if one["status"] == LOST:
                assert one["nothing_lost"]
                assert one["near"] > 0, "the nearest open times"
        assert all(one == {"status": WON, "is_kept": True, "reference": True} for one in sent)
    assert kept
    assert all(one["kept"] for one in kept)
    assert Appointment.objects.count() == slots
    assert_ledger_equals_visits()
    server.assert_nothing_went_wrong()


@doubles_without_guard
@pytest.mark.parametrize("slots", SLOTS_TO_LOSE)
def test_without_the_guard_the_server_gives_times_twice(kind, serve, slots, without_constraint):
    with serve(UNGUARDED) as server:
        rounds, _kept = race_for_last_times(server, kind, slots)
    winners = [sum(one["status"] == WON for one in outcomes) for outcomes, _sent in rounds]
    assert_wild_enough(sum(number > 1 for number in winners), slots)


@pytest.mark.parametrize("slots", OVERLAPS)
def test_half_hours_and_hours_that_overlap(kind, serve, slots):
    """Of an hour from 9, half an hour from 9, half an hour from 9:30 and an hour from 9:30, two patients each."""
    hour = make_type(duration_minutes=60, for_new_patients=True, practitioners=kind.practitioners.all())
    starts = times(kind, 3 * slots + 3)[: 3 * slots]
    with serve() as server, people(*patients(server, RACERS)) as persons:
        each(persons, [{"do": "walk"}] * RACERS)
        for first, second in zip(starts[::3], starts[1::3], strict=True):
            wanted = [key_of(hour, first), key_of(kind, first), key_of(kind, second), key_of(hour, second)] * 2
            outcomes = at_once(persons, [{"do": "choose", "time": key} for key in wanted])
            assert {one["status"] for one in outcomes} <= {WON, LOST}
            won = sorted(key for key, one in zip(wanted, outcomes, strict=True) if one["status"] == WON)
            assert won in (
                [[key] for key in wanted[:4]] + [sorted([wanted[1], wanted[2]]), sorted([wanted[1], wanted[3]])]
            )
            winners = [person for person, one in zip(persons, outcomes, strict=True) if one["status"] == WON]
            sent = each(winners, [{"do": "send"}] * len(winners))
            assert all(one["status"] == WON for one in sent)
            each(winners, [{"do": "walk"}] * len(winners))
    assert_ledger_equals_visits()
    server.assert_nothing_went_wrong()


@pytest.mark.parametrize("crowd", CROWDS)
def test_a_crowd_at_one_start_fills_every_clinician(kind, serve, crowd):
    number, clinicians = crowd
    kind.practitioners.add(*(new_clinician() for _ in range(clinicians - 1)))
    (time,) = times(kind, 1)
    with serve() as server, people(*patients(server, number)) as persons:
        each(persons, [{"do": "walk"}] * number)
        outcomes = at_once(persons, [{"do": "choose", "time": key_of(kind, time, person="any")}] * number)
        assert sorted(one["status"] for one in outcomes) == [WON] * clinicians + [LOST] * (number - clinicians)
        told = [one for one in outcomes if one["status"] == LOST]
        assert all(one["told"] and one["nothing_lost"] and one["near"] for one in told)
        winners = [person for person, one in zip(persons, outcomes, strict=True) if one["status"] == WON]
        sent = at_once(winners, [{"do": "send"}] * clinicians)
    assert all(one["status"] == WON and one["is_kept"] for one in sent)
    assert Appointment.objects.values("practitioner").distinct().count() == clinicians
    assert AppointmentRequest.objects.count() == clinicians
    assert_ledger_equals_visits()
    server.assert_nothing_went_wrong()
