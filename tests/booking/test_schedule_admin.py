"""Hours in the admin: what results is shown, what cannot be is refused, and what a change strands is told."""

import datetime

import pytest

from booking.models import Appointment, AppointmentType, WorkingHours
from tests.factories import MONDAY_NOON, make_clinic, make_hours, make_location, make_practitioner, make_type
from tests.staff import make_front_desk

pytestmark = pytest.mark.django_db

T = datetime.time


@pytest.fixture
def schedule(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_clinic()
    place = make_location()
    return make_hours(make_practitioner(locations=[place]), place, T(9), T(12), weekdays=[1])


@pytest.fixture
def page(client, schedule):
    client.force_login(make_front_desk())
    return f"/admin/booking/schedule/{schedule.pk}/change/"


def typed(schedule, hours=(), away=()):
    """The form as a browser sends it: new rows of working hours and of time off beside what is there."""
    place = schedule.working_hours.first().location_id
    first = schedule.working_hours.first()
    data = {"working_hours-0-id": first.pk, "working_hours-0-schedule": schedule.pk}
    rows = [(first.weekday, first.starts, first.ends), *hours]
    for number, (weekday, starts, ends) in enumerate(rows):
        values = {"weekday": weekday, "starts": starts, "ends": ends, "location": place}
        data |= {f"working_hours-{number}-{name}": str(value) for name, value in values.items()}
    for number, day in enumerate(away):
        data |= {f"times_off-{number}-first_day": day, f"times_off-{number}-last_day": day}
    counts = {"working_hours": (len(rows), 1), "breaks": (0, 0), "extra_hours": (0, 0), "times_off": (len(away), 0)}
    for prefix, (total, initial) in counts.items():
        data |= {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": initial}
    return data


def test_everything_about_a_kind_of_visit_can_be_changed(client, page):
    form = client.get("/admin/booking/appointmenttype/add/").context["adminform"].form
    kinds = AppointmentType._meta
    fields = [field.name for field in (*kinds.concrete_fields, *kinds.many_to_many) if field.editable]
    assert set(form.fields) == {name for name in fields if name != "id"}


def test_the_open_times_that_result_are_shown(client, page, schedule):
    make_type(name="First visit", practitioners=[schedule.practitioner], duration_minutes=60, notice_minutes=0)
    shown = client.get(page).content.decode()
    assert "First visit" in shown
    assert "9 am, 9:30 am, 10 am, 10:30 am, 11 am" in shown


def test_one_clinician_is_not_at_work_twice(client, page, schedule):
    answer = client.post(page, typed(schedule, hours=[(1, T(11), T(13))]))
    assert answer.status_code == 200
    assert "On Tuesday two stretches overlap from 11:00." in answer.content.decode()
    assert WorkingHours.objects.count() == 1


def test_stretches_that_touch_are_fine(client, page, schedule):
    assert client.post(page, typed(schedule, hours=[(1, T(12), T(13)), (2, T(9), T(12))])).status_code == 302
    assert WorkingHours.objects.count() == 3


def test_who_is_stranded_by_time_off_is_told_and_keeps_the_visit(client, page, schedule):
    start = MONDAY_NOON + datetime.timedelta(hours=21)  # Tuesday 9 am in New York
    visit = Appointment.objects.create(
        type=make_type(),
        practitioner=schedule.practitioner,
        location=schedule.working_hours.first().location,
        start=start,
        end=start + datetime.timedelta(hours=1),
        created_at=MONDAY_NOON,
    )
    answer = client.post(page, typed(schedule, away=["2026-11-24"]), follow=True)
    assert "1 visit needs rebooking. Nothing was cancelled." in answer.content.decode()
    visit.refresh_from_db()
    assert visit.state == "booked"
