"""The locked door to the ledger: the only place that takes and frees time.

Every write first locks the schedules concerned in primary-key order, then checks, then inserts. The lock makes writers
wait for each other instead of failing; the database's own NoOverlap makes a double impossible even without it.
"""

from collections import Counter

from django.db import IntegrityError, transaction

from booking.errors import TimeTaken
from booking.models import BusySlot, Schedule
from booking.models.appointment import NEVER_TWICE
from booking.states import SlotKind


def schedule_of(practitioner):
    """The clinician's schedule, made with the first booking: somebody who joins needs no setting up."""
    own = Schedule.objects.filter(practitioner=practitioner)
    if not own.exists():
        # Unlike get_or_create this also works where a transaction cannot see what was committed after it began:
        # PostgreSQL then asks to try again.
        Schedule.objects.bulk_create([Schedule(practitioner_id=practitioner.pk)], ignore_conflicts=True)
    return own.get()


def lock_schedules(schedule_ids, *, now):
    """Waits until this transaction alone may write to these schedules, and clears them of holds that are over.

    Foreign keys to the rows stay free (FOR NO KEY UPDATE). On SQLite every transaction is IMMEDIATE, so this one is
    alone already.
    """
    locked = _lock(schedule_ids)
    purge_expired([schedule.pk for schedule in locked], now=now)
    return locked


def purge_expired(schedule_ids, *, now):
    """Deletes holds that ended by `now`, and returns how many rows. The caller has locked the schedules."""
    over = BusySlot.objects.filter(schedule_id__in=schedule_ids, kind=SlotKind.HOLD, expires_at__lte=now)
    return over.delete()[0]


def take(
    *,
    schedule,
    start,
    end,
    kind,
    appointment=None,
    draft=None,
    expires_at=None,
    label="",
    overbooked_by=None,
    overbooked_reason="",
):
    """Writes one stretch of time, [start, end), into the ledger. The caller has locked the schedule.

    A hold belongs to a `draft` and ends at `expires_at`. Raises TimeTaken when any of it is taken, by an overbooked
    visit too. With `overbooked_by` and a reason it is written all the same.
    """
    if overbooked_by is None and _taken([schedule.pk], start, end).exists():
        raise TimeTaken
    slot = BusySlot(
        schedule=schedule,
        start=start,
        end=end,
        kind=kind,
        appointment=appointment,
        draft=draft,
        expires_at=expires_at,
        label=label,
        overbooked_by=overbooked_by,
        overbooked_reason=overbooked_reason,
    )
    try:
        with transaction.atomic():
            slot.save(force_insert=True)
    except IntegrityError as error:
        if NEVER_TWICE.is_violated_in(error):
            raise TimeTaken from error
        raise
    return slot


def take_over(*, by, reason, schedule, start, end, **slot):
    """take(), but time that is taken stops nobody who gives a reason: the row then carries `by` and the reason.

    Such a row counts as busy for everybody, and stands outside the database's promise that no two overlap. Free time
    is taken as ever. Returns whether it lies over something.
    """
    over = _taken([schedule.pk], start, end).exists()
    person = {"overbooked_by": by, "overbooked_reason": reason} if over else {}
    take(schedule=schedule, start=start, end=end, **person, **slot)
    return over


def room_schedules(location):
    """The schedules of the rooms in use at a place, in the order in which rooms are given out."""
    rooms = Schedule.objects.filter(room__location=location, room__is_active=True)
    return list(rooms.select_related("room").order_by("room__order", "room__name", "pk"))


def first_free(schedules, *, start, end):
    """The first of these schedules on which nothing lies in [start, end); raises TimeTaken when there is none.

    The caller has locked them.
    """
    taken = set(_taken([schedule.pk for schedule in schedules], start, end).values_list("schedule_id", flat=True))
    for schedule in schedules:
        if schedule.pk not in taken:
            return schedule
    raise TimeTaken


def least_taken(schedules, *, start, end):
    """The schedule with the fewest rows in [start, end), the first of several. For overbooking."""
    taken = Counter(_taken([schedule.pk for schedule in schedules], start, end).values_list("schedule_id", flat=True))
    return min(schedules, key=lambda schedule: taken[schedule.pk])


def lock_time_of(appointment):
    """Locks every schedule on which the visit takes time."""
    return _lock(appointment.busy_slots.values_list("schedule_id", flat=True))


def keep(appointment):
    """Time that was only offered is booked now. The caller has locked its schedules."""
    appointment.busy_slots.update(kind=SlotKind.BOOKING)


def busy_in(schedule, start, end):
    """The rows that reach into [start, end), with their visits, earliest first. The caller has locked the schedule."""
    rows = _taken([schedule.pk], start, end).select_related("appointment__request")
    return list(rows.order_by("start", "pk"))


def free(appointment):
    """Gives the visit's time back. The caller has locked its schedules; freeing twice changes nothing."""
    appointment.busy_slots.all().delete()


def _lock(schedule_ids):
    return list(Schedule.objects.filter(pk__in=schedule_ids).order_by("pk").select_for_update(no_key=True))


def _taken(schedule_ids, start, end):
    return BusySlot.objects.filter(schedule_id__in=schedule_ids, start__lt=end, end__gt=start)
