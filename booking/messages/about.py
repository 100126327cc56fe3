"""Whom a message is about: some name a request, some a visit, one what happened."""

from booking.models import Appointment, AppointmentEvent, WaitListOffer
from booking.states import MailKind

OF_VISITS = (
    MailKind.CONFIRMED,
    MailKind.MOVED,
    MailKind.VISIT_CANCELLED,
    MailKind.REMINDER,
    MailKind.PREPARATION,
)
OF_FREED_TIMES = (MailKind.WAIT_OFFER, MailKind.WAIT_OVER, MailKind.WAIT_APPROVE)


def requests_of(messages):
    """{key of a message: key of its request}, without those that are about none, or whose visit is gone. Three
    queries at most."""
    visits = dict(_pairs(Appointment, messages, OF_VISITS))
    events = dict(_pairs(AppointmentEvent, messages, (MailKind.BY_LINK,)))
    freed = dict(_pairs(WaitListOffer, messages, OF_FREED_TIMES, of="entry__request_id"))
    found = {}
    for message in messages:
        if message.kind in OF_VISITS:
            found[message.pk] = visits.get(message.record_id)
        elif message.kind == MailKind.BY_LINK:
            found[message.pk] = events.get(message.record_id)
        elif message.kind in OF_FREED_TIMES:
            found[message.pk] = freed.get(message.record_id)
        elif message.kind != MailKind.NOT_DELIVERED:  # whose record is the message that failed
            found[message.pk] = message.record_id
    return {message: request for message, request in found.items() if request is not None}


def _pairs(model, messages, kinds, of="request_id"):
    keys = [message.record_id for message in messages if message.kind in kinds]
    return model.objects.filter(pk__in=keys).values_list("pk", of) if keys else ()
