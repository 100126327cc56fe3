"""Times that have come free find whoever has waited for them longest. The worker looks every minute.

No signal tells of a time that is free again, by whatever way it came free: a look at the open times finds it, and
cannot miss one. What a look does depends on the rows alone, so that it may run twice at once, be killed in between, or
not run for days. Each step is a transaction of its own, taken once under the lock of the schedules.

A time is held for one person by a proposed visit (`offered_until`), until
- now, or the end of the night in which no mail leaves, plus `freed_time_kept_minutes`, where the patient is written to;
- that many minutes of opening time, where the desk has to say yes or to call first.
"""

from dataclasses import dataclass

from django.db import IntegrityError
from django.db.models import F

from booking.actions import events, ledger, placing
from booking.actions.transactions import in_one_transaction, move
from booking.actions.waiting import close_entry, close_offer, mark_offered
from booking.availability import open_times, shape_of
from booking.errors import BookingError, FreedTimeOver, IllegalMove
from booking.models import Appointment, AppointmentType, WaitListEntry, WaitListOffer
from booking.rebooking import needs_rebooking
from booking.slots import MINUTE
from booking.states import (
    APPOINTMENT_MOVES,
    OPEN_WAIT_OFFER_STATES,
    UNDECIDED_REQUEST_STATES,
    AppointmentState,
    MailKind,
    SlotKind,
    WaitListState,
    WaitOfferState,
)
from booking.wait_list import CAN_TAKE, must_call, open_offers, wishes
from booking.waiting_rules import match, may_leave_at
from clinic.models import Location, Practitioner
from clinic.outbox import enqueue
from clinic.site import load_site
from clinic.wall_clock import day_of


@dataclass
class Watched:
    """How many times were offered, how many offers ended, and how many people left the list."""

    offered: int = 0
    ended: int = 0
    left: int = 0

    def __str__(self):
        counts = {"offered": self.offered, "offers over": self.ended, "off the list": self.left}
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def watch_wait_list(*, now):
    """Ends what is over at `now`, then offers what is open, in fair order. Returns Watched.

    With nobody on the list eight queries; else nine more for each kind of visit that somebody waits for, and a few for
    each step taken. A time of which somebody gets hold meanwhile is looked for again at the next look.
    """
    done = Watched()
    site = load_site(now=now)
    offers = list(open_offers())
    stranded = {row.appointment.pk for row in needs_rebooking(site=site)} if offers else set()
    for offer in offers:
        done.ended += _try(end_offer, offer_id=offer.pk, is_stranded=offer.visit_id in stranded, now=now)
    waiting = WaitListEntry.objects.filter(state=WaitListState.WAITING).select_related("visit", "request")
    today = site.today
    for entry in waiting.order_by("created_at", "pk"):
        if entry.last_day < today or not _can_take(entry, now):
            done.left += _try(end_entry, entry_id=entry.pk, now=now)
    for pk in _nobodys(now).order_by("pk").values_list("pk", flat=True):
        done.ended += _try(free_nobodys, appointment_id=pk, now=now)
    for found in _matches(site):
        done.offered += _try(offer_time, entry_id=found.entry_id, time=found.time, now=now)
    return done


def _try(action, **arguments):
    """Whether it came about: somebody else may have been first."""
    try:
        return bool(action(**arguments))
    except (BookingError, IntegrityError):
        return False


def _matches(site):
    zone, kept = site.clinic.zone, site.clinic.freed_time_kept_minutes * MINUTE
    waiting = wishes(now=site.now)
    kinds = AppointmentType.objects.in_bulk({wish.type_id for wish in waiting})
    times = {}
    for key, kind in kinds.items():
        wanted = [wish for wish in waiting if wish.type_id == key]
        days = {
            "first_day": min(wish.first_day for wish in wanted),
            "last_day": max(wish.last_day for wish in wanted),
        }
        times[key] = open_times(type=kind, site=site, **days)
    shapes = {key: shape_of(kind) for key, kind in kinds.items()}
    return match(waiting, times, shapes, answered_by=may_leave_at(site.now, zone=zone) + kept, zone=zone)


