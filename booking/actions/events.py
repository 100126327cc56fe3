"""The history of requests and visits: one row for everything that happened."""

from booking.models import AppointmentEvent


def record(action, *, now, by=None, request=None, appointment=None, detail=None):
    """Adds a row to the history, inside the caller's transaction. `by`: staff; None: patient or system.

    `detail` holds codes, counts and ISO instants, never a name, a contact or a note: history outlives purging.
    """
    return AppointmentEvent.objects.create(
        at=now,
        action=action,
        request_id=request.pk if request else None,
        appointment_id=appointment.pk if appointment else None,
        user_id=by.pk if by else None,
        user_label=by.get_username() if by else "",
        detail=detail or {},
    )
