"""The day of the visit: arrived, seen, did not come, and a slip taken back."""

import pytest

from booking.actions import visits
from booking.errors import IllegalMove, TimeTaken, WrongTime
from booking.models import BusySlot
from booking.states import AppointmentState
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, actions, assert_ledger_equals_visits, everything
from tests.factories import MONDAY_NOON, imported, make_room, make_type

pytestmark = pytest.mark.django_db
LATE = TOMORROW_9 + 14 * HOUR  # 11 pm
NEXT_DAY = TOMORROW_9 + 16 * HOUR  # 1 am


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


@pytest.fixture
def visit(desk):
    return desk.confirm(desk.request(email=""))


def test_a_visit_as_it_should_be(desk, visit):
    desk.mark(visits.arrive, visit, TOMORROW_9 - HOUR)
    assert visit.state == AppointmentState.ARRIVED
    desk.mark(visits.fulfil, visit, TOMORROW_9 + HOUR, by=desk.ben)
    assert (visit.state, visit.version) == (AppointmentState.FULFILLED, 3)
    assert actions(appointment_id=visit.pk) == ["confirmed", "arrived", "fulfilled"]
    assert_ledger_equals_visits()


def test_who_did_not_come_gives_the_time_back(desk, visit):
    desk.mark(visits.mark_noshow, visit, TOMORROW_9)
    assert visit.state == AppointmentState.NOSHOW
    assert not BusySlot.objects.exists()
    assert actions(appointment_id=visit.pk) == ["confirmed", "noshow"]


@pytest.mark.parametrize(
    ("action", "now", "reason"),
    [
        (visits.arrive, MONDAY_NOON, "before_the_day"),
        (visits.mark_noshow, TOMORROW_9 - HOUR, "before_the_start"),
    ],
)
def test_too_early(desk, visit, action, now, reason):
    before = everything()
    with pytest.raises(WrongTime) as refused:
        desk.mark(action, visit, now)
    assert refused.value.reason == reason
    assert everything() == before


def test_caught_up_with_the_next_morning(desk, visit):
    desk.mark(visits.arrive, visit, NEXT_DAY + 8 * HOUR)
    desk.mark(visits.fulfil, visit, NEXT_DAY + 8 * HOUR)
    assert visit.state == AppointmentState.FULFILLED


ALLOWED = {visits.arrive: {"booked"}, visits.fulfil: {"arrived"}, visits.mark_noshow: {"booked"}}


@pytest.mark.parametrize("action", ALLOWED)
@pytest.mark.parametrize("state", AppointmentState.values)
def test_only_from_where_it_leads(desk, visit, action, state):
    if state in ALLOWED[action]:
        return
    imported(visit, state=state)
    before = everything()
    with pytest.raises(IllegalMove):
        desk.mark(action, visit, TOMORROW_9)
    assert everything() == before


@pytest.mark.parametrize("action", ALLOWED)
def test_not_after_somebody_changed_it(desk, visit, action):
    imported(visit, state=next(iter(ALLOWED[action])))
    with pytest.raises(IllegalMove):
        desk.mark(action, visit, TOMORROW_9, version=7)


class TestASlip:
    def test_one_step_back(self, desk, visit):
        desk.mark(visits.arrive, visit, TOMORROW_9)
        desk.mark(visits.fulfil, visit, TOMORROW_9)
        desk.mark(visits.undo, visit, LATE)
        assert visit.state == AppointmentState.ARRIVED
        desk.mark(visits.undo, visit, LATE)
        assert visit.state == AppointmentState.BOOKED
        assert actions(appointment_id=visit.pk)[-2:] == ["undone", "undone"]
        assert_ledger_equals_visits()

    def test_somebody_who_came_after_all_has_the_time_again(self, desk):
        make_room(location=desk.location)
        kind = make_type(needs_room=True, buffer_before_minutes=5, buffer_after_minutes=10)
        visit = desk.confirm(desk.request(email=""), type=kind)
        desk.mark(visits.mark_noshow, visit, TOMORROW_9)
        desk.mark(visits.undo, visit, TOMORROW_9)
        assert visit.state == AppointmentState.BOOKED
        assert_ledger_equals_visits()

    def test_the_time_was_given_away(self, desk, visit):
        desk.mark(visits.mark_noshow, visit, TOMORROW_9)
        desk.confirm(desk.request(), start=TOMORROW_9 + HOUR / 2, now=TOMORROW_9)
        before = everything()
        with pytest.raises(TimeTaken):
            desk.mark(visits.undo, visit, TOMORROW_9)
        assert everything() == before

    @pytest.mark.parametrize("action", [visits.arrive, visits.mark_noshow])
    def test_not_on_a_later_day(self, desk, visit, action):
        desk.mark(action, visit, TOMORROW_9)
        with pytest.raises(WrongTime, match="on the day of the visit only"):
            desk.mark(visits.undo, visit, NEXT_DAY)

    @pytest.mark.parametrize("state", ["proposed", "booked", "cancelled"])
    def test_nothing_to_take_back(self, desk, visit, state):
        imported(visit, state=state)
        with pytest.raises(IllegalMove):
            desk.mark(visits.undo, visit, TOMORROW_9)

    def test_not_after_somebody_changed_it(self, desk, visit):
        desk.mark(visits.arrive, visit, TOMORROW_9)
        with pytest.raises(IllegalMove):
            desk.mark(visits.undo, visit, TOMORROW_9, version=1)
