"""Every mail that we send, with a record that it could be about: the table behind the previews.

A mail that is new gets one entry in SAMPLES; a test names it until it has. The mail itself is written by the render
function that the outbox uses, so that a preview cannot say anything else than the mail does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.states import AppointmentState, MailKind, RequestKind, WaitOfferState
from content.editing.messages import CHECK_ANSWERED, CHECK_ASKED, PLAN_FAILED, SIGNS_PROPOSED
from content.editing.reminders import PAGES_DUE
from content.states import Verdict
from njspine.previews import situations
from njspine.previews.records import Records


class Reader(models.TextChoices):
    PATIENT = "patient", _("To patients")
    DESK = "desk", _("To the front desk")
    PAGES = "pages", _("To people who work on pages")


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
        situations.kept,
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
        situations.kept_too_long,
    ),
    Sample(
        "time-passed",
        MailKind.TIME_PASSED,
        _TO.PATIENT,
        _("The time that we kept has passed"),
        _("When a time that the patient chose begins before anybody answered."),
        situations.passed,
    ),
    Sample(
        "request-expired",
        MailKind.REQUEST_EXPIRED,
        _TO.PATIENT,
        _("We did not answer in time, and it is too late"),
        _("When everything that a patient asked for has passed before anybody answered."),
        situations.expired,
    ),
    Sample(
        "offered",
        MailKind.OFFERED,
        _TO.PATIENT,
        _("Times to choose from"),
        _("When the desk offers up to three times."),
        situations.offered,
    ),
    Sample(
        "offer-over",
        MailKind.OFFER_OVER,
        _TO.PATIENT,
        _("The offered times are over"),
        _("When the patient has chosen none of them in time; the request is closed."),
        situations.offer_over,
    ),
    Sample(
        "offer-taken-back",
        MailKind.OFFER_OVER,
        _TO.PATIENT,
        _("The offered times are taken back"),
        _("When the desk takes an offer back; an answer is still to come."),
        lambda records: records.request(),
    ),
    Sample(
        "confirmed",
        MailKind.CONFIRMED,
        _TO.PATIENT,
        _("Your visit is booked"),
        _("When a visit is booked, with a calendar file."),
        lambda records: records.visit(),
    ),
    Sample(
        "moved",
        MailKind.MOVED,
        _TO.PATIENT,
        _("Your visit has a new time"),
        _("When a visit is moved, with a calendar file that moves it there too."),
        situations.moved,
    ),
    Sample(
        "preparation",
        MailKind.PREPARATION,
        _TO.PATIENT,
        _("What to bring and how to get there"),
        _("Some days before a visit, as its type says; the lists are those of the page about the visit."),
        situations.preparation,
    ),
    Sample(
        "reminder",
        MailKind.REMINDER,
        _TO.PATIENT,
        _("A reminder of a visit"),
        _("Days and hours before a visit, as its type says; never at night."),
        situations.reminder,
    ),
    Sample(
        "visit-cancelled",
        MailKind.VISIT_CANCELLED,
        _TO.PATIENT,
        _("Your visit is canceled"),
        _("When a visit is called off, with a calendar file that takes it out."),
        lambda records: records.visit(state=AppointmentState.CANCELLED),
    ),
    Sample(
        "wait-offer",
        MailKind.WAIT_OFFER,
        _TO.PATIENT,
        _("An earlier time has come free"),
        _("When a time comes free that suits somebody on the wait list; never at night."),
        situations.freed(WaitOfferState.OFFERED),
    ),
    Sample(
        "wait-over",
        MailKind.WAIT_OVER,
        _TO.PATIENT,
        _("The earlier time is gone"),
        _("When we cannot keep a freed time that we had offered."),
        situations.freed(WaitOfferState.STOPPED),
    ),
    Sample(
        "declined",
        MailKind.DECLINED,
        _TO.PATIENT,
        _("We cannot offer a visit"),
        _("When the desk declines; the sentence and the next step follow from the reason."),
        situations.declined("no_time_soon"),
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
        "urgent-request",
        MailKind.URGENT_REQUEST,
        _TO.DESK,
        _("An urgent request"),
        _("In place of the mail about a new request, when somebody has to call first."),
        lambda records: records.request(call_first=True),
    ),
    Sample(
        "promise-near",
        MailKind.PROMISE_NEAR,
        _TO.DESK,
        _("A promise is about to pass"),
        _("Once, when little is left of the time in which we promised an answer."),
        lambda records: records.request(),
    ),
    Sample(
        "unanswered",
        MailKind.UNANSWERED,
        _TO.DESK,
        _("Nobody has answered in time"),
        _("Each time that a time is kept longer because nobody answered."),
        situations.kept_too_long,
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
        "not-delivered",
        MailKind.NOT_DELIVERED,
        _TO.DESK,
        _("A message has not arrived"),
        _("When a message to a patient has failed for good."),
        situations.not_delivered,
    ),
    Sample(
        "wait-approve",
        MailKind.WAIT_APPROVE,
        _TO.DESK,
        _("A free time waits for a yes"),
        _("When a time comes free, and the clinic wants to look before we write."),
        situations.freed(WaitOfferState.PENDING),
    ),
    Sample(
        "wait-approve-call",
        MailKind.WAIT_APPROVE,
        _TO.DESK,
        _("A free time, and somebody to call"),
        _("When a time comes free for somebody who has no visit yet, or takes no mail."),
        situations.freed(WaitOfferState.PENDING, has_visit=False),
    ),
    Sample(
        "check-asked",
        CHECK_ASKED,
        _TO.PAGES,
        _("A page waits for a check"),
        _("When an editor asks a clinician to check a page."),
        situations.check_asked,
    ),
    Sample(
        "check-approved",
        CHECK_ANSWERED,
        _TO.PAGES,
        _("A page was checked and is right"),
        _("When the clinician answers."),
        situations.check_answered(Verdict.APPROVED),
    ),
    Sample(
        "check-wants-changes",
        CHECK_ANSWERED,
        _TO.PAGES,
        _("A page was checked and needs changes"),
        _("When the clinician answers."),
        situations.check_answered(Verdict.CHANGES),
    ),
    Sample(
        "plan-failed",
        PLAN_FAILED,
        _TO.PAGES,
        _("A planned change could not be done"),
        _("When the worker could not publish a page, or take it off the site, as planned."),
        situations.plan_failed,
    ),
    Sample(
        "signs-proposed",
        SIGNS_PROPOSED,
        _TO.PAGES,
        _("Warning signs wait for a second person"),
        _("When somebody proposes a change to the warning signs."),
        situations.signs_proposed,
    ),
    Sample(
        "pages-due",
        PAGES_DUE,
        _TO.PAGES,
        _("Pages due for a check"),
        _("In the morning, 30 days before a check is due, on its day, and 30 days later."),
        situations.pages_due,
    ),
)
SAMPLE_BY_SLUG = {sample.slug: sample for sample in SAMPLES}
