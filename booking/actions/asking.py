"""A time that a patient chose becomes a visit: kept for them until staff answer, or booked at once.

Part of the action in intake.py. Only an answer ends a proposal (booking/actions/proposals.py), never a clock: an answer
that is late does not free the time in silence.
"""

from booking.actions import events, ledger, transactions
from booking.actions.holds import people_for, take_for_one
from booking.errors import NotOffered, TooManyKept
from booking.hold_rules import MOST_KEPT_FROM_ONE_NETWORK
from booking.models import Appointment
from booking.states import HOLDING_STATES, AppointmentState, SlotKind
from clinic.wall_clock import DAY


def ask_for_time(*, request, wanted, draft, site, now):
    """Makes the visit that a patient asks for with this `request`, and takes its time. Returns the Appointment.

    - proposed, or booked where the kind of visit is booked at once; the draft's hold is what it takes
    - without a hold it takes the time if it is free, where the clinician was left to us with anyone who is free
    - event “asked_for_time” or “booked_on_site”

    The caller has locked the draft, and made sure of the Site `site` in this transaction. Raises TimeTaken; NotOffered
    when nobody works then any more, or the visit would start before our answer; TooManyKept when their network took
    MOST_KEPT_FROM_ONE_NETWORK times within a day.
    """
    if _network_is_full(request, now):
        raise TooManyKept
    if not wanted.type.booked_at_once and wanted.start < request.reply_by:
        raise NotOffered
    people = people_for(wanted, site)
    at_once = wanted.type.booked_at_once

    def write(schedule, room, _held):
        visit = Appointment.objects.create(
            request=request,
            type=wanted.type,
            practitioner_id=people[schedule.pk].practitioner_id,
            location=wanted.location,
            room=room and room.room,
            start=wanted.start,
            end=wanted.end,
            state=AppointmentState.BOOKED if at_once else AppointmentState.PROPOSED,
            created_at=now,
        )
        kind = SlotKind.BOOKING if at_once else SlotKind.PROPOSAL
        for owner in filter(None, [schedule, room]):
            ledger.take(schedule=owner, kind=kind, appointment=visit, **wanted.taken)
        return visit

    visit = take_for_one(people, wanted, site, own_draft=draft, write=write, first_choice=wanted.practitioner.pk)
    detail = {"start": visit.start.isoformat()}
    if at_once:
        events.record("booked_on_site", now=now, request=request, appointment=visit, detail=detail)
    else:
        events.record("asked_for_time", now=now, request=request, appointment=visit, detail=detail)
    return visit


def _network_is_full(request, now):
    """Whether as many times as one network may take in a day stand in the book."""
    if not request.network_key:
        return False
    transactions.one_at_a_time(request.network_key)
    kept = Appointment.objects.filter(state__in=HOLDING_STATES, created_at__gt=now - DAY)
    return kept.filter(request__network_key=request.network_key).count() >= MOST_KEPT_FROM_ONE_NETWORK
