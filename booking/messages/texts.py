"""Text messages about a visit. Each function is a `render` of clinic.outbox.register_text().

A text lies open on a locked phone: the clinic's name, day, time and zone, and a link; no name, reason or clinician.
Agreeing and the night are looked at when it leaves, not when it was asked for.
"""

import datetime

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, gettext_lazy, pgettext

from booking.local_times import zone_text
from booking.messages.visits import reminder_key, visit_of
from booking.messages.writing import CHANGED, GONE, OVER, WITHDRAWN, link_to_manage
from booking.reminders import end_of_quiet, is_quiet
from booking.states import AppointmentState, MailKind, RequestState
from clinic.hours_text import time_text
from clinic.mail import Skip, Wait
from clinic.models import Clinic, OutgoingMessage
from clinic.states import MessageChannel, MessageReason, MessageState
from clinic.text_backend import OutgoingText, is_on
from clinic.text_segments import segments, to_gsm

# Asked for beside the mail of the same kind (booking/actions/telling.py); a reminder is asked for by its own rules.
TEXTS_OF_A_VISIT = (MailKind.CONFIRMED, MailKind.MOVED, MailKind.VISIT_CANCELLED)
MOST_SEGMENTS = 2
# What people agree to; the last one is kept for “your visit is canceled”.
MOST_A_VISIT = 6
# A cancellation so close to the visit may wake somebody: they would set out in the morning.
TOLD_AT_NIGHT_WITHIN = datetime.timedelta(hours=24)
# Why a text did not leave, as staff read it beside the message.
NOT_AGREED = "no agreed number for text messages"
ENOUGH = "enough text messages about this visit"

BOOKED = gettext_lazy("%(clinic)s: your visit is booked for %(when)s. Change it: %(link)s Reply STOP to end texts.")
MOVED = gettext_lazy("%(clinic)s: your visit is now on %(when)s. Change it: %(link)s Reply STOP to end texts.")
REMINDER = gettext_lazy("%(clinic)s: reminder of your visit on %(when)s. Change it: %(link)s Reply STOP to end texts.")
CANCELLED = gettext_lazy("%(clinic)s: your visit on %(when)s is canceled. Details: %(link)s Reply STOP to end texts.")


def may_text(request):
    """Whether this person agreed to texts on a number that can get them, and this installation sends any."""
    return is_on() and request.text_agreed_at is not None and bool(number_of(request))


def number_of(request):
    """The number as +12015550123; empty without one, and for one with an extension, which rings at a desk."""
    return "" if not request.phone or request.phone_extension else request.phone.as_e164


def render_confirmed(message, now):
    return _about_visit(message, now, BOOKED)


def render_moved(message, now):
    return _about_visit(message, now, MOVED)


def render_reminder(message, now):
    visit = visit_of(message)
    if visit and not message.key.startswith(f"{MessageChannel.TEXT}:{reminder_key(visit, '')}"):
        return Skip(CHANGED)
    return _about_visit(message, now, REMINDER)


def render_cancelled(message, now):
    return _about_visit(message, now, CANCELLED, state=AppointmentState.CANCELLED)


def _about_visit(message, now, words, *, state=AppointmentState.BOOKED):
    visit = visit_of(message)
    request = visit and visit.request
    if problem := _cannot_text(request):
        return problem
    if visit.state != state or _later_text(message):
        return Skip(CHANGED)
    if visit.start <= now:
        return Skip(OVER)
    clinic = Clinic.objects.get()
    is_cancelled = state == AppointmentState.CANCELLED
    is_urgent = is_cancelled and visit.start - now <= TOLD_AT_NIGHT_WITHIN
    if is_quiet(now, zone=clinic.zone) and not is_urgent:
        return Wait(end_of_quiet(now, zone=clinic.zone), MessageReason.QUIET)
    if _sent_about(message) >= MOST_A_VISIT - (not is_cancelled):
        return Skip(ENOUGH)
    values = {"when": when_text(visit.start, now=now, zone=clinic.zone), "link": link_to_manage(request)}
    return OutgoingText(to=number_of(request), body=fit(words, clinic_name=clinic.name, values=values))


def when_text(start, *, now, zone):
    """“Tue, Nov 24, 9:10 am (New York time)”; with the year when it is not this one."""
    local = start.astimezone(zone)
    if local.year == now.astimezone(zone).year:
        day = format_date(local, pgettext("short date, Django date format", "D, M j"))
    else:
        day = format_date(local, pgettext("short date with a year, Django date format", "D, M j, Y"))
    return gettext("%(day)s, %(time)s (%(zone)s)") % {
        "day": day,
        "time": time_text(local.time()),
        "zone": zone_text(zone),
    }


def fit(words, *, clinic_name, values):
    """The text with as much of the clinic's name, in whole words, as two segments hold. Nothing else is shortened.

    A name that GSM cannot spell becomes “Your clinic”: in UCS-2 one text would cost three. So does one without a letter
    or a figure.
    """
    parts = to_gsm(clinic_name).split()
    names = [" ".join(parts[:count]) for count in range(len(parts), 0, -1)]
    for name in filter(_is_said, names):
        body = str(words) % (values | {"clinic": name})
        if segments(body) <= MOST_SEGMENTS:
            return body
    return str(words) % (values | {"clinic": gettext("Your clinic")})


def _is_said(name):
    return any(character.isalnum() for character in name)


def _cannot_text(request):
    if request is None:
        return Skip(GONE)
    if request.state == RequestState.WITHDRAWN:
        return Skip(WITHDRAWN)
    return None if may_text(request) else Skip(NOT_AGREED)


def _texts(message):
    return OutgoingMessage.objects.filter(channel=MessageChannel.TEXT, record_id=message.record_id).exclude(
        pk=message.pk
    )


def _later_text(message):
    """Whether a later one says what is so now. A reminder says that only of its own time, which its key holds."""
    if message.kind == MailKind.REMINDER:
        return False
    return _texts(message).filter(kind__in=TEXTS_OF_A_VISIT, pk__gt=message.pk).exists()


def _sent_about(message):
    about = (*TEXTS_OF_A_VISIT, MailKind.REMINDER)
    return _texts(message).filter(kind__in=about, state=MessageState.SENT).count()
