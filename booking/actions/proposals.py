"""Times kept for a request until it is answered: visits in the state “proposed”, and what an answer makes of them.

Parts of the actions in answering.py, each of which locks first, then closes the request, then settles.
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


def settle(request, *, by, now, wanted=None):
    """Books the kept visit that is as `wanted` (fields of Appointment), and lets every other one go: its time is free.

    - event “let_go” for each that goes

    Returns the booked visit, None when there was none. The caller has locked their schedules and closed the request,
    so that nobody can keep another time for it.
    """
    booked = None
    for visit in Appointment.objects.filter(request=request, state=AppointmentState.PROPOSED).order_by("pk"):
        is_it = booked is None and wanted is not None and all(getattr(visit, name) == wanted[name] for name in wanted)
        to = AppointmentState.BOOKED if is_it else AppointmentState.CANCELLED
        move(Appointment, pk=visit.pk, version=visit.version, to=to, moves=APPOINTMENT_MOVES)
        if is_it:
            ledger.keep(visit)
            visit.refresh_from_db()
            booked = visit
        else:
            ledger.free(visit)
            events.record("let_go", now=now, by=by, request=request, appointment=visit)
    return booked
