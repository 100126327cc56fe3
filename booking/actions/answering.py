"""Staff answer a request: open it, try to reach the patient, then confirm, decline or close it.

All functions take keyword arguments alone. `version` is the request's version as the person at the screen saw it;
IllegalMove is raised when the request has changed since, or the move is not in the table of booking/states.py.
"""

import datetime

from django.utils import timezone

from booking.actions import events, placing, proposals, telling
from booking.actions.transactions import in_one_transaction, move
from booking.errors import ClaimedByOther, IllegalMove, NotBookable, OutcomeNeeded
from booking.models import Appointment, AppointmentEvent, AppointmentRequest, ContactAttempt
from booking.states import (
    HOLDING_STATES,
    REQUEST_MOVES,
    UNDECIDED_REQUEST_STATES,
    CallOutcome,
    DeclineReason,
    MailKind,
    RequestKind,
    RequestState,
    SafetyOutcome,
)

# Somebody who has not touched a request for this long has gone to lunch.
CLAIM_LASTS = datetime.timedelta(minutes=10)
# A visit was agreed with somebody, so they were reached; and nobody books a visit for a person sent to the hospital.
OUTCOMES_WITH_A_VISIT = {CallOutcome.SEES_DOCTOR_TODAY, CallOutcome.ALREADY_SEEN, CallOutcome.NO_SIGN}


@in_one_transaction
def claim(*, request_id, by, now):
    """Shows colleagues that `by` has the request open. Not a lock: answering needs no claim.

    - takes over a claim that is ten minutes old; the person who holds it renews it by claiming again
    - event “claimed”, not for a renewal

    Raises ClaimedByOther while a colleague holds it.
    """
    request = AppointmentRequest.objects.select_for_update(no_key=True).get(pk=request_id)
    is_mine = request.claimed_by_id == by.pk
    if request.claimed_by_id and not is_mine and now - request.claimed_at < CLAIM_LASTS:
        raise ClaimedByOther(user_id=request.claimed_by_id, since=request.claimed_at)
    AppointmentRequest.objects.filter(pk=request_id).update(claimed_by=by, claimed_at=now)
    if not is_mine:
        events.record("claimed", now=now, by=by, request=request)


@in_one_transaction
def release(*, request_id, by, now):
    """Gives the request back, if `by` holds it: event “released”. Releasing what one does not hold changes nothing."""
    request = AppointmentRequest.objects.get(pk=request_id)
    held = AppointmentRequest.objects.filter(pk=request_id, claimed_by=by)
    if held.update(claimed_by=None, claimed_at=None):
        events.record("released", now=now, by=by, request=request)


@in_one_transaction
def log_attempt(*, request_id, result, by, now):
    """Writes down one try to reach the patient; event “attempt”. Returns the ContactAttempt.

    Raises ValidationError for a result that is not in ContactAttempt's list.
    """
    attempt = ContactAttempt(request_id=request_id, at=now, by=by, result=result)
    attempt.clean_fields(exclude=["request", "by"])
    attempt.save()
    events.record("attempt", now=now, by=by, request=attempt.request, detail={"result": result})
    return attempt


@in_one_transaction
def confirm(*, request_id, version, type, practitioner, location, start, by, now, outcome="", overbook_reason=""):
    """Books a visit for the request: an Appointment of the type's length from the instant `start`.

    - the request becomes answered, its claim ends
    - the visit's time, with the type's buffers, stands in the ledger of the clinician and, where the type needs one, of
      the first free room of the place, or nothing at all happened
    - a time kept for this request (a visit that is proposed) is booked when it is this very one, else let go: also of
      those that we offered, when the patient says on the phone which
    - with `overbook_reason` the visit may lie over others: the ledger then names `by` and the reason
    - event “confirmed”; “overbooked” too when something lies beneath it
    - message “confirmed” if the patient takes e-mail; until it has left, or staff have told them, the request is
      among those whose patient does not know yet

    The same person pressing twice gets the same Appointment. A clinician without a schedule gets one. Working hours are
    not required: staff may agree on an evening, and the visit then remembers that. Raises TimeTaken, IllegalMove,
    NotBookable, and OutcomeNeeded for a safety call-back without a CallOutcome that goes with a visit.
    """
    if timezone.is_naive(start):
        raise NotBookable("no_zone")
    wanted = {"type": type, "practitioner": practitioner, "location": location}
    schedules = placing.lock(besides=proposals.schedule_ids(request_id), now=now, **wanted)
    request = AppointmentRequest.objects.get(pk=request_id)
    if request.state not in UNDECIDED_REQUEST_STATES:
        return _pressed_before(request, wanted | {"start": start}, by)
    placing.check(practitioner=practitioner, location=location, start=start, now=now)
    type = placing.usable(type)
    _close(request, RequestState.ANSWERED, version, now, outcome, outcomes=OUTCOMES_WITH_A_VISIT)
    appointment = proposals.settle(request, wanted=wanted | {"start": start}, by=by, now=now)
    over = False
    if appointment is None:
        end = start + type.duration
        taken = {"start": start - type.before, "end": end + type.after}
        room = placing.choose_room(schedules, overbook=bool(overbook_reason), **taken)
        appointment = Appointment.objects.create(
            request=request,
            **wanted,
            room=room and room.room,
            start=start,
            end=end,
            outside_hours=placing.is_outside_hours(schedules.own, location, start, end, now),
            created_at=now,
        )
        over = placing.take(appointment, schedules, room, by=by, overbook_reason=overbook_reason, **taken)
    happened = {"now": now, "by": by, "request": request, "appointment": appointment}
    events.record("confirmed", detail={"start": start.astimezone(datetime.UTC).isoformat()}, **happened)
    if over:
        events.record("overbooked", **happened)
    telling.enqueue_to_patient(MailKind.CONFIRMED, request, record=appointment, now=now, not_after=start)
    return appointment


