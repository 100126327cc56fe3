import datetime

import pytest
from django.test import RequestFactory

from clinic.models import Closure, Location
from clinic.site import load_site, site_at, site_of
from tests.factories import MONDAY_NOON, make_clinic, make_location

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("locations", [1, 3])
def test_four_queries_however_many_locations(django_assert_num_queries, locations):
    make_clinic()
    for _n in range(locations):
        Closure.objects.create(
            location=make_location(),
            first_day=datetime.date(2026, 11, 26),
            last_day=datetime.date(2026, 11, 26),
            reason="Thanksgiving",
        )
    with django_assert_num_queries(4):
        site = load_site(now=MONDAY_NOON)
    with django_assert_num_queries(0):
        assert len(site.locations) == locations
        assert site.opening.state_at(MONDAY_NOON, site.locations[-1].pk).text == "Open until 6 pm"
        assert all(location.opening_hours.all() for location in site.locations)


def test_what_the_site_knows():
    make_clinic()
    open_place = make_location(name="Open", order=1)
    make_location(name="Given up", is_active=False)
    site = load_site(now=MONDAY_NOON)
    assert site.locations == [open_place]
    assert site.open_state.text == "Open until 6 pm"
    assert site.now == MONDAY_NOON


def test_today_is_the_clinics_day_not_the_servers():
    make_clinic(time_zone="America/New_York")
    late_evening = datetime.datetime(2026, 11, 24, 3, 0, tzinfo=datetime.UTC)
    assert load_site(now=late_evening).today == datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("first_day", "last_day", "where", "text"),
    [
        (23, 23, "everywhere", "Closed for a storm. Opens tomorrow at 7:30 am"),
        (23, 23, "here", "Closed for a storm. Opens tomorrow at 7:30 am"),
        (23, 23, "given up", "Open until 6 pm"),
        (20, 22, "everywhere", "Open until 6 pm"),
        (24, 24, "everywhere", "Open until 6 pm"),
    ],
)
def test_closures(first_day, last_day, where, text):
    make_clinic()
    places = {"everywhere": None, "here": make_location(), "given up": make_location(is_active=False)}
    Closure.objects.create(
        location=places[where],
        first_day=datetime.date(2026, 11, first_day),
        last_day=datetime.date(2026, 11, last_day),
        reason="a storm",
    )
    assert load_site(now=MONDAY_NOON).open_state.text == text


def test_one_site_a_request(django_assert_num_queries):
    make_clinic()
    request = RequestFactory().get("/")
    with django_assert_num_queries(4 - 1):  # without locations there are no hours to fetch
        assert site_of(request) is site_of(request)


@pytest.mark.parametrize("known", [True, False])
def test_what_is_known_is_read_again_only_after_a_change(django_assert_num_queries, known):
    make_clinic()
    place = make_location()
    before, later = load_site(now=MONDAY_NOON), MONDAY_NOON + datetime.timedelta(minutes=1)
    if not known:
        day = MONDAY_NOON.date()
        Closure.objects.create(location=place, first_day=day, last_day=day, reason="Snow")
    with django_assert_num_queries(1 if known else 1 + 4):
        site = site_at(before, now=later)
    assert site.now == later
    assert site.open_state.text.startswith("Open until" if known else "Closed for Snow")


def test_nothing_known_or_another_day_is_read_anew(django_assert_num_queries):
    make_clinic()
    make_location()
    yesterday = load_site(now=MONDAY_NOON - datetime.timedelta(days=1))
    for known in (None, yesterday):
        with django_assert_num_queries(4):
            assert site_at(known, now=MONDAY_NOON).today == MONDAY_NOON.date()


def test_before_anybody_entered_the_clinic(settings):
    settings.CLINIC_PHONE = "+12015550142"
    site = load_site(now=MONDAY_NOON)
    assert site.clinic.pk == 1
    assert site.clinic._state.adding
    assert site.clinic.is_sample
    assert site.clinic.phone.as_e164 == "+12015550142"
    assert site.open_state.text == "Call for opening hours"
    assert not Location.objects.exists()
