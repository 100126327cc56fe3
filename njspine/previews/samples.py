"""Every mail that we send, with a record that it could be about: the table behind the previews.

A mail that is new gets one entry in SAMPLES; a test names it until it has. The mail itself is written by the render
function that the outbox uses, so that a preview cannot say anything else than the mail does.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.messages.visits import reminder_key
from booking.states import AppointmentState, MailKind, RequestKind, RequestState
from clinic.mail import Skip
from clinic.models import Clinic, OutgoingMessage
from clinic.outbox import KINDS
from content.editing.messages import CHECK_ANSWERED, CHECK_ASKED, PLAN_FAILED, SIGNS_PROPOSED
from content.editing.reminders import PAGES_DUE
from content.models import PageReview, PlannedChange, ReviewRequest, SafetyProposal
from content.states import PlanAction, PlanState, ProposalState, Verdict
from njspine.previews.records import Records

# Newer than every message, so that none is taken for one that a later mail replaced.
NEWEST = 2**62
HOUR = datetime.timedelta(hours=1)


class Reader(models.TextChoices):
    PATIENT = "patient", _("To patients")
    DESK = "desk", _("To the front desk")
    PAGES = "pages", _("To people who work on pages")


class NothingToShow(Exception):
    """The render function would not send this mail now. The text says why, in its own words."""


@dataclass(frozen=True)
class Sample:
    """One mail as it could leave. `make(records)` makes what it is about, in a transaction that is rolled back: the
    record, or (record, key of the message) where the mail reads its key."""

    slug: str
    kind: str
    reader: Reader
    title: str
    when: str
    make: Callable[[Records], object]


def mail_of(sample, *, now):
    """The OutgoingMail of a Sample as of `now`. Leaves nothing behind. Raises NothingToShow."""
    if not Clinic.objects.exists():
        raise NothingToShow(gettext("nobody has entered the clinic yet"))
    with transaction.atomic():
        try:
            made = sample.make(Records(now=now))
            record, key = made if isinstance(made, tuple) else (made, f"{sample.kind}:{made.pk}")
            message = OutgoingMessage(pk=NEWEST, kind=sample.kind, record_id=record.pk, key=key)
            mail = KINDS[sample.kind].render(message, now)
        finally:
            transaction.set_rollback(True)
    if isinstance(mail, Skip):
        raise NothingToShow(mail.reason)
    return mail


def _kept(records, **fields):
    """A request for a time that we keep until we answer."""
    request = records.request(**fields)
    records.visit(request, state=AppointmentState.PROPOSED)
    return request


def _passed(records):
    request = records.request()
    start = records.now - HOUR
    records.visit(request, state=AppointmentState.CANCELLED, start=start)
    return request


def _declined(reason):
    return lambda records: records.request(
        state=RequestState.DECLINED, closed_at=records.now, decline_reason=reason, reference="R-SAMPLE"
    )


def _reminder(records):
    visit = records.visit()
    return visit, reminder_key(visit, "days")


def _check_asked(records):
    page, version = records.page()
    reader = records.reviewer()
    asked = ReviewRequest.objects.create(
        page=page, version=version, asked_by=records.colleague("Editor"), created_at=records.now
    )
    return asked, f"{CHECK_ASKED}:{asked.pk}:{reader.pk}"


def _check_answered(verdict):
    def make(records):
        page, version = records.page()
        reader = records.colleague("Editor")
        review = PageReview.objects.create(
            page=page, version=version, digest="", verdict=verdict, by=records.reviewer(), created_at=records.now
        )
        return review, f"{CHECK_ANSWERED}:{review.pk}:{reader.pk}"

    return make


def _plan_failed(records):
    page, _version = records.page()
    reader = records.colleague("Publisher")
    plan = PlannedChange.objects.create(
        page=page,
        action=PlanAction.UNPUBLISH,
        at=records.now,
        created_at=records.now,
        state=PlanState.FAILED,
        finished_at=records.now,
    )
    return plan, f"{PLAN_FAILED}:{plan.pk}:{reader.pk}"


def _signs_proposed(records):
    reader, proposer = records.colleague("Reviewer"), records.colleague("Publisher")
    # One proposal waits at a time: where a real one does, it stands in, in the name of somebody made up.
    waiting = SafetyProposal.objects.filter(state=ProposalState.WAITING)
    if not waiting.update(proposed_by=proposer):
        SafetyProposal.objects.create(data={}, why="Sample", proposed_by=proposer, proposed_at=records.now)
    proposal = waiting.get()
    return proposal, f"{SIGNS_PROPOSED}:{proposal.pk}:{reader.pk}"


def _pages_due(records):
    today = records.now.astimezone(records.clinic.zone).date()
    records.page(next_review=(today - datetime.timedelta(days=5)).isoformat())
    return records.reviewer()


_TO = Reader
SAMPLES = (
    Sample(
        "received",
        MailKind.RECEIVED,
        _TO.PATIENT,
        _("We have your request"),
        _("At once, when a request comes in."),
        lambda records: records.request(),
    ),
    Sample(
        "received-with-time",
        MailKind.RECEIVED,
        _TO.PATIENT,
        _("We have your request, and keep a time"),
        _("At once, when the patient chose an open time."),
        _kept,
    ),
    Sample(
        "received-call",
        MailKind.RECEIVED,
        _TO.PATIENT,
        _("We call you"),
        _("At once, when the patient asked for a call."),
        lambda records: records.request(kind=RequestKind.CALL),
    ),
    Sample(
        "answer-late",
        MailKind.ANSWER_LATE,
        _TO.PATIENT,
        _("Our answer is late"),
        _("When the answer that we promised has not been given, and a time is kept."),
        lambda records: _kept(records, reply_by=records.now - HOUR),
    ),
    Sample(
        "time-passed",
        MailKind.TIME_PASSED,
        _TO.PATIENT,
        _("The time that we kept has passed"),
        _("When a time that the patient chose begins before anybody answered."),
        _passed,
    ),
    Sample(
        "confirmed",
        MailKind.CONFIRMED,
        _TO.PATIENT,
        _("Your visit is booked"),
        _("When the desk books a visit or moves it, with a calendar file."),
        lambda records: records.visit(),
    ),
    Sample(
        "reminder",
        MailKind.REMINDER,
        _TO.PATIENT,
        _("A reminder of a visit"),
        _("Days and hours before a visit, as its type says; never at night."),
        _reminder,
    ),
    Sample(
        "visit-cancelled",
        MailKind.VISIT_CANCELLED,
        _TO.PATIENT,
        _("Your visit is cancelled"),
        _("When a visit is called off, with a calendar file that takes it out."),
        lambda records: records.visit(state=AppointmentState.CANCELLED),
    ),
    Sample(
        "declined",
        MailKind.DECLINED,
        _TO.PATIENT,
        _("We cannot offer a visit"),
        _("When the desk declines; the sentence and the next step follow from the reason."),
        _declined("no_time_soon"),
    ),
    Sample(
        "new-request",
        MailKind.NEW_REQUEST,
        _TO.DESK,
        _("A new request"),
        _("At once, when a request comes in."),
        lambda records: records.request(),
    ),
    Sample(
        "unanswered",
        MailKind.UNANSWERED,
        _TO.DESK,
        _("Nobody has answered in time"),
        _("Each time that a time is kept longer because nobody answered."),
        lambda records: _kept(records, reply_by=records.now - HOUR),
    ),
    Sample(
        "called-off-by-link",
        MailKind.BY_LINK,
        _TO.DESK,
        _("A patient called a visit off"),
        _("At once, when a patient does it by the link in a mail."),
        lambda records: records.event("cancelled"),
    ),
    Sample(
        "late-by-link",
        MailKind.BY_LINK,
        _TO.DESK,
        _("A patient is running late"),
        _("At once, when a patient says so by the link in a mail."),
        lambda records: records.event("running_late", minutes=20),
    ),
    Sample(
        "check-asked",
        CHECK_ASKED,
        _TO.PAGES,
        _("A page waits for a check"),
        _("When an editor asks a clinician to check a page."),
        _check_asked,
    ),
    Sample(
        "check-approved",
        CHECK_ANSWERED,
        _TO.PAGES,
        _("A page was checked and is right"),
        _("When the clinician answers."),
        _check_answered(Verdict.APPROVED),
    ),
    Sample(
        "check-wants-changes",
        CHECK_ANSWERED,
        _TO.PAGES,
        _("A page was checked and needs changes"),
        _("When the clinician answers."),
        _check_answered(Verdict.CHANGES),
    ),
    Sample(
        "plan-failed",
        PLAN_FAILED,
        _TO.PAGES,
        _("A planned change could not be done"),
        _("When the worker could not publish a page, or take it off the site, as planned."),
        _plan_failed,
    ),
    Sample(
        "signs-proposed",
        SIGNS_PROPOSED,
        _TO.PAGES,
        _("Warning signs wait for a second person"),
        _("When somebody proposes a change to the warning signs."),
        _signs_proposed,
    ),
    Sample(
        "pages-due",
        PAGES_DUE,
        _TO.PAGES,
        _("Pages due for a check"),
        _("In the morning, 30 days before a check is due, on its day, and 30 days later."),
        _pages_due,
    ),
)
SAMPLE_BY_SLUG = {sample.slug: sample for sample in SAMPLES}
