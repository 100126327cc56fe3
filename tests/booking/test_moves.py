"""Every move between states, allowed and forbidden, through the one function that makes moves."""

import datetime
import itertools

import pytest

from booking.actions.transactions import move
from booking.errors import IllegalMove
from booking.models import Appointment, AppointmentRequest
from booking.states import APPOINTMENT_MOVES, REQUEST_MOVES, AppointmentState, RequestState
from tests.factories import MONDAY_NOON, make_location, make_practitioner, make_request, make_type

pytestmark = pytest.mark.django_db

# Written out, so that a slip in states.py is seen here.
REQUESTS = {
    ("received", "answered"),
    ("received", "declined"),
    ("received", "withdrawn"),
    ("received", "expired"),
}
VISITS = {
    ("proposed", "booked"),
    ("proposed", "cancelled"),
    ("booked", "arrived"),
    ("booked", "noshow"),
    ("booked", "cancelled"),
    ("arrived", "fulfilled"),
}


def request_in(state):
    closed = {} if state == "received" else {"closed_at": MONDAY_NOON}
    return make_request(state=state, decline_reason="duplicate", **closed)


def visit_in(state):
    return Appointment.objects.create(
        type=make_type(),
        practitioner=make_practitioner(),
        location=make_location(hours=False),
        start=MONDAY_NOON,
        end=MONDAY_NOON + datetime.timedelta(minutes=50),
        state=state,
        created_at=MONDAY_NOON,
    )


def moved(row, to, moves, version=1, **changes):
    """Whether the move was made; a forbidden one changes nothing."""
    model = type(row)
    before = model.objects.filter(pk=row.pk).values().get()
    try:
        move(model, pk=row.pk, version=version, to=to, moves=moves, **changes)
    except IllegalMove:
        assert model.objects.filter(pk=row.pk).values().get() == before
        return False
    row.refresh_from_db()
    assert (row.state, row.version) == (to, before["version"] + 1)
    return True


@pytest.mark.parametrize(("source", "to"), list(itertools.product(RequestState.values, repeat=2)))
def test_requests(source, to):
    assert moved(request_in(source), to, REQUEST_MOVES, closed_at=MONDAY_NOON) is ((source, to) in REQUESTS)


@pytest.mark.parametrize(("source", "to"), list(itertools.product(AppointmentState.values, repeat=2)))
def test_visits(source, to):
    assert moved(visit_in(source), to, APPOINTMENT_MOVES) is ((source, to) in VISITS)


@pytest.mark.parametrize("version", [0, 2])
def test_nothing_moves_after_somebody_changed_it(version):
    assert not moved(request_in("received"), "answered", REQUEST_MOVES, version, closed_at=MONDAY_NOON)


def test_a_row_that_is_gone_cannot_move():
    with pytest.raises(IllegalMove):
        move(AppointmentRequest, pk=999_999, version=1, to="answered", moves=REQUEST_MOVES, closed_at=MONDAY_NOON)
