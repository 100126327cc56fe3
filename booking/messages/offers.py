"""To patients, about times that we offer: which, until when they are kept, and what comes when that is over."""

from booking.messages.writing import (
    ANSWERED,
    CHANGED,
    OVER,
    absolute,
    cannot_write,
    in_words,
    is_superseded,
    link_to_manage,
    write,
)
from booking.models import AppointmentRequest
from booking.states import AppointmentState, RequestState
from clinic.mail import Skip


def render_offered(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := cannot_write(request):
        return problem
    if request.state != RequestState.OFFERED:
        return Skip(ANSWERED)
    if is_superseded(message):
        return Skip(CHANGED)
    visits = [visit for visit in offered_visits(request) if visit.offered_until > now]
    if not visits:
        return Skip(OVER)
    context = {
        "reference": request.reference,
        "times": [
            {"start": in_words(visit.start, now=now), "practitioner": visit.practitioner.name, "place": visit.location}
            for visit in visits
        ],
        "until": in_words(min(visit.offered_until for visit in visits), now=now),
        "manage_url": link_to_manage(request),
    }
    return write("offered", request.email, context)


def render_offer_over(message, now):
    """When the offer ended without an answer, and when staff took it back: then an answer is still to come."""
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := cannot_write(request):
        return problem
    if request.state not in (RequestState.EXPIRED, RequestState.RECEIVED):
        return Skip(ANSWERED)
    context = {
        "reference": request.reference,
        "is_closed": request.state == RequestState.EXPIRED,
        "reply_by": in_words(request.reply_by, now=now) if request.reply_by > now else "",
        "start_url": absolute("booking:start"),
    }
    return write("offer_over", request.email, context)


def offered_visits(request):
    """What is offered for a request, with clinician and place, earliest first."""
    kept = request.appointments.filter(state=AppointmentState.PROPOSED, offered_until__isnull=False)
    kept = kept.filter(wait_offer__isnull=True)
    return kept.select_related("practitioner", "location").order_by("start", "pk")
