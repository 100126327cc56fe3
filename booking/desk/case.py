"""Everything that the page of one request shows, in a fixed number of queries."""

import datetime
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from booking.desk.history import Sentence, sentences
from booking.messages.texts import number_of
from booking.models import Appointment, AppointmentEvent, AppointmentRequest, BusySlot, ContactAttempt
from booking.promise import Promise, promise_of
from booking.states import (
    STATES_TO_TELL,
    UNDECIDED_REQUEST_STATES,
    AppointmentState,
    RequestKind,
    RequestState,
    SafetyOutcome,
)
from booking.suspicion import SuspectReason
from clinic.models import Practitioner
from clinic.text_messages import stopped_since
from clinic.wall_clock import to_instants, whole_days

# Somebody who asks again within a month most likely means the same thing.
SAME_ASK_WITHIN = datetime.timedelta(days=30)
MOST_DUPLICATES = 10


@dataclass(frozen=True)
class Case:
    request: AppointmentRequest
    promise: Promise | None
    visits: list[Appointment]
    attempts: list[ContactAttempt]
    duplicates: list[AppointmentRequest]
    history: list[Sentence]
    suspicions: list[str]
    texts_stopped_at: datetime.datetime | None

    @property
    def is_open(self):
        """Whether staff may still answer: also by phone, while the patient may choose from what we offered."""
        return self.request.state in UNDECIDED_REQUEST_STATES

    @property
    def offered_until(self):
        """Until when the patient may choose; None when we offer nothing."""
        return min((visit.offered_until for visit in self.request.offered_visits), default=None)

    @property
    def is_safety_call(self):
        return self.request.safety_outcome == SafetyOutcome.SAME_DAY

    @property
    def is_call(self):
        return self.is_safety_call or self.request.kind == RequestKind.CALL

    def may_wait(self, now):
        """Whether to lead to the wait list, whose own page says when there is no earlier day."""
        has_visit = any(visit.state == AppointmentState.BOOKED and visit.start > now for visit in self.visits)
        return has_visit or (self.is_open and not self.is_call)

    @property
    def must_be_told(self):
        return self.request.state in STATES_TO_TELL and self.request.told_at is None


@dataclass(frozen=True)
class BusyDay:
    """One clinician's taken time on one day; nothing says what for, only when."""

    practitioner: Practitioner
    slots: list[BusySlot]


def load_case(pk, *, now, opening, zone):
    """Raises AppointmentRequest.DoesNotExist."""
    request = (
        AppointmentRequest.objects.select_related("claimed_by", "condition", "practitioner", "location")
        .prefetch_related(
            "windows",
            Prefetch("attempts", ContactAttempt.objects.select_related("by")),
            Prefetch("appointments", _visits()),
        )
        .get(pk=pk)
    )
    waits = request.state == RequestState.RECEIVED
    return Case(
        request=request,
        promise=promise_of(
            received_at=request.received_at, reply_by=request.reply_by, now=now, opening=opening, zone=zone
        )
        if waits
        else None,
        visits=list(request.appointments.all()),
        attempts=list(request.attempts.all()),
        duplicates=duplicates_of(request),
        history=sentences(AppointmentEvent.objects.filter(request_id=pk)),
        suspicions=[SuspectReason(code).label for code in request.suspect_reasons if code in SuspectReason.values],
        texts_stopped_at=stopped_since(number_of(request)) if request.text_agreed_at else None,
    )


def _visits():
    """With the rows that lie over other time as `overbooked`: who wanted it so, and why."""
    over = BusySlot.objects.filter(overbooked_by__isnull=False).select_related("overbooked_by").order_by("pk")
    visits = Appointment.objects.select_related("type", "practitioner", "location")
    return visits.prefetch_related(Prefetch("busy_slots", over, to_attr="overbooked"))


def duplicates_of(request):
    """Other requests of that month with the same phone number or mailbox, newest first.

    Families share both: these are shown for a person to judge, never merged.
    """
    same = Q()
    if request.phone:
        same |= Q(phone=request.phone)
    if request.mailbox_key:
        same |= Q(mailbox_key=request.mailbox_key)
    if not same:
        return []
    return list(
        AppointmentRequest.objects.filter(
            same,
            received_at__gt=request.received_at - SAME_ASK_WITHIN,
            received_at__lt=request.received_at + SAME_ASK_WITHIN,
        )
        .exclude(pk=request.pk)
        .only("reference", "patient_name", "state", "kind", "received_at")
        .order_by("-received_at", "-pk")[:MOST_DUPLICATES]
    )


def busy_day(day, *, zone, now, but_request=None):
    """Who is taken when on a day in the clinic's zone: every clinician who works here, also those who are all free.

    What is kept for the request `but_request` (a key) does not stand in its own way; a hold that is over is none.
    """
    try:
        (that_day,) = to_instants([whole_days(day, day)], zone)
    except OverflowError:
        return []
    slots = BusySlot.objects.filter(start__lt=that_day.end, end__gt=that_day.start).select_related("schedule")
    slots = slots.exclude(expires_at__lte=now)
    if but_request is not None:
        slots = slots.exclude(appointment__request=but_request)
    by_practitioner = {}
    for slot in slots.order_by("start", "pk"):
        by_practitioner.setdefault(slot.schedule.practitioner_id, []).append(slot)
    return [BusyDay(person, by_practitioner.get(person.pk, [])) for person in Practitioner.objects.active()]
