"""What each mail is about, made of made-up records: a request nobody answered, a visit that moved, a time set free.

Each function takes Records and returns what Sample.make returns, or makes such a function.
"""

import datetime

from booking.messages.preparation import preparation_key
from booking.messages.visits import reminder_key
from booking.models import AppointmentEvent, WaitListEntry, WaitListOffer
from booking.states import AppointmentState, MailKind, RequestState, WaitOfferState
from clinic.models import OutgoingMessage
from clinic.states import MessageState
from content.editing.messages import CHECK_ANSWERED, CHECK_ASKED, PLAN_FAILED, SIGNS_PROPOSED
from content.models import PageReview, PlannedChange, ReviewRequest, SafetyProposal
from content.states import PlanAction, PlanState, ProposalState

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def kept(records, **fields):
    """A request for a time that we keep until we answer."""
    request = records.request(**fields)
    records.visit(request, state=AppointmentState.PROPOSED)
    return request


def passed(records):
    request = records.request()
    start = records.now - HOUR
    records.visit(request, state=AppointmentState.CANCELLED, start=start)
    return request


def declined(reason):
    return lambda records: records.request(
        state=RequestState.DECLINED, closed_at=records.now, decline_reason=reason, reference="R-SAMPLE"
    )


def reminder(records):
    visit = records.visit()
    return visit, reminder_key(visit, "days")


def kept_too_long(records):
    """The answer that we promised is an hour late, and the time is kept three hours longer."""
    request = records.request(reply_by=records.now - HOUR)
    records.visit(request, state=AppointmentState.PROPOSED, extended_until=records.now + 3 * HOUR)
    return request


def expired(records):
    return records.request(
        state=RequestState.EXPIRED, closed_at=records.now, received_at=records.now - 2 * DAY, reply_by=records.now - DAY
    )


def offered(records):
    """Three times to choose from, kept until tomorrow."""
    request = records.request(state=RequestState.OFFERED)
    for days in range(3):
        start = records.visit_start + days * DAY
        records.visit(request, state=AppointmentState.PROPOSED, start=start, offered_until=records.now + DAY)
    return request


def offer_over(records):
    return records.request(state=RequestState.EXPIRED, closed_at=records.now)


def moved(records):
    """A visit that stood a day earlier, as the patient was told."""
    visit = records.visit()
    was = (visit.start - DAY).isoformat()
    AppointmentEvent.objects.create(
        action="rescheduled",
        at=records.now,
        request_id=visit.request_id,
        appointment_id=visit.pk,
        detail={"was": was},
    )
    return visit


def preparation(records):
    visit = records.visit()
    return visit, preparation_key(visit)


def not_delivered(records):
    """“We have your request” could not be delivered."""
    request = records.request()
    return OutgoingMessage.objects.create(
        kind=MailKind.RECEIVED,
        record_id=request.pk,
        key=f"sample:{request.reference}",
        message_id=f"<{request.reference}@mail.example>",
        state=MessageState.FAILED,
        created_at=records.now,
        first_due_at=records.now,
        due_at=records.now,
        not_after=records.now + DAY,
        finished_at=records.now,
    )


def freed(state, *, has_visit=True):
    """A time in two days, for somebody who waits for one earlier than their visit, if they have a visit."""

    def make(records):
        visit = records.visit() if has_visit else None
        request = visit.request if visit else records.request()
        until = records.now + HOUR
        entry = WaitListEntry.objects.create(
            request=request,
            visit=visit,
            type=records.visit_type(),
            first_day=records.visit_start.date() - DAY,
            last_day=records.visit_start.date(),
            created_at=records.now,
        )
        start = records.visit_start - DAY
        time = records.visit(request, state=AppointmentState.PROPOSED, start=start, offered_until=until)
        return WaitListOffer.objects.create(
            entry=entry,
            visit=time,
            state=state,
            created_at=records.now,
            expires_at=until,
            closed_at=records.now if state == WaitOfferState.STOPPED else None,
        )

    return make


def check_asked(records):
    page, version = records.page()
    reader = records.reviewer()
    asked = ReviewRequest.objects.create(
        page=page, version=version, asked_by=records.colleague("Editor"), created_at=records.now
    )
    return asked, f"{CHECK_ASKED}:{asked.pk}:{reader.pk}"


def check_answered(verdict):
    def make(records):
        page, version = records.page()
        reader = records.colleague("Editor")
        review = PageReview.objects.create(
            page=page, version=version, digest="", verdict=verdict, by=records.reviewer(), created_at=records.now
        )
        return review, f"{CHECK_ANSWERED}:{review.pk}:{reader.pk}"

    return make


def plan_failed(records):
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


def signs_proposed(records):
    reader, proposer = records.colleague("Reviewer"), records.colleague("Publisher")
    # One proposal waits at a time: where a real one does, it stands in, in the name of somebody made up.
    waiting = SafetyProposal.objects.filter(state=ProposalState.WAITING)
    if not waiting.update(proposed_by=proposer):
        SafetyProposal.objects.create(data={}, why="Sample", proposed_by=proposer, proposed_at=records.now)
    proposal = waiting.get()
    return proposal, f"{SIGNS_PROPOSED}:{proposal.pk}:{reader.pk}"


def pages_due(records):
    today = records.now.astimezone(records.clinic.zone).date()
    records.page(next_review=(today - datetime.timedelta(days=5)).isoformat())
    return records.reviewer()
