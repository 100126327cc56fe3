"""Reminders: asked for once each, when their time has come; what they say is written when they leave."""

import datetime

from django.db import transaction
from django.db.models import Q

from booking.messages.texts import may_text
from booking.messages.visits import reminder_key
from booking.messages.writing import WHEN_IT_IS, mailbox_of
from booking.models import Appointment
from booking.reminders import days_before, hours_before, is_quiet
from booking.states import AppointmentState, MailKind
from clinic.models import Clinic, OutgoingMessage
from clinic.outbox import enqueue
from clinic.states import MessageChannel

LONGEST_AHEAD = datetime.timedelta(days=16)
# Closer to the visit nobody reads it in time.
STILL_USEFUL = datetime.timedelta(minutes=30)
# Who was told of the visit this short a time before needs no reminder of it.
JUST_TOLD = datetime.timedelta(hours=12)


@transaction.atomic
def ask_for_reminders(*, now):
    """Asks for every reminder whose time has come at `now`; returns how many. Three queries and one a reminder.

    However often it runs, and whatever the clock did, each visit at its time gets each of its reminders once, by each
    way that the person wants. After a pause of the worker only the newest one that is due leaves, never in the quiet
    hours, and none within half an hour of the visit.
    """
    clinic = Clinic.objects.first()
    if clinic is None or is_quiet(now, zone=clinic.zone):
        return 0
    due = {}
    for visit in visits_ahead(now=now):
        come = [(at, name) for at, name in reminders_of(visit, clinic.zone) if at <= now]
        if come:
            due[visit.pk] = (visit, *max(come))
    told = last_told(due)
    known = OutgoingMessage.objects.filter(kind=MailKind.REMINDER, record_id__in=due).values_list("key", flat=True)
    known = {key.removeprefix(f"{MessageChannel.TEXT}:") for key in known}
    asked = 0
    for visit, at, name in due.values():
        key = reminder_key(visit, name)
        if key in known or (visit.pk in told and told[visit.pk] > at - JUST_TOLD):
            continue
        for channel in _channels(visit.request):
            enqueue(
                kind=MailKind.REMINDER, record_id=visit.pk, key=key, now=now, not_after=visit.start, channel=channel
            )
            asked += 1
    return asked


def _channels(request):
    """How this person is reminded: by mail, by text, or both."""
    if mailbox_of(request):
        yield MessageChannel.EMAIL
    if may_text(request):
        yield MessageChannel.TEXT


def visits_ahead(*, now):
    """Booked visits that may be written about now, with their requests and types. One query.

    Of people who take mail, or who agreed to text messages.
    """
    takes_mail = ~Q(request__email="") & ~Q(request__contact_by="phone")
    return (
        Appointment.objects.filter(
            state=AppointmentState.BOOKED,
            start__gt=now + STILL_USEFUL,
            start__lte=now + LONGEST_AHEAD,
            request__isnull=False,
        )
        .filter(takes_mail | Q(request__text_agreed_at__isnull=False))
        .select_related("type", "request")
        .order_by("start", "pk")
    )


def last_told(visit_ids):
    """{key of a visit: when a message that says when it is was last asked for}. One query."""
    told = OutgoingMessage.objects.filter(kind__in=WHEN_IT_IS, record_id__in=visit_ids).order_by("created_at")
    return dict(told.values_list("record_id", "created_at"))


def reminders_of(visit, zone):
    """(instant, name) of each reminder that this kind of visit has."""
    kind = visit.type
    if kind.remind_days_before:
        yield days_before(visit.start, kind.remind_days_before, zone=zone), "days"
    if kind.remind_hours_before:
        yield hours_before(visit.start, kind.remind_hours_before, zone=zone), "hours"
