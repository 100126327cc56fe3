"""The wait list as people use it: joining, changing, leaving, and saying yes or no to a time that has come free.

All functions take keyword arguments alone. `by` is the member of staff who acts for the patient on the phone, None for
the patient by the link. `version` is that of the row that the page showed; IllegalMove says that it has changed since.

By the link a patient says yes to an earlier time for a visit that is booked: they were asked the safety questions for
it. Whoever has no visit yet, and whoever takes no mail, is called: the desk sees the time, asks and presses.
"""

import datetime
from dataclasses import asdict, dataclass

from django.db.models import F

from booking.actions import answering, events, ledger, placing, proposals, visits
from booking.actions.transactions import in_one_transaction, move
from booking.availability import at_work
from booking.errors import FreedTimeOver, IllegalMove, NotWaitable
from booking.models import Appointment, AppointmentRequest, WaitListEntry, WaitListOffer
from booking.states import (
    APPOINTMENT_MOVES,
    OPEN_WAIT_OFFER_STATES,
    WAIT_OFFER_MOVES,
    AppointmentState,
    MailKind,
    WaitListState,
    WaitOfferState,
)
from booking.wait_list import may_wait
from clinic.models import Clinic, Location, Practitioner
from clinic.outbox import enqueue
from clinic.site import load_site

# Of an entry: out of the list, and never into it again.
ENTRY_MOVES = {WaitListState.WAITING: {WaitListState.MET, WaitListState.LEFT, WaitListState.OVER}}


@dataclass(frozen=True, kw_only=True)
class WaitFor:
    """What somebody would take; names are WaitListEntry's own. `parts`: DayPart values, empty for all."""

    first_day: datetime.date
    last_day: datetime.date
    notice_minutes: int
    practitioner: Practitioner | None = None
    location: Location | None = None
    parts: tuple[str, ...] = ()


@in_one_transaction
def join(*, request_id, wanted, by, now):
    """Puts a request on the wait list, behind everybody who is on it. `wanted` is a WaitFor.

    - one place a request: the same press twice makes one
    - event “joined_wait_list”

    Raises NotWaitable where there is nothing to wait for (booking/wait_list.py may_wait) or no day is left, IllegalMove
    when the request waits already, for something else.
    """
    request = AppointmentRequest.objects.select_for_update(no_key=True).get(pk=request_id)
    values = _checked(request, wanted, now)
    there = WaitListEntry.objects.filter(request=request, state=WaitListState.WAITING).first()
    if there is not None:
        if all(getattr(there, name) == value for name, value in values.items()):
            return there
        raise IllegalMove
    entry = WaitListEntry.objects.create(request=request, created_at=now, **values)
    events.record("joined_wait_list", now=now, by=by, request=request, appointment=entry.visit)
    return entry


@in_one_transaction
def change(*, entry_id, request_id, version, wanted, by, now):
    """Changes what they would take; they keep their turn. Event “changed_wait_list”. Raises IllegalMove, NotWaitable.

    A time that is on its way to them stays theirs until it is over.
    """
    request = AppointmentRequest.objects.select_for_update(no_key=True).get(pk=request_id)
    values = _checked(request, wanted, now)
    there = WaitListEntry.objects.filter(pk=entry_id, request=request, version=version, state=WaitListState.WAITING)
    if not there.update(version=F("version") + 1, **values):
        raise IllegalMove
    events.record("changed_wait_list", now=now, by=by, request=request, appointment=values["visit"])


@in_one_transaction
def leave(*, entry_id, request_id, version, by, now):
    """Takes them off the list: event “left_wait_list”. A time on its way to them is free again. Raises IllegalMove."""
    entry = WaitListEntry.objects.select_related("request").filter(pk=entry_id, request=request_id).first()
    if entry is None:
        raise IllegalMove
    offers = WaitListOffer.objects.filter(entry=entry, state__in=OPEN_WAIT_OFFER_STATES)
    open_offer = offers.select_related("visit").first()
    if open_offer is not None:
        close_offer(open_offer, WaitOfferState.STOPPED, now=now)
    close_entry(entry, WaitListState.LEFT, version=version, now=now)
    events.record("left_wait_list", now=now, by=by, request=entry.request)


@in_one_transaction
def accept(*, offer_id, request_id, version, by, now):
    """They take the time that was offered, instead of the visit that they have.

    - the new time is theirs and the old one free in one step (visits.reschedule): never two, never none. It stays one
      visit, so the entry in their calendar moves
    - offer “accepted”, entry “met”; events “rescheduled” and “wait_accepted”; the mail of a visit that has moved; by
      the link “by_link” to the desk
    - without a visit, by staff alone: the request is answered with it (answering.confirm)

    The same press twice moves it once. Raises FreedTimeOver when it is too late or the clinician no longer works then,
    IllegalMove when the visit has changed; nothing is changed then.
    """
    known = _offer(offer_id, request_id)
    kept = known.visit
    where = {"practitioner": kept.practitioner, "location": kept.location}
    others = kept.busy_slots.values_list("schedule_id", flat=True)
    besides = {*others, *proposals.schedule_ids(request_id)}
    if known.entry.visit:
        besides |= set(known.entry.visit.busy_slots.values_list("schedule_id", flat=True))
    placing.lock(type=kept.type, besides=besides, now=now, **where)
    offer = _offer(offer_id, request_id)
    if offer.state == WaitOfferState.ACCEPTED:
        return
    if offer.entry.visit is None and by is None:
        raise IllegalMove
    _make_sure(offer, version, by, now)
    if offer.entry.visit is None:
        _answer_with(offer, by=by, now=now)
    else:
        _move_to(offer, where, by=by, now=now)
    close_entry(offer.entry, WaitListState.MET, version=offer.entry.version, now=now)
    event = events.record("wait_accepted", now=now, by=by, request=offer.entry.request, appointment=offer.entry.visit)
    if by is None:
        AppointmentRequest.objects.filter(pk=request_id).update(told_how="site")
        enqueue(kind=MailKind.BY_LINK, record_id=event.pk, key=f"by_link:{event.pk}", now=now)


