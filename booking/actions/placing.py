"""Where and when a visit is to be: what no clinic would book, which schedules it needs, and taking their time."""

import datetime
from dataclasses import dataclass

from booking.actions import ledger
from booking.availability import work_plans
from booking.errors import NotBookable, TimeTaken
from booking.models import AppointmentType, Schedule
from booking.states import SlotKind
from booking.working_time import works_at
from clinic.models import Location, Practitioner
from clinic.site import load_site

# Beyond this a date is a slip of the pen.
BOOK_AHEAD = datetime.timedelta(days=366)


@dataclass(frozen=True)
class Schedules:
    """Of the clinician, and of the rooms that would do; none where the visit needs none."""

    own: Schedule
    rooms: list[Schedule]
    needs_room: bool


def lock(*, type, practitioner, location, now, besides=()):
    """Locks what a visit of this type would need, and the schedules `besides` (keys), all in key order: Schedules."""
    return lock_all([(type, practitioner, location)], now=now, besides=besides)[0]


def lock_all(wanted, *, now, besides=()):
    """As lock(), for several visits at once: `wanted` holds (type, practitioner, location). One Schedules for each.

    The lock must come before anything else is read, so the types are asked as the database has them now.
    """
    found = []
    for type, practitioner, location in wanted:
        own = ledger.schedule_of(practitioner)
        needs_room = AppointmentType.objects.filter(pk=type.pk, needs_room=True).exists()
        found.append(Schedules(own, ledger.room_schedules(location) if needs_room else [], needs_room))
    needed = {schedule.pk for one in found for schedule in (one.own, *one.rooms)}
    ledger.lock_schedules(needed | set(besides), now=now)
    return found


def check(*, practitioner, location, start, now):
    """Raises NotBookable for what no clinic would book, whatever kind of visit it is."""
    if start.second or start.microsecond:
        raise NotBookable("off_minute")
    if start < now:
        raise NotBookable("past")
    if start > now + BOOK_AHEAD:
        raise NotBookable("too_far")
    if not Practitioner.objects.active().filter(pk=practitioner.pk).exists():
        raise NotBookable("practitioner")
    if not Location.objects.active().filter(pk=location.pk).exists():
        raise NotBookable("location")
    if not practitioner.locations.filter(pk=location.pk).exists():
        raise NotBookable("works_elsewhere")


def usable(type):
    """The type as it is now, whose length the database keeps sane. Raises NotBookable for one that is out of use."""
    type = AppointmentType.objects.filter(pk=type.pk, is_active=True).first()
    if type is None:
        raise NotBookable("type")
    return type


def is_outside_hours(own, location, start, end, now):
    """True only where hours are on record and the visit lies outside them."""
    plan = work_plans([own.pk])[own.pk]
    opening = load_site(now=now).opening
    return bool(plan.location_ids) and not works_at(
        plan, opening=opening, location_id=location.pk, start=start, end=end
    )


def choose_room(schedules, *, start, end, overbook=False):
    """The schedule of the first free room, None for a visit that needs none.

    With `overbook`, where none is free, the one in which the fewest visits would lie beneath. Raises TimeTaken when
    every room is taken, and when the place has none.
    """
    if not schedules.needs_room:
        return None
    try:
        return ledger.first_free(schedules.rooms, start=start, end=end)
    except TimeTaken:
        if overbook and schedules.rooms:
            return ledger.least_taken(schedules.rooms, start=start, end=end)
        raise


def take(appointment, schedules, room, *, by, overbook_reason="", **stretch):
    """The visit's time on every schedule that it needs; with a reason also where it is taken.

    Returns whether anything lies beneath it. Raises TimeTaken.
    """
    over = False
    for owner in filter(None, [schedules.own, room]):
        slot = {"schedule": owner, "kind": SlotKind.BOOKING, "appointment": appointment, **stretch}
        if overbook_reason:
            over |= ledger.take_over(by=by, reason=overbook_reason, **slot)
        else:
            ledger.take(**slot)
    return over
