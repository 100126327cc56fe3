"""Choosing an offered time from the link in the mail: after a safety check, by POST alone."""

import datetime
import re

import pytest

from booking.actions import by_link, offering
from booking.errors import IllegalMove
from booking.messages.writing import link_to_manage
from booking.models import Appointment, AppointmentRequest
from clinic.models import OutgoingMessage
from content.safety import live_library
from content.states import FlagGroup
from tests.booking.patient import none_of_these
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, assert_ledger_equals_visits, everything
from tests.booking.test_manage import address, state, words
from tests.booking.test_offering import STARTS, UNTIL, accept, offer
from tests.content.factories import publish_flags
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(django_user_model, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    desk = Desk(django_user_model)
    make_clinic(call_back_within_minutes=30, reply_within_hours=4)
    publish_flags()
    return desk


@pytest.fixture
def asked(desk):
    return desk.request(reference="R-4K7MX")


@pytest.fixture
def visits(desk, asked):
    return offer(desk, asked)


def sign(group):
    return live_library().check(group)[0].key


def answers(**changes):
    return {"emergency-signs": none_of_these(), "same_day-signs": none_of_these()} | changes


def press(client, asked, visit, **changes):
    sent = {"visit": visit.pk, "version": asked.version} | answers() | changes
    return client.post(address(asked, "offer/"), sent, follow=True)


class TestLooking:
    def test_the_page_shows_the_times_and_until_when(self, asked, visits, client):
        text = words(client.get(address(asked)))
        assert "We keep 3 times for you" in text
        assert "7 am tomorrow, Tuesday, November 24" in text
        for time in ("Tuesday, November 24, 9 am", "Tuesday, November 24, 10 am", "Wednesday, November 25, 9 am"):
            assert f"{time}, New York time" in text
        assert "Nothing is booked yet." in text
        assert "We have your request" not in text
        for hidden in ("pat@", "0123", asked.patient_name):
            assert hidden not in text

    @pytest.mark.parametrize("page", ["", "offer/", "offer/?visit={}", "none/"])
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_looking_changes_nothing(self, asked, visits, client, page, method):
        before = state()
        getattr(client, method)(address(asked, page.format(visits[0].pk)))
        assert state() == before

    @pytest.mark.parametrize("visit", ["", "0", "x", "9" * 40, "²"])
    def test_a_time_that_is_none_leads_back(self, asked, visits, client, visit):
        assert client.get(address(asked, f"offer/?visit={visit}")).status_code == 302
        answer = client.post(address(asked, "offer/"), {"visit": visit} | answers())
        assert answer.status_code == 409

    def test_the_check_asks_both_lists_again(self, asked, visits, client):
        text = words(client.get(address(asked, f"offer/?visit={visits[1].pk}")))
        assert "Has anything changed?" in text
        assert "You chose Tuesday, November 24, 10 am" in text.replace("  ", " ")
        for group in (FlagGroup.EMERGENCY, FlagGroup.SAME_DAY):
            for flag in live_library().check(group):
                assert flag.text[1:] in text

    def test_after_the_end_it_says_so(self, asked, visits, client, time_machine):
        time_machine.move_to(UNTIL, tick=False)
        for _ in range(2):  # before the worker, and after it
            text = words(client.get(address(asked)))
            assert "We no longer keep these times" in text
            assert "Choose this time" not in text
            assert "called off" not in text
            offering.end_offers(now=UNTIL)

    def test_without_warning_signs_nothing_can_be_booked_here(self, asked, visits, client, monkeypatch):
        monkeypatch.setattr("booking.views.manage_offer.can_check", lambda library: False)
        assert client.get(address(asked, f"offer/?visit={visits[0].pk}")).status_code == 503
        assert press(client, asked, visits[0]).status_code == 503
        assert not Appointment.objects.filter(state="booked").exists()


class TestNoSign:
    def test_it_is_booked(self, asked, visits, client):
        text = words(press(client, asked, visits[1]))
        assert "Your visit is booked" in text
        assert "Tuesday, November 24, 10 am" in text
        assert_ledger_equals_visits()
        assert OutgoingMessage.objects.filter(kind="confirmed").count() == 1

    def test_sent_again_it_is_the_same(self, asked, visits, client):
        press(client, asked, visits[1])
        before = everything()
        assert "Your visit is booked" in words(press(client, asked, visits[1]))
        assert press(client, asked, visits[0]).status_code == 409
        assert everything() == before

    @pytest.mark.parametrize("missing", ["emergency-signs", "same_day-signs"])
    def test_each_list_needs_an_answer(self, asked, visits, client, missing):
        answer = press(client, asked, visits[1], **{missing: []})
        assert answer.status_code == 200
        assert "Tick what fits" in words(answer)
        assert f'href="#id_{missing}_0"' in answer.content.decode()
        assert Appointment.objects.filter(state="proposed").count() == 3

    def test_a_list_that_has_changed_is_read_again(self, asked, visits, client):
        answer = press(client, asked, visits[1], **{"same_day-signs": "none-0"})
        assert "We have just changed this list" in words(answer)

    @pytest.mark.parametrize("version", ["", "x", "1", "9" * 30])
    def test_a_page_that_is_out_of_date(self, asked, visits, client, version):
        before = everything()
        answer = press(client, asked, visits[1], version=version)
        assert answer.status_code == 409
        assert "Nothing was changed" in words(answer)
        assert everything() == before

    def test_too_late_is_said_kindly(self, asked, visits, client, time_machine):
        time_machine.move_to(UNTIL, tick=False)
        answer = press(client, asked, visits[1])
        assert answer.status_code == 409
        assert "We no longer keep this time for you" in words(answer)

    def test_called_off_later_the_other_times_are_not_mentioned(self, asked, visits, client):
        press(client, asked, visits[1])
        visit = Appointment.objects.get(pk=visits[1].pk)
        by_link.cancel_visit(request_id=asked.pk, appointment_id=visit.pk, version=visit.version, now=MONDAY_NOON)
        text = words(client.get(address(asked)))
        assert re.findall(r"no visit with us on (\w+, \w+ \d+, \d+ am)", text) == ["Tuesday, November 24, 10 am"]


class TestASign:
    @pytest.mark.parametrize("ticked", ["a sign", "unsure", "a sign that is no longer on the list", "with none"])
    def test_an_emergency_shows_whom_to_call_and_stores_nothing(self, asked, visits, client, ticked):
        flag = sign(FlagGroup.EMERGENCY)
        ticks = {"a sign": [flag], "unsure": ["unsure"], "with none": [flag, none_of_these()]}.get(ticked, ["gone"])
        # The mark stands there already, so that whatever else an emergency might store would show.
        AppointmentRequest.objects.update(call_first=True)
        before = state()
        answer = press(client, asked, visits[1], **{"emergency-signs": ticks})
        text = words(answer)
        assert (answer.status_code, answer.redirect_chain) == (200, [])
        assert "Call 911 or go to the emergency room now" in text
        assert "The times that we offered are still kept for you." in text
        assert state() == before
        assert flag not in str(answer.headers)

    def test_also_when_the_offer_is_over(self, asked, visits, client, time_machine):
        time_machine.move_to(UNTIL, tick=False)
        signs = {"emergency-signs": sign(FlagGroup.EMERGENCY)}
        text = words(press(client, asked, visits[1], **signs))
        assert "Call 911" in text
        assert "still kept" not in text

    def test_who_changes_that_answer_is_called_first(self, asked, visits, client):
        answer = press(client, asked, visits[1], **{"emergency-signs": "unsure"})
        assert 'name="changed" value="1"' in answer.content.decode()
        again = client.post(
            address(asked, "offer/"), {"visit": visits[1].pk, "version": asked.version, "changed": 1, "again": 1}
        )
        assert 'name="changed" value="1"' in again.content.decode()
        assert AppointmentRequest.objects.get().state == "offered"
        text = words(press(client, asked, visits[1], changed="1"))
        assert "We speak with you on the phone first." in text
        assert "It is not booked until we confirm." in text
        asked.refresh_from_db()
        assert (asked.state, asked.call_first, asked.safety_outcome) == ("received", True, "none")

    def test_the_browsers_way_back_and_none_books_nothing(self, asked, visits, client):
        press(client, asked, visits[1], **{"emergency-signs": "unsure"})
        with pytest.raises(IllegalMove):
            accept(asked, visits[1])
        text = words(press(client, asked, visits[1]))
        assert "We speak with you on the phone first." in text
        asked.refresh_from_db()
        assert (asked.state, asked.call_first, asked.safety_outcome) == ("received", True, "none")
        assert [visit.start for visit in Appointment.objects.filter(state="proposed")] == [STARTS[1]]
        assert_ledger_equals_visits()

    def test_a_sign_for_today_is_told_and_the_desk_calls(self, asked, visits, client):
        flag = sign(FlagGroup.SAME_DAY)
        for _ in range(2):  # and sent again
            text = words(press(client, asked, visits[1], **{"same_day-signs": flag}))
            assert "See a doctor or urgent care today" in text
            assert "call you by 12:30 pm today" in text
        asked.refresh_from_db()
        assert (asked.state, asked.safety_outcome) == ("received", "same_day")
        assert [visit.start for visit in Appointment.objects.filter(state="proposed")] == [STARTS[1]]
        assert flag not in str(everything()), "which sign is stored nowhere"
        assert "See a doctor or urgent care today." in words(client.get(address(asked)))
        assert OutgoingMessage.objects.filter(kind="by_link").count() == 1

    @pytest.mark.parametrize("late", ["closed", "over"])
    def test_no_call_is_promised_that_nobody_makes(self, asked, visits, client, time_machine, late):
        evening = MONDAY_NOON + 10 * HOUR
        time_machine.move_to(evening if late == "closed" else UNTIL, tick=False)
        text = words(press(client, asked, visits[1], **{"same_day-signs": "unsure"}))
        assert "See a doctor or urgent care today" in text
        assert "call you by" not in text
        asked.refresh_from_db()
        assert asked.safety_outcome == ("same_day" if late == "closed" else "none")


class TestNoneSuits:
    def test_the_times_are_free_and_we_answer_again(self, asked, visits, client):
        answer = client.post(address(asked, "none/"), {"version": asked.version}, follow=True)
        text = words(answer)
        assert "We have your request" in text
        assert "We answer by 4 pm today" in text
        assert "keeping" not in text
        assert client.post(address(asked, "none/"), {"version": asked.version}).status_code == 409

    def test_no_visit_is_needed_any_more(self, asked, visits, client):
        answer = client.post(address(asked, "withdraw/"), {"version": asked.version}, follow=True)
        assert "You canceled your request" in words(answer)
        assert_ledger_equals_visits()


def test_the_mail_leads_here(asked, visits, client):
    path = link_to_manage(asked).removeprefix("https://clinic.example")
    assert "We keep 3 times" in words(client.get(path))


def test_links_work_for_a_week_after_the_end(asked, visits, client, time_machine):
    offering.end_offers(now=UNTIL)
    time_machine.move_to(TOMORROW_9 + datetime.timedelta(days=7), tick=False)
    assert "We no longer keep these times" in words(client.get(address(asked)))
