"""Every door through which a clinic fact changes moves `Clinic.facts_version` on, in the same transaction."""

import datetime

import pytest
from django.db import transaction

from clinic.models import (
    Clinic,
    Closure,
    Image,
    InsuranceParticipation,
    InsurancePlan,
    Location,
    OpeningHours,
    Practitioner,
)
from tests.factories import make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)
nine, five = datetime.time(9), datetime.time(17)


def version():
    return Clinic.objects.values_list("facts_version", flat=True).get()


def make_image(digest="0" * 64):
    return Image.objects.create(digest=digest, alt="A door", width=320, height=320, widths=[320])


def make_participation():
    return InsuranceParticipation.objects.create(
        plan=InsurancePlan.objects.create(payer="Sample Health", name="Gold"),
        practitioner=make_practitioner(),
        location=make_location(),
        checked_on=TODAY,
    )


MAKERS = {
    Clinic: make_clinic,
    Location: make_location,
    OpeningHours: lambda: OpeningHours.objects.create(
        location=make_location(hours=False), weekday=0, opens=nine, closes=five
    ),
    Closure: lambda: Closure.objects.create(first_day=TODAY, last_day=TODAY, reason="a storm"),
    Practitioner: make_practitioner,
    InsurancePlan: lambda: InsurancePlan.objects.create(payer="Sample Health", name="Gold"),
    InsuranceParticipation: make_participation,
    Image: make_image,
}
models = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
deletable = pytest.mark.parametrize("model", [m for m in MAKERS if m is not Clinic], ids=lambda model: model.__name__)


@pytest.fixture
def before(model):
    make_clinic()
    row = MAKERS[model]()
    return row, version()


@deletable
def test_a_new_row(model):
    make_clinic()
    old = version()
    MAKERS[model]()
    assert version() > old


@models
def test_save(before, model):
    row, old = before
    row.save()
    assert version() > old


@models
def test_update(before, model):
    row, old = before
    model.objects.filter(pk=row.pk).update(id=row.id)
    assert version() > old


@deletable
def test_delete(before, model):
    row, old = before
    row.delete()
    assert version() > old


@deletable
def test_bulk_delete(before, model):
    row, old = before
    model.objects.filter(pk=row.pk).delete()
    assert version() > old
    assert not model.objects.filter(pk=row.pk).exists()


def test_bulk_create_and_bulk_update():
    make_clinic()
    location = make_location(hours=False)
    old = version()
    rows = OpeningHours.objects.bulk_create(
        [OpeningHours(location=location, weekday=day, opens=nine, closes=five) for day in range(3)]
    )
    created = version()
    assert created > old
    for row in rows:
        row.closes = datetime.time(18)
    OpeningHours.objects.bulk_update(rows, ["closes"])
    assert version() > created


def change_from_the_other_side(person, place):
    place.practitioners.add(person)


@pytest.mark.parametrize(
    "change",
    [
        lambda person, place: person.locations.add(place),
        lambda person, place: person.locations.set([]),
        lambda person, place: person.locations.remove(person.locations.get()),
        lambda person, place: person.locations.clear(),
        change_from_the_other_side,
    ],
)
def test_where_a_practitioner_works(change):
    make_clinic()
    person, place = make_practitioner(locations=[make_location()]), make_location()
    old = version()
    change(person, place)
    assert version() > old


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_moves_nothing():
    make_clinic()
    location = make_location()
    old = version()

    def change_and_fail():
        with transaction.atomic():
            location.name = "Elsewhere"
            location.save()
            assert version() > old
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert version() == old


@pytest.mark.django_db(transaction=True)
def test_a_row_that_the_database_refuses_moves_nothing():
    make_clinic()
    location = make_location(hours=False)
    old = version()
    with pytest.raises(Exception, match="opening_hours_close_after_opening"):
        OpeningHours.objects.create(location=location, weekday=0, opens=five, closes=nine)
    assert version() == old


def test_a_form_that_was_open_for_long_does_not_turn_the_version_back():
    clinic = make_clinic()
    make_location()
    moved_on = version()
    clinic.tagline = "Spine care"
    clinic.save()
    assert version() > moved_on
    assert clinic.facts_version == version()
    assert Clinic.objects.get().tagline == "Spine care"


def test_saving_single_fields_of_the_clinic_saves_those_alone():
    clinic = make_clinic(name="First")
    old = version()
    clinic.name, clinic.tagline = "Second", "not meant"
    clinic.save(update_fields=["name"])
    saved = Clinic.objects.get()
    assert (saved.name, saved.tagline) == ("Second", "")
    assert saved.facts_version > old
