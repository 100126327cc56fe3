"""Staff offer up to three times for a request; the patient takes one by link, and the others free themselves.

All functions take keyword arguments alone. `version` is the request's version as the person at the screen saw it;
IllegalMove is raised when the request has changed since. All times of an offer are kept until the same instant, which
stands in each visit's `offered_until`; whoever comes first after it, the patient or the worker, finds the offer over.
"""

import datetime

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from booking.actions import events, ledger, placing, proposals, telling
from booking.actions.intake import reply_by
from booking.actions.transactions import in_one_transaction, move
from booking.errors import BookingError, CannotOffer, IllegalMove, NotBookable, OfferOver
from booking.messages.writing import mailbox_of
from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.states import (
    REQUEST_MOVES,
    AppointmentState,
    MailKind,
    RequestState,
    SafetyOutcome,
    SlotKind,
)
from clinic.models import Clinic
from clinic.site import load_site

MOST_TIMES = 3
# A mail has to be read, and the desk to know who comes: this long before the first time the offer ends.
ENDS_BEFORE = datetime.timedelta(hours=2)
SOONEST = datetime.timedelta(hours=1)
# Offering again takes the place of the offer before.
OFFER_MOVES = {state: {RequestState.OFFERED} for state in (RequestState.RECEIVED, RequestState.OFFERED)}
# Nobody has it open or is late any more; what comes next starts anew.
QUIET = {"claimed_by": None, "claimed_at": None, "escalated_at": None, "warned_at": None}


def kept_until(starts, *, hours, now):
    """The instant until which an offer of these starts is kept: so many `hours`, and less when the first one is near.

    It ends two hours before the first start; when that is nearer than four hours, halfway to it. Full minutes.
    """
    first = min(starts)
    until = min(now + datetime.timedelta(hours=hours), first - min(ENDS_BEFORE, (first - now) / 2))
    return until.replace(second=0, microsecond=0)


@in_one_transaction
def offer(*, request_id, version, times, by, now):
    """Keeps up to three times for the patient and asks which one suits. Returns the Appointments, in the order given.

    - `times`: dicts of type, practitioner, location and start (an instant)
    - each stands in the ledger of its clinician and, where the type needs one, of a free room; all or none
    - the request becomes offered, its claim ends; an earlier offer, and a time that was asked for, are let go
    - event “offered” with the number of times and until when; message “offered” to the patient

    The same press twice offers once. Working hours are not required, as in confirm(). Raises IllegalMove and
    CannotOffer, which names the time that is taken, over, too near, or meets another of them.
    """
    if not 1 <= len(times) <= MOST_TIMES:
        raise CannotOffer("how_many")
    if any(timezone.is_naive(time["start"]) for time in times):
        raise NotBookable("no_zone")
    wanted = [(time["type"], time["practitioner"], time["location"]) for time in times]
    schedules = placing.lock_all(wanted, besides=proposals.schedule_ids(request_id), now=now)
    request = AppointmentRequest.objects.get(pk=request_id)
    if earlier := _offered_before(request, version, times, by):
        return earlier
    if request.safety_outcome == SafetyOutcome.SAME_DAY:
        raise CannotOffer("safety_call")
    if not mailbox_of(request):
        raise CannotOffer("no_mailbox")
    kinds = [_check(number, time, now) for number, time in enumerate(times, 1)]
    move(
        AppointmentRequest,
        pk=request_id,
        version=version,
        to=RequestState.OFFERED,
        moves=OFFER_MOVES,
        **QUIET,
    )
    request.refresh_from_db()
    proposals.settle(request, by=by, now=now, kept=proposals.apart_from_freed_times(request_id))
    hours = Clinic.objects.get().offers_kept_hours
    until = kept_until([time["start"] for time in times], hours=hours, now=now)
    visits = []
    for number, (kind, time, needed) in enumerate(zip(kinds, times, schedules, strict=True), 1):
        _meets_no_other(number, kind, time, visits)
        try:
            visits.append(_keep(request, kind, time, needed, until=until, now=now))
        except BookingError as error:
            raise CannotOffer.of_time(number, error) from error
    detail = {"times": len(visits), "until": until.isoformat()}
    events.record("offered", now=now, by=by, request=request, detail=detail)
    telling.enqueue_to_patient(MailKind.OFFERED, request, record=request, now=now, not_after=until)
    return visits


