"""The desk is told before a promise breaks, and when one without a kept time is broken; the patient then, too.

The worker calls both every minute. They may run twice at once, or not for days: each step is taken once. Times that
were asked for are looked after in booking/actions/escalation.py.
"""

from django.db.models import Count, Exists, Max, OuterRef

from booking.actions import events, telling
from booking.actions.transactions import in_one_transaction
from booking.endings import LATEST_WARNING, is_near, promised_minutes
from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.promise import promise_of
from booking.states import AppointmentState, MailKind, RequestState
from clinic.outbox import enqueue
from clinic.site import load_site

# Each of these went to the desk with a mail “unanswered”.
WARNINGS = ("unanswered", "extended", "time_passed")
# An ordinary request stands on top of the desk then, and more mails are not read. A safety call-back has no last one.
ENOUGH_WARNINGS = 2


def warn_of_promises(*, now):
    """Tells the desk once of every open request whose promise is near at `now`, the nearest first; returns how many."""
    site = load_site(now=now)
    half_a_call = -(-site.clinic.call_back_within_minutes // 2)
    farthest = site.opening.add_working_minutes(now, max(LATEST_WARNING, half_a_call))
    waiting = AppointmentRequest.objects.open().filter(warned_at=None, reply_by__gt=now, reply_by__lte=farthest)
    known = {"now": now, "opening": site.opening, "zone": site.clinic.zone}
    warned = 0
    for request in waiting.only("received_at", "reply_by", "safety_outcome").order_by("reply_by", "pk"):
        promise = promise_of(received_at=request.received_at, reply_by=request.reply_by, **known)
        if is_near(promise, is_safety_call=request.is_safety_call):
            warned += warn(request_id=request.pk, now=now)
    return warned


@in_one_transaction
def warn(*, request_id, now):
    """Our promise is about to pass: event and message “promise_near” to the desk. Whether this call made the
    difference; not for a request that was answered, warned of or late meanwhile."""
    waits = AppointmentRequest.objects.filter(pk=request_id, state=RequestState.RECEIVED, warned_at=None)
    if not waits.filter(reply_by__gt=now).update(warned_at=now):
        return False
    request = AppointmentRequest.objects.get(pk=request_id)
    event = events.record("promise_near", now=now, request=request)
    # Not the request: after an offer that suited nobody there is another promise to hurry for.
    key = f"{MailKind.PROMISE_NEAR}:event:{event.pk}"
    enqueue(kind=MailKind.PROMISE_NEAR, record_id=request_id, key=key, now=now, not_after=request.reply_by)
    return True


def watch_silence(*, now):
    """Escalates every request without a kept time whose answer is late at `now`; returns how many."""
    site = load_site(now=now)
    late = (
        AppointmentRequest.objects.open()
        .filter(~Exists(_asked_for(OuterRef("pk"))), reply_by__lte=now)
        .order_by("reply_by", "pk")
    )
    rows = list(late.only("safety_outcome"))
    warned = warnings_of([request.pk for request in rows])
    due = [request.pk for request in rows if _is_due(request, warned, site)]
    return sum(escalate_silence(request_id=pk, now=now) for pk in due)


@in_one_transaction
def escalate_silence(*, request_id, now):
    """Our answer to a request without a kept time is late. Whether there was something to do.

    - at once, and again when as much open time as we promise has passed since: for a safety call-back as long as it is
      open, for others until the desk was told twice
    - the request stands on top of the desk (`escalated_at`); event “unanswered”
    - message “unanswered” to the desk each time, and “answer_late” to the patient the first time

    A request that was answered meanwhile stays as it is.
    """
    # Locked, so that two workers count the same warnings.
    request = AppointmentRequest.objects.select_for_update(no_key=True).filter(pk=request_id).first()
    if request is None or request.state != RequestState.RECEIVED or now < request.reply_by:
        return False
    if _asked_for(request_id).exists():
        return False
    warned = warnings_of([request_id])
    if not _is_due(request, warned, load_site(now=now)):
        return False
    if request.escalated_at is None:
        AppointmentRequest.objects.filter(pk=request_id).update(escalated_at=now)
        telling.enqueue_to_patient(MailKind.ANSWER_LATE, request, record=request, now=now)
    event = events.record("unanswered", now=now, request=request)
    key = f"{MailKind.UNANSWERED}:event:{event.pk}"
    enqueue(kind=MailKind.UNANSWERED, record_id=request_id, key=key, now=now)
    return True


def warnings_of(request_ids):
    """{key of a request: (how often the desk was told that its answer is late, when last)}. One query.

    Counted since the last offer: that was our answer, and whoever wants none of its times has a promise of their own.
    """
    offers = AppointmentEvent.objects.filter(action="offered", request_id=OuterRef("request_id"), pk__gt=OuterRef("pk"))
    told = AppointmentEvent.objects.filter(~Exists(offers), action__in=WARNINGS, request_id__in=request_ids)
    counted = told.values("request_id").annotate(times=Count("pk"), last=Max("at")).order_by()
    return {row["request_id"]: (row["times"], row["last"]) for row in counted}


def _asked_for(request_id):
    """Times that the patient asked for. A freed time on its way from the wait list is no answer, and holds up none."""
    kept = Appointment.objects.filter(request=request_id, state=AppointmentState.PROPOSED)
    return kept.filter(wait_offer__isnull=True)


def was_long_ago(request, last, site):
    """Whether as much open time as we promise has passed since the desk was told `last`."""
    return site.opening.add_working_minutes(last, promised_minutes(request, site.clinic)) <= site.now


def _is_due(request, warned, site):
    times, last = warned.get(request.pk, (0, None))
    if last is None:
        return True
    return (request.is_safety_call or times < ENOUGH_WARNINGS) and was_long_ago(request, last, site)
