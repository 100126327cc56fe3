import datetime
import re

import pytest
from django.test import Client

from booking.actions import answering, ledger
from booking.desk.answering import PRESSES
from booking.models import Appointment, AppointmentRequest, BusySlot
from booking.states import AppointmentState, RequestState
from tests.booking.desk.test_desk_page import text_of
from tests.booking.staff_at_work import SAFETY, TOMORROW_9, actions, everything
from tests.factories import MONDAY_NOON, make_practitioner

HOUR = datetime.timedelta(hours=1)
HUGE = 2**63


def url(asked, press=""):
    return f"/admin/desk/requests/{asked.pk}/{press}/" if press else f"/admin/desk/requests/{asked.pk}/"


def booking(desk, asked, **changes):
    return {
        "version": asked.version,
        "day": "2026-11-24",
        "time": "09:00",
        "type": desk.type.pk,
        "practitioner": desk.practitioner.pk,
        "location": desk.location.pk,
    } | changes


def problems(answer):
    summary = re.search(r'<div class="err".*?</div>', answer.content.decode(), re.S)
    items = re.findall(r"<li>(.*?)</li>", summary[0], re.S) if summary else []
    return [re.sub(r"<[^>]+>", "", item) for item in items]


class TestThePage:
    def test_everything_on_one_screen(self, page, desk):
        asked = desk.request(
            asked_by_name="Toni Madeup",
            access_needs="No steps",
            note="Mornings only",
            insurance="Sample PPO",
            language="es",
            wants_interpreter=True,
            recent_surgery=True,
            suspect_reasons=["links", "gone_from_the_code"],
            call_first=True,
            doctor_checked=False,
        )
        asked.windows.create(day=datetime.date(2026, 11, 25), part="morning")
        text = text_of(page.get(url(asked)))
        for words in (
            asked.reference,
            "(201) 555-0171",
            "Toni Madeup",
            "No steps",
            "Mornings only",
            "Sample PPO",
            "Spanish. Wants a free interpreter",
            "in the last 3 months",
            "a web address in the text",
            "They say no doctor has checked it.",
            "Wed, Nov 25, morning",
        ):
            assert words in text
        assert "gone_from_the_code" not in text

    @pytest.mark.parametrize("number", [0, 999_999, HUGE, 10**30])
    def test_a_number_that_is_no_request(self, page, desk, number):
        assert page.get(f"/admin/desk/requests/{number}/").status_code == 404
        assert page.post(f"/admin/desk/requests/{number}/claim/").status_code == 404
        assert page.post(f"/admin/desk/requests/{number}/look/").status_code == 404
        assert page.post(f"/admin/desk/visits/{number}/cancel/").status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_costs_a_fixed_number_of_queries(self, page, desk, rows, django_assert_num_queries):
        asked = desk.request()
        for _ in range(rows):
            desk.request(mailbox_key="same")
            desk.try_to_reach(asked)
            BusySlot.objects.create(
                schedule=ledger.schedule_of(make_practitioner(locations=[desk.location])),
                start=MONDAY_NOON + HOUR,
                end=MONDAY_NOON + 2 * HOUR,
                kind="block",
            )
        page.get(url(asked))
        # Eleven for the frame, sixteen for the request, its forms and the busy day.
        with django_assert_num_queries(27):
            page.get(url(asked))

    def test_busy_times_of_the_day_stand_beside_the_form(self, page, desk):
        desk.confirm(desk.request(), start=TOMORROW_9)
        asked = desk.request()
        asked.windows.create(day=datetime.date(2026, 11, 24), part="morning")
        assert "Taken on Tue, Nov 24" in text_of(page.get(url(asked)))
        assert "9 am to 9:50 am" in text_of(page.get(url(asked)))

    def test_looking_at_another_day_keeps_what_was_typed_and_judges_nothing(self, page, desk):
        asked = desk.request()
        answer = page.post(url(asked, "look"), booking(desk, asked, day="2026-12-01", time="", practitioner=""))
        assert "Taken on Tue, Dec 1" in text_of(answer)
        assert problems(answer) == []
        assert 'value="2026-12-01"' in answer.content.decode()
        assert asked.state == RequestState.RECEIVED

    @pytest.mark.parametrize("day", ["", "yesterday", "0001-01-01", "9999-12-31", "2026-02-30", "x" * 10_000])
    def test_looking_at_no_day(self, page, desk, day):
        asked = desk.request()
        assert page.post(url(asked, "look"), booking(desk, asked, day=day)).status_code == 200


