"""Every move between states, allowed and forbidden: through the one function that makes moves, and past it."""

import datetime
import itertools

import pytest
from django.db import IntegrityError, connection, transaction

from booking.actions.transactions import move
from booking.errors import IllegalMove
from booking.models import Appointment, AppointmentRequest
from booking.states import APPOINTMENT_MOVES, REQUEST_MOVES, AppointmentState, RequestState
from tests.factories import MONDAY_NOON, make_location, make_practitioner, make_request, make_type

pytestmark = pytest.mark.django_db

# Written out, so that a slip in states.py is seen here.
REQUESTS = {
    ("received", "offered"),
    ("received", "answered"),
    ("received", "declined"),
    ("received", "withdrawn"),
    ("received", "expired"),
    ("offered", "received"),
    ("offered", "answered"),
    ("offered", "declined"),
    ("offered", "withdrawn"),
    ("offered", "expired"),
}
UNDECIDED = ("received", "offered")
VISITS = {
    ("proposed", "booked"),
    ("proposed", "cancelled"),
    ("booked", "arrived"),
    ("booked", "noshow"),
    ("booked", "cancelled"),
    ("arrived", "fulfilled"),
    # A slip undone.
    ("arrived", "booked"),
    ("fulfilled", "arrived"),
    ("noshow", "booked"),
}


def request_in(state):
    closed = {} if state in UNDECIDED else {"closed_at": MONDAY_NOON}
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
    closed_at = None if to in UNDECIDED else MONDAY_NOON
    assert moved(request_in(source), to, REQUEST_MOVES, closed_at=closed_at) is ((source, to) in REQUESTS)


@pytest.mark.parametrize(("source", "to"), list(itertools.product(AppointmentState.values, repeat=2)))
def test_visits(source, to):
    assert moved(visit_in(source), to, APPOINTMENT_MOVES) is ((source, to) in VISITS)


@pytest.mark.parametrize("version", [0, 2])
def test_nothing_moves_after_somebody_changed_it(version):
    assert not moved(request_in("received"), "answered", REQUEST_MOVES, version, closed_at=MONDAY_NOON)


def test_a_row_that_is_gone_cannot_move():
    with pytest.raises(IllegalMove):
        move(AppointmentRequest, pk=999_999, version=1, to="answered", moves=REQUEST_MOVES, closed_at=MONDAY_NOON)


class PastTheDoor:
    """Ways to write a state that know nothing of booking.actions."""

    @staticmethod
    def in_the_shell(row, to):
        row.state = to
        row.save()

    @staticmethod
    def in_bulk(row, to):
        type(row).objects.filter(pk=row.pk).update(state=to)

    @staticmethod
    def as_an_import(row, to):
        row.state = to
        type(row).objects.bulk_update([row], ["state"])

    @staticmethod
    def as_an_upsert(row, to):
        row.state = to
        fields = [field.name for field in row._meta.fields if not field.primary_key]
        type(row).objects.bulk_create([row], update_conflicts=True, update_fields=fields, unique_fields=["pk"])

    @staticmethod
    def in_plain_sql(row, to):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {row._meta.db_table} SET state = %s WHERE id = %s", [to, row.pk])


WAYS = [getattr(PastTheDoor, name) for name in vars(PastTheDoor) if not name.startswith("_")]


def lets_through(way, row, to, name):
    before = row.state
    row.closed_at = None if to in UNDECIDED else MONDAY_NOON
    try:
        with transaction.atomic():
            way(row, to)
    except IntegrityError as error:
        if name not in str(error):
            return "another constraint"
        row.refresh_from_db()
        assert row.state == before
        return False
    row.refresh_from_db()
    assert row.state == to
    return True


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
class TestTheDatabaseItself:
    def test_visits(self, way):
        for source, to in itertools.product(AppointmentState.values, repeat=2):
            found = lets_through(way, visit_in(source), to, "appointment_only_moves")
            assert found is ((source, to) in VISITS or source == to), (source, to)

    def test_requests(self, way):
        for source, to in itertools.product(RequestState.values, repeat=2):
            if source in UNDECIDED and way not in (PastTheDoor.in_the_shell, PastTheDoor.as_an_upsert):
                continue  # they leave out when it was closed, which another constraint wants
            found = lets_through(way, request_in(source), to, "request_only_moves")
            assert found is ((source, to) in REQUESTS or source == to), (source, to)


def test_a_move_that_is_in_no_table_rolls_everything_back():
    rows = [visit_in("booked"), visit_in("cancelled"), visit_in("booked")]
    with pytest.raises(IntegrityError, match="appointment_only_moves"), transaction.atomic():
        Appointment.objects.update(state="arrived")
    assert [visit.state for visit in Appointment.objects.filter(pk__in=[row.pk for row in rows])].count("arrived") == 0


def test_what_is_over_may_be_imported_as_it_is():
    assert {visit_in(state).state for state in AppointmentState.values} == set(AppointmentState.values)
