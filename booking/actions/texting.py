"""Ending and allowing text messages, when a patient says so on the phone or in person."""

from booking.actions import events
from booking.actions.transactions import in_one_transaction
from booking.messages.texts import number_of
from booking.models import AppointmentRequest
from clinic import text_messages


@in_one_transaction
def stop_texts(*, request_id, by, now):
    """The patient wants no more texts: none ever goes to this number, for any request, until it answers START.

    - the phone is remembered by a keyed hash; what waits for it is skipped when its time comes
    - event “texts_stopped”, once; pressing twice changes nothing
    """
    request = AppointmentRequest.objects.get(pk=request_id)
    number = number_of(request)
    if number and text_messages.stopped(number, now=now):
        events.record("texts_stopped", now=now, by=by, request=request)
