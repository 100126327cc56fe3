"""Whether the patient knows. A mail that left tells them; without one, staff do (booking/actions/answering.py)."""

from django.db.models import F

from booking.actions import events
from booking.errors import AttemptsNeeded
from booking.messages import desk, requests, texts, visits
from booking.messages.writing import is_superseded, mailbox_of
from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.states import AppointmentState, MailKind, RequestState
from clinic.outbox import enqueue, register, register_text
from clinic.states import MessageChannel

# A closed request whose patient has to hear from us. Who withdrew told us; what expired is written to nobody.
STATES_TO_TELL = (RequestState.ANSWERED, RequestState.DECLINED)
EVENTS_TO_TELL = ("confirmed", "declined", "cancelled", "rescheduled")
ENOUGH_ATTEMPTS = 3


def enqueue_to_patient(kind, request, *, record, now, not_after=None):
    """Asks for a mail about `record` (the request or one of its visits), if the patient takes mail at all.

    Of what can be said in a text there is one too, for whoever agreed to texts; it takes no mail's place.
    One for each version of the record: a visit that moves is confirmed again, and the mail before is skipped.
    """
    asked = {"kind": kind, "record_id": record.pk, "key": f"{kind}:{record.pk}:{record.version}"}
    if mailbox_of(request):
        enqueue(**asked, now=now, not_after=not_after)
    if kind in texts.TEXTS_OF_A_VISIT and texts.may_text(request):
        enqueue(**asked, now=now, not_after=not_after, channel=MessageChannel.TEXT)


def need_attempts(request, *, since):
    """Raises AttemptsNeeded with fewer than three tries in vain since then. Somebody who was reached can be told."""
    if request.attempts.filter(at__gte=since).exclude(result="reached").count() < ENOUGH_ATTEMPTS:
        raise AttemptsNeeded


def something_to_tell_since(request):
    """When our last answer, or the last cancellation, was written down."""
    told = AppointmentEvent.objects.filter(request_id=request.pk, action__in=EVENTS_TO_TELL).order_by("at", "pk").last()
    return told.at if told else request.received_at


def patient_knows(request_id, *, how, now, **still):
    """Compare-and-set: whether this call made the difference. `still` narrows the row further, as with `version`."""
    return AppointmentRequest.objects.filter(pk=request_id, state__in=STATES_TO_TELL, told_at=None, **still).update(
        told_at=now, told_how=how, version=F("version") + 1
    )


def visit_mail_left(message, now):
    """The mail told the patient, if what it said of the visit still holds."""
    says = {MailKind.CONFIRMED: AppointmentState.BOOKED, MailKind.VISIT_CANCELLED: AppointmentState.CANCELLED}
    visit = Appointment.objects.select_for_update(no_key=True).filter(pk=message.record_id).first()
    if visit and visit.state == says[message.kind] and not is_superseded(message):
        _told_by_mail(visit.request_id, message, now)


def decline_mail_left(message, now):
    _told_by_mail(message.record_id, message, now)


def _told_by_mail(request_id, message, now):
    if request_id and patient_knows(request_id, how="email", now=now):
        request = AppointmentRequest.objects.get(pk=request_id)
        events.record("told", now=now, request=request, detail={"how": "email", "mail": message.kind})


def register_mails():
    """Tells the outbox how to write each mail, and what follows when it has left."""
    register(MailKind.RECEIVED, requests.render_received)
    register(MailKind.NEW_REQUEST, desk.render_new_request)
    register(MailKind.CONFIRMED, visits.render_confirmed, on_sent=visit_mail_left)
    register(MailKind.DECLINED, requests.render_declined, on_sent=decline_mail_left)
    register(MailKind.UNANSWERED, desk.render_unanswered)
    register(MailKind.ANSWER_LATE, requests.render_answer_late)
    register(MailKind.TIME_PASSED, requests.render_time_passed)
    register(MailKind.REMINDER, visits.render_reminder)
    register(MailKind.BY_LINK, desk.render_by_link)
    register(MailKind.VISIT_CANCELLED, visits.render_visit_cancelled, on_sent=visit_mail_left)
    register_text(MailKind.CONFIRMED, texts.render_confirmed)
    register_text(MailKind.MOVED, texts.render_moved)
    register_text(MailKind.REMINDER, texts.render_reminder)
    register_text(MailKind.VISIT_CANCELLED, texts.render_cancelled)
