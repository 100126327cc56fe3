"""To patients, about their request. Each function is a `render` of clinic.outbox.register()."""

from booking.messages.words import ASK_AGAIN, DECLINE_TEXTS
from booking.messages.writing import ANSWERED, CHANGED, OVER, absolute, cannot_write, in_words, link_to_manage, write
from booking.models import Appointment, AppointmentRequest
from booking.states import AppointmentState, RequestKind, RequestState, SafetyOutcome
from clinic.mail import Skip


def render_received(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := cannot_write(request):
        return problem
    if request.state != RequestState.RECEIVED:
        return Skip(ANSWERED)
    kept = kept_visit(request)
    context = {
        "reference": request.reference,
        "is_call": request.kind == RequestKind.CALL,
        "manage_url": link_to_manage(request),
        "kept": in_words(kept.start, now=now) if kept else "",
        "reply_by": in_words(request.reply_by, now=now) if request.reply_by > now else "",
    }
    return write("received", request.email, context)


def render_answer_late(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := cannot_write(request):
        return problem
    kept = kept_visit(request)
    if request.state != RequestState.RECEIVED:
        return Skip(ANSWERED)
    # Of a time that has begun by now the next mail tells.
    if kept.start <= now if kept else request.appointments.exists():
        return Skip(OVER)
    is_safety_call = request.safety_outcome == SafetyOutcome.SAME_DAY
    context = _late_context(request, kept, now) | {
        "is_call": is_safety_call or request.kind == RequestKind.CALL,
        "is_safety_call": is_safety_call,
    }
    return write("answer_late", request.email, context)


def render_time_passed(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := cannot_write(request):
        return problem
    passed = request.appointments.filter(state=AppointmentState.CANCELLED, offered_until=None).order_by("pk").last()
    if request.state != RequestState.RECEIVED or passed is None:
        return Skip(ANSWERED)
    return write("time_passed", request.email, _late_context(request, passed, now))


def kept_visit(request):
    """The time that the patient asked for; what we offer is in booking/messages/offers.py."""
    kept = Appointment.objects.filter(request=request, state=AppointmentState.PROPOSED, offered_until=None)
    return kept.select_related("request").order_by("pk").first()


def _late_context(request, visit, now):
    return {
        "reference": request.reference,
        "visit_start": in_words(visit.start, now=now) if visit else "",
        "reply_by": in_words(request.reply_by, now=now),
        "start_url": absolute("booking:start"),
    }


def render_expired(message, now):
    """We have failed somebody: everything that they asked for has passed. Says so, and what to do now."""
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := cannot_write(request):
        return problem
    if request.state != RequestState.EXPIRED:
        return Skip(CHANGED)
    context = _late_context(request, None, now) | {"is_call": request.kind == RequestKind.CALL}
    return write("request_expired", request.email, context)


def render_declined(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := cannot_write(request):
        return problem
    if request.state != RequestState.DECLINED:
        return Skip(CHANGED)
    sentence, next_step = DECLINE_TEXTS[request.decline_reason]
    may_ask_again = request.decline_reason in ASK_AGAIN
    context = {
        "reference": request.reference,
        "sentence": sentence,
        "next_step": next_step,
        "start_url": absolute("booking:start") if may_ask_again else "",
        "call_url": absolute("booking:call_me") if may_ask_again else "",
    }
    return write("declined", request.email, context)
