"""To patients, about a visit: when, where and with whom."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from booking.calendar_file import VisitEvent
from booking.local_times import zone_text
from booking.messages.writing import (
    CHANGED,
    OVER,
    absolute,
    cannot_write,
    in_words,
    is_superseded,
    link_to_manage,
    write,
)
from booking.models import Appointment, AppointmentEvent
from booking.slots import to_minutes
from booking.states import AppointmentState, MailKind
from clinic.hours_text import long_date_text, time_text
from clinic.mail import Skip
from clinic.models import Clinic


def render_confirmed(message, now):
    visit = visit_of(message)
    if problem := cannot_write(visit and visit.request):
        return problem
    if visit.state != AppointmentState.BOOKED or is_superseded(message):
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    return write("confirmed", visit.request.email, visit_context(visit, now), visit_event(visit), now=now)


def render_moved(message, now):
    """The visit at its new time, with the time that the patient knew: the calendar file moves what they have."""
    visit = visit_of(message)
    if problem := cannot_write(visit and visit.request):
        return problem
    if visit.state != AppointmentState.BOOKED or is_superseded(message):
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    known = _time_known_before(visit)
    context = visit_context(visit, now) | {"was": in_words(known, now=now) if known else ""}
    return write("moved", visit.request.email, context, visit_event(visit), now=now)


def _time_known_before(visit):
    """The start that the patient was told last, before this news; None when the visit is back at it, or never moved.

    Between two moves that nobody has told them of, the time in the middle was never theirs.
    """
    known, knows = None, True
    happened = AppointmentEvent.objects.filter(request_id=visit.request_id, action__in=("told", "rescheduled"))
    for event in happened.order_by("pk"):
        if event.action == "told":
            knows = True
        elif event.appointment_id == visit.pk:
            known = parse_datetime(event.detail["was"]) if knows else known
            knows = event.user_id is None  # moved by the patient's own press
    return known if known != visit.start else None


def reminder_key(visit, name):
    """The key of one reminder of a visit at its present start; after a move it is another one."""
    return f"{MailKind.REMINDER}:{visit.pk}:{to_minutes(visit.start)}:{name}"


def render_reminder(message, now):
    visit = visit_of(message)
    if problem := cannot_write(visit and visit.request):
        return problem
    if visit.state != AppointmentState.BOOKED or not message.key.startswith(reminder_key(visit, "")):
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    return write("reminder", visit.request.email, visit_context(visit, now))


def render_visit_cancelled(message, now):
    visit = visit_of(message)
    if problem := cannot_write(visit and visit.request):
        return problem
    if visit.state != AppointmentState.CANCELLED:
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    return write("visit_cancelled", visit.request.email, visit_context(visit, now), visit_event(visit), now=now)


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
        url=absolute("content:info", "visit"),
        organizer=(clinic.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
        attendee=None if for_download else ("", visit.request.email),
        is_cancelled=visit.state == AppointmentState.CANCELLED,
    )


def visit_of(message):
    return (
        Appointment.objects.filter(pk=message.record_id).select_related("request", "practitioner", "location").first()
    )


def visit_context(visit, now):
    """What every mail about a visit says of it."""
    zone = Clinic.objects.get().zone
    start, today = visit.start.astimezone(zone), now.astimezone(zone).date()
    return {
        "reference": visit.request.reference,
        "day": long_date_text(start.date(), today=today),
        "time": time_text(start.time()),
        "zone": zone_text(zone),
        "practitioner": visit.practitioner.name,
        "location": visit.location,
        "visit_url": absolute("content:info", "visit"),
        "manage_url": link_to_manage(visit.request),
        "start_url": absolute("booking:start"),
    }
