"""A request that we never answered, and whose time has passed, ends with one honest message. Never in silence.

The worker calls end_requests() every few minutes. It may run twice at once, or not for days.
"""

import datetime

from django.db.models import Exists, OuterRef

from booking.actions import answering, events, telling
from booking.actions.transactions import in_one_transaction, move
from booking.actions.warning import ENOUGH_WARNINGS, warnings_of, was_long_ago
from booking.endings import all_passed_at
from booking.errors import IllegalMove
from booking.messages.writing import mailbox_of
from booking.models import Appointment, AppointmentRequest, ContactAttempt
from booking.states import AppointmentState, MailKind, RequestKind, RequestState, SafetyOutcome
from clinic.site import load_site

# Whoever tried to reach them this short a time ago is at it, and will close the request.
STILL_TRYING = datetime.timedelta(days=7)


def end_requests(*, now):
    """Ends every request that is over at `now`; returns how many."""
    rows = list(_late(now).order_by("reply_by", "pk"))
    if not rows:
        return 0
    site = load_site(now=now)
    warned = warnings_of([request.pk for request in rows])
    return sum(
        expire(request_id=request.pk, now=now) for request in rows if is_over(request, warned.get(request.pk), site)
    )


@in_one_transaction
def expire(*, request_id, now):
    """We have failed somebody. Whether this call made the difference.

    - only a request that is received still, after the desk was told twice that its answer is late and had as much open
      time as we promise since, when nothing that was asked for lies ahead, and nobody is at it: no claim of the last
      minutes, no try to reach them in a week
    - it becomes expired, its claim ends; event “expired”
    - message “request_expired”; until it has left, or staff have told them, the patient does not know yet

    Never a safety call-back, and never one without a mailbox to use: those stay open until a person closes them.
    """
    request = _late(now).filter(pk=request_id).first()
    if request is None or not is_over(request, warnings_of([request_id]).get(request_id), load_site(now=now)):
        return False
    try:
        move(
            AppointmentRequest,
            pk=request_id,
            version=request.version,
            to=RequestState.EXPIRED,
            moves={RequestState.RECEIVED: {RequestState.EXPIRED}},
            closed_at=now,
            claimed_by=None,
            claimed_at=None,
        )
    except IllegalMove:  # answered this very moment
        return False
    events.record("expired", now=now, request=request)
    telling.enqueue_to_patient(MailKind.REQUEST_EXPIRED, request, record=request, now=now)
    return True


def is_over(request, warned, site):
    """Whether nothing that was asked for lies ahead, and the desk had its chances. `warned` is one of warnings_of()."""
    if warned is None or warned[0] < ENOUGH_WARNINGS or not was_long_ago(request, warned[1], site):
        return False
    if not mailbox_of(request):
        return False
    if request.claimed_at and site.now - request.claimed_at < answering.CLAIM_LASTS:
        return False
    return site.now >= all_passed_at(
        reply_by=request.reply_by,
        window_days=[window.day for window in request.windows.all()],
        asked_starts=[visit.start for visit in request.appointments.all()],
        is_open_ended=request.first_available or request.kind == RequestKind.CALL,
        zone=site.clinic.zone,
    )


def _late(now):
    """Open requests past their promise that may end by themselves, with what they asked for. Three queries."""
    kept = Appointment.objects.filter(request=OuterRef("pk"), state=AppointmentState.PROPOSED)
    tried = ContactAttempt.objects.filter(request=OuterRef("pk"), at__gt=now - STILL_TRYING)
    return (
        AppointmentRequest.objects.filter(state=RequestState.RECEIVED, reply_by__lte=now)
        .exclude(safety_outcome=SafetyOutcome.SAME_DAY)
        .filter(~Exists(kept), ~Exists(tried))
        .prefetch_related("windows", "appointments")
    )
