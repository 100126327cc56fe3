"""Open times from rows: who, where, when, and always in the same number of queries."""

import datetime

import pytest

from booking.availability import open_times
from booking.models import Break, BusySlot, ExtraHours, Schedule, TimeOff
from clinic.models import Closure
from clinic.site import load_site
from tests.factories import MONDAY_NOON, make_clinic, make_hours, make_location, make_practitioner, make_room, make_type

pytestmark = pytest.mark.django_db

T = datetime.time
TUESDAY = datetime.date(2026, 11, 24)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def clinic():
    return make_clinic()


@pytest.fixture
def place(clinic):
    return make_location()


@pytest.fixture
def ana(place):
    ana = make_practitioner(name="Ana", locations=[place])
    make_hours(ana, place)
    return ana


@pytest.fixture
def hour(ana):
    """A visit of an hour that Ana does, to be booked from now on."""
    return make_type(practitioners=[ana], duration_minutes=60, notice_minutes=0)


def found(type, *, day=TUESDAY, now=MONDAY_NOON, **fields):
    """Clock readings with names of clinician and place on one day."""
    times = open_times(type=type, site=load_site(now=now), first_day=day, last_day=day, **fields)
    return [f"{time.start.astimezone(load_site(now=now).clinic.zone):%H:%M}" for time in times]


def at(hour, minute=0, day=TUESDAY):
    """A reading of the clock in New York in November, as an instant."""
    return datetime.datetime.combine(day, T(hour, minute), tzinfo=datetime.UTC) + 5 * HOUR


def take(schedule, start, end):
    return BusySlot.objects.create(schedule=schedule, start=start, end=end, kind="block")


def test_a_morning(hour, ana, place):
    assert found(hour) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    (first, *_) = open_times(type=hour, site=load_site(now=MONDAY_NOON))
    assert (first.start, first.practitioner_id, first.location_id) == (at(9), ana.pk, place.pk)


def test_what_is_taken_is_not_offered_and_what_touches_it_is(hour, ana):
    take(ana.schedule, at(9), at(10))
    assert found(hour) == ["10:00", "10:30", "11:00"]


def test_a_started_minute_is_taken(hour, ana):
    take(ana.schedule, at(9), at(10) + datetime.timedelta(seconds=1))
    assert "10:00" not in found(hour)


def test_a_visit_over_midnight_still_blocks_the_next_morning(clinic, place):
    owl = make_practitioner(locations=[place])
    make_hours(owl, place, T(0), T(3), weekdays=range(7))
    night = make_type(practitioners=[owl], duration_minutes=60, notice_minutes=0)
    take(owl.schedule, at(23), at(1, day=TUESDAY + datetime.timedelta(days=1)))
    assert found(night, day=TUESDAY + datetime.timedelta(days=1)) == ["01:00", "01:30", "02:00"]


def test_breaks_extra_hours_time_off_and_closures(hour, ana, place):
    Break.objects.create(schedule=ana.schedule, weekday=1, starts=T(10), ends=T(10, 30))
    assert found(hour) == ["09:00", "10:30", "11:00"]
    ExtraHours.objects.create(schedule=ana.schedule, location=place, day=TUESDAY, starts=T(18), ends=T(19))
    assert found(hour) == ["09:00", "10:30", "11:00", "18:00"]
    TimeOff.objects.create(schedule=ana.schedule, first_day=TUESDAY, last_day=TUESDAY, until_time=T(11))
    assert found(hour) == ["11:00", "18:00"]
    Closure.objects.create(first_day=TUESDAY, last_day=TUESDAY, reason="repairs")
    assert found(hour) == []


def test_only_clinicians_who_do_it_and_still_work_here(hour, ana, place):
    make_hours(make_practitioner(locations=[place]), place)
    assert len(found(hour)) == 5
    ana.is_active = False
    ana.save()
    assert found(hour) == []


def test_a_clinician_without_hours_and_a_type_without_clinicians_have_no_times(place):
    nobody = make_type(notice_minutes=0)
    assert found(nobody) == []
    newcomer = make_practitioner(locations=[place])
    Schedule.objects.create(practitioner=newcomer)
    assert found(make_type(practitioners=[newcomer], notice_minutes=0)) == []


def test_only_places_that_the_type_names_and_that_are_in_use(hour, ana, place):
    other = make_location()
    make_hours(ana, other, T(14), T(15))
    assert found(hour)[-1] == "14:00"
    assert found(hour, location_id=other.pk) == ["14:00"]
    hour.locations.set([place])
    assert found(hour)[-1] == "11:00"
    assert found(hour, location_id=other.pk) == []
    place.is_active = False
    place.save()
    assert found(hour) == []


def test_one_clinician_of_several(hour, ana, place):
    bo = make_practitioner(name="Bo", locations=[place])
    make_hours(bo, place, T(9), T(10))
    hour.practitioners.add(bo)
    assert found(hour).count("09:00") == 2
    assert found(hour, practitioner_id=bo.pk) == ["09:00"]
    assert found(hour, practitioner_id=0) == []


def test_notice_and_horizon(hour):
    hour.notice_minutes = 24 * 60
    assert found(hour) == []  # noon on Monday: nothing before noon on Tuesday
    assert found(hour, day=datetime.date(2026, 11, 25)) != []
    hour.notice_minutes, hour.horizon_days = 0, 2
    assert found(hour, day=datetime.date(2026, 11, 25)) != []
    assert found(hour, day=datetime.date(2026, 11, 27)) == []
    assert found(hour, day=datetime.date(2028, 11, 27)) == []
    assert found(hour, day=datetime.date(2020, 11, 23)) == []


class TestRooms:
    @pytest.fixture
    def treatment(self, ana):
        return make_type(practitioners=[ana], duration_minutes=60, notice_minutes=0, needs_room=True)

    def test_without_a_room_there_is_no_time(self, treatment):
        assert found(treatment) == []

    def test_a_time_is_open_while_any_room_of_the_place_is_free(self, treatment, place):
        one, two = make_room(location=place), make_room(location=place)
        make_room(location=make_location())
        take(one.schedule, at(9), at(12))
        assert len(found(treatment)) == 5
        take(two.schedule, at(10), at(11))
        assert found(treatment) == ["09:00", "11:00"]

    def test_one_room_must_be_free_for_the_whole_visit(self, treatment, place):
        one, two = make_room(location=place), make_room(location=place)
        take(one.schedule, at(9), at(10))
        take(two.schedule, at(10), at(11))
        assert "09:30" not in found(treatment)

    def test_a_room_that_is_out_of_use(self, treatment, place):
        make_room(location=place, is_active=False)
        assert found(treatment) == []


@pytest.mark.parametrize("clinicians", [1, 3])
def test_the_number_of_queries_stays_the_same(django_assert_num_queries, place, clinicians):
    people = [make_practitioner(locations=[place]) for _ in range(clinicians)]
    for person in people:
        make_hours(person, place)
        make_room(location=place)
        take(person.schedule, at(9), at(10))
    kind = make_type(practitioners=people, notice_minutes=0, needs_room=True)
    site = load_site(now=MONDAY_NOON)
    with django_assert_num_queries(8):
        assert open_times(type=kind, site=site)
