"""To the front desk: a reference and a link, never a name."""

from booking.messages.requests import kept_visit
from booking.messages.words import BY_LINK_TEXTS
from booking.messages.writing import (
    ANSWERED,
    CHANGED,
    GONE,
    NO_ADDRESS,
    absolute,
    desk_mailbox,
    in_words,
    is_superseded,
    write,
)
from booking.models import AppointmentEvent, AppointmentRequest
from booking.states import RequestState
from clinic.mail import Skip


def render_new_request(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    desk = desk_mailbox()
    if request is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    if request.state != RequestState.RECEIVED:
        return Skip(ANSWERED)
    context = {
        "reference": request.reference,
        "reply_by": in_words(request.reply_by, now=now),
        "link": absolute("admin:booking_appointmentrequest_change", request.pk),
    }
    return write("new_request", desk, context)


def render_unanswered(message, now):
    """To the desk, each time that a time asked for is kept longer, and when it has passed."""
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    desk = desk_mailbox()
    if request is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    if request.state != RequestState.RECEIVED:
        return Skip(ANSWERED)
    if is_superseded(message):
        return Skip(CHANGED)
    kept = kept_visit(request)
    context = {
        "reference": request.reference,
        "reply_by": in_words(request.reply_by, now=now),
        "kept_until": in_words(kept.kept_until, now=now) if kept else "",
        "link": absolute("admin:desk_request", request.pk),
    }
    return write("unanswered", desk, context)


def render_by_link(message, now):
    event = AppointmentEvent.objects.filter(pk=message.record_id).first()
    request = AppointmentRequest.objects.filter(pk=event.request_id).first() if event else None
    desk = desk_mailbox()
    if request is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    context = {
        "reference": request.reference,
        "sentence": BY_LINK_TEXTS[event.action] % event.detail,
        "link": absolute("admin:booking_appointmentrequest_change", request.pk),
    }
    return write("by_link", desk, context)