class TestDuplicates:
    def test_the_same_phone_or_mailbox_within_a_month(self, page, desk):
        asked = desk.request(phone="+12015550199", mailbox_key="family")
        desk.request(reference="R-PHONE", phone="+12015550199", patient_name="The Daughter")
        desk.request(reference="R-BOXES", phone="+12015550155", mailbox_key="family")
        desk.request(reference="R-OLDER", phone="+12015550199", received_at=MONDAY_NOON - 31 * 24 * HOUR)
        desk.request(reference="R-OTHER", phone="+12015550156")
        text = text_of(page.get(url(asked)))
        assert "R-PHONE The Daughter" in text
        assert "R-BOXES" in text
        assert "R-OLDER" not in text
        assert "R-OTHER" not in text

    def test_without_phone_and_mailbox_nobody_is_the_same(self, page, desk):
        asked = desk.request(phone="", email="pat@home.example", mailbox_key="")
        desk.request(reference="R-NOBOX", phone="", email="other@home.example", mailbox_key="")
        assert "Possible duplicates" not in text_of(page.get(url(asked)))


class TestWhoHasIt:
    def test_taking_it_shows_it_to_everybody(self, page, desk):
        asked = desk.request()
        assert page.get(url(asked)).status_code == 200
        asked.refresh_from_db()
        assert asked.claimed_by is None, "opening a request does not take it"
        answer = page.post(url(asked, "claim"), follow=True)
        assert "You, since noon." in text_of(answer)
        assert "with Sky since noon" in text_of(page.get("/admin/desk/"))
        assert "Nobody yet." in text_of(page.post(url(asked, "release"), follow=True))
        assert actions(request_id=asked.pk) == ["claimed", "released"]

    def test_the_second_is_told_who_was_first(self, page, desk):
        asked = desk.request()
        answering.claim(request_id=asked.pk, by=desk.ben, now=MONDAY_NOON)
        answer = page.post(url(asked, "claim"))
        assert answer.status_code == 409
        assert problems(answer) == ["A colleague is working on this request."]
        assert "ben, since noon." in text_of(answer)


