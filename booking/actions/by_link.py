"""What patients do themselves from the link in their mails. Each tells the desk, by a reference and a link alone.

All functions take keyword arguments alone. `version` is that of the row as the patient's page showed it, so that a page
opened twice, or sent again, does nothing twice: IllegalMove says that it has changed since.
"""

import datetime

from booking.actions import answering, events, telling, visits
from booking.actions.transactions import in_one_transaction
from booking.errors import IllegalMove, TooLateToSay
from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.states import AppointmentState

LATE_MINUTES = (10, 20, 30)
# Earlier, nobody knows yet; after the visit has begun, only a call still helps.
LATE_SAID_WITHIN = datetime.timedelta(hours=3)
MOST_LATE_WORDS = 3


@in_one_transaction
def cancel_visit(*, request_id, appointment_id, version, now):
    """The patient calls a visit off: as visits.cancel, and they know already. Its time is free at once.

    - event “cancelled” by nobody of ours; message “by_link” to the desk, “visit_cancelled” to the patient

    Raises IllegalMove, also for a visit of somebody else or one that has begun.
    """
    visit = _visit(request_id, appointment_id)
    if visit.start <= now:
        raise IllegalMove
    visits.cancel(appointment_id=visit.pk, version=version, by=None, now=now, patient_knows=True)
    AppointmentRequest.objects.filter(pk=request_id).update(told_how="site")
    telling.tell_desk(_last_event("cancelled", request_id), now=now)


@in_one_transaction
def move_visit(*, request_id, appointment_id, version, practitioner, location, start, now):
    """The patient moves a visit to an open time: as visits.reschedule, so the old time is theirs until the new one is.

    - message “by_link” to the desk, “moved” to the patient

    The caller has checked that the time is offered. Raises TimeTaken, IllegalMove, NotBookable; the visit then stays as
    it was.
    """
    visit = _visit(request_id, appointment_id)
    if visit.start <= now:
        raise IllegalMove
    where = {"practitioner": practitioner, "location": location, "start": start}
    visits.reschedule(appointment_id=visit.pk, version=version, by=None, now=now, patient_knows=True, **where)
    AppointmentRequest.objects.filter(pk=request_id).update(told_how="site")
    telling.tell_desk(_last_event("rescheduled", request_id), now=now)


@in_one_transaction
def withdraw(*, request_id, version, now):
    """The patient needs no visit any more: as answering.withdraw, and the desk is told. Raises IllegalMove."""
    answering.withdraw(request_id=request_id, version=version, by=None, now=now)
    AppointmentRequest.objects.filter(pk=request_id).update(told_how="site")
    telling.tell_desk(_last_event("withdrawn", request_id), now=now)


@in_one_transaction
def running_late(*, request_id, appointment_id, minutes, now):
    """The patient is on the way and late by about `minutes`, one of LATE_MINUTES (ValueError). The visit stays.

    - event “running_late”, once for the same number; message “by_link” to the desk

    Raises TooLateToSay when the visit is not within the next three hours or has begun, IllegalMove when it is not
    booked or the patient said so three times already.
    """
    if minutes not in LATE_MINUTES:
        raise ValueError("Not one of LATE_MINUTES.")
    visit = _visit(request_id, appointment_id)
    if visit.state != AppointmentState.BOOKED:
        raise IllegalMove
    if not visit.start - LATE_SAID_WITHIN <= now < visit.start:
        raise TooLateToSay
    said = list(AppointmentEvent.objects.filter(action="running_late", appointment_id=visit.pk))
    if any(event.detail == {"minutes": minutes} for event in said):
        return
    if len(said) >= MOST_LATE_WORDS:
        raise IllegalMove
    detail = {"minutes": minutes}
    event = events.record("running_late", now=now, request=visit.request, appointment=visit, detail=detail)
    telling.tell_desk(event, now=now, not_after=visit.end)


@in_one_transaction
def revoke_links(*, request_id, generation, by, now):
    """Staff end every link of this request that was sent before; mails from now on hold a new one.

    - event “links_revoked”

    `generation` is `link_generation` as the page showed it: IllegalMove when they were ended since, so that a page sent
    twice does not end the newest link too.
    """
    request = AppointmentRequest.objects.select_for_update().get(pk=request_id)
    if request.link_generation != generation:
        raise IllegalMove
    request.link_generation += 1
    request.save(update_fields=["link_generation"])
    events.record("links_revoked", now=now, by=by, request=request)


def _visit(request_id, appointment_id):
    """The locked visit of that request. IllegalMove for one of somebody else: a link opens its own request alone."""
    found = Appointment.objects.select_for_update(no_key=True, of=("self",)).select_related("request")
    visit = found.filter(pk=appointment_id, request=request_id).first()
    if visit is None:
        raise IllegalMove
    return visit


def _last_event(action, request_id):
    """What the action has just written down, by nobody of ours: one thing that happened is one row."""
    return AppointmentEvent.objects.filter(action=action, request_id=request_id).latest("pk")
