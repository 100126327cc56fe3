"""What waits at the front desk, in order of harm. Reads only, each in a fixed number of queries.

Minimum necessary (45 CFR 164.502(b)): lists load names, phone numbers, groups and times. Notes, reasons and access
needs stay in the database until one request is opened; which warning sign was marked is stored nowhere.
"""

import datetime
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.messages.about import requests_of
from booking.messages.writing import WHEN_IT_IS
from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.promise import Promise, minutes_in_words, open_minutes, promise_of
from booking.states import STATES_TO_TELL, AppointmentState, MailKind, RequestState, SafetyOutcome
from clinic.models import OutgoingMessage, Practitioner
from clinic.states import MessageChannel, MessageState
from clinic.wall_clock import to_instants, whole_days

# More rows than anybody can answer in a day; what is beyond is counted by the headline, never dropped silently.
SHOWN = 100
# A mail normally leaves within a minute. Until this age it is on its way, and nobody has to call.
ON_ITS_WAY = datetime.timedelta(minutes=15)
FAILURES_SHOWN = 20
# By time left on the promise.
IN_TIME = ("reply_by", "pk")
FAILURES_SHOWN_FOR = datetime.timedelta(days=7)
ENDED_SHOWN_FOR = datetime.timedelta(days=14)

# A time that we offer, from the desk or the wait list, and one that nobody took: no visit of theirs to hear of.
NEVER_THEIRS = Q(offered_until__isnull=False, state__in=(AppointmentState.PROPOSED, AppointmentState.CANCELLED))

# What tells the patient our answer: about a visit, or about a request that ends without one.
VISIT_MAILS = (*WHEN_IT_IS, MailKind.VISIT_CANCELLED)
# Of an offer that ran out it is another mail: see _news().
ENDINGS = {RequestState.DECLINED: MailKind.DECLINED, RequestState.EXPIRED: MailKind.REQUEST_EXPIRED}
PEOPLE = ("claimed_by__username", "claimed_by__first_name", "claimed_by__last_name")
LISTED = (
    "reference",
    "kind",
    "state",
    "patient_name",
    "asked_by_name",
    "reach_whom",
    "phone",
    "phone_extension",
    "email",
    "voicemail_ok",
    "best_time",
    "safety_outcome",
    "call_first",
    "suspect_reasons",
    "first_available",
    "received_at",
    "reply_by",
    "escalated_at",
    "closed_at",
    "claimed_at",
    *PEOPLE,
    "practitioner__name",
)


@dataclass(frozen=True)
class Headline:
    """What every admin page says to people who may see requests."""

    safety_calls: int
    waiting: int
    oldest_minutes: int | None
    is_late: bool

    @property
    def text(self):
        oldest = (
            _("Nobody waits for an answer.")
            if self.oldest_minutes is None
            else _("Oldest unanswered %(time)s") % {"time": minutes_in_words(self.oldest_minutes)}
        )
        if not self.safety_calls:
            return oldest
        calls = ngettext("%(n)d safety call waits.", "%(n)d safety calls wait.", self.safety_calls)
        return f"{calls % {'n': self.safety_calls}} {oldest}"


@dataclass(frozen=True)
class Waiting:
    request: AppointmentRequest
    promise: Promise


@dataclass(frozen=True)
class Untold:
    """Somebody whom our answer has not reached. `visit` is None after a decline, and after a request that ended.

    `was_offered`: they had times to choose from, and chose none.
    """

    request: AppointmentRequest
    visit: Appointment | None
    why: str
    failed_at: datetime.datetime | None
    was_offered: bool


@dataclass(frozen=True)
class Failure:
    message: OutgoingMessage
    what: str
    why: str
    request_id: int | None
    reference: str


@dataclass(frozen=True)
class ClinicianDay:
    practitioner: Practitioner
    visits: list[Appointment]


