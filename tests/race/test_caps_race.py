"""However many press at once, no network and no day holds more than its share."""

import datetime

import pytest

from booking.actions import asking, holds, ledger, transactions
from booking.actions.drafts import start_draft
from booking.actions.holds import hold_time
from booking.models import Appointment, BusySlot
from tests.booking.chooser import WEDNESDAY_9, make_open_site
from tests.factories import MONDAY_NOON
from tests.race.racing import doubles_without_guard, outcomes, race
from tests.race.test_choosing_race import days, send

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

RACERS, MOST = 8, 2
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)


@pytest.fixture
def kind():
    kind = make_open_site(horizon_days=60)
    kind.practitioners.set(kind.practitioners.filter(name="Jordan Example"))
    return kind


def choose(kind, start, network=""):
    person = kind.practitioners.get()
    place = person.schedule.working_hours.first().location
    where = {"type": kind, "practitioner": person, "location": place}
    return hold_time(draft=start_draft(now=MONDAY_NOON)[0], start=start, now=MONDAY_NOON, network_key=network, **where)


def race_from_one_network(kind):
    starts = days(RACERS)
    assert outcomes(race(*[lambda _n, start=start: choose(kind, start, "one") for start in starts])) == [
        {"won": RACERS}
    ]
    return BusySlot.objects.filter(kind="hold").count()


def test_one_network_holds_no_more_than_it_may(kind, monkeypatch):
    monkeypatch.setattr(holds, "MOST_FROM_ONE_NETWORK", MOST)
    assert race_from_one_network(kind) == MOST


@doubles_without_guard
def test_one_network_holds_more_without_the_lock(kind, monkeypatch):
    monkeypatch.setattr(holds, "MOST_FROM_ONE_NETWORK", MOST)
    monkeypatch.setattr(transactions, "one_at_a_time", lambda key: None)
    assert race_from_one_network(kind) > MOST, "this race is too tame to prove anything"


def test_one_network_takes_no_more_than_it_may(kind, monkeypatch):
    monkeypatch.setattr(asking, "MOST_KEPT_FROM_ONE_NETWORK", MOST)
    held = [choose(kind, start) for start in days(RACERS)]
    racers = [lambda _n, draft=draft: send(draft, network_key="one") for draft in held]
    assert outcomes(race(*racers)) == [{"won": MOST, "TooManyKept": RACERS - MOST}]
    assert Appointment.objects.count() == MOST


def race_for_one_day(kind):
    """Eight hours of one day, of which one may be held."""
    racers = [lambda _n, hours=hours: choose(kind, WEDNESDAY_9 + hours * HOUR) for hours in range(RACERS)]
    assert outcomes(race(*racers)) == [{"won": RACERS}]
    return BusySlot.objects.filter(kind="hold").count()


def test_no_more_than_a_fifth_of_a_day_is_held(kind):
    assert race_for_one_day(kind) == 1


@doubles_without_guard
def test_more_of_a_day_is_held_without_the_lock(kind, monkeypatch):
    monkeypatch.setattr(ledger, "lock_schedules", lambda ids, **_now: list(ledger.Schedule.objects.filter(pk__in=ids)))
    assert race_for_one_day(kind) > 1, "this race is too tame to prove anything"
