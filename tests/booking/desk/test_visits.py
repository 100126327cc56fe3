"""The buttons of a visit, moving it, and booking over what is there."""

import datetime

import pytest

from booking.actions import visits
from booking.desk.visits import VISIT_PRESSES
from booking.models import Appointment, BusySlot
from tests.booking.desk.test_answering import HUGE, booking, problems, url
from tests.booking.desk.test_desk_page import text_of
from tests.booking.staff_at_work import HOUR, TOMORROW_9, assert_ledger_equals_visits, everything
from tests.factories import make_practitioner, make_room, make_type


def address(visit, press):
    return f"/admin/desk/visits/{visit.pk}/{press}/"


def where(desk, visit, **changes):
    return {
        "version": visit.version,
        "day": "2026-11-24",
        "time": "10:00",
        "practitioner": desk.practitioner.pk,
        "location": desk.location.pk,
    } | changes


@pytest.fixture
def visit(desk):
    return desk.confirm(desk.request(email="", reference="R-MOVED"))


@pytest.fixture
def tuesday(page, sky, time_machine):
    """Sky has signed in again."""
    time_machine.move_to(TOMORROW_9 + HOUR, tick=False)
    page.force_login(sky)


class TestWhoCame:
    def buttons(self, page, visit):
        text = page.get(url(visit.request)).content.decode()
        return [name for name in VISIT_PRESSES if f'action="{address(visit, name)}"' in text]

    def test_before_its_day_nobody_can_have_come(self, page, visit):
        assert self.buttons(page, visit) == ["cancel"]

    def test_each_state_has_its_buttons(self, page, desk, visit, tuesday):
        assert self.buttons(page, visit) == ["cancel", "arrive", "noshow"]
        desk.mark(visits.arrive, visit, TOMORROW_9)
        assert self.buttons(page, visit) == ["fulfil", "undo"]
        desk.mark(visits.fulfil, visit, TOMORROW_9)
        assert self.buttons(page, visit) == ["undo"]

    def test_presses_go_back_to_the_request_and_say_what_happened(self, page, visit, tuesday):
        for press, said in (("arrive", "They are here."), ("fulfil", "They were seen."), ("undo", "Taken back.")):
            visit.refresh_from_db()
            answer = page.post(address(visit, press), {"version": visit.version}, follow=True)
            assert said in text_of(answer)
        assert "sky took back: seen." in text_of(answer)

    def test_who_did_not_come(self, page, visit, tuesday):
        page.post(address(visit, "noshow"), {"version": visit.version})
        visit.refresh_from_db()
        assert visit.state == "noshow"
        assert self.buttons(page, visit) == ["undo"]

    def test_too_early_is_told(self, page, visit):
        answer = page.post(address(visit, "noshow"), {"version": visit.version})
        assert answer.status_code == 409
        assert problems(answer) == ["This visit has not begun yet. Wait until it has."]

    def test_a_colleague_was_faster(self, page, desk, visit, tuesday):
        desk.mark(visits.arrive, visit, TOMORROW_9)
        answer = page.post(address(visit, "noshow"), {"version": 1})
        assert answer.status_code == 409
        assert "has changed since you opened it" in problems(answer)[0]

    @pytest.mark.parametrize("press", VISIT_PRESSES)
    @pytest.mark.parametrize("version", ["", "x", "-1", str(HUGE)])
    def test_a_version_that_is_none(self, page, visit, press, version):
        before = everything()
        answer = page.post(address(visit, press), {"version": version})
        assert "has changed since you opened it" in problems(answer)[0]
        assert everything() == before

    @pytest.mark.parametrize("press", [*VISIT_PRESSES, "move"])
    @pytest.mark.parametrize("number", [0, 999_999, HUGE, 10**30])
    def test_a_number_that_is_no_visit(self, page, press, number):
        assert page.post(f"/admin/desk/visits/{number}/{press}/").status_code == 404


