"""Whom a message is about: some name a request, some a visit, one what happened."""

from booking.models import Appointment, AppointmentEvent
from booking.states import MailKind

OF_VISITS = (
    MailKind.CONFIRMED,
    MailKind.MOVED,
    MailKind.VISIT_CANCELLED,
    MailKind.REMINDER,
    MailKind.PREPARATION,
)
# Their record is a failed message, or a row of the wait list.
OF_NO_REQUEST = (MailKind.NOT_DELIVERED, MailKind.WAIT_OFFER, MailKind.WAIT_OVER, MailKind.WAIT_APPROVE)


def requests_of(messages):
    """{key of a message: key of its request}, without those that are about none, or whose visit is gone. Two queries
    at most."""
    visits = dict(_pairs(Appointment, messages, OF_VISITS))
    events = dict(_pairs(AppointmentEvent, messages, (MailKind.BY_LINK,)))
    found = {}
    for message in messages:
        if message.kind in OF_VISITS:
            found[message.pk] = visits.get(message.record_id)
        elif message.kind == MailKind.BY_LINK:
            found[message.pk] = events.get(message.record_id)
        elif message.kind not in OF_NO_REQUEST:
            found[message.pk] = message.record_id
    return {message: request for message, request in found.items() if request is not None}


def _pairs(model, messages, kinds):
    keys = [message.record_id for message in messages if message.kind in kinds]
    return model.objects.filter(pk__in=keys).values_list("pk", "request_id") if keys else ()