@in_one_transaction
def offer_time(*, entry_id, time, now):
    """Holds an OpenTime for somebody on the list, and tells them, or asks the desk first. Returns the WaitListOffer.

    - pending where the clinic wants to say yes first or has to call: message “wait_approve” to the desk, event
      “wait_asked”. Else offered: message “wait_offer” to the patient, never in the quiet hours, event “wait_offered”
    - None where they cannot take it any more, or have an open offer

    Raises TimeTaken, NotBookable.
    """
    entry = WaitListEntry.objects.select_related("type").get(pk=entry_id)
    kind = entry.type
    where = {
        "practitioner": Practitioner.objects.get(pk=time.practitioner_id),
        "location": Location.objects.get(pk=time.location_id),
    }
    schedules = placing.lock(type=kind, now=now, **where)
    entries = WaitListEntry.objects.filter(CAN_TAKE, pk=entry_id, state=WaitListState.WAITING)
    entry = entries.select_related("request", "visit").select_for_update(no_key=True, of=("self",)).first()
    offers = WaitListOffer.objects.filter(entry=entry_id, state__in=OPEN_WAIT_OFFER_STATES)
    if entry is None or offers.exists() or (entry.visit and entry.visit.start <= time.start):
        return None
    placing.check(start=time.start, now=now, **where)
    site = load_site(now=now)
    asks_desk = site.clinic.freed_times_need_yes or must_call(entry)
    expires_at = _desk_answers_by(entry, time.start, site) if asks_desk else _patient_answers_by(site)
    if not now < expires_at <= time.start - entry.notice:
        return None
    kept = _hold(entry, kind, schedules, where, time.start, until=expires_at, now=now)
    offer = WaitListOffer.objects.create(
        entry=entry,
        visit=kept,
        state=WaitOfferState.PENDING if asks_desk else WaitOfferState.OFFERED,
        created_at=now,
        offered_at=None if asks_desk else now,
        expires_at=expires_at,
    )
    happened = {"now": now, "request": entry.request, "detail": {"start": time.start.isoformat()}}
    if asks_desk:
        events.record("wait_asked", **happened)
        key = f"{MailKind.WAIT_APPROVE}:{offer.pk}"
        enqueue(kind=MailKind.WAIT_APPROVE, record_id=offer.pk, key=key, now=now, not_after=expires_at)
    else:
        events.record("wait_offered", **happened)
        _write_to_patient(offer, site)
    return offer


@in_one_transaction
def approve(*, offer_id, version, by, now):
    """The desk lets the patient have it: pending becomes offered, and they are written to. Event “wait_offered”.

    The time box begins anew, for the patient. Raises FreedTimeOver when they could not answer in time any more,
    IllegalMove when it is not pending, or they have to be called.
    """
    offer = _locked(offer_id)
    if offer.state != WaitOfferState.PENDING or offer.version != version or must_call(offer.entry):
        raise IllegalMove
    site = load_site(now=now)
    until = _patient_answers_by(site)
    if offer.expires_at <= now or until > offer.visit.start - offer.entry.notice:
        raise FreedTimeOver
    offer.expires_at = until
    mark_offered(offer, by=by, now=now)
    Appointment.objects.filter(pk=offer.visit_id).update(offered_until=until, version=F("version") + 1)
    detail = {"start": offer.visit.start.isoformat()}
    events.record("wait_offered", now=now, by=by, request=offer.entry.request, detail=detail)
    _write_to_patient(offer, site)


@in_one_transaction
def stop(*, offer_id, version, by, now):
    """The desk takes an offer back: its time is free, and they stay on the list. Event “wait_stopped”.

    Message “wait_over” to a patient who has been written to: we had said that we keep it. Raises IllegalMove.
    """
    offer = _locked(offer_id)
    if offer.version != version:
        raise IllegalMove
    _stop(offer, by=by, now=now)


def _stop(offer, *, now, by=None):
    close_offer(offer, WaitOfferState.STOPPED, now=now)
    events.record("wait_stopped", now=now, by=by, request=offer.entry.request)
    if offer.state == WaitOfferState.OFFERED and not must_call(offer.entry):
        key = f"{MailKind.WAIT_OVER}:{offer.pk}"
        due_at = may_leave_at(now, zone=load_site(now=now).clinic.zone)
        if due_at < offer.visit.start:
            late = {"due_at": due_at, "not_after": offer.visit.start}
            enqueue(kind=MailKind.WAIT_OVER, record_id=offer.pk, key=key, now=now, **late)


@in_one_transaction
def end_offer(*, offer_id, is_stranded, now):
    """Ends an open offer that is over at `now`, and says whether it was. Its time is free.

    - expired: nobody answered in time. No message: the page says so, and what they have stays as it is
    - stopped: what it was for is gone (another visit, off the list, called off), or nobody could see them then
      (`is_stranded`), which they are told
    - accepted: staff booked the very time from the page of the request
    """
    offer = _locked(offer_id)
    kept, entry = offer.visit, offer.entry
    if offer.state not in OPEN_WAIT_OFFER_STATES:
        return False
    if kept.state not in (AppointmentState.PROPOSED, AppointmentState.CANCELLED):
        _booked_by_staff(offer, now)
    elif offer.expires_at <= now:
        close_offer(offer, WaitOfferState.EXPIRED, now=now)
        events.record("wait_expired", now=now, request=entry.request)
    elif not kept.holds_time or entry.state != WaitListState.WAITING or not _can_take(entry, now, start=kept.start):
        close_offer(offer, WaitOfferState.STOPPED, now=now)
        events.record("wait_stopped", now=now, request=entry.request)
    elif is_stranded:
        _stop(offer, now=now)
    else:
        return False
    return True


