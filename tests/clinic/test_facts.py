"""What the database and the models promise about the clinic's facts."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from clinic.models import Clinic, Closure, InsuranceParticipation, InsurancePlan, OpeningHours
from tests.factories import make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)
time = datetime.time


def test_there_is_one_clinic():
    make_clinic()
    with pytest.raises(IntegrityError):
        Clinic.objects.create(name="Another", phone="+12015550100")


@pytest.mark.parametrize(("age", "shown"), [(-1, None), (0, 5), (14, 5), (15, None)])
def test_the_wait_of_new_patients_is_hidden_when_nobody_checked_it_for_14_days(age, shown):
    clinic = make_clinic(new_patient_wait_days=5, new_patient_wait_checked_on=TODAY - datetime.timedelta(days=age))
    assert clinic.new_patient_wait(today=TODAY) == shown


def test_a_wait_that_nobody_entered_is_not_shown():
    assert make_clinic().new_patient_wait(today=TODAY) is None


@pytest.mark.parametrize("fields", [{"new_patient_wait_days": 5}, {"new_patient_wait_checked_on": TODAY}])
def test_the_wait_and_its_date_go_together(fields):
    with pytest.raises(IntegrityError):
        make_clinic(**fields)


@pytest.mark.parametrize(("opens", "closes"), [(time(9), time(9)), (time(18), time(9))])
def test_a_day_closes_after_it_opens(opens, closes):
    with pytest.raises(IntegrityError):
        OpeningHours.objects.create(location=make_location(hours=False), weekday=0, opens=opens, closes=closes)


def test_a_day_may_close_at_midnight():
    OpeningHours.objects.create(location=make_location(hours=False), weekday=0, opens=time(9), closes=time(0))
    Closure.objects.create(first_day=TODAY, last_day=TODAY, from_time=time(9), until_time=time(0), reason="a party")


@pytest.mark.parametrize(
    "fields",
    [
        {"last_day": TODAY - datetime.timedelta(days=1)},
        {"from_time": time(14), "until_time": time(12)},
        {"from_time": time(14), "until_time": time(14)},
    ],
)
def test_a_closure_ends_after_it_starts(fields):
    with pytest.raises(IntegrityError):
        Closure.objects.create(**{"first_day": TODAY, "last_day": TODAY, "reason": "a storm"} | fields)


def test_who_takes_a_plan_where_is_said_once():
    location = make_location()
    line = {
        "plan": InsurancePlan.objects.create(payer="Sample Health", name="Gold"),
        "practitioner": make_practitioner(),
        "location": location,
        "checked_on": TODAY,
    }
    InsuranceParticipation.objects.create(**line)
    with pytest.raises(IntegrityError):
        InsuranceParticipation.objects.create(**line)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "\u200b"),
        ("name", "a\x07b"),
        ("time_zone", "Mars/Olympus"),
        ("emergency_number", "nine one one"),
        ("languages", ["klingon"]),
        ("new_patient_wait_days", 0),
        ("reply_within_hours", 0),
    ],
)
def test_the_clinic_refuses_what_a_page_cannot_use(field, value):
    clinic = make_clinic()
    setattr(clinic, field, value)
    with pytest.raises(ValidationError) as refused:
        clinic.full_clean()
    assert field in refused.value.error_dict


def test_opening_hours_are_whole_minutes():
    row = OpeningHours(location=make_location(hours=False), weekday=0, opens=time(9, 0, 30), closes=time(17))
    with pytest.raises(ValidationError, match="without seconds"):
        row.full_clean()


def test_a_location_has_a_map_when_both_coordinates_are_known():
    assert make_location().map_url == ""
    assert make_location(latitude="40.5", longitude="-74.5").map_url == (
        "https://www.openstreetmap.org/?mlat=40.5&mlon=-74.5#map=17/40.5/-74.5"
    )
