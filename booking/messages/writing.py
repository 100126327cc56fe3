"""What every mail of ours shares.

E-mail is not private (45 CFR 164.312(e); OCR allows it when the content is kept small): no name of a patient, no
reason, sign, body part, note or contact stands in any of them, and the desk's own holds a reference and a link alone.
Times are the clinic's, with the name of its zone. What no longer holds is skipped.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from booking.calendar_file import calendar_text, content_type
from booking.local_times import zone_text
from booking.patient_links import link_token
from booking.states import MailKind, RequestState
from clinic.hours_text import long_date_text, time_text
from clinic.mail import OutgoingMail, Skip, render_mail
from clinic.models import Clinic, OutgoingMessage
from clinic.states import MessageChannel

CALENDAR_FILE = "visit.ics"
# When a visit is: whichever of these was asked for last is the one that counts.
WHEN_IT_IS = (MailKind.CONFIRMED, MailKind.MOVED)
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
    """Whether a later mail that says the same of the same record was asked for: the visit has moved since."""
    kinds = WHEN_IT_IS if message.kind in WHEN_IT_IS else (message.kind,)
    same = OutgoingMessage.objects.filter(kind__in=kinds, record_id=message.record_id)
    return same.filter(channel=MessageChannel.EMAIL, pk__gt=message.pk).exists()


def desk_mailbox():
    """The front desk's own address; empty or None when it has none."""
    return Clinic.objects.values_list("staff_email", flat=True).first()


def link_to_manage(request):
    """The absolute address at which the patient looks after this request."""
    return absolute("booking:manage", link_token(request))


def cannot_write(request):
    """Why nobody can be written to: the request was purged or withdrawn, or there is no address to use."""
    if request is None:
        return Skip(GONE)
    if request.state == RequestState.WITHDRAWN:
        return Skip(WITHDRAWN)
    if not mailbox_of(request):
        return Skip(NO_ADDRESS)
    return None


def in_words(instant, *, now):
    """“5:05 pm on Monday, November 23 (New York time)”. Never “today”: a mail may be read tomorrow."""
    zone = Clinic.objects.get().zone
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    return gettext("%(time)s on %(day)s (%(zone)s)") % {
        "time": time_text(local.time()),
        "day": long_date_text(local.date(), today=today),
        "zone": zone_text(zone),
    }


def absolute(url_name, *arguments):
    return settings.SITE_URL + reverse(url_name, args=arguments)


def write(name, to, context, event=None, *, now=None):
    subject, text, html = render_mail(name, context)
    files = ((CALENDAR_FILE, calendar_text(event, stamp=now), content_type(event)),) if event else ()
    return OutgoingMail(to=to, subject=subject, text=text, html=html, attachments=files)
