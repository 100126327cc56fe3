"""The mails that booking sends, written from the record at the moment they leave.

E-mail is not private (45 CFR 164.312(e); OCR allows it when the content is kept small): no name of a patient, no
reason, sign, body part, note or contact stands in any of them, and the desk's own holds a reference and a link alone.
Times are the clinic's, with the name of its zone. What no longer holds is skipped.
"""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from booking.calendar_file import VisitEvent, calendar_text, content_type
from booking.local_times import zone_text
from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.patient_links import link_token
from booking.slots import to_minutes
from booking.states import AppointmentState, DeclineReason, MailKind, RequestKind, RequestState
from clinic.hours_text import long_date_text, time_text
from clinic.mail import OutgoingMail, Skip, render_mail
from clinic.models import Clinic, OutgoingMessage

# What we say, and what to do next: kind, true, and silent about what the patient wrote.
DECLINE_TEXTS = {
    DeclineReason.NO_TIME_SOON: (
        gettext_lazy("We are sorry: we have no time soon enough for you."),
        gettext_lazy("Call us if a later time would do, or ask your own doctor who can see you sooner."),
    ),
    DeclineReason.OTHER_CARE_FIRST: (
        gettext_lazy("We think that another doctor should see you before we do."),
        gettext_lazy("Please see your own doctor soon. Afterwards we are glad to see you: ask again, or call us."),
    ),
    DeclineReason.NOT_OUR_FIELD: (
        gettext_lazy("We are sorry: this is not something that we treat."),
        gettext_lazy("Your own doctor can tell you who does. If you are not sure, call us and we will help you look."),
    ),
    DeclineReason.NEEDS_REFERRAL: (
        gettext_lazy("Your insurance plan asks for a referral before it pays for a visit."),
        gettext_lazy(
            "Ask your own doctor for a referral, then ask for a visit again. You may also pay yourself: call us."
        ),
    ),
    DeclineReason.OUT_OF_NETWORK: (
        gettext_lazy("We do not take your insurance plan."),
        gettext_lazy(
            "Your plan can tell you who does. You may also pay yourself: call us and we tell you the price first."
        ),
    ),
    DeclineReason.NOT_REACHED: (
        gettext_lazy("We tried to call you and could not reach you."),
        gettext_lazy("Please call us, and have your reference ready. We are still glad to see you."),
    ),
    DeclineReason.DUPLICATE: (
        gettext_lazy("We got the same request twice."),
        gettext_lazy("You need do nothing: we answer the other one. This one is closed."),
    ),
}

CALENDAR_FILE = "visit.ics"
# Why a mail did not leave, as staff read it beside the message.
GONE = "the request is gone"
WITHDRAWN = "the patient withdrew the request"
NO_ADDRESS = "no e-mail address to use"
ANSWERED = "answered already"
CHANGED = "no longer true"
OVER = "the time is over"


def mailbox_of(request):
    """The address we may write to; empty when there is none, or the patient wants to be called instead."""
    return "" if request.contact_by == "phone" else request.email


def is_superseded(message):
    """Whether a later mail of the same kind about the same record was asked for: the visit has moved since."""
    return OutgoingMessage.objects.filter(kind=message.kind, record_id=message.record_id, pk__gt=message.pk).exists()