@dataclass(frozen=True)
class Desk:
    safety_calls: list[Waiting]
    waiting: list[Waiting]
    untold: list[Untold]
    mails_on_their_way: int
    ended: list[AppointmentRequest]
    today: list[ClinicianDay]
    failures: list[Failure]

    @property
    def unanswered_times(self):
        """How many people asked for a time and heard nothing by the instant that we had promised."""
        return sum(row.request.escalated_at is not None for row in self.waiting)


def headline(*, now, opening, zone):
    """The oldest unanswered request, in opening time since it came in. One query."""
    found = AppointmentRequest.objects.open().aggregate(
        safety_calls=Count("pk", filter=Q(safety_outcome=SafetyOutcome.SAME_DAY)),
        waiting=Count("pk", filter=~Q(safety_outcome=SafetyOutcome.SAME_DAY)),
        oldest=Min("received_at"),
        first_due=Min("reply_by"),
    )
    oldest, first_due = found["oldest"], found["first_due"]
    return Headline(
        safety_calls=found["safety_calls"],
        waiting=found["waiting"],
        oldest_minutes=open_minutes(opening, oldest, now, zone) if oldest else None,
        is_late=bool(first_due and first_due <= now),
    )


def load_desk(*, now, opening, zone):
    """Everything on the desk page, in a fixed number of queries."""
    requests = AppointmentRequest.objects.order_by(*IN_TIME)
    promise = {"now": now, "opening": opening, "zone": zone}
    untold, on_their_way = untold_people(now=now)
    kept = Prefetch("appointments", Appointment.objects.filter(state=AppointmentState.PROPOSED))
    # Times that nobody answered about come first: somebody is told that we keep them.
    first = F("escalated_at").asc(nulls_last=True)
    waiting = listed(requests.other_than_safety()).order_by(first, *IN_TIME).prefetch_related(kept)[:SHOWN]
    return Desk(
        safety_calls=[_waiting(row, promise) for row in listed(requests.safety_callbacks())],
        waiting=[_waiting(row, promise) for row in waiting],
        untold=untold,
        mails_on_their_way=on_their_way,
        ended=recently_ended(now=now),
        today=visits_of_day(now.astimezone(zone).date(), zone=zone),
        failures=recent_failures(now=now),
    )


def listed(requests):
    """The requests with what a list may show of them; nothing else is loaded."""
    return requests.only(*LISTED).select_related("claimed_by", "practitioner").prefetch_related("windows")


def untold_people(*, now):
    """Who has not heard our answer, the one that has waited longest first, and how many mails are still on their way.

    A request is here from the moment it is answered, declined or its visit is called off until it is marked as told:
    by the mail that left, by phone, or after three tries. A mail younger than ON_ITS_WAY is only counted.
    """
    visits = Appointment.objects.exclude(NEVER_THEIRS).select_related("practitioner", "location").order_by("pk")
    requests = (
        AppointmentRequest.objects.filter(state__in=STATES_TO_TELL, told_at=None)
        .only(*LISTED)
        .select_related("claimed_by", "practitioner")
        .prefetch_related(Prefetch("appointments", visits, to_attr="visits"))
        .order_by("closed_at", "pk")[:SHOWN]
    )
    # A request that was declined may have had a time kept for it, which is free again: nobody has a visit to hear of.
    rows = [
        (request, request.visits[-1] if request.visits and request.state == RequestState.ANSWERED else None)
        for request in requests
    ]
    mails = {
        (_news(mail.kind), mail.record_id): mail
        for mail in OutgoingMessage.objects.filter(channel=MessageChannel.EMAIL)
        .filter(
            Q(kind__in=(*ENDINGS.values(), MailKind.OFFER_OVER), record_id__in=[request.pk for request, _visit in rows])
            | Q(kind__in=VISIT_MAILS, record_id__in=[visit.pk for _request, visit in rows if visit])
        )
        .order_by("pk")  # of several about one visit the last one counts
    }
    found, on_their_way = [], 0
    for request, visit in rows:
        mail = mails.get(_mail_that_tells(request, visit))
        if mail and mail.state in (MessageState.QUEUED, MessageState.SENDING) and now - mail.created_at < ON_ITS_WAY:
            on_their_way += 1
        else:
            failed_at = mail.finished_at if mail and mail.state == MessageState.FAILED else None
            was_offered = mail is not None and mail.kind == MailKind.OFFER_OVER
            found.append(Untold(request, visit, _why_untold(request, mail), failed_at, was_offered))
    return found, on_their_way


