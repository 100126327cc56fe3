"""Whether the patient knows. A mail that left tells them; without one, staff do (booking/actions/answering.py)."""

from django.db.models import F

from booking.actions import events, failing
from booking.errors import AttemptsNeeded
from booking.messages import desk, offers, preparation, requests, texts, visits, waiting
from booking.messages.writing import is_superseded, mailbox_of
from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.states import STATES_TO_TELL, AppointmentState, MailKind, RequestState
from clinic.outbox import enqueue, register, register_text
from clinic.states import MessageChannel

EVENTS_TO_TELL = ("confirmed", "declined", "cancelled", "rescheduled", "expired", "offer_over")
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


def tell_desk(event, *, now, not_after=None):
    """Tells the desk what a patient did by link: one mail for the AppointmentEvent, whose words are BY_LINK_TEXTS."""
    enqueue(kind=MailKind.BY_LINK, record_id=event.pk, key=f"by_link:{event.pk}", now=now, not_after=not_after)


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
    says = {
        MailKind.CONFIRMED: AppointmentState.BOOKED,
        MailKind.MOVED: AppointmentState.BOOKED,
        MailKind.VISIT_CANCELLED: AppointmentState.CANCELLED,
    }
    visit = Appointment.objects.select_for_update(no_key=True).filter(pk=message.record_id).first()
    if visit and visit.state == says[message.kind] and not is_superseded(message):
        _told_by_mail(visit.request_id, message, now)


def ending_mail_left(message, now):
    """A request that was declined, or ended without our answer."""
    _told_by_mail(message.record_id, message, now)


def offer_over_mail_left(message, now):
    """Only when that closed the request: after an offer that staff took back, the answer is still to come."""
    if AppointmentRequest.objects.filter(pk=message.record_id, state=RequestState.EXPIRED).exists():
        ending_mail_left(message, now)


def _told_by_mail(request_id, message, now):
    if request_id and patient_knows(request_id, how="email", now=now):
        request = AppointmentRequest.objects.get(pk=request_id)
        events.record("told", now=now, request=request, detail={"how": "email", "mail": message.kind})


def register_mails():
    """Tells the outbox how to write each mail, and what follows when it has left, or never will."""
    register(MailKind.RECEIVED, requests.render_received, on_failed=failing.tell_desk)
    register(MailKind.CONFIRMED, visits.render_confirmed, on_sent=visit_mail_left, on_failed=failing.tell_desk)
    register(MailKind.MOVED, visits.render_moved, on_sent=visit_mail_left, on_failed=failing.tell_desk)
    register(
        MailKind.VISIT_CANCELLED, visits.render_visit_cancelled, on_sent=visit_mail_left, on_failed=failing.tell_desk
    )
    register(MailKind.DECLINED, requests.render_declined, on_sent=ending_mail_left, on_failed=failing.tell_desk)
    register(MailKind.REQUEST_EXPIRED, requests.render_expired, on_sent=ending_mail_left, on_failed=failing.tell_desk)
    register(MailKind.ANSWER_LATE, requests.render_answer_late, on_failed=failing.tell_desk)
    register(MailKind.TIME_PASSED, requests.render_time_passed, on_failed=failing.tell_desk)
    register(MailKind.REMINDER, visits.render_reminder, on_failed=failing.tell_desk)
    register(MailKind.PREPARATION, preparation.render_preparation, on_failed=failing.tell_desk)
    # To the desk. What does not arrive there is told to nobody by mail: the site's own alarm speaks up.
    register(MailKind.NEW_REQUEST, desk.render_new_request)
    register(MailKind.URGENT_REQUEST, desk.render_urgent_request)
    register(MailKind.PROMISE_NEAR, desk.render_promise_near)
    register(MailKind.UNANSWERED, desk.render_unanswered)
    register(MailKind.BY_LINK, desk.render_by_link)
    register(MailKind.OFFERED, offers.render_offered, on_failed=failing.tell_desk)
    register(MailKind.OFFER_OVER, offers.render_offer_over, on_sent=offer_over_mail_left, on_failed=failing.tell_desk)
    register(MailKind.WAIT_OFFER, waiting.render_wait_offer, on_failed=failing.tell_desk)
    register(MailKind.WAIT_OVER, waiting.render_wait_over, on_failed=failing.tell_desk)
    register(MailKind.WAIT_APPROVE, waiting.render_wait_approve)
    register(MailKind.NOT_DELIVERED, desk.render_not_delivered)
    register_text(MailKind.CONFIRMED, texts.render_confirmed)
    register_text(MailKind.MOVED, texts.render_moved)
    register_text(MailKind.REMINDER, texts.render_reminder)
    register_text(MailKind.VISIT_CANCELLED, texts.render_cancelled)
