"""What a change strands is listed with its reason; nothing is cancelled."""

import datetime

import pytest

from booking.models import Appointment, TimeOff
from booking.rebooking import Stranded, needs_rebooking
from booking.states import AppointmentState
from clinic.models import Closure
from clinic.site import load_site
from tests.factories import (
    MONDAY_NOON,
    imported,
    make_clinic,
    make_hours,
    make_location,
    make_practitioner,
    make_type,
)

pytestmark = pytest.mark.django_db

T = datetime.time
TUESDAY = datetime.date(2026, 11, 24)
HOUR = datetime.timedelta(hours=1)
TEN = datetime.datetime(2026, 11, 24, 15, tzinfo=datetime.UTC)


@pytest.fixture
def place():
    make_clinic()
    return make_location()


@pytest.fixture
def ana(place):
    ana = make_practitioner(locations=[place])
    make_hours(ana, place)
    return ana


@pytest.fixture
def kind():
    return make_type()


@pytest.fixture
def visit(ana, place, kind):
    return make_visit(ana, place, kind)


def make_visit(practitioner, location, kind, **fields):
    values = {"start": TEN, "end": TEN + HOUR, "created_at": MONDAY_NOON} | fields
    return Appointment.objects.create(type=kind, practitioner=practitioner, location=location, **values)


def stranded(now=MONDAY_NOON):
    return [(found.appointment.pk, found.why) for found in needs_rebooking(site=load_site(now=now))]


def change(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def test_a_visit_in_working_hours_is_fine(visit):
    assert stranded() == []


def test_each_change_strands_and_the_visit_stays_booked(visit, ana, place):
    TimeOff.objects.create(schedule=ana.schedule, first_day=TUESDAY, last_day=TUESDAY, from_time=T(10, 30))
    assert stranded() == [(visit.pk, Stranded.TIME_OFF)]
    Closure.objects.create(first_day=TUESDAY, last_day=TUESDAY, reason="repairs", location=place)
    assert stranded() == [(visit.pk, Stranded.CLOSED)]
    change(place, is_active=False)
    assert stranded() == [(visit.pk, Stranded.PLACE_GONE)]
    change(ana, is_active=False)
    assert stranded() == [(visit.pk, Stranded.CLINICIAN_GONE)]
    visit.refresh_from_db()
    assert visit.state == AppointmentState.BOOKED


def test_shorter_hours_strand_what_reaches_past_them(visit, ana):
    ana.schedule.working_hours.update(ends=T(10, 59))
    assert stranded() == [(visit.pk, Stranded.NOT_WORKING)]
    ana.schedule.working_hours.update(ends=T(11))
    assert stranded() == []


def test_hours_at_another_place_do_not_count(visit, ana):
    other = make_location()
    ana.schedule.working_hours.update(location=other)
    assert stranded() == [(visit.pk, Stranded.NOT_WORKING)]


def test_an_evening_that_staff_agreed_on_is_fine_until_the_place_closes(ana, place, kind):
    late = make_visit(ana, place, kind, start=TEN + 9 * HOUR, end=TEN + 10 * HOUR, outside_hours=True)
    assert stranded() == []
    Closure.objects.create(first_day=TUESDAY, last_day=TUESDAY, from_time=T(18), reason="repairs")
    assert stranded() == [(late.pk, Stranded.CLOSED)]


def test_who_has_no_hours_on_record_works_whenever_staff_say_so(place, kind):
    make_visit(make_practitioner(locations=[place]), place, kind)
    assert stranded() == []


@pytest.mark.parametrize("state", [AppointmentState.CANCELLED, AppointmentState.NOSHOW, AppointmentState.FULFILLED])
def test_what_is_over_or_cancelled_is_not_listed(visit, ana, state):
    imported(visit, state=state)
    change(ana, is_active=False)
    assert stranded() == []


def test_what_has_begun_is_not_listed(visit, ana):
    change(ana, is_active=False)
    assert stranded(now=TEN) == []


@pytest.mark.parametrize("visits", [1, 3])
def test_the_number_of_queries_stays_the_same(django_assert_num_queries, ana, place, kind, visits):
    for number in range(visits):
        make_visit(ana, place, kind, start=TEN + number * HOUR, end=TEN + number * HOUR + HOUR)
    site = load_site(now=MONDAY_NOON)
    with django_assert_num_queries(6):
        needs_rebooking(site=site)
