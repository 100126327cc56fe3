"""A small clinic with a request in it, and the presses of the people at its desk."""

import datetime
import itertools

from booking.actions import answering, visits
from booking.models import Appointment, AppointmentEvent, AppointmentRequest, BusySlot, ContactAttempt
from booking.states import HOLDING_STATES
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner, make_request, make_type

HOUR = datetime.timedelta(hours=1)
TOMORROW_9 = MONDAY_NOON + 21 * HOUR  # Tuesday 9 am in New York
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
    """Every visit that holds time has that time once, nothing else has any, and no two overlap."""
    held = Appointment.objects.filter(state__in=HOLDING_STATES)
    wanted = sorted(held.values_list("pk", "practitioner__schedule", "start", "end"))
    taken = sorted(BusySlot.objects.values_list("appointment", "schedule", "start", "end"))
    assert taken == wanted
    by_schedule = sorted((schedule, start, end) for _visit, schedule, start, end in taken)
    for (schedule, _start, end), (next_schedule, next_start, _end) in itertools.pairwise(by_schedule):
        assert schedule != next_schedule or end <= next_start
