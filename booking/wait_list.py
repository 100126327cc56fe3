"""The wait list as it stands: who may join it, who waits for what, and which times are on their way to whom."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from booking.choosing import kinds_that_fit
from booking.messages.writing import mailbox_of
from booking.models import Appointment, AppointmentType, WaitListEntry, WaitListOffer
from booking.states import (
    OPEN_WAIT_OFFER_STATES,
    AppointmentState,
    RequestKind,
    RequestState,
    SafetyOutcome,
    WaitListState,
    WaitOfferState,
)
from booking.waiting_rules import COUNTED_FOR, LONGEST_AHEAD, MOST_A_DAY, Wish
from clinic.wall_clock import DAY, day_of

# A time that was only kept for an offer: no visit of theirs, and none that was called off.
ONLY_KEPT = Q(
    wait_offer__isnull=False,
    offered_until__isnull=False,
    state__in=(AppointmentState.PROPOSED, AppointmentState.CANCELLED),
)
# Somebody can take an earlier time: instead of the visit that they have, or as the answer that they still wait for.
# Nobody without a visit whom we told to see a doctor today: their call comes first, and is no offer.
CAN_TAKE = Q(visit__state=AppointmentState.BOOKED) | (
    Q(visit=None, request__state=RequestState.RECEIVED) & ~Q(request__safety_outcome=SafetyOutcome.SAME_DAY)
)


@dataclass(frozen=True)
class MayWait:
    """What a request may wait for: a kind of visit from `first_day` to `last_day`, before `visit` if there is one."""

    type: AppointmentType
    visit: Appointment | None
    first_day: object
    last_day: object


def may_wait(request, *, now, zone):
    """The MayWait of a request; None where there is nothing to wait for.

    - with a booked visit to come: a time on a day before it
    - without one, while the request waits for our answer: a visit of the kind that we would give them. Not a call, and
      nobody whom we told to see a doctor today
    """
    today = day_of(now, zone)
    visits = request.appointments.select_related("type", "practitioner", "location").order_by("start", "pk")
    visit = visits.filter(state=AppointmentState.BOOKED, start__gt=now).first()
    if visit is not None:
        last = day_of(visit.start, zone) - DAY
        return MayWait(visit.type, visit, today, last) if last >= today and visit.type.is_active else None
    waits = request.state == RequestState.RECEIVED and request.kind == RequestKind.VISIT
    if not waits or request.safety_outcome == SafetyOutcome.SAME_DAY:
        return None
    asked_for = visits.filter(state=AppointmentState.PROPOSED, offered_until=None).first()
    kinds = [asked_for.type] if asked_for else _kinds_for(request)
    return MayWait(kinds[0], None, today, today + LONGEST_AHEAD) if kinds else None


def _kinds_for(request):
    kinds = AppointmentType.objects.filter(is_active=True, practitioners__is_active=True).distinct()
    return kinds_that_fit(kinds, is_new_patient=request.is_new_patient, recent_surgery=request.recent_surgery)


def entry_of(request):
    """Their place on the list, None when they are not on it."""
    entries = WaitListEntry.objects.filter(request=request, state=WaitListState.WAITING)
    return entries.select_related("visit", "practitioner", "location").first()


def must_call(entry):
    """Whether staff have to call: the patient takes no mail, or has no visit yet.

    Without a visit the safety questions come again before anything is booked, and a person asks them by phone.
    """
    return entry.visit_id is None or not mailbox_of(entry.request)


def wishes(*, now):
    """The Wish of everybody who may be offered a time at `now`, in fair order. Two queries."""
    entries = list(
        WaitListEntry.objects.filter(CAN_TAKE, state=WaitListState.WAITING, type__is_active=True)
        .select_related("visit")
        .order_by("created_at", "pk")
    )
    offers = defaultdict(list)
    for entry_id, *offer in WaitListOffer.objects.filter(entry__in=[entry.pk for entry in entries]).values_list(
        "entry_id", "state", "created_at", "visit__start"
    ):
        offers[entry_id].append(offer)
    found = []
    for entry in entries:
        mine = offers[entry.pk]
        lately = sum(created_at > now - COUNTED_FOR for _state, created_at, _start in mine)
        if lately < MOST_A_DAY and not any(state in OPEN_WAIT_OFFER_STATES for state, *_rest in mine):
            found.append(_wish(entry, frozenset(start for *_rest, start in mine)))
    return found


def _wish(entry, seen):
    return Wish(
        entry_id=entry.pk,
        type_id=entry.type_id,
        practitioner_id=entry.practitioner_id,
        location_id=entry.location_id,
        first_day=entry.first_day,
        last_day=entry.last_day,
        parts=frozenset(entry.parts),
        notice=entry.notice,
        before=entry.visit and entry.visit.start,
        own=entry.visit and entry.visit.practitioner_id,
        seen=seen,
    )


def open_offers():
    """The times on their way to somebody, oldest first, with all that a list or an end of them needs."""
    offers = WaitListOffer.objects.filter(state__in=OPEN_WAIT_OFFER_STATES)
    return offers.select_related(
        "visit__practitioner", "visit__location", "visit__type", "entry__visit", "entry__request"
    ).order_by("created_at", "pk")


def offers_for_desk():
    """How many times wait for staff to say yes, or to call."""
    return WaitListOffer.objects.filter(state=WaitOfferState.PENDING).count()


def last_offer_of(entry):
    """The newest time that they were told of, None when there was none. One that waits for staff is not theirs yet."""
    offers = WaitListOffer.objects.filter(entry=entry, offered_at__isnull=False)
    return offers.select_related("visit__practitioner", "visit__location").order_by("created_at", "pk").last()