def recently_ended(*, now):
    """Requests of the last two weeks that ended without our answer, the newest first: whom we failed. One query.

    Not those to whom we offered times that they left: we did answer.
    """
    failed = AppointmentEvent.objects.filter(action="expired", request_id=OuterRef("pk"))
    ended = AppointmentRequest.objects.filter(
        Exists(failed), state=RequestState.EXPIRED, closed_at__gte=now - ENDED_SHOWN_FOR
    )
    shown = ended.only(*LISTED, "told_at", "told_how").select_related("claimed_by", "practitioner")
    return list(shown.order_by("-closed_at", "-pk")[:FAILURES_SHOWN])


def visits_of_day(day, *, zone):
    """The visits of one day in the clinic's zone, by clinician, without those called off."""
    (that_day,) = to_instants([whole_days(day, day)], zone)
    visits = (
        Appointment.objects.filter(start__gte=that_day.start, start__lt=that_day.end)
        .exclude(state=AppointmentState.CANCELLED)
        .select_related("practitioner", "location", "type", "request")
        .only(
            "start",
            "end",
            "state",
            "practitioner__name",
            "location__name",
            "type__name",
            "type__for_new_patients",
            "request__patient_name",
            "request__reference",
            "request__wants_interpreter",
        )
        .order_by("practitioner__order", "practitioner__name", "practitioner_id", "start", "pk")
    )
    by_clinician = groupby(visits, key=attrgetter("practitioner"))
    return [ClinicianDay(practitioner, list(of_one)) for practitioner, of_one in by_clinician]


def recent_failures(*, now):
    """Mails of the last seven days that will not arrive, newest first."""
    messages = list(
        OutgoingMessage.objects.filter(
            state=MessageState.FAILED, kind__in=MailKind.values, finished_at__gte=now - FAILURES_SHOWN_FOR
        ).order_by("-finished_at", "-pk")[:FAILURES_SHOWN]
    )
    about = requests_of(messages)
    references = dict(AppointmentRequest.objects.filter(pk__in=about.values()).values_list("pk", "reference"))
    return [
        Failure(
            message=message,
            what=MailKind(message.kind).label,
            why=message.reason_text or _("no reason given"),
            request_id=about.get(message.pk) if about.get(message.pk) in references else None,
            reference=references.get(about.get(message.pk), ""),
        )
        for message in messages
    ]


def _waiting(row, promise):
    return Waiting(row, promise_of(received_at=row.received_at, reply_by=row.reply_by, **promise))


def _mail_that_tells(request, visit):
    if visit is None:
        return ENDINGS.get(request.state, MailKind.DECLINED), request.pk
    kind = MailKind.VISIT_CANCELLED if visit.state == AppointmentState.CANCELLED else MailKind.CONFIRMED
    return kind, visit.pk


def _news(kind):
    """Of all mails that say when a visit is, or that a request has ended, the last one counts."""
    if kind == MailKind.OFFER_OVER:
        return MailKind.REQUEST_EXPIRED
    return MailKind.CONFIRMED if kind in WHEN_IT_IS else kind


def _why_untold(request, mail):
    if mail is None:
        return _("No e-mail address given") if not request.email else _("Asked us to call, not to write")
    if mail.state == MessageState.FAILED:
        return _("The e-mail failed: %(why)s") % {"why": mail.reason_text}
    if mail.state == MessageState.SKIPPED:
        return _("The e-mail was not sent: %(why)s") % {"why": mail.reason_text}
    return _("The e-mail has not left yet")
