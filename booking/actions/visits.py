"""What happens to a visit after it was booked.

All functions take keyword arguments alone. `version` is the visit's, as the person at the screen saw it; IllegalMove is
raised when it has changed since, or the move is not in the table of booking/states.py. Each records one event.
"""

import datetime

from django.db.models import F
from django.utils import timezone

from booking.actions import events, ledger, placing, telling
from booking.actions.transactions import in_one_transaction, move
from booking.errors import IllegalMove, NotBookable, WrongTime
from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.states import APPOINTMENT_MOVES, UNDONE, AppointmentState, MailKind
from clinic.models import Clinic
from clinic.wall_clock import day_of


@in_one_transaction
def cancel(*, appointment_id, version, by, now, patient_knows=False):
    """Calls a visit off.

    - the visit becomes cancelled, and its time is free again, once
    - event “cancelled”
    - message “visit_cancelled” if the patient takes e-mail and the visit is not over
    - unless `patient_knows` (they called it off themselves), the request is again among those whose patient does not
      know yet, until the mail has left or staff have told them

    `version` is the visit's, as the person at the screen saw it. Raises IllegalMove when it has changed since, was
    cancelled already, or the patient has arrived. Also for a time that is only kept: answering its request ends that.
    """
    appointment = Appointment.objects.select_related("request").get(pk=appointment_id)
    ledger.lock_time_of(appointment)
    _move(appointment, version, AppointmentState.CANCELLED, only_from=AppointmentState.BOOKED)
    ledger.free(appointment)
    events.record("cancelled", now=now, by=by, request=appointment.request, appointment=appointment)
    _must_hear(appointment, MailKind.VISIT_CANCELLED, patient_knows=patient_knows, now=now)


@in_one_transaction
def reschedule(
    *, appointment_id, version, practitioner, location, start, by, now, patient_knows=False, overbook_reason=""
):
    """Moves a booked visit to the instant `start`, to another clinician or place if so wished. Its length stays.

    - all schedules concerned, old and new, are locked together; the new time is taken in the same transaction that
      frees the old one, so that a patient whose new time is gone keeps the old one, and never has two or none
    - the visit's own old time is no obstacle: it may move by ten minutes
    - event “rescheduled” with both instants; “overbooked” too where it now lies over another visit
    - message “moved” with both times if the patient takes e-mail, instead of an earlier one that has not left
    - unless `patient_knows`, the request is again among those whose patient does not know yet

    The same press twice moves it once. Raises TimeTaken, IllegalMove, NotBookable.
    """
    if timezone.is_naive(start):
        raise NotBookable("no_zone")
    appointment = Appointment.objects.select_related("type", "request").get(pk=appointment_id)
    where = {"practitioner": practitioner, "location": location}
    old = appointment.busy_slots.values_list("schedule_id", flat=True)
    schedules = placing.lock(type=appointment.type, besides=old, now=now, **where)
    if _moved_before(appointment_id, version, where | {"start": start}, by):
        return
    placing.check(start=start, now=now, **where)
    end = start + (appointment.end - appointment.start)
    taken = {"start": start - appointment.type.before, "end": end + appointment.type.after}
    moved = Appointment.objects.filter(pk=appointment_id, version=version, state=AppointmentState.BOOKED).update(
        **where,
        start=start,
        end=end,
        outside_hours=placing.is_outside_hours(schedules.own, location, start, end, now),
        version=F("version") + 1,
    )
    if not moved:
        raise IllegalMove
    ledger.free(appointment)
    room = placing.choose_room(schedules, overbook=bool(overbook_reason), **taken)
    Appointment.objects.filter(pk=appointment_id).update(room=room and room.room)
    over = placing.take(appointment, schedules, room, by=by, overbook_reason=overbook_reason, **taken)
    happened = {"now": now, "by": by, "request": appointment.request, "appointment": appointment}
    instants = {"was": appointment.start, "start": start}
    detail = {name: instant.astimezone(datetime.UTC).isoformat() for name, instant in instants.items()}
    events.record("rescheduled", detail=detail, **happened)
    if over:
        events.record("overbooked", **happened)
    appointment.refresh_from_db()
    _must_hear(appointment, MailKind.MOVED, patient_knows=patient_knows, now=now)