@in_one_transaction
def accept(*, request_id, appointment_id, version, safety_version, now):
    """The patient takes one of the offered times, after the safety list of `safety_version` had no yes.

    - the visit is booked, the others are let go; the request becomes answered, and they know: they pressed
    - event “accepted”; messages “confirmed” to the patient and “by_link” to the desk

    Returns the booked visit, the same one when pressed again. Raises OfferOver when it is kept no longer, and
    IllegalMove, also for somebody whom we have to call first.
    """
    proposals.lock(request_id, now=now)
    request = AppointmentRequest.objects.get(pk=request_id)
    if request.state == RequestState.ANSWERED and request.version == version + 1:
        return _accepted_before(request, appointment_id)
    visit = _offered(request, appointment_id, now)
    if request.call_first:
        raise IllegalMove
    move(
        AppointmentRequest,
        pk=request_id,
        version=version,
        to=RequestState.ANSWERED,
        moves=REQUEST_MOVES,
        closed_at=now,
        told_at=now,
        told_how="site",
        safety_version=safety_version,
        **QUIET,
    )
    kept = proposals.apart_from_freed_times(request_id)
    visit = proposals.settle(request, by=None, now=now, wanted={"pk": visit.pk}, kept=kept)
    detail = {"start": visit.start.astimezone(datetime.UTC).isoformat()}
    event = events.record("accepted", now=now, request=request, appointment=visit, detail=detail)
    telling.tell_desk(event, now=now)
    telling.enqueue_to_patient(MailKind.CONFIRMED, request, record=visit, now=now, not_after=visit.start)
    return visit


@in_one_transaction
def ask_to_call(*, request_id, appointment_id, version, safety_version, now, safety_outcome, changed=False):
    """The patient chose an offered time, but their safety answer wants a person first. Nothing is booked.

    - the request is waiting for our answer again, with a promise from `now`; after a same-day sign that is a safety
      call-back with its own short promise. `changed`: a yes was changed to none, so whoever answers calls first
    - the chosen time is theirs until somebody answers, as one that they asked for themselves; the others are let go
    - event “call_first”, which says no more; message “by_link” to the desk

    Of the answer nothing but the group is stored. Raises OfferOver and IllegalMove.
    """
    proposals.lock(request_id, now=now)
    request = AppointmentRequest.objects.get(pk=request_id)
    visit = _offered(request, appointment_id, now)
    _back_to_desk(
        request,
        version,
        reply_by=reply_by(safety_outcome=safety_outcome, site=load_site(now=now)),
        safety_outcome=safety_outcome,
        safety_version=safety_version,
        call_first=request.call_first or changed,
    )
    Appointment.objects.filter(pk=visit.pk).update(offered_until=None, version=F("version") + 1)
    others = proposals.apart_from_freed_times(request_id).exclude(pk=visit.pk)
    proposals.settle(request, by=None, now=now, kept=others)
    telling.tell_desk(events.record("call_first", now=now, request=request, appointment=visit), now=now)


@in_one_transaction
def talk_first(*, request_id, now):
    """A person speaks with this patient before an offered time is booked (`call_first`), whatever they answer next.

    For an answer that is not stored itself: a browser's way back would otherwise undo it. Neither what was answered nor
    when is written down, and nothing else changes: the times stay kept. Does nothing where no offer is open.
    """
    # Waits for a press that books at this moment; the one or the other is first.
    proposals.lock(request_id, now=now)
    AppointmentRequest.objects.filter(pk=request_id, state=RequestState.OFFERED).update(call_first=True)


@in_one_transaction
def none_suits(*, request_id, version, now):
    """The patient wants none of the offered times: all are free, and the request waits for us again.

    - `reply_by` is promised anew, counted in opening time from `now`
    - event “none_suits”; message “by_link” to the desk

    Also just after the offer has ended, as long as nobody has closed it. Raises IllegalMove.
    """
    request = _take_back(request_id, version, by=None, now=now)
    telling.tell_desk(events.record("none_suits", now=now, request=request), now=now)


@in_one_transaction
def withdraw_offer(*, request_id, version, by, now):
    """Staff take an offer back: its times are free, and the request waits for us again, with a promise from `now`.

    - event “offer_withdrawn”; message “offer_over” to the patient, so that nobody chooses a time that is gone

    Raises IllegalMove.
    """
    request = _take_back(request_id, version, by=by, now=now)
    events.record("offer_withdrawn", now=now, by=by, request=request)
    telling.enqueue_to_patient(MailKind.OFFER_OVER, request, record=request, now=now)


def end_offers(*, now):
    """Ends every offer whose time is over at `now`, and returns how many. The worker calls it every minute.

    It may run twice at once, or not for days: what it does depends on the rows alone, and each offer ends once.
    """
    over = AppointmentRequest.objects.filter(~Exists(_alive(OuterRef("pk"), now)), state=RequestState.OFFERED)
    return sum(end_offer(request_id=pk, now=now) for pk in over.order_by("pk").values_list("pk", flat=True))


