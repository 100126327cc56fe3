"""To the front desk: a reference and a link, never a name."""

from booking.messages.about import requests_of
from booking.messages.requests import kept_visit
from booking.messages.words import BY_LINK_TEXTS
from booking.messages.writing import (
    ANSWERED,
    CHANGED,
    GONE,
    NO_ADDRESS,
    OVER,
    absolute,
    desk_mailbox,
    in_words,
    is_superseded,
    write,
)
from booking.models import AppointmentEvent, AppointmentRequest
from booking.states import MailKind, RequestState
from clinic.mail import Skip
from clinic.models import OutgoingMessage
from clinic.states import MessageState


def render_new_request(message, now):
    return _about_open_request("new_request", message, now)


def render_urgent_request(message, now):
    """In place of “new_request” where somebody has to call before anything else. Says that it is urgent, never why.

    Also where the visit was booked at once: an answer that the site gave calls nobody.
    """
    booked = AppointmentEvent.objects.filter(action="booked_on_site", request_id=message.record_id).exists()
    return _about_open_request("urgent_request", message, now, booked_on_site=booked)


def render_promise_near(message, now):
    """Once, when little is left of the time within which we promised an answer."""
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if request is not None and request.reply_by <= now:
        return Skip(OVER)
    return _about_open_request("promise_near", message, now)


def _about_open_request(name, message, now, *, booked_on_site=False):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    desk = desk_mailbox()
    if request is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    if request.state != RequestState.RECEIVED and not booked_on_site:
        return Skip(ANSWERED)
    context = {
        "reference": request.reference,
        "reply_by": "" if booked_on_site else in_words(request.reply_by, now=now),
        "is_urgent": request.is_urgent,
        "link": absolute("admin:booking_appointmentrequest_change", request.pk),
    }
    return write(name, desk, context)


def render_not_delivered(message, now):
    """A patient's message has failed: which one, in words, and whom it was for, as a reference."""
    failed = OutgoingMessage.objects.filter(pk=message.record_id).first()
    request = AppointmentRequest.objects.filter(pk=requests_of([failed]).get(failed.pk)).first() if failed else None
    desk = desk_mailbox()
    if request is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    if failed.state != MessageState.FAILED or is_superseded(message):
        return Skip(CHANGED)
    context = {
        "reference": request.reference,
        "what": MailKind(failed.kind).label,
        "link": absolute("admin:desk_request", request.pk),
    }
    return write("not_delivered", desk, context)


def render_unanswered(message, now):
    """To the desk, each time that an answer is late: a time asked for is kept longer or has passed, or none was."""
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
        "had_time": request.appointments.exists(),
        "is_urgent": request.is_urgent,
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
