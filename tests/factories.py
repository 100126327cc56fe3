"""Small made-up records. Every function returns a saved row; keyword arguments override single fields."""

import datetime
import itertools

from booking.models import Appointment, AppointmentRequest, AppointmentType, Room, Schedule, WorkingHours
from booking.states import SafetyOutcome
from clinic.models import Clinic, Location, OpeningHours, Practitioner

counter = itertools.count(1)

# Monday noon in New York, clinic open.
MONDAY_NOON = datetime.datetime(2026, 11, 23, 17, 0, tzinfo=datetime.UTC)


def make_clinic(**fields):
    defaults = {"name": "New Jersey Spine Institute", "phone": "+12015550142", "staff_email": "desk@clinic.example"}
    return Clinic.objects.update_or_create(id=1, defaults=defaults | fields)[0]


def make_location(*, hours=True, **fields):
    """A location, open Monday to Friday 7:30 to 18:00 unless `hours` is false."""
    n = next(counter)
    defaults = {
        "name": f"Exampleton {n}",
        "slug": f"exampleton-{n}",
        "street": "100 Sample Street",
        "locality": "Exampleton",
        "region": "New Jersey",
        "postal_code": "00000",
    }
    location = Location.objects.create(**defaults | fields)
    if hours:
        OpeningHours.objects.bulk_create(
            OpeningHours(location=location, weekday=day, opens=datetime.time(7, 30), closes=datetime.time(18))
            for day in range(5)
        )
    return location


def make_practitioner(*, locations=(), **fields):
    n = next(counter)
    defaults = {
        "name": f"Jordan Example {n}",
        "slug": f"jordan-example-{n}",
        "credentials": "PT, DPT",
        "job_title": "Physical therapist",
        "licence_type": "Physical therapist, New Jersey",
        "licence_number": f"DEMO-{n:04}",
        "degree": "Doctor of Physical Therapy",
    }
    practitioner = Practitioner.objects.create(**defaults | fields)
    practitioner.locations.set(locations)
    return practitioner


def make_schedule(**fields):
    return Schedule.objects.create(practitioner=fields.pop("practitioner", None) or make_practitioner(), **fields)


def make_type(*, practitioners=(), locations=(), **fields):
    n = next(counter)
    kind = AppointmentType.objects.create(
        **{"name": f"Visit {n}", "slug": f"visit-{n}", "duration_minutes": 50} | fields
    )
    kind.practitioners.set(practitioners)
    kind.locations.set(locations)
    return kind


def make_room(*, location, **fields):
    return Room.objects.create(location=location, **{"name": f"Room {next(counter)}"} | fields)


def make_hours(practitioner, location, starts=datetime.time(9), ends=datetime.time(12), *, weekdays=range(5), **fields):
    """The same working hours on several weekdays (Monday to Friday); the clinician gets a schedule if needed."""
    schedule = Schedule.objects.get_or_create(practitioner=practitioner)[0]
    for weekday in weekdays:
        WorkingHours.objects.create(
            schedule=schedule, location=location, weekday=weekday, starts=starts, ends=ends, **fields
        )
    return schedule


def make_request(**fields):
    n = next(counter)
    defaults = {
        "reference": f"R-{n:05}",
        "patient_name": "Pat Testcase",
        "phone": "+12015550171",
        "safety_outcome": SafetyOutcome.NONE,
        "safety_version": 1,
        "received_at": MONDAY_NOON,
        "reply_by": MONDAY_NOON + datetime.timedelta(hours=4),
    }
    return AppointmentRequest.objects.create(**defaults | fields)


def imported(row, **fields):
    """The same row in another state than its moves allow, as an import would have brought it: gone, and put in anew."""
    visits = list(getattr(row, "appointments", Appointment.objects.none()).values_list("pk", flat=True))
    pk = row.pk
    row.delete()
    row.pk = pk
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    Appointment.objects.filter(pk__in=visits).update(request=row)
    return row
