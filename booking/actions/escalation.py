"""A time that was asked for and not answered in time: kept longer, told to the desk, and never freed in silence.

The worker calls watch_unanswered() every minute. It may run twice at once, or not for days: what it does depends on
the rows alone, and each step is taken once (compare-and-set under the lock of the schedules).
"""

from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from booking.actions import events, ledger, telling
from booking.actions.transactions import in_one_transaction, move
from booking.models import Appointment, AppointmentRequest
from booking.states import APPOINTMENT_MOVES, AppointmentState, MailKind, RequestState
from clinic.outbox import enqueue
from clinic.site import load_site

EXTENDED, PASSED = "extended", "time_passed"


@dataclass
class Watched:
    """How many times were kept longer, and how many began without an answer."""

    extended: int = 0
    passed: int = 0

    def __str__(self):
        counts = {"kept longer": self.extended, "passed unanswered": self.passed}
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def watch_unanswered(*, now):
    """Escalates every time asked for whose answer is late at `now`, oldest promise first. Returns Watched."""
    late = (
        _asked_for()
        .annotate(kept=Coalesce("extended_until", "request__reply_by"))
        .filter(Q(kept__lte=now) | Q(start__lte=now))
    )
    done = Watched()
    for pk in late.order_by("kept", "pk").values_list("pk", flat=True):
        happened = escalate(appointment_id=pk, now=now)
        done.extended += happened == EXTENDED
        done.passed += happened == PASSED
    return done


@in_one_transaction
def escalate(*, appointment_id, now):
    """Our answer about this time is late. Returns "extended", "time_passed", or "" when there was nothing to do.

    - kept for as long again as we promise an answer in, counted in opening time from `now`, at most until the visit
      would begin; the request stands on top of the desk (`escalated_at`); event “extended”
    - message “unanswered” to the desk each time, and “answer_late” to the patient the first time
    - at the start of the visit it ends: the visit is cancelled, its time is free, the request stays open until a person
      answers; event “time_passed”, messages “unanswered” and “time_passed”

    A request that was answered meanwhile, and a time that is kept still, stay as they are.
    """
    ledger.lock_time_of(Appointment(pk=appointment_id))
    visit = _asked_for().select_related("request").filter(pk=appointment_id).first()
    if visit is None or (now < visit.kept_until and now < visit.start):
        return ""
    happened = _let_pass(visit, now) if visit.start <= now else _keep_longer(visit, now)
    AppointmentRequest.objects.filter(pk=visit.request_id, escalated_at=None).update(escalated_at=now)
    # The version counts the steps, so that each has its own mail, once.
    key = f"{MailKind.UNANSWERED}:{visit.pk}:{visit.version}"
    enqueue(kind=MailKind.UNANSWERED, record_id=visit.request_id, key=key, now=now)
    return happened


def _asked_for():
    """Times that patients asked for and wait to hear about. One that we offered waits for them, and has its own end."""
    waits = Appointment.objects.filter(state=AppointmentState.PROPOSED, request__state=RequestState.RECEIVED)
    return waits.filter(offered_until=None)


def _keep_longer(visit, now):
    site = load_site(now=now)
    until = min(site.opening.add_working_minutes(now, site.clinic.reply_within_hours * 60), visit.start)
    is_first = visit.extended_until is None
    Appointment.objects.filter(pk=visit.pk).update(extended_until=until, version=F("version") + 1)
    detail = {"until": until.isoformat()}
    events.record("extended", now=now, request=visit.request, appointment=visit, detail=detail)
    if is_first:
        telling.enqueue_to_patient(
            MailKind.ANSWER_LATE, visit.request, record=visit.request, now=now, not_after=visit.start
        )
    return EXTENDED


def _let_pass(visit, now):
    move(Appointment, pk=visit.pk, version=visit.version, to=AppointmentState.CANCELLED, moves=APPOINTMENT_MOVES)
    ledger.free(visit)
    events.record("time_passed", now=now, request=visit.request, appointment=visit)
    telling.enqueue_to_patient(MailKind.TIME_PASSED, visit.request, record=visit.request, now=now)
    return PASSED