class TestBooking:
    def test_a_time_on_the_clinics_clock(self, page, desk, sky):
        asked = desk.request(email="")
        answer = page.post(url(asked, "confirm"), booking(desk, asked), follow=True)
        visit = Appointment.objects.get()
        assert visit.start == TOMORROW_9
        text = text_of(answer)
        assert "The visit is booked." in text
        assert "They do not know yet." in text
        assert "sky booked a visit. Tue, Nov 24, 9 am" in text

    @pytest.mark.parametrize(
        ("day", "time"), [("11/24/2026", "9:00 am"), ("11/24/26", "9AM"), ("2026-11-24", "09:00:00")]
    )
    def test_days_and_times_as_people_type_them(self, page, desk, day, time):
        asked = desk.request()
        page.post(url(asked, "confirm"), booking(desk, asked, day=day, time=time))
        assert Appointment.objects.get().start == TOMORROW_9

    @pytest.mark.parametrize(
        ("typed", "status", "said"),
        [
            ({"day": ""}, 200, "Choose a day"),
            ({"day": "tomorrow"}, 200, "Enter a day, like 11/24/2026"),
            ({"time": ""}, 200, "Choose a time"),
            ({"time": "25:00"}, 200, "Enter a time, like 9:10 am"),
            ({"day": "2027-03-14", "time": "02:30"}, 200, "This time does not exist on that day"),
            ({"day": "2026-11-22"}, 409, "This time is already over"),
            ({"day": "2029-01-01"}, 409, "more than a year ahead"),
            ({"day": "1000-01-01"}, 409, "on a full minute"),  # New York kept the sun's time then
            ({"day": "1950-01-01"}, 409, "already over"),
            ({"day": "9999-12-31", "time": "23:59"}, 200, "This time does not exist on that day"),
            ({"time": "09:00:30"}, 409, "A visit starts on a full minute."),
            ({"type": ""}, 200, "Choose the kind of visit"),
            ({"type": "999999"}, 200, "Choose the kind of visit"),
            ({"practitioner": "-1"}, 200, "Choose a clinician"),
            ({"practitioner": "1;2"}, 200, "Choose a clinician"),
            ({"practitioner": str(HUGE)}, 200, "Choose a clinician"),
            ({"location": "1.0"}, 200, "Choose a location"),
            ({"location": ["", "x"]}, 200, "Choose a location"),
            ({"version": ""}, 200, "This was already answered, or has changed since you opened it."),
            ({"version": "-5"}, 200, "This was already answered, or has changed since you opened it."),
            ({"version": str(HUGE)}, 200, "This was already answered, or has changed since you opened it."),
            ({"version": "7"}, 409, "This was already answered, or has changed since you opened it."),
        ],
    )
    def test_what_cannot_be_booked(self, page, desk, typed, status, said):
        asked = desk.request()
        before = everything()
        answer = page.post(url(asked, "confirm"), booking(desk, asked, **typed))
        assert answer.status_code == status
        assert [problem for problem in problems(answer) if said in problem]
        assert everything() == before

    def test_a_time_off_the_grid_is_the_desks_own_decision(self, page, desk):
        asked = desk.request()
        page.post(url(asked, "confirm"), booking(desk, asked, time="09:07"))
        assert Appointment.objects.get().start == TOMORROW_9 + datetime.timedelta(minutes=7)

    def test_a_taken_time_is_refused_and_what_was_typed_stays(self, page, desk):
        desk.confirm(desk.request(), start=TOMORROW_9)
        asked = desk.request()
        answer = page.post(url(asked, "confirm"), booking(desk, asked, time="09:10"))
        assert answer.status_code == 409
        assert problems(answer) == ["Somebody else has this time. Choose another one."]
        body = answer.content.decode()
        assert 'value="09:10"' in body
        assert f'<option value="{desk.practitioner.pk}" selected>' in body

    def test_two_people_one_answer(self, page, desk):
        asked = desk.request()
        desk.press(answering.decline, asked, reason="duplicate")
        answer = page.post(url(asked, "confirm"), booking(desk, asked))
        assert answer.status_code == 409
        assert "Declined" in text_of(answer)
        assert not Appointment.objects.exists()

    def test_after_a_look_at_the_change_the_next_press_counts(self, page, desk):
        asked = desk.request()
        AppointmentRequest.objects.update(version=5)
        answer = page.post(url(asked, "confirm"), booking(desk, asked))
        assert 'name="version" value="5"' in answer.content.decode()

    def test_a_clinician_who_works_elsewhere(self, page, desk):
        asked = desk.request()
        elsewhere = make_practitioner()
        answer = page.post(url(asked, "confirm"), booking(desk, asked, practitioner=elsewhere.pk))
        assert problems(answer) == ["This clinician does not work at this location."]

    def test_a_safety_call_books_only_with_how_the_call_ended(self, page, desk):
        asked = desk.request(**SAFETY)
        answer = page.post(url(asked, "confirm"), booking(desk, asked))
        assert problems(answer) == ["Choose how the safety call ended"]
        sent_away = page.post(url(asked, "confirm"), booking(desk, asked, outcome="sent_to_emergency"))
        assert problems(sent_away) == ["Choose how the safety call ended"]
        page.post(url(asked, "confirm"), booking(desk, asked, outcome="already_seen"))
        assert Appointment.objects.get().request_id == asked.pk


class TestEnding:
    def test_declining_needs_a_reason_and_shows_each_next_step(self, page, desk):
        asked = desk.request()
        assert "Say what the plan wants" in text_of(page.get(url(asked)))
        answer = page.post(url(asked, "decline"), {"version": asked.version})
        assert problems(answer) == ["Choose a reason"]
        page.post(url(asked, "decline"), {"version": asked.version, "reason": "needs_referral"})
        asked.refresh_from_db()
        assert (asked.state, asked.decline_reason) == (RequestState.DECLINED, "needs_referral")

    def test_a_safety_call_closes_only_with_an_outcome(self, page, desk):
        asked = desk.request(**SAFETY)
        answer = page.post(url(asked, "close"), {"version": asked.version})
        assert problems(answer) == ["Choose how the safety call ended"]
        unreached = page.post(url(asked, "close"), {"version": asked.version, "outcome": "no_answer"})
        assert problems(unreached) == ["Log three tries to reach the patient first."]
        for _ in range(3):
            page.post(url(asked, "attempt"), {"result": "no_answer"})
        answer = page.post(url(asked, "close"), {"version": asked.version, "outcome": "no_answer"}, follow=True)
        assert "The call is closed." in text_of(answer)
        assert "not reached after three calls" in text_of(answer)

    def test_an_ordinary_call_back_closes_with_one_press(self, page, desk):
        asked = desk.request(kind="call")
        page.post(url(asked, "close"), {"version": asked.version})
        asked.refresh_from_db()
        assert (asked.state, asked.told_how) == (RequestState.ANSWERED, "phone")

    def test_a_visit_cannot_be_closed_like_a_call(self, page, desk):
        asked = desk.request()
        assert "Close the call" not in text_of(page.get(url(asked)))
        assert page.post(url(asked, "close"), {"version": asked.version}).status_code == 409

    def test_no_visit_needed_any_more(self, page, desk):
        asked = desk.request()
        page.post(url(asked, "withdraw"), {"version": asked.version})
        asked.refresh_from_db()
        assert asked.state == RequestState.WITHDRAWN