@in_one_transaction
def decline(*, request_id, version, reason, by, now, outcome=""):
    """Says no, with one of the DeclineReasons, each of which tells the patient a next step.

    - the request becomes declined, its claim ends; event “declined”
    - a time kept for it is let go
    - message “declined” if the patient takes e-mail; until then the patient does not know yet

    Raises IllegalMove; for a safety call-back also as close_call does. ValueError for an unknown reason.
    """
    proposals.lock(request_id, now=now)
    request = AppointmentRequest.objects.get(pk=request_id)
    reason = DeclineReason(reason)
    _close(request, RequestState.DECLINED, version, now, outcome, decline_reason=reason)
    proposals.settle(request, by=by, now=now)
    events.record("declined", now=now, by=by, request=request, detail={"reason": reason})
    telling.enqueue_to_patient(MailKind.DECLINED, request, record=request, now=now)


@in_one_transaction
def withdraw(*, request_id, version, by, now, outcome=""):
    """The patient called: no visit is needed any more. Nobody has to be told.

    - the request becomes withdrawn, its claim ends, told by phone; event “withdrawn”
    - a time kept for it is let go

    Raises IllegalMove; for a safety call-back also as close_call does.
    """
    proposals.lock(request_id, now=now)
    request = AppointmentRequest.objects.get(pk=request_id)
    _close(request, RequestState.WITHDRAWN, version, now, outcome, told_at=now, told_how="phone")
    proposals.settle(request, by=by, now=now)
    events.record("withdrawn", now=now, by=by, request=request)


@in_one_transaction
def close_call(*, request_id, version, by, now, outcome=""):
    """Ends a call-back, or a safety call: staff have spoken with the patient, or tried three times in vain.

    - the request becomes answered, told by phone or by three attempts, its claim ends
    - a time kept for it is let go
    - event “call_closed” with the outcome

    A safety call-back needs a CallOutcome (OutcomeNeeded); NO_ANSWER needs three logged attempts in vain
    (AttemptsNeeded). An ordinary call-back may have one.
    """
    proposals.lock(request_id, now=now)
    request = AppointmentRequest.objects.get(pk=request_id)
    if request.kind != RequestKind.CALL and request.safety_outcome != SafetyOutcome.SAME_DAY:
        raise IllegalMove
    told_how = "attempts" if outcome == CallOutcome.NO_ANSWER else "phone"
    _close(request, RequestState.ANSWERED, version, now, outcome, told_at=now, told_how=told_how)
    proposals.settle(request, by=by, now=now)
    events.record("call_closed", now=now, by=by, request=request, detail={"outcome": outcome})


@in_one_transaction
def mark_told(*, request_id, version, how, by, now):
    """The patient now knows our answer, or a cancellation, or cannot be reached. `how` is "phone" or "attempts".

    - the request leaves the list of those whose patient does not know yet; event “told”

    "attempts" needs three logged attempts in vain since there was something to tell (AttemptsNeeded). Raises
    IllegalMove when the patient knows already, or there is nothing to tell.
    """
    request = AppointmentRequest.objects.get(pk=request_id)
    if how == "attempts":
        telling.need_attempts(request, since=telling.something_to_tell_since(request))
    elif how != "phone":
        raise ValueError("Staff tell by phone, or give up after three attempts.")
    if not telling.patient_knows(request.pk, how=how, now=now, version=version):
        raise IllegalMove
    events.record("told", now=now, by=by, request=request, detail={"how": how})


def _close(request, to, version, now, outcome, *, outcomes=frozenset(CallOutcome), **changes):
    """The one way out of the queue: compare-and-set with the rules of the safety call-back."""
    if outcome or request.safety_outcome == SafetyOutcome.SAME_DAY:
        if outcome not in outcomes:
            raise OutcomeNeeded
        if outcome == CallOutcome.NO_ANSWER:
            telling.need_attempts(request, since=request.received_at)
    move(
        AppointmentRequest,
        pk=request.pk,
        version=version,
        to=to,
        moves=REQUEST_MOVES,
        closed_at=now,
        call_outcome=outcome,
        claimed_by=None,
        claimed_at=None,
        **changes,
    )


def _pressed_before(request, wanted, by):
    """The visit that this very press made a moment ago; IllegalMove when it was another press, or another person's."""
    for appointment in Appointment.objects.filter(request=request, state__in=HOLDING_STATES, **wanted):
        if AppointmentEvent.objects.filter(action="confirmed", appointment_id=appointment.pk, user_id=by.pk).exists():
            return appointment
    raise IllegalMove
