"""A time kept for a request is booked, or let go, by the answer. Never left behind."""

import pytest

from booking.actions import answering
from booking.errors import IllegalMove, TimeTaken
from booking.models import Appointment, BusySlot
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, actions, assert_ledger_equals_visits, everything
from tests.factories import make_practitioner

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


@pytest.fixture
def kept(desk):
    return desk.propose(desk.request())


def test_confirming_it_books_that_very_visit(desk, kept):
    visit = desk.confirm(kept.request)
    assert visit == kept
    assert (visit.state, visit.version) == ("booked", 2)
    assert BusySlot.objects.get().kind == "booking"
    assert actions(appointment_id=visit.pk) == ["confirmed"]
    assert_ledger_equals_visits()


def test_pressing_twice_gives_the_same_visit(desk, kept):
    assert desk.confirm(kept.request) == desk.confirm(kept.request) == kept


@pytest.mark.parametrize("later", [HOUR / 6, 2 * HOUR])
def test_another_time_lets_the_kept_one_go(desk, kept, later):
    """Also one that overlaps it: what is kept for this very patient is not in their way."""
    visit = desk.confirm(kept.request, start=TOMORROW_9 + later)
    kept.refresh_from_db()
    assert (visit.state, kept.state) == ("booked", "cancelled")
    assert actions(appointment_id=kept.pk) == ["let_go"]
    assert_ledger_equals_visits()


def test_another_clinician_at_the_same_time(desk, kept):
    other = make_practitioner(locations=[desk.location])
    assert desk.confirm(kept.request, practitioner=other).practitioner == other
    assert_ledger_equals_visits()


def test_a_taken_time_keeps_the_kept_one(desk, kept):
    desk.confirm(desk.request(), start=TOMORROW_9 + HOUR)
    before = everything()
    with pytest.raises(TimeTaken):
        desk.confirm(kept.request, start=TOMORROW_9 + HOUR)
    assert everything() == before


def test_of_several_one_is_booked(desk, kept):
    second = desk.propose(kept.request, TOMORROW_9 + HOUR)
    assert desk.confirm(kept.request, start=TOMORROW_9 + HOUR) == second
    assert dict(Appointment.objects.values_list("pk", "state")) == {kept.pk: "cancelled", second.pk: "booked"}
    assert_ledger_equals_visits()


@pytest.mark.parametrize(
    ("action", "arguments"), [(answering.decline, {"reason": "duplicate"}), (answering.withdraw, {})]
)
def test_every_other_answer_lets_it_go(desk, kept, action, arguments):
    desk.press(action, kept.request, **arguments)
    kept.refresh_from_db()
    assert kept.state == "cancelled"
    assert not BusySlot.objects.exists()


def test_a_call_that_is_closed_lets_it_go(desk):
    kept = desk.propose(desk.request(kind="call"))
    desk.press(answering.close_call, kept.request)
    assert not BusySlot.objects.exists()


def test_a_refused_answer_changes_nothing(desk, kept):
    before = everything()
    with pytest.raises(IllegalMove):
        desk.press(answering.withdraw, kept.request, version=9)
    assert everything() == before


def test_nobody_else_gets_it_meanwhile(desk, kept):
    with pytest.raises(TimeTaken):
        desk.confirm(desk.request())
