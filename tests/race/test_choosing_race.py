"""Patients race for times: through the pages, over real connections, on both engines. Promises 1 and 8.

The negative control takes out the lock and the constraint: then the same race must give times twice.
"""

import datetime

import pytest
from django.db import connection

from booking.actions import holds, ledger
from booking.actions.drafts import send_draft, start_draft
from booking.actions.holds import hold_time
from booking.actions.intake import RequestAnswers
from booking.errors import TimeTaken
from booking.models import Appointment, BusySlot
from booking.models.appointment import NEVER_TWICE
from booking.states import SafetyOutcome
from booking.wanted_time import WantedTime, wanted_time
from tests.booking.chooser import MINUTE, WEDNESDAY_9, Chooser, make_open_site, new_clinician
from tests.booking.patient import text_of
from tests.booking.staff_at_work import assert_ledger_equals_visits
from tests.factories import MONDAY_NOON
from tests.race.racing import doubles_without_guard, outcomes, race
from tests.race.test_intake_race import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

RACERS = 8
# Two hundred by whole processes: tests/race/test_server_race.py.
SLOTS = [6, pytest.param(60, marks=pytest.mark.proof)]
# (patients, clinicians) who meet at one start.
CROWDS = [(12, 3), pytest.param(32, 8, marks=pytest.mark.proof)]
WORKDAYS = [WEDNESDAY_9 + n * datetime.timedelta(days=1) for n in range(300) if n % 7 not in (3, 4)]


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return time_machine


@pytest.fixture
def kind():
    # Winter time all the way: the rounds are days apart.
    kind = make_open_site(horizon_days=365)
    kind.practitioners.set(kind.practitioners.filter(name="Jordan Example"))
    return kind


@pytest.fixture
def without_guard(monkeypatch):
    """The same code, no lock and no constraint: it still looks before it takes."""
    monkeypatch.setattr(ledger, "lock_schedules", lambda ids, **_now: list(ledger.Schedule.objects.filter(pk__in=ids)))
    with connection.schema_editor() as editor:
        editor.remove_constraint(BusySlot, NEVER_TWICE)
    yield
    BusySlot.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(BusySlot, NEVER_TWICE)


ANSWERS = RequestAnswers(
    patient_name="Pat Testcase", phone="201-555-0123", safety_outcome=SafetyOutcome.NONE, safety_version=1
)


def days(slots):
    """Instants of 9 am in New York on workdays, whatever the clock there has done meanwhile."""
    zone = datetime.timezone(datetime.timedelta(hours=-5))
    found = []
    for start in WORKDAYS:
        local = start.astimezone(zone)
        # From March 14 on the clock there is an hour ahead.
        shift = datetime.timedelta(hours=local.date() >= datetime.date(2027, 3, 14))
        found.append(start - shift)
    return found[:slots]


def take(kind, start, *, person, place, now=MONDAY_NOON):
    """One patient from the choice to sending."""
    draft = start_draft(now=now)[0]
    draft = hold_time(draft=draft, type=kind, practitioner=person, location=place, start=start, now=now)
    return send(draft, now=now)


def send(draft, *, now=MONDAY_NOON, network_key=""):
    wanted = wanted_time(draft)
    return send_draft(draft=draft, answers=ANSWERS, now=now, network_key=network_key, honeypot=False, wanted=wanted)


def race_for_slots(kind, slots, *, how):
    """Eight patients want one time, `slots` times over: they hold it and send, only hold it, or send without a hold."""
    person = kind.practitioners.get()
    place = person.schedule.working_hours.first().location
    starts = days(slots)

    def racer(n):
        if how == "send":
            kept = WantedTime(kind, person, place, starts[n], chosen_at=MONDAY_NOON).to_keep()
            return send(start_draft(now=MONDAY_NOON, data={"time": kept})[0])
        draft = start_draft(now=MONDAY_NOON)[0]
        draft = hold_time(draft=draft, type=kind, practitioner=person, location=place, start=starts[n], now=MONDAY_NOON)
        return send(draft) if how == "hold and send" else draft

    return race(*[racer] * RACERS, rounds=slots)


@pytest.mark.parametrize("slots", SLOTS)
@pytest.mark.parametrize("how", ["hold and send", "hold", "send"])
def test_eight_patients_want_one_time(kind, slots, how):
    assert outcomes(race_for_slots(kind, slots, how=how)) == [{"won": 1, "TimeTaken": RACERS - 1}] * slots
    assert BusySlot.objects.filter(kind="hold").count() == (slots if how == "hold" else 0)
    assert Appointment.objects.filter(state="proposed").count() == (0 if how == "hold" else slots)
    if how != "hold":
        assert_ledger_equals_visits()


