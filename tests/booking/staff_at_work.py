"""A small clinic with a request in it, and the presses of the people at its desk."""

import datetime
import itertools

from booking.actions import answering, blocks, ledger, visits
from booking.models import Appointment, AppointmentEvent, AppointmentRequest, BusySlot, ContactAttempt
from booking.states import HOLDING_STATES, OTHER_SLOT_KINDS, AppointmentState, SlotKind
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner, make_request, make_type

HOUR = datetime.timedelta(hours=1)
TOMORROW_9 = MONDAY_NOON + 21 * HOUR  # Tuesday 9 am in New York
TUESDAY = datetime.date(2026, 11, 24)
SAFETY = {"safety_outcome": "same_day"}


class Desk:
    """One location, one clinician, one type of 50 minutes, two people: Ana and Ben."""

    def __init__(self, user_model):
        make_clinic()
        self.location = make_location()
        self.practitioner = make_practitioner(locations=[self.location])
        self.type = make_type()
        self.ana = user_model.objects.create_user("ana")
        self.ben = user_model.objects.create_user("ben")

    def request(self, **fields):
        return make_request(**{"email": "pat@home.example"} | fields)

    def confirm(self, request, **changes):
        wanted = {
            "version": request.version,
            "type": self.type,
            "practitioner": self.practitioner,
            "location": self.location,
            "start": TOMORROW_9,
            "by": self.ana,
            "now": MONDAY_NOON,
        }
        return answering.confirm(request_id=request.pk, **wanted | changes)

    def press(self, action, request, **arguments):
        """Any action of `answering` that takes a version."""
        common = {"version": request.version, "by": self.ana, "now": MONDAY_NOON}
        return action(request_id=request.pk, **common | arguments)

    def try_to_reach(self, request, times=1, *, result="no_answer", now=MONDAY_NOON):
        for _ in range(times):
            answering.log_attempt(request_id=request.pk, result=result, by=self.ana, now=now)

    def cancel(self, appointment, **changes):
        wanted = {"version": appointment.version, "by": self.ana, "now": MONDAY_NOON}
        visits.cancel(appointment_id=appointment.pk, **wanted | changes)

    def move(self, appointment, **changes):
        wanted = {
            "version": appointment.version,
            "practitioner": self.practitioner,
            "location": self.location,
            "start": TOMORROW_9 + HOUR,
            "by": self.ana,
            "now": MONDAY_NOON,
        }
        visits.reschedule(appointment_id=appointment.pk, **wanted | changes)
        appointment.refresh_from_db()

    def mark(self, action, appointment, now, **changes):
        """arrive, fulfil, mark_noshow or undo; the visit is then as it is in the database."""
        wanted = {"version": appointment.version, "by": self.ana, "now": now}
        action(appointment_id=appointment.pk, **wanted | changes)
        appointment.refresh_from_db()

    def block(self, **changes):
        wanted = {
            "schedule": ledger.schedule_of(self.practitioner),
            "first_day": TUESDAY,
            "last_day": TUESDAY,
            "label": "Training",
            "by": self.ana,
            "now": MONDAY_NOON,
        }
        return blocks.block_time(**wanted | changes)

    def propose(self, request, start=TOMORROW_9, **changes):
        """A time kept for the request until it is answered."""
        own = {"type": self.type, "practitioner": self.practitioner, "location": self.location} | changes
        end = start + own["type"].duration
        visit = Appointment.objects.create(
            request=request, start=start, end=end, state="proposed", created_at=MONDAY_NOON, **own
        )
        schedule = ledger.schedule_of(own["practitioner"])
        ledger.take(schedule=schedule, start=start, end=end, kind=SlotKind.PROPOSAL, appointment=visit)
        return visit


def actions(**about):
    """What the history says happened, in order."""
    return list(AppointmentEvent.objects.filter(**about).values_list("action", flat=True))


def everything():
    """All that a refused action must leave as it was."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (AppointmentRequest, Appointment, BusySlot, AppointmentEvent, ContactAttempt)
    ]


def assert_ledger_equals_visits():
    """Every visit that holds time has it once on each schedule, buffers included; no other visit has any; and outside
    of what was overbooked by name and reason no two stretches overlap. Blocks and holds belong to no visit."""
    wanted = set()
    for visit in Appointment.objects.filter(state__in=HOLDING_STATES).select_related("type", "room__schedule"):
        stretch = visit.start - visit.type.before, visit.end + visit.type.after
        kind = SlotKind.PROPOSAL if visit.state == AppointmentState.PROPOSED else SlotKind.BOOKING
        owners = [visit.practitioner.schedule.pk, *([visit.room.schedule.pk] if visit.room else [])]
        wanted |= {(visit.pk, owner, kind, *stretch) for owner in owners}
    rows = list(BusySlot.objects.values_list("appointment", "schedule", "kind", "start", "end"))
    assert sorted(row for row in rows if row[0]) == sorted(wanted)
    assert {kind for visit, _schedule, kind, *_stretch in rows if not visit} <= set(OTHER_SLOT_KINDS)
    apart = sorted(BusySlot.objects.filter(overbooked_by=None).values_list("schedule", "start", "end"))
    for (schedule, _start, end), (next_schedule, next_start, _end) in itertools.pairwise(apart):
        assert schedule != next_schedule or end <= next_start
