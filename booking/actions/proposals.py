"""Times kept for a request until it is answered: visits in the state “proposed”, and what an answer makes of them.

Parts of the actions in answering.py and offering.py, each of which locks first, then moves the request, then settles.
"""

from booking.actions import events, ledger
from booking.actions.transactions import move
from booking.models import Appointment, BusySlot
from booking.states import APPOINTMENT_MOVES, AppointmentState


def schedule_ids(request_id):
    """Keys of the schedules on which time is kept for this request."""
    kept = BusySlot.objects.filter(appointment__request=request_id, appointment__state=AppointmentState.PROPOSED)
    return set(kept.values_list("schedule_id", flat=True))


def lock(request_id, *, now):
    ledger.lock_schedules(schedule_ids(request_id), now=now)


def apart_from_freed_times(request_id):
    """The visits kept for this request, without freed times from the wait list: those have an end of their own."""
    kept = Appointment.objects.filter(request=request_id, state=AppointmentState.PROPOSED)
    return kept.filter(wait_offer__isnull=True)


def settle(request, *, by, now, wanted=None, kept=None):
    """Books the kept visit that is as `wanted` (fields of Appointment), and lets every other one go: its time is free.

    - `kept`: a queryset of those that are meant; all of the request's by default
    - event “let_go” for each that goes
    - a booked visit is no offer any more: `offered_until` says of what was called off that it was never theirs

    Returns the booked visit, None when there was none. The caller has locked their schedules and closed the request,
    so that nobody can keep another time for it.
    """
    booked = None
    if kept is None:
        kept = Appointment.objects.filter(request=request, state=AppointmentState.PROPOSED)
    for visit in kept.order_by("pk"):
        is_it = booked is None and wanted is not None and all(getattr(visit, name) == wanted[name] for name in wanted)
        to = AppointmentState.BOOKED if is_it else AppointmentState.CANCELLED
        taken = {"offered_until": None} if is_it else {}
        move(Appointment, pk=visit.pk, version=visit.version, to=to, moves=APPOINTMENT_MOVES, **taken)
        if is_it:
            ledger.keep(visit)
            visit.refresh_from_db()
            booked = visit
        else:
            ledger.free(visit)
            events.record("let_go", now=now, by=by, request=request, appointment=visit)
    return booked