@in_one_transaction
def refuse(*, offer_id, request_id, version, by, now):
    """They do not want this time: it is free for the next one, and they stay on the list. Event “wait_refused”.

    Raises FreedTimeOver, IllegalMove.
    """
    ledger.lock_time_of(_offer(offer_id, request_id).visit)
    offer = _offer(offer_id, request_id)
    if offer.state == WaitOfferState.DECLINED:
        return
    _make_sure(offer, version, by, now)
    close_offer(offer, WaitOfferState.DECLINED, now=now)
    events.record("wait_refused", now=now, by=by, request=offer.entry.request)


def close_offer(offer, to, *, now):
    """Ends an open offer and frees its time. A part of other actions. Raises IllegalMove when somebody was first."""
    ledger.lock_time_of(offer.visit)
    move(WaitListOffer, pk=offer.pk, version=offer.version, to=to, moves=WAIT_OFFER_MOVES, closed_at=now)
    kept = Appointment.objects.get(pk=offer.visit_id)
    if kept.state == AppointmentState.PROPOSED:
        move(Appointment, pk=kept.pk, version=kept.version, to=AppointmentState.CANCELLED, moves=APPOINTMENT_MOVES)
        ledger.free(kept)


def close_entry(entry, to, *, version, now):
    """Takes an entry off the list. A part of other actions. Raises IllegalMove."""
    move(WaitListEntry, pk=entry.pk, version=version, to=to, moves=ENTRY_MOVES, closed_at=now)


def _checked(request, wanted, now):
    """The values of an entry for this request. Raises NotWaitable."""
    found = may_wait(request, now=now, zone=Clinic.objects.get().zone)
    if found is None:
        raise NotWaitable("nothing")
    if not found.first_day <= wanted.last_day <= found.last_day or wanted.first_day > wanted.last_day:
        raise NotWaitable("days")
    values = {name: getattr(wanted, name) for name in asdict(wanted)}
    return values | {"parts": list(wanted.parts), "visit": found.visit, "type": found.type}


def _offer(offer_id, request_id):
    """The offer to that request, as it is now. IllegalMove for somebody else's: a link opens its own request alone."""
    offers = WaitListOffer.objects.select_related(
        "visit__type", "visit__practitioner", "visit__location", "entry__request", "entry__visit"
    )
    offer = offers.filter(pk=offer_id, entry__request=request_id).first()
    if offer is None:
        raise IllegalMove
    return offer


def _make_sure(offer, version, by, now):
    """That they can still answer it. To whom staff speak, nothing was written: the call is the offer."""
    may_answer = (WaitOfferState.OFFERED,) if by is None else OPEN_WAIT_OFFER_STATES
    if offer.state not in may_answer or offer.expires_at <= now:
        raise FreedTimeOver
    if offer.version != version:
        raise IllegalMove
    if offer.state == WaitOfferState.PENDING:
        mark_offered(offer, by=by, now=now)


def mark_offered(offer, *, by, now):
    """The patient hears of it: pending becomes offered. A part of other actions. Raises IllegalMove."""
    told = {"offered_at": now, "approved_by": by, "expires_at": offer.expires_at}
    move(WaitListOffer, pk=offer.pk, version=offer.version, to=WaitOfferState.OFFERED, moves=WAIT_OFFER_MOVES, **told)
    offer.refresh_from_db(fields=["state", "version", *told])


def _move_to(offer, where, *, by, now):
    visit, kept = offer.entry.visit, offer.visit
    if visit.state != AppointmentState.BOOKED or visit.start <= kept.start:
        raise IllegalMove
    there = {"location_id": kept.location_id, "practitioner_id": kept.practitioner_id, "start": kept.start}
    if not at_work(type=kept.type, site=load_site(now=now), chosen_at=offer.created_at, **there):
        raise FreedTimeOver
    close_offer(offer, WaitOfferState.ACCEPTED, now=now)
    visits.reschedule(
        appointment_id=visit.pk, version=visit.version, start=kept.start, by=by, now=now, patient_knows=True, **where
    )


def _answer_with(offer, *, by, now):
    kept, request = offer.visit, offer.entry.request
    where = {"type": kept.type, "practitioner": kept.practitioner, "location": kept.location}
    visit = answering.confirm(request_id=request.pk, version=request.version, start=kept.start, by=by, now=now, **where)
    # From now on it is a visit like any other.
    Appointment.objects.filter(pk=visit.pk).update(offered_until=None)
    close_offer(offer, WaitOfferState.ACCEPTED, now=now)
