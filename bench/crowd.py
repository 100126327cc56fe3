"""Ten clinicians with a full book: rows by the thousand, written past the door, since here only reading counts."""

import datetime

from django.db import connection

from booking.models import Break, BusySlot
from booking.models.appointment import NEVER_TWICE
from clinic.models import Clinic
from tests.factories import make_hours, make_location, make_practitioner, make_room, make_schedule, make_type

# A Monday noon in New York.
NOW = datetime.datetime(2026, 11, 23, 17, tzinfo=datetime.UTC)
CLINICIANS = 10
DAYS = 60
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
T = datetime.time


def make_clinic():
    return Clinic.objects.update_or_create(id=1, defaults={"name": "A clinic", "time_zone": "America/New_York"})[0]


def make_group(*, ahead, past=0, rooms=False):
    """A type of visit whose ten clinicians share `ahead` busy rows in the next 60 days and `past` rows before today."""
    place = make_location()
    people = [make_practitioner(locations=[place]) for _ in range(CLINICIANS)]
    schedules = []
    for person in people:
        schedule = make_hours(person, place, T(8), T(12))
        make_hours(person, place, T(13), T(18))
        for weekday in range(5):
            Break.objects.create(schedule=schedule, weekday=weekday, starts=T(10), ends=T(10, 15))
        schedules.append(schedule.pk)
    if rooms:
        schedules += [make_room(location=place).schedule.pk for _ in range(CLINICIANS)]
    each = ahead // len(schedules)
    if each:
        gap = DAYS * 24 * 60 // each
        fill(schedules, first=NOW, count=each, every=gap, lasting=max(5, min(30, gap - 5)))
    if past:
        each = past // len(schedules)
        # Up to three days ago: what reaches into the days that are asked for would be work, not history.
        fill(schedules, first=NOW - 3 * DAY - each * 30 * MINUTE, count=each, every=30, lasting=20)
    return make_type(practitioners=people, locations=[place], duration_minutes=50, needs_room=rooms, notice_minutes=0)


def fill(schedules, *, first, count, every, lasting):
    """`count` rows on each schedule from the instant `first`, `every` so many minutes, `lasting` minutes."""
    rows = (
        BusySlot(schedule_id=pk, start=start, end=start + lasting * MINUTE, kind="block", label="x")
        for n in range(count)
        for start in [first + n * every * MINUTE]
        for pk in schedules
    )
    if count * len(schedules) < 10_000:
        BusySlot.objects.bulk_create(rows, batch_size=5_000)
        return
    _fill_in_the_database(schedules, first, count, every, lasting)


def _fill_in_the_database(schedules, first, count, every, lasting):
    """The same rows for the large counts, made by the database, with the guard away: the rows touch nobody's."""
    table = BusySlot._meta.db_table
    columns = 'schedule_id, start, "end", kind, label, overbooked_reason'
    with connection.schema_editor() as editor:
        editor.remove_constraint(BusySlot, NEVER_TWICE)
    with connection.cursor() as cursor:
        for pk in schedules:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT %s, s, s + %s, 'block', 'x', '' "
                    "FROM (SELECT %s + n * %s AS s FROM generate_series(0, %s) AS n) AS starts",
                    [pk, lasting * MINUTE, first, every * MINUTE, count - 1],
                )
            else:
                text = "strftime('%%Y-%%m-%%d %%H:%%M:%%S', %s, '+' || (n * %s + %s) || ' minutes')"
                cursor.execute(
                    f"WITH RECURSIVE many(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM many WHERE n < %s) "
                    f"INSERT INTO {table} ({columns}) SELECT %s, {text}, {text}, 'block', 'x', '' FROM many",
                    [
                        count - 1,
                        pk,
                        f"{first:%Y-%m-%d %H:%M:%S}",
                        every,
                        0,
                        f"{first:%Y-%m-%d %H:%M:%S}",
                        every,
                        lasting,
                    ],
                )
    with connection.schema_editor() as editor:
        editor.add_constraint(BusySlot, NEVER_TWICE)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")


def make_one_day():
    """One clinician with eight hours, one type of 30 minutes: what django-appointment is asked for as well."""
    place = make_location()
    person = make_practitioner(locations=[place])
    make_hours(person, place, T(9), T(17), weekdays=range(7))
    make_schedule()
    return make_type(practitioners=[person], locations=[place], duration_minutes=30, notice_minutes=0)