@in_one_transaction
def arrive(*, appointment_id, version, by, now):
    """The patient is here; event “arrived”. Raises IllegalMove, and WrongTime before the day of the visit."""
    appointment = Appointment.objects.get(pk=appointment_id)
    if _days_since(appointment, now) < 0:
        raise WrongTime("before_the_day")
    _move(appointment, version, AppointmentState.ARRIVED, only_from=AppointmentState.BOOKED)
    events.record("arrived", now=now, by=by, request=appointment.request, appointment=appointment)


@in_one_transaction
def fulfil(*, appointment_id, version, by, now):
    """The patient was seen; event “fulfilled”. Raises IllegalMove."""
    appointment = Appointment.objects.get(pk=appointment_id)
    _move(appointment, version, AppointmentState.FULFILLED)
    events.record("fulfilled", now=now, by=by, request=appointment.request, appointment=appointment)


@in_one_transaction
def mark_noshow(*, appointment_id, version, by, now):
    """The patient did not come: what is left of the time is free; event “noshow”.

    Raises IllegalMove, and WrongTime before the visit has begun.
    """
    appointment = Appointment.objects.get(pk=appointment_id)
    if now < appointment.start:
        raise WrongTime("before_the_start")
    ledger.lock_time_of(appointment)
    _move(appointment, version, AppointmentState.NOSHOW)
    ledger.free(appointment)
    events.record("noshow", now=now, by=by, request=appointment.request, appointment=appointment)


@in_one_transaction
def undo(*, appointment_id, version, by, now):
    """Takes back the last of arrive, fulfil and mark_noshow, on the day of the visit; event “undone”.

    A visit that had been marked as missed takes its time again: TimeTaken when somebody else has it by now. Raises
    IllegalMove, and WrongTime on a later day.
    """
    appointment = Appointment.objects.select_related("type", "practitioner", "room__schedule").get(pk=appointment_id)
    owners = [ledger.schedule_of(appointment.practitioner), appointment.room and appointment.room.schedule]
    ledger.lock_schedules([owner.pk for owner in filter(None, owners)], now=now)
    if appointment.state not in UNDONE:
        raise IllegalMove
    if _days_since(appointment, now) > 0:
        raise WrongTime("after_the_day")
    _move(appointment, version, UNDONE[appointment.state], only_from=appointment.state)
    if appointment.state == AppointmentState.NOSHOW:
        _take_again(appointment, owners)
    detail = {"state": appointment.state}
    events.record("undone", now=now, by=by, request=appointment.request, appointment=appointment, detail=detail)


def _take_again(appointment, owners):
    schedules = placing.Schedules(owners[0], [], needs_room=False)
    kind = appointment.type
    stretch = {"start": appointment.start - kind.before, "end": appointment.end + kind.after}
    placing.take(appointment, schedules, owners[1], by=None, **stretch)


def _move(appointment, version, to, only_from=None):
    moves = APPOINTMENT_MOVES if only_from is None else {only_from: {to}}
    move(Appointment, pk=appointment.pk, version=version, to=to, moves=moves)


def _days_since(appointment, now):
    """Days from the visit's to today's, in the clinic's zone; below zero while it is still to come."""
    zone = Clinic.objects.get().zone
    return (day_of(now, zone) - day_of(appointment.start, zone)).days


def _moved_before(appointment_id, version, wanted, by):
    """Whether this very press has moved the visit a moment ago."""
    there = Appointment.objects.filter(pk=appointment_id, version=version + 1, state=AppointmentState.BOOKED, **wanted)
    last = AppointmentEvent.objects.filter(appointment_id=appointment_id, action="rescheduled").order_by("pk").last()
    return there.exists() and last is not None and last.user_id == (by.pk if by else None)


def _must_hear(appointment, kind, *, patient_knows, now):
    """What the patient was told last is no longer so."""
    request = appointment.request
    if request is None:
        return
    told = {"told_at": now, "told_how": "phone"} if patient_knows else {"told_at": None, "told_how": ""}
    AppointmentRequest.objects.filter(pk=request.pk).update(version=F("version") + 1, **told)
    if appointment.start > now:
        telling.enqueue_to_patient(kind, request, record=appointment, now=now, not_after=appointment.start)