class TestMoving:
    def test_it_starts_as_it_is(self, page, visit):
        text = page.get(address(visit, "move")).content.decode()
        assert 'value="2026-11-24"' in text
        assert 'value="09:00"' in text

    def test_it_moves(self, page, desk, visit):
        answer = page.post(address(visit, "move"), where(desk, visit), follow=True)
        visit.refresh_from_db()
        assert visit.start == TOMORROW_9 + HOUR
        text = text_of(answer)
        assert "The visit is moved, and its old time is free." in text
        assert "sky moved the visit. Tue, Nov 24, 10 am" in text
        assert "They do not know yet." in text

    def test_who_asked_for_it_knows(self, page, desk, visit):
        answer = page.post(address(visit, "move"), where(desk, visit, patient_knows="on"), follow=True)
        assert "They know: by phone" in text_of(answer)

    def test_a_look_at_another_day_keeps_what_was_typed(self, page, desk, visit):
        before = everything()
        answer = page.post(address(visit, "move"), where(desk, visit, day="2026-12-01", patient_knows="on", look="1"))
        assert "Taken on Tue, Dec 1" in text_of(answer)
        assert 'name="patient_knows" id="move_patient_knows" checked' in answer.content.decode()
        assert everything() == before

    @pytest.mark.parametrize(
        ("typed", "status", "said"),
        [
            ({"day": "tomorrow"}, 200, "Enter a day, like 11/24/2026"),
            ({"time": "25:00"}, 200, "Enter a time, like 9:10 am"),
            ({"day": "2027-03-14", "time": "02:30"}, 200, "This time does not exist on that day"),
            ({"day": "2026-11-22"}, 409, "This time is already over"),
            ({"practitioner": str(HUGE)}, 200, "Choose a clinician"),
            ({"location": "x"}, 200, "Choose a location"),
            ({"version": ""}, 200, "has changed since you opened it"),
            ({"version": "7"}, 409, "has changed since you opened it"),
        ],
    )
    def test_what_cannot_be_done_is_said(self, page, desk, visit, typed, status, said):
        before = everything()
        answer = page.post(address(visit, "move"), where(desk, visit, **typed))
        assert answer.status_code == status
        assert [problem for problem in problems(answer) if said in problem]
        assert everything() == before

    def test_a_visit_that_is_called_off_says_so(self, page, desk, visit):
        desk.cancel(visit)
        text = text_of(page.get(address(visit, "move")))
        assert "It cannot be moved: cancelled." in text
        assert page.post(address(visit, "move"), where(desk, visit)).status_code == 409

    def test_over_another_visit_only_with_a_reason(self, page, desk, visit):
        desk.confirm(desk.request(reference="R-THERE"), start=TOMORROW_9 + HOUR)
        answer = page.post(address(visit, "move"), where(desk, visit))
        assert answer.status_code == 409
        assert "10 am to 10:50 am" in text_of(answer)
        assert "a visit R-THERE" in text_of(answer)
        assert "R-MOVED" not in text_of(answer).split("This time is taken")[1].split("Book it all the same")[0]
        answer = page.post(address(visit, "move"), where(desk, visit, overbook="on", overbook_reason=" "))
        assert problems(answer) == ["Say why this visit goes over what is there"]
        page.post(address(visit, "move"), where(desk, visit, overbook="on", overbook_reason="Came early"))
        assert BusySlot.objects.get(appointment=visit).overbooked_reason == "Came early"
        assert_ledger_equals_visits()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_costs_a_fixed_number_of_queries(self, page, desk, visit, rows, django_assert_num_queries):
        for _ in range(rows):
            other = make_practitioner(locations=[desk.location])
            desk.confirm(desk.request(), practitioner=other)
        page.get(address(visit, "move"))
        # Eleven for the frame, five for the visit, its form and the busy day.
        with django_assert_num_queries(16):
            page.get(address(visit, "move"))


class TestOverbooking:
    def test_it_is_offered_only_after_a_refusal_that_says_what_is_there(self, page, desk, visit):
        asked = desk.request()
        assert "Book it all the same" not in text_of(page.get(url(asked)))
        answer = page.post(url(asked, "confirm"), booking(desk, asked))
        assert answer.status_code == 409
        assert "9 am to 9:50 am" in text_of(answer)
        assert "a visit R-MOVED" in text_of(answer)
        page.post(url(asked, "confirm"), booking(desk, asked, overbook="on", overbook_reason="Fell today"))
        row = BusySlot.objects.get(appointment__request=asked)
        assert (row.overbooked_by.username, row.overbooked_reason) == ("sky", "Fell today")
        text = text_of(page.get(url(asked)))
        assert "sky booked it over another visit or a block, with a reason." in text
        assert "Over something else, by Sky: Fell today" in text

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_page_of_visits_costs_a_fixed_number_of_queries(self, page, desk, rows, django_assert_num_queries):
        asked = desk.request()
        for n in range(rows):
            desk.confirm(desk.request(), start=TOMORROW_9 + n * HOUR)
            over = desk.confirm(desk.request(), start=TOMORROW_9 + n * HOUR, overbook_reason="Fell today")
            Appointment.objects.filter(pk=over.pk).update(request=asked)
        page.get(url(asked))
        # The 27 of a request without visits, and one for what was overbooked.
        with django_assert_num_queries(28):
            page.get(url(asked))

    def test_a_reason_without_the_tick_books_nothing_over(self, page, desk, visit):
        asked = desk.request()
        answer = page.post(url(asked, "confirm"), booking(desk, asked, overbook_reason="Fell today"))
        assert answer.status_code == 409
        assert 'value="Fell today"' in answer.content.decode()

    def test_a_reason_that_is_too_long_is_said(self, page, desk, visit):
        asked = desk.request()
        typed = booking(desk, asked, overbook="on", overbook_reason="x" * 201)
        assert problems(page.post(url(asked, "confirm"), typed)) == [
            "Use 200 characters or fewer. You used 201.",
        ]

    def test_a_block_and_a_room_in_the_way(self, page, desk):
        room = make_room(location=desk.location)
        kind = make_type(needs_room=True)
        other = make_practitioner(locations=[desk.location])
        desk.confirm(desk.request(reference="R-ROOMS"), type=kind, practitioner=other)
        desk.block(from_time=datetime.time(9), until_time=datetime.time(10), label="Staff meeting")
        asked = desk.request()
        text = text_of(page.post(url(asked, "confirm"), booking(desk, asked, type=kind.pk)))
        assert f"{desk.practitioner.name}: Staff meeting" in text
        assert f"{room.name}: a visit R-ROOMS" in text

    def test_other_refusals_offer_nothing(self, page, desk):
        asked = desk.request()
        answer = page.post(url(asked, "confirm"), booking(desk, asked, day="2026-11-22"))
        assert "Book it all the same" not in text_of(answer)


def test_a_time_kept_for_them_is_what_the_form_starts_with(page, desk):
    asked = desk.request()
    kept = desk.propose(asked, TOMORROW_9 + 2 * HOUR)
    text = page.get(url(asked)).content.decode()
    assert 'value="11:00"' in text
    page.post(url(asked, "confirm"), booking(desk, asked, time="11:00"))
    assert Appointment.objects.get() == kept
