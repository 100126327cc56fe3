"""What to bring and how to get there: asked for once for each visit at its time, some days before."""

from django.db import transaction

from booking.actions.reminding import JUST_TOLD, STILL_USEFUL, last_told, reminders_of, visits_ahead
from booking.messages.preparation import preparation_key
from booking.messages.writing import mailbox_of
from booking.reminders import days_before, is_quiet
from booking.states import MailKind
from clinic.models import Clinic, OutgoingMessage
from clinic.outbox import enqueue


@transaction.atomic
def ask_for_preparations(*, now):
    """Asks for every preparation whose time has come at `now`; returns how many. Four queries and one a preparation.

    However often it runs, each visit at its time gets one. None in the quiet hours, none to somebody who was told of
    the visit within half a day before it was due, and none once the first reminder is due: that says the same.
    """
    clinic = Clinic.objects.first()
    if clinic is None or is_quiet(now, zone=clinic.zone):
        return 0
    due = {}
    for visit in visits_ahead(now=now).exclude(type__prepare_days_before=0):
        at = days_before(visit.start, visit.type.prepare_days_before, zone=clinic.zone)
        reminders = [instant for instant, _name in reminders_of(visit, clinic.zone)]
        latest = min(reminders, default=visit.start - STILL_USEFUL)
        if at <= now < latest and mailbox_of(visit.request):
            due[visit.pk] = (visit, at, latest)
    told = last_told(due)
    sent = OutgoingMessage.objects.filter(kind=MailKind.PREPARATION, record_id__in=due)
    known = set(sent.values_list("key", flat=True))
    asked = 0
    for visit, at, latest in due.values():
        key = preparation_key(visit)
        if key in known or (visit.pk in told and told[visit.pk] > at - JUST_TOLD):
            continue
        enqueue(kind=MailKind.PREPARATION, record_id=visit.pk, key=key, now=now, not_after=latest)
        asked += 1
    return asked