@in_one_transaction
def end_offer(*, request_id, now):
    """Ends an offer that nobody answered. Returns whether there was anything to do.

    - the request becomes expired and its times are free; event “offer_over”
    - message “offer_over” to the patient, once, with what they can do next

    An offer that is kept still, or was answered meanwhile, stays as it is.
    """
    proposals.lock(request_id, now=now)
    request = AppointmentRequest.objects.get(pk=request_id)
    if request.state != RequestState.OFFERED or _alive(request_id, now).exists():
        return False
    move(
        AppointmentRequest,
        pk=request_id,
        version=request.version,
        to=RequestState.EXPIRED,
        moves=REQUEST_MOVES,
        closed_at=now,
        **QUIET,
    )
    request.refresh_from_db()
    proposals.settle(request, by=None, now=now, kept=proposals.apart_from_freed_times(request_id))
    events.record("offer_over", now=now, request=request)
    telling.enqueue_to_patient(MailKind.OFFER_OVER, request, record=request, now=now)
    return True


def _check(number, time, now):
    """The type as it is now. CannotOffer with the number of a time that no clinic would offer."""
    try:
        if now <= time["start"] < now + SOONEST:
            raise CannotOffer("too_soon")
        placing.check(practitioner=time["practitioner"], location=time["location"], start=time["start"], now=now)
        return placing.usable(time["type"])
    except BookingError as error:
        raise CannotOffer.of_time(number, error) from error


def _meets_no_other(number, kind, time, earlier):
    """Of one clinician, who would be in the way of themselves; with another one the same hour is a real choice."""
    start, end = time["start"] - kind.before, time["start"] + kind.duration + kind.after
    for visit in earlier:
        meets = visit.start - visit.type.before < end and start < visit.end + visit.type.after
        if meets and visit.practitioner_id == time["practitioner"].pk:
            raise CannotOffer.of_time(number, CannotOffer("overlaps"))


def _keep(request, kind, time, schedules, *, until, now):
    start, end = time["start"], time["start"] + kind.duration
    taken = {"start": start - kind.before, "end": end + kind.after}
    room = placing.choose_room(schedules, **taken)
    visit = Appointment.objects.create(
        request=request,
        type=kind,
        practitioner=time["practitioner"],
        location=time["location"],
        room=room and room.room,
        start=start,
        end=end,
        outside_hours=placing.is_outside_hours(schedules.own, time["location"], start, end, now),
        state=AppointmentState.PROPOSED,
        offered_until=until,
        created_at=now,
    )
    for owner in filter(None, [schedules.own, room]):
        ledger.take(schedule=owner, kind=SlotKind.PROPOSAL, appointment=visit, **taken)
    return visit


def _offered_before(request, version, times, by):
    """The visits that this very press offered a moment ago; None otherwise."""
    if request.state != RequestState.OFFERED or request.version != version + 1:
        return None
    last = AppointmentEvent.objects.filter(request_id=request.pk, action="offered").order_by("pk").last()
    visits = list(proposals.apart_from_freed_times(request.pk).order_by("pk"))
    there = [(visit.type_id, visit.practitioner_id, visit.location_id, visit.start) for visit in visits]
    wanted = [(time["type"].pk, time["practitioner"].pk, time["location"].pk, time["start"]) for time in times]
    return visits if there == wanted and last and last.user_id == by.pk else None


def _accepted_before(request, appointment_id):
    visit = request.appointments.filter(pk=appointment_id, state=AppointmentState.BOOKED).first()
    if visit is None:
        raise IllegalMove
    return visit


def _offered(request, appointment_id, now):
    """The visit of this request that is offered at `now`. A link opens its own request alone."""
    visit = proposals.apart_from_freed_times(request.pk).filter(pk=appointment_id, offered_until__isnull=False).first()
    if request.state == RequestState.EXPIRED or (visit and visit.offered_until <= now):
        raise OfferOver
    if request.state != RequestState.OFFERED or visit is None:
        raise IllegalMove
    return visit


def _alive(request_id, now):
    """What is offered for the request and still kept at `now`."""
    return Appointment.objects.filter(
        request=request_id, state=AppointmentState.PROPOSED, wait_offer__isnull=True, offered_until__gt=now
    )


def _take_back(request_id, version, *, by, now):
    proposals.lock(request_id, now=now)
    request = AppointmentRequest.objects.get(pk=request_id)
    _back_to_desk(request, version, reply_by=reply_by(safety_outcome=request.safety_outcome, site=load_site(now=now)))
    proposals.settle(request, by=by, now=now, kept=proposals.apart_from_freed_times(request_id))
    return request


def _back_to_desk(request, version, **changes):
    """Compare-and-set from offered to received; `request` is then as the database has it."""
    moves = {RequestState.OFFERED: {RequestState.RECEIVED}}
    move(AppointmentRequest, pk=request.pk, version=version, to=RequestState.RECEIVED, moves=moves, **QUIET, **changes)
    request.refresh_from_db()