@doubles_without_guard
@pytest.mark.parametrize("slots", SLOTS)
@pytest.mark.parametrize("how", ["hold", "send"])
def test_without_the_guard_they_double(kind, slots, how, without_guard):
    won = [one.get("won", 0) for one in outcomes(race_for_slots(kind, slots, how=how))]
    doubled = sum(winners > 1 for winners in won)
    assert doubled > slots / 2, f"{doubled} of {slots} slots doubled: this race is too tame to prove anything"


@pytest.mark.only_on("postgresql", reason="SQLite knows one isolation level, the strictest.")
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_anyone_under_a_stricter_isolation_is_refused_only_when_nobody_is_left(kind, level):
    """Who waited for the lock sees the ledger as it was before, and is told so by the database: the next one then."""
    kind.practitioners.add(new_clinician(), new_clinician())
    place = kind.practitioners.first().schedule.working_hours.first().location

    def racer(n):
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}")
        take(kind, days(3)[n], person=None, place=place)

    assert outcomes(race(*[racer] * RACERS, rounds=3)) == [{"won": 3, "TimeTaken": RACERS - 3}] * 3
    assert_ledger_equals_visits()


@pytest.mark.parametrize(("patients", "clinicians"), CROWDS)
def test_a_crowd_at_one_start_fills_everybody_and_refuses_nobody_else(kind, patients, clinicians):
    """Through the pages. Whoever wins has a clinician alone; whoever does not reads why, and sees other times."""
    for _ in range(clinicians - 1):
        kind.practitioners.add(new_clinician())
    crowd = [Chooser() for _ in range(patients)]
    for patient in crowd:
        patient.to_times()

    def press(number):
        page = crowd[number].choose(person=None)
        return page.status_code, "" if page.status_code == 302 else text_of(page)

    answers = at_once(press, racers=patients)
    assert sorted(status for status, _words in answers) == [302] * clinicians + [409] * (patients - clinicians)
    for status, words in answers:
        assert status == 302 or ("Somebody else has this time" in words and "We kept everything" in words)
    assert BusySlot.objects.values("schedule").distinct().count() == clinicians
    winners = [patient for patient, (status, _words) in zip(crowd, answers, strict=True) if status == 302]

    def finish(number):
        winners[number].finish()
        return winners[number].send().status_code

    assert at_once(finish, racers=clinicians) == [302] * clinicians
    assert Appointment.objects.values("practitioner").distinct().count() == clinicians
    assert_ledger_equals_visits()


@pytest.mark.parametrize("rounds", [6, pytest.param(50, marks=pytest.mark.proof)])
def test_a_hold_that_ends_against_its_own_sending(kind, rounds):
    """At the instant at which the hold is over one patient sends and another takes the time: one of them has it."""
    person = kind.practitioners.get()
    place = person.schedule.working_hours.first().location
    starts = days(rounds)
    held = [
        hold_time(
            draft=start_draft(now=MONDAY_NOON)[0],
            type=kind,
            practitioner=person,
            location=place,
            start=start,
            now=MONDAY_NOON,
        )
        for start in starts
    ]
    over = MONDAY_NOON + 20 * MINUTE
    racers = [
        lambda n: send(held[n], now=over),
        lambda n: take(kind, starts[n], person=person, place=place, now=over),
        lambda n: holds.purge_holds(now=over) or None,
    ]
    for one in outcomes(race(*racers, rounds=rounds)):
        assert one == {"won": 2, "TimeTaken": 1}
    assert Appointment.objects.count() == rounds
    assert_ledger_equals_visits()


def test_one_patient_in_two_tabs_holds_one_time(kind):
    person = kind.practitioners.get()
    place = person.schedule.working_hours.first().location
    draft = start_draft(now=MONDAY_NOON)[0]
    starts = days(8)

    def choose(number):
        hold_time(draft=draft, type=kind, practitioner=person, location=place, start=starts[number], now=MONDAY_NOON)

    at_once(choose)
    draft.refresh_from_db()
    assert BusySlot.objects.get().start == wanted_time(draft).start


def test_taken_while_the_page_was_open_is_the_only_refusal(kind):
    """Afterwards the loser takes another time, and has it."""
    first, second = Chooser(), Chooser()
    for patient in (first, second):
        patient.to_times()
    statuses = at_once(lambda number: (first, second)[number].choose().status_code, racers=2)
    assert sorted(statuses) == [302, 409]
    loser = (first, second)[statuses.index(409)]
    assert loser.choose(WEDNESDAY_9 + datetime.timedelta(hours=1)).status_code == 302
    with pytest.raises(TimeTaken):
        take(kind, WEDNESDAY_9, person=kind.practitioners.get(), place=wanted_time(loser.draft).location)
