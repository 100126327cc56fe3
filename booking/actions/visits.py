"""What happens to a visit after it was booked."""

from django.db.models import F

from booking.actions import events, ledger, telling
from booking.actions.transactions import in_one_transaction, move
from booking.models import Appointment, AppointmentRequest
from booking.states import APPOINTMENT_MOVES, AppointmentState, MailKind


@in_one_transaction
def cancel(*, appointment_id, version, by, now, patient_knows=False):
    """Calls a visit off.

    - the visit becomes cancelled, and its time is free again, once
    - event “cancelled”
    - message “visit_cancelled” if the patient takes e-mail and the visit is not over
    - unless `patient_knows` (they called it off themselves), the request is again among those whose patient does not
      know yet, until the mail has left or staff have told them

    `version` is the visit's, as the person at the screen saw it. Raises IllegalMove when it has changed since, was
    cancelled already, or the patient has arrived.
    """
    appointment = Appointment.objects.select_related("request").get(pk=appointment_id)
    ledger.lock_time_of(appointment)
    move(Appointment, pk=appointment_id, version=version, to=AppointmentState.CANCELLED, moves=APPOINTMENT_MOVES)
    ledger.free(appointment)
    request = appointment.request
    events.record("cancelled", now=now, by=by, request=request, appointment=appointment)
    if request is None:
        return
    told = {"told_at": now, "told_how": "phone"} if patient_knows else {"told_at": None, "told_how": ""}
    AppointmentRequest.objects.filter(pk=request.pk).update(version=F("version") + 1, **told)
    if appointment.start > now:
        telling.enqueue_to_patient(
            MailKind.VISIT_CANCELLED, request, record=appointment, now=now, not_after=appointment.start
        )