def _booked_by_staff(offer, now):
    if offer.state == WaitOfferState.PENDING:
        mark_offered(offer, by=None, now=now)
    close_offer(offer, WaitOfferState.ACCEPTED, now=now)
    Appointment.objects.filter(pk=offer.visit_id).update(offered_until=None)
    if offer.entry.state == WaitListState.WAITING:
        close_entry(offer.entry, WaitListState.MET, version=offer.entry.version, now=now)
    events.record("wait_accepted", now=now, request=offer.entry.request, appointment=offer.visit)


@in_one_transaction
def end_entry(*, entry_id, now):
    """Takes somebody off the list for whom there is nothing to wait any more; says whether it did.

    - their days are over, or their visit has begun: “over”. Their visit or request was called off, or answered without
      a visit: “left”. Event “wait_ended” with which of the two
    - a request that was answered with a visit waits on, in its turn, for a time before that visit
    """
    entry = WaitListEntry.objects.select_related("visit", "request").select_for_update(of=("self",)).get(pk=entry_id)
    request, site = entry.request, load_site(now=now)
    is_over = entry.last_day < site.today
    if entry.state != WaitListState.WAITING or (not is_over and _can_take(entry, now)):
        return False
    if not is_over and entry.visit is None:
        upcoming = request.appointments.filter(state=AppointmentState.BOOKED, start__gt=now)
        booked = upcoming.order_by("start", "pk").first()
        if booked is not None and entry.first_day <= day_of(booked.start, site.clinic.zone):
            values = {"visit": booked, "type": booked.type_id, "version": F("version") + 1}
            WaitListEntry.objects.filter(pk=entry.pk).update(**values)
            return False
    was_called_off = entry.visit is None or entry.visit.state == AppointmentState.CANCELLED
    to = WaitListState.LEFT if was_called_off and not is_over else WaitListState.OVER
    close_entry(entry, to, version=entry.version, now=now)
    events.record("wait_ended", now=now, request=request, detail={"state": to})
    return True


@in_one_transaction
def free_nobodys(*, appointment_id, now):
    """Frees a time that was kept for somebody whose request is forgotten; says whether it did. Event “let_go”."""
    kept = Appointment(pk=appointment_id)
    ledger.lock_time_of(kept)
    found = _nobodys(now).filter(pk=appointment_id).first()
    if found is None:
        return False
    move(Appointment, pk=found.pk, version=found.version, to=AppointmentState.CANCELLED, moves=APPOINTMENT_MOVES)
    ledger.free(found)
    events.record("let_go", now=now, appointment=found)
    return True


def _nobodys(now):
    return Appointment.objects.filter(state=AppointmentState.PROPOSED, request=None, offered_until__lte=now)


def _can_take(entry, now, start=None):
    """Whether they could still take an earlier time, one that begins at `start` if given."""
    visit = entry.visit
    if visit is None:
        return entry.request.state in UNDECIDED_REQUEST_STATES and not entry.request.is_safety_call
    return visit.state == AppointmentState.BOOKED and visit.start > (start or now)


def _hold(entry, kind, schedules, where, start, *, until, now):
    """The proposed visit that keeps a time, as long as the visit that they have. Raises TimeTaken."""
    lasts = entry.visit.end - entry.visit.start if entry.visit else kind.duration
    taken = {"start": start - kind.before, "end": start + lasts + kind.after}
    room = placing.choose_room(schedules, **taken)
    kept = Appointment.objects.create(
        request=entry.request,
        type=kind,
        **where,
        room=room and room.room,
        start=start,
        end=start + lasts,
        state=AppointmentState.PROPOSED,
        offered_until=until,
        created_at=now,
    )
    for owner in filter(None, [schedules.own, room]):
        ledger.take(schedule=owner, kind=SlotKind.PROPOSAL, appointment=kept, **taken)
    return kept


def _locked(offer_id):
    """The offer as it is once the schedules of its time are locked. Raises IllegalMove when it is gone."""
    found = WaitListOffer.objects.select_related("visit", "entry__request", "entry__visit").filter(pk=offer_id)
    known = found.first()
    if known is None:
        raise IllegalMove
    ledger.lock_time_of(known.visit)
    return found.get()


def _write_to_patient(offer, site):
    """Asks for the mail with the offer, after the quiet hours."""
    due_at = may_leave_at(site.now, zone=site.clinic.zone)
    key = f"{MailKind.WAIT_OFFER}:{offer.pk}"
    late = {"due_at": due_at, "not_after": offer.expires_at}
    enqueue(kind=MailKind.WAIT_OFFER, record_id=offer.pk, key=key, now=site.now, **late)


def _patient_answers_by(site):
    kept = site.clinic.freed_time_kept_minutes * MINUTE
    return may_leave_at(site.now, zone=site.clinic.zone) + kept


def _desk_answers_by(entry, start, site):
    """Opening time for the desk, and where the patient is written to afterwards, time that is left for them."""
    kept = site.clinic.freed_time_kept_minutes
    latest = start - entry.notice - (0 if must_call(entry) else kept) * MINUTE
    return min(site.opening.add_working_minutes(site.now, kept), latest)