def render_received(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := _cannot_write(request):
        return problem
    if request.state != RequestState.RECEIVED:
        return Skip(ANSWERED)
    kept = _kept(request)
    context = {
        "reference": request.reference,
        "is_call": request.kind == RequestKind.CALL,
        "manage_url": link_to_manage(request),
        "kept": _in_words(kept.start, now=now) if kept else "",
        "reply_by": _in_words(request.reply_by, now=now) if request.reply_by > now else "",
    }
    return _mail("received", request.email, context)


def render_new_request(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    desk = Clinic.objects.values_list("staff_email", flat=True).first()
    if request is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    if request.state != RequestState.RECEIVED:
        return Skip(ANSWERED)
    context = {
        "reference": request.reference,
        "reply_by": _in_words(request.reply_by, now=now),
        "link": _absolute("admin:booking_appointmentrequest_change", request.pk),
    }
    return _mail("new_request", desk, context)


def render_unanswered(message, now):
    """To the desk, each time that a time asked for is kept longer, and when it has passed."""
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    desk = Clinic.objects.values_list("staff_email", flat=True).first()
    if request is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    if request.state != RequestState.RECEIVED:
        return Skip(ANSWERED)
    if is_superseded(message):
        return Skip(CHANGED)
    kept = _kept(request)
    context = {
        "reference": request.reference,
        "reply_by": _in_words(request.reply_by, now=now),
        "kept_until": _in_words(kept.kept_until, now=now) if kept else "",
        "link": _absolute("admin:desk_request", request.pk),
    }
    return _mail("unanswered", desk, context)


def render_answer_late(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := _cannot_write(request):
        return problem
    kept = _kept(request)
    if request.state != RequestState.RECEIVED or kept is None:
        return Skip(ANSWERED)
    if kept.start <= now:
        return Skip(OVER)
    return _mail("answer_late", request.email, _late_context(request, kept, now))


def render_time_passed(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := _cannot_write(request):
        return problem
    passed = request.appointments.filter(state=AppointmentState.CANCELLED).order_by("pk").last()
    if request.state != RequestState.RECEIVED or passed is None:
        return Skip(ANSWERED)
    return _mail("time_passed", request.email, _late_context(request, passed, now))


def _kept(request):
    kept = Appointment.objects.filter(request=request, state=AppointmentState.PROPOSED)
    return kept.select_related("request").order_by("pk").first()


def _late_context(request, visit, now):
    return {
        "reference": request.reference,
        "visit_start": _in_words(visit.start, now=now),
        "reply_by": _in_words(request.reply_by, now=now),
        "start_url": _absolute("booking:start"),
    }


def render_confirmed(message, now):
    visit = _visit(message)
    if problem := _cannot_write(visit and visit.request):
        return problem
    if visit.state != AppointmentState.BOOKED or is_superseded(message):
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    return _mail("confirmed", visit.request.email, _visit_context(visit, now), visit_event(visit), now=now)


def reminder_key(visit, name):
    """The key of one reminder of a visit at its present start; after a move it is another one."""
    return f"{MailKind.REMINDER}:{visit.pk}:{to_minutes(visit.start)}:{name}"


def render_reminder(message, now):
    visit = _visit(message)
    if problem := _cannot_write(visit and visit.request):
        return problem
    if visit.state != AppointmentState.BOOKED or not message.key.startswith(reminder_key(visit, "")):
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    return _mail("reminder", visit.request.email, _visit_context(visit, now))


def render_declined(message, now):
    request = AppointmentRequest.objects.filter(pk=message.record_id).first()
    if problem := _cannot_write(request):
        return problem
    if request.state != RequestState.DECLINED:
        return Skip(CHANGED)
    sentence, next_step = DECLINE_TEXTS[request.decline_reason]
    context = {"reference": request.reference, "sentence": sentence, "next_step": next_step}
    return _mail("declined", request.email, context)


def render_visit_cancelled(message, now):
    visit = _visit(message)
    if problem := _cannot_write(visit and visit.request):
        return problem
    if visit.state != AppointmentState.CANCELLED:
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    return _mail("visit_cancelled", visit.request.email, _visit_context(visit, now), visit_event(visit), now=now)


BY_LINK_TEXTS = {
    "cancelled": gettext_lazy("A patient called a visit off on the site. The time is free again."),
    "rescheduled": gettext_lazy("A patient moved a visit to another open time on the site."),
    "withdrawn": gettext_lazy("A patient needs no visit any more. There is nothing to answer."),
    "running_late": gettext_lazy("A patient is on the way and late, by about %(minutes)s minutes."),
}


def render_by_link(message, now):
    event = AppointmentEvent.objects.filter(pk=message.record_id).first()
    request = AppointmentRequest.objects.filter(pk=event.request_id).first() if event else None
    desk = Clinic.objects.values_list("staff_email", flat=True).first()
    if request is None:
        return Skip(GONE)
    if not desk:
        return Skip(NO_ADDRESS)
    context = {
        "reference": request.reference,
        "sentence": BY_LINK_TEXTS[event.action] % event.detail,
        "link": _absolute("admin:booking_appointmentrequest_change", request.pk),
    }
    return _mail("by_link", desk, context)


def link_to_manage(request):
    """The absolute address at which the patient looks after this request."""
    return _absolute("booking:manage", link_token(request))


def visit_event(visit, *, for_download=False):
    """A VisitEvent of a visit; without an attendee `for_download`. Says when, where and with whom, and no reason."""
    clinic = Clinic.objects.get()
    place = visit.location
    return VisitEvent(
        uid=f"{visit.uid}@{urlsplit(settings.SITE_URL).hostname}",
        sequence=visit.version,
        start=visit.start,
        end=visit.end,
        zone=clinic.zone,
        title=gettext("Visit at %(clinic)s") % {"clinic": clinic.name},
        place=f"{place.name}, {place.street}, {place.locality}, {place.region} {place.postal_code}",
        notes=gettext("With %(name)s. Your reference: %(reference)s. Our phone: %(phone)s")
        % {
            "name": visit.practitioner.name,
            "reference": visit.request.reference if visit.request else "",
            "phone": clinic.phone.as_national,
        },
        url=_absolute("content:info", "visit"),
        organizer=(clinic.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
        attendee=None if for_download else ("", visit.request.email),
        is_cancelled=visit.state == AppointmentState.CANCELLED,
    )


def _visit(message):
    return (
        Appointment.objects.filter(pk=message.record_id).select_related("request", "practitioner", "location").first()
    )


def _cannot_write(request):
    """Why nobody can be written to: the request was purged or withdrawn, or there is no address to use."""
    if request is None:
        return Skip(GONE)
    if request.state == RequestState.WITHDRAWN:
        return Skip(WITHDRAWN)
    if not mailbox_of(request):
        return Skip(NO_ADDRESS)
    return None


def _visit_context(visit, now):
    zone = Clinic.objects.get().zone
    start, today = visit.start.astimezone(zone), now.astimezone(zone).date()
    return {
        "reference": visit.request.reference,
        "day": long_date_text(start.date(), today=today),
        "time": time_text(start.time()),
        "zone": zone_text(zone),
        "practitioner": visit.practitioner.name,
        "location": visit.location,
        "visit_url": _absolute("content:info", "visit"),
        "manage_url": link_to_manage(visit.request),
        "start_url": _absolute("booking:start"),
    }


def _in_words(instant, *, now):
    """“5:05 pm on Monday, November 23 (New York time)”. Never “today”: a mail may be read tomorrow."""
    zone = Clinic.objects.get().zone
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    return gettext("%(time)s on %(day)s (%(zone)s)") % {
        "time": time_text(local.time()),
        "day": long_date_text(local.date(), today=today),
        "zone": zone_text(zone),
    }


def _absolute(url_name, *arguments):
    return settings.SITE_URL + reverse(url_name, args=arguments)


def _mail(name, to, context, event=None, *, now=None):
    subject, text, html = render_mail(name, context)
    files = ((CALENDAR_FILE, calendar_text(event, stamp=now), content_type(event)),) if event else ()
    return OutgoingMail(to=to, subject=subject, text=text, html=html, attachments=files)