class TestTelling:
    def test_by_phone(self, page, desk):
        asked = desk.request(email="")
        desk.confirm(asked)
        asked.refresh_from_db()
        answer = page.post(url(asked, "told"), {"version": asked.version, "how": "phone"}, follow=True)
        assert "They know: by phone, Mon, Nov 23, noon." in text_of(answer)

    def test_three_tries_must_be_logged_first(self, page, desk):
        asked = desk.request(email="")
        desk.confirm(asked)
        asked.refresh_from_db()
        answer = page.post(url(asked, "told"), {"version": asked.version, "how": "attempts"})
        assert problems(answer) == ["Log three tries to reach the patient first."]

    @pytest.mark.parametrize("how", ["", "email", "pigeon"])
    def test_nothing_else_counts(self, page, desk, how):
        asked = desk.request(email="")
        desk.confirm(asked)
        asked.refresh_from_db()
        assert problems(page.post(url(asked, "told"), {"version": asked.version, "how": how}))

    def test_nobody_is_told_an_answer_that_does_not_exist(self, page, desk):
        asked = desk.request()
        assert page.post(url(asked, "told"), {"version": asked.version, "how": "phone"}).status_code == 409


class TestCallingOff:
    def press(self, page, visit, **data):
        return page.post(f"/admin/desk/visits/{visit.pk}/cancel/", {"version": visit.version} | data)

    def test_the_time_is_free_and_they_must_be_told(self, page, desk):
        asked = desk.request(email="")
        visit = desk.confirm(asked)
        assert self.press(page, visit)["Location"] == url(asked)
        visit.refresh_from_db()
        assert visit.state == AppointmentState.CANCELLED
        assert not BusySlot.objects.exists()
        assert "Called off: Tue, Nov 24, 9 am" in text_of(page.get("/admin/desk/"))

    def test_whoever_called_it_off_knows(self, page, desk):
        visit = desk.confirm(desk.request(email=""))
        self.press(page, visit, patient_knows="on")
        assert "Called off" not in text_of(page.get("/admin/desk/"))

    def test_twice_is_told(self, page, desk):
        visit = desk.confirm(desk.request())
        self.press(page, visit)
        answer = self.press(page, visit)
        assert answer.status_code == 409
        assert problems(answer) == ["This was already answered, or has changed since you opened it. Look at it again."]


@pytest.mark.parametrize("press", [*PRESSES, "look"])
class TestEveryPress:
    def test_it_is_a_post_with_the_forms_own_token(self, desk, sky, press):
        asked = desk.request()
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(sky)
        before = everything()
        assert strict.post(url(asked, press)).status_code == 403
        assert strict.get(url(asked, press)).status_code == 405
        assert everything() == before

    def test_ten_thousand_fields(self, page, desk, press):
        asked = desk.request()
        before = everything()
        answer = page.post(url(asked, press), {f"field{n}": "x" for n in range(10_000)})
        assert answer.status_code in (400, 413)
        assert everything() == before

    def test_rubbish_in_every_field(self, page, desk, press):
        asked = desk.request()
        rubbish = {
            name: ["<script>", "\0", "\ud800".encode("utf-8", "surrogatepass"), "9" * 5000]
            for name in (
                "version",
                "day",
                "time",
                "type",
                "practitioner",
                "location",
                "reason",
                "outcome",
                "how",
                "result",
            )
        }
        assert page.post(url(asked, press), rubbish).status_code in (200, 302, 409)
