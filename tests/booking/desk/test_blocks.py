"""Blocking time at the desk, and giving it back."""

import pytest

from booking.actions.ledger import schedule_of
from booking.models import BusySlot
from tests.booking.desk.test_answering import HUGE, problems
from tests.booking.desk.test_desk_page import text_of
from tests.booking.staff_at_work import TUESDAY, everything
from tests.factories import make_room, make_schedule

BLOCKS = "/admin/desk/blocks/"
GIVE_BACK = "/admin/desk/blocks/give-back/"


@pytest.fixture
def schedule(desk):
    return make_schedule(practitioner=desk.practitioner)


def typed(schedule, /, **changes):
    return {
        "schedule": schedule.pk,
        "first_day": "2026-11-24",
        "last_day": "",
        "from_time": "9 am",
        "until_time": "12:00",
        "label": "Training",
    } | changes


def test_nothing_yet(page, desk):
    assert "Nothing is blocked." in text_of(page.get(BLOCKS))


def test_it_is_blocked_and_listed(page, desk, schedule):
    answer = page.post(BLOCKS, typed(schedule), follow=True)
    text = text_of(answer)
    assert "The time is blocked." in text
    assert f"Tue, Nov 24, 9 am to noon, {desk.practitioner.name}: Training" in text


def test_a_room_has_its_place_beside_it(page, desk):
    room = make_room(location=desk.location)
    page.post(BLOCKS, typed(room.schedule))
    assert f"{room.name}, {desk.location.name}: Training" in text_of(page.get(BLOCKS))


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"schedule": ""}, 200, "Choose whose time"),
        ({"schedule": str(HUGE)}, 200, "Choose whose time"),
        ({"first_day": ""}, 200, "Choose a day"),
        ({"first_day": "9999-12-31"}, 409, "more than two years ahead"),
        ({"last_day": "soon"}, 200, "Enter a day, like 11/24/2026"),
        ({"last_day": "2026-11-23"}, 409, "The last day is before the first"),
        ({"first_day": "0001-01-01", "last_day": "0001-01-01"}, 409, "already over"),
        ({"last_day": "2028-11-23"}, 409, "Block three months at most"),
        ({"first_day": "2026-11-20"}, 409, "These days are already over"),
        ({"from_time": "25:00"}, 200, "Enter a time, like 9:10 am"),
        ({"from_time": "13:00"}, 409, "the time ends before it begins"),
        ({"label": " "}, 200, "Say what for, like training"),
        ({"label": "x" * 81}, 200, "Use 80 characters or fewer. You used 81."),
    ],
)
def test_what_cannot_be_blocked_is_said_and_what_was_typed_stays(page, schedule, changes, status, said):
    before = everything()
    answer = page.post(BLOCKS, typed(schedule, **changes))
    assert answer.status_code == status
    assert [problem for problem in problems(answer) if said in problem]
    assert everything() == before
    if "label" not in changes:
        assert 'value="Training"' in answer.content.decode()


def test_visits_in_the_way_are_listed_then_left_where_they_are(page, desk):
    visit = desk.confirm(desk.request(reference="R-THERE"))
    schedule = schedule_of(desk.practitioner)
    assert "around" not in page.get(BLOCKS).content.decode().split("<main")[1]
    answer = page.post(BLOCKS, typed(schedule))
    assert answer.status_code == 409
    assert "Patients have visits in this time." in problems(answer)[0]
    assert "Tue, Nov 24, 9 am : R-THERE" in text_of(answer)
    answer = page.post(BLOCKS, typed(schedule, around="on"), follow=True)
    assert "1 visit stays in it." in text_of(answer)
    assert BusySlot.objects.filter(kind="block").count() == 1
    assert BusySlot.objects.filter(appointment=visit).count() == 1


class TestGivingBack:
    def test_the_ticked_ones(self, page, desk):
        first, second = desk.block(last_day=TUESDAY.replace(day=25)).slots
        answer = page.post(GIVE_BACK, {"slot_ids": [first.pk]}, follow=True)
        assert "The time is free again." in text_of(answer)
        assert BusySlot.objects.get() == second

    def test_none_ticked(self, page, desk):
        assert problems(page.post(GIVE_BACK, {})) == ["Tick what is to be free again"]

    def test_twice_is_told(self, page, desk):
        ids = [slot.pk for slot in desk.block().slots]
        page.post(GIVE_BACK, {"slot_ids": ids})
        assert page.post(GIVE_BACK, {"slot_ids": ids}).status_code == 409

    @pytest.mark.parametrize("number", ["x", "-1", "1.5", "²", "9" * 5000, ""])
    def test_what_is_no_number(self, page, desk, number):
        desk.block()
        before = everything()
        assert page.post(GIVE_BACK, {"slot_ids": [number]}).status_code == 200
        assert everything() == before

    def test_a_visit_is_no_block(self, page, desk):
        desk.confirm(desk.request())
        slot = BusySlot.objects.get()
        assert page.post(GIVE_BACK, {"slot_ids": [slot.pk]}).status_code == 409
        assert BusySlot.objects.get() == slot


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_a_fixed_number_of_queries(page, desk, rows, django_assert_num_queries):
    for n in range(rows):
        make_room(location=desk.location)
        desk.block(first_day=TUESDAY.replace(day=24 + n), last_day=TUESDAY.replace(day=24 + n))
    page.get(BLOCKS)
    # Eleven for the frame, one for the list, one for whose time it may be.
    with django_assert_num_queries(13):
        page.get(BLOCKS)
