"""The page behind the link in a patient's mails."""

import datetime
import re

import pytest
import vobject
from django.test import Client

from booking.actions import by_link
from booking.desk.history import sentences
from booking.errors import IllegalMove, TooLateToSay
from booking.messages.desk import render_by_link
from booking.messages.writing import link_to_manage
from booking.models import Appointment, AppointmentEvent, AppointmentRequest, BusySlot
from booking.patient_links import link_token
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import TOMORROW_9, Desk, assert_ledger_equals_visits
from tests.content.factories import publish_flags
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
HOUR = 60 * MINUTE


@pytest.fixture
def desk(django_user_model, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    desk = Desk(django_user_model)
    publish_flags()
    return desk


@pytest.fixture
def asked(desk):
    return desk.request(reference="R-4K7MX")


@pytest.fixture
def visit(desk, asked):
    return desk.confirm(asked)


def address(asked, press=""):
    return f"/appointments/mine/{link_token(asked)}/{press}"


def words(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def state():
    rows = [AppointmentRequest, Appointment, BusySlot, AppointmentEvent, OutgoingMessage]
    return [list(model.objects.order_by("pk").values()) for model in rows]


class TestLooking:
    def test_the_mail_leads_here(self, asked, client):
        path = link_to_manage(asked).removeprefix("https://clinic.example")
        assert client.get(path).status_code == 200

    def test_a_booked_visit_shows_the_least(self, asked, visit, client):
        page = client.get(address(asked))
        text = words(page)
        assert "Your visit is booked" in text
        assert "Tuesday, November 24, 9 am, New York time" in text
        assert "R-4K7MX" in text
        for hidden in ("Pat", "pat@", "0123", asked.patient_name):
            assert hidden not in text
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["X-Robots-Tag"] == "noindex"

    def test_a_waiting_request_says_by_when(self, asked, client):
        assert "We answer by" in words(client.get(address(asked)))

    @pytest.mark.parametrize("press", ["", "cancel/", "withdraw/", "late/", "visit.ics"])
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_looking_changes_nothing(self, asked, visit, client, press, method):
        before = state()
        getattr(client, method)(address(asked, press))
        assert state() == before

    def test_the_calendar_file_invites_nobody(self, asked, visit, client):
        answer = client.get(address(asked, "visit.ics"))
        assert answer.headers["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
        event = vobject.readOne(answer.content.decode()).vevent
        assert event.dtstart.value == TOMORROW_9
        assert "pat@" not in answer.content.decode()

    def test_without_a_visit_there_is_no_file(self, asked, client):
        assert client.get(address(asked, "visit.ics")).status_code == 302


class TestBadLinks:
    def test_all_look_alike(self, desk, asked, visit, client, time_machine):
        bad = [address(asked)[:-2] + "x/", "/appointments/mine/nonsense/"]
        revoked = address(asked)
        by_link.revoke_links(request_id=asked.pk, generation=1, by=desk.ana, now=MONDAY_NOON)
        asked.refresh_from_db()
        expired = address(asked)
        time_machine.move_to(visit.end + datetime.timedelta(days=8), tick=False)
        pages = [client.get(path) for path in (*bad, revoked, expired)]
        assert {page.status_code for page in pages} == {404}
        tokens = r"/appointments/mine/[^/\"]+/"
        assert len({re.sub(tokens, "", page.content.decode()) for page in pages}) == 1
        assert "R-4K7MX" not in words(pages[0])

    @pytest.mark.parametrize("press", ["cancel/", "withdraw/", "late/"])
    def test_presses_too(self, asked, visit, client, press):
        before = state()
        answer = client.post(f"/appointments/mine/{link_token(asked)}x/{press}", {"visit": visit.pk, "version": 1})
        assert answer.status_code == 404
        assert state() == before


class TestCallingOff:
    def press(self, client, asked, row, **changes):
        sent = {"visit": row.pk, "version": row.version} | changes
        return client.post(address(asked, "cancel/"), sent, follow=True)

    def test_the_time_is_free_and_everybody_knows(self, asked, visit, client):
        page = self.press(client, asked, visit)
        assert "Your visit is called off" in words(page)
        assert Appointment.objects.get().state == "cancelled"
        assert not BusySlot.objects.exists()
        assert_ledger_equals_visits()
        asked.refresh_from_db()
        assert (asked.told_how, asked.told_at) == ("site", MONDAY_NOON)
        kinds = list(OutgoingMessage.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds[-2:] == ["visit_cancelled", "by_link"]

    def test_the_desk_gets_a_reference_and_a_link_alone(self, asked, visit, client):
        self.press(client, asked, visit)
        mail = render_by_link(OutgoingMessage.objects.get(kind="by_link"), MONDAY_NOON)
        assert (mail.to, mail.subject) == ("desk@clinic.example", "Changed by the patient: R-4K7MX")
        assert f"/admin/booking/appointmentrequest/{asked.pk}/change/" in mail.text
        assert asked.patient_name not in mail.text + mail.html

    def test_a_page_sent_twice_does_it_once(self, asked, visit, client):
        self.press(client, asked, visit)
        before = state()
        again = self.press(client, asked, visit)
        assert again.status_code == 409
        assert "Nothing was changed" in words(again)
        assert state() == before

    def test_a_visit_that_moved_meanwhile_stays(self, desk, asked, visit, client):
        shown = visit.version
        desk.move(visit, start=TOMORROW_9 + 2 * HOUR)
        page = self.press(client, asked, visit, version=shown)
        assert page.status_code == 409
        assert "11 am" in words(page)
        assert Appointment.objects.get().state == "booked"

    def test_nobody_elses_visit(self, desk, asked, visit, client):
        other = desk.confirm(desk.request(), start=TOMORROW_9 + 2 * HOUR)
        before = state()
        assert self.press(client, asked, other).status_code == 409
        assert state() == before

    def test_not_once_it_has_begun(self, asked, visit, client, time_machine):
        time_machine.move_to(visit.start, tick=False)
        assert self.press(client, asked, visit).status_code == 409

    @pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 40, "٣", "1; DROP", "\x00"])
    @pytest.mark.parametrize("field", ["visit", "version"])
    def test_rubbish_is_refused(self, asked, visit, client, field, typed):
        assert self.press(client, asked, visit, **{field: typed}).status_code == 409

    def test_it_needs_our_own_form(self, asked, visit):
        stranger = Client(enforce_csrf_checks=True)
        sent = {"visit": visit.pk, "version": visit.version}
        assert stranger.post(address(asked, "cancel/"), sent).status_code == 403
        assert Appointment.objects.get().state == "booked"


class TestTakingBack:
    def test_the_request_is_closed_and_nobody_calls(self, asked, client):
        page = client.post(address(asked, "withdraw/"), {"version": asked.version}, follow=True)
        assert "You canceled your request" in words(page)
        asked.refresh_from_db()
        assert (asked.state, asked.told_how) == ("withdrawn", "site")
        assert OutgoingMessage.objects.filter(kind="by_link").count() == 1

    def test_an_answered_request_is_not(self, asked, visit, client):
        assert client.post(address(asked, "withdraw/"), {"version": asked.version}).status_code == 409


class TestRunningLate:
    def test_the_desk_hears_once(self, asked, visit, client, time_machine):
        time_machine.move_to(visit.start - HOUR, tick=False)
        for _press in range(2):
            page = client.post(address(asked, "late/"), {"visit": visit.pk, "minutes": "20"}, follow=True)
        assert "You told us that you are about 20 minutes late." in words(page)
        mail = render_by_link(OutgoingMessage.objects.get(kind="by_link"), visit.start)
        assert "late, by about 20 minutes" in mail.text

    def test_the_desk_reads_it_in_the_history(self, asked, visit, client, time_machine):
        time_machine.move_to(visit.start - HOUR, tick=False)
        client.post(address(asked, "late/"), {"visit": visit.pk, "minutes": "20"})
        client.post(address(asked, "cancel/"), {"visit": visit.pk, "version": visit.version})
        told = [sentence.text for sentence in sentences(AppointmentEvent.objects.filter(request_id=asked.pk))]
        assert told[-2:] == ["The patient is on the way, about 20 minutes late.", "The patient called the visit off."]

    @pytest.mark.parametrize("offset", [-4 * HOUR, datetime.timedelta(0), HOUR])
    def test_only_shortly_before(self, asked, visit, offset):
        with pytest.raises(TooLateToSay):
            by_link.running_late(request_id=asked.pk, appointment_id=visit.pk, minutes=10, now=visit.start + offset)

    def test_not_for_a_visit_called_off(self, desk, asked, visit):
        desk.cancel(visit)
        with pytest.raises(IllegalMove):
            by_link.running_late(request_id=asked.pk, appointment_id=visit.pk, minutes=10, now=visit.start - HOUR)
