"""The wait list on paper: the patient's page, the desk's list, and the mails."""

import re

import pytest

from booking.actions import waiting
from booking.messages import waiting as wait_mails
from booking.messages.desk import render_by_link
from booking.models import Appointment, WaitListEntry, WaitListOffer
from booking.patient_links import link_token
from clinic.mail import Skip
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import everything
from tests.booking.test_messages import HEALTH
from tests.booking.waiting_room import DAY, HOUR, MONDAY, WEDNESDAY_9, WaitingRoom, press
from tests.content.factories import publish_flags
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner
from tests.staff import make_front_desk

pytestmark = pytest.mark.django_db
FILLED = {"first_day": "2026-11-23", "last_day": "11/27/2026", "notice_minutes": "120", "entry": "0", "version": "0"}


@pytest.fixture
def room(django_user_model, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    publish_flags()
    return WaitingRoom(django_user_model)


@pytest.fixture
def asked(room):
    asked = room.request(reference="R-4K7MX")
    room.confirm(asked, start=MONDAY_NOON + 7 * DAY + 21 * HOUR)
    return asked


@pytest.fixture
def offer(room, asked):
    room.join(asked)
    room.free(WEDNESDAY_9)
    return room.look()[0]


def address(asked, page=""):
    return f"/appointments/mine/{link_token(asked)}/{page}"


def words(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


class TestJoining:
    def test_there_and_away_again(self, asked, client):
        assert "Tell me when an earlier time comes free" in words(client.get(address(asked)))
        assert client.get(address(asked, "earlier/")).status_code == 200
        page = client.post(address(asked, "earlier/"), FILLED | {"parts": ["morning"]}, follow=True)
        assert "You are on the wait list" in words(page)
        entry = WaitListEntry.objects.get()
        assert (entry.last_day, entry.parts, entry.notice_minutes) == (MONDAY + 4 * DAY, ["morning"], 120)
        again = client.post(address(asked, "earlier/"), FILLED | {"parts": ["morning"]}, follow=True)
        assert again.status_code == 200, "the same page sent twice"
        assert WaitListEntry.objects.count() == 1
        change = FILLED | {"entry": entry.pk, "version": 1, "notice_minutes": "1440"}
        assert client.post(address(asked, "earlier/"), change).status_code == 302
        assert client.post(address(asked, "earlier/"), change).status_code == 409
        shown = {"entry": entry.pk, "version": 2}
        page = client.post(address(asked, "earlier/leave/"), shown, follow=True)
        assert "You are on the wait list" not in words(page)
        assert client.post(address(asked, "earlier/leave/"), shown).status_code == 409

    @pytest.mark.parametrize(
        ("typed", "says"),
        [
            ({"last_day": "2026-12-01"}, "Choose Monday, November 30 or a day before it"),
            ({"last_day": "2026-11-22"}, "This day is over"),
            ({"first_day": "2026-11-26", "last_day": "2026-11-25"}, "This is before the first day"),
            ({"first_day": "soon"}, "Enter a day, like 11/24/2026"),
            ({"notice_minutes": "7"}, "Choose how long before"),
            ({"parts": ["midnight"]}, "Choose from these parts of the day"),
            ({"practitioner": "99999999999999999999"}, "Choose one of these"),
            ({"last_day": "\x00"}, "Enter a day, like 11/24/2026"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(self, room, asked, client, typed, says):
        room.type.practitioners.add(make_practitioner(locations=[room.location]))
        typed = FILLED | {"practitioner": "any"} | typed
        page = client.post(address(asked, "earlier/"), typed)
        assert says in words(page)
        assert 'value="120"' in page.content.decode()
        assert not WaitListEntry.objects.exists()

    def test_a_visit_today_has_nothing_earlier(self, room, asked, client, time_machine):
        time_machine.move_to(MONDAY_NOON + 7 * DAY + 20 * HOUR, tick=False)
        assert "earlier time" not in words(client.get(address(asked)))
        assert client.get(address(asked, "earlier/")).status_code == 302
        assert client.post(address(asked, "earlier/"), FILLED).status_code == 409


class TestAnswering:
    def sent(self, offer):
        return {"offer": offer.pk, "version": offer.version}

    def test_looking_changes_nothing(self, asked, offer, client):
        before = everything()
        for page in ("", "earlier/", "earlier/take/", "earlier/refuse/", "earlier/leave/"):
            client.get(address(asked, page))
            client.head(address(asked, page))
        assert everything() == before
        assert WaitListOffer.objects.get().state == "offered"

    def test_yes(self, asked, offer, client):
        text = words(client.get(address(asked)))
        assert "An earlier time has come free" in text
        assert "Wednesday, November 25, 9 am, New York time" in text
        assert "1 pm today, Monday, November 23" in text
        page = client.post(address(asked, "earlier/take/"), self.sent(offer), follow=True)
        assert "An earlier time" not in words(page)
        assert "Wednesday, November 25, 9 am, New York time" in words(page)
        mail = render_by_link(OutgoingMessage.objects.get(kind="by_link"), MONDAY_NOON)
        assert "took an earlier time from the wait list" in mail.text

    def test_no(self, asked, offer, client):
        page = client.post(address(asked, "earlier/refuse/"), self.sent(offer), follow=True)
        assert "Tuesday, December 1, 9 am" in words(page)
        assert "An earlier time has come free" not in words(page)

    def test_too_late(self, room, asked, offer, client, time_machine):
        time_machine.move_to(MONDAY_NOON + HOUR, tick=False)
        for looked in (False, True):
            page = client.get(address(asked))
            assert "We no longer keep Wednesday, November 25, 9 am, New York time for you." in words(page)
            page = client.post(address(asked, "earlier/take/"), self.sent(offer))
            assert page.status_code == 409
            assert "This time is no longer kept for you. What you have with us stays as it is." in words(page)
            if not looked:
                room.look(MONDAY_NOON + HOUR)
        assert "Tuesday, December 1, 9 am" in words(page)

    def test_what_was_only_kept_is_not_called_off(self, room, asked, offer, client):
        press(waiting.refuse, offer)
        room.cancel(Appointment.objects.get(request=asked, state="booked"))
        text = words(client.get(address(asked)))
        assert "You have no visit with us on Tuesday, December 1" in text
        assert "November 25" not in text

    @pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 40])
    @pytest.mark.parametrize("page", ["take", "refuse"])
    def test_rubbish_is_refused(self, asked, offer, client, page, typed):
        for field in ("offer", "version"):
            answer = client.post(address(asked, f"earlier/{page}/"), self.sent(offer) | {field: typed})
            assert answer.status_code == 409
        assert client.post(f"/appointments/mine/nobody/earlier/{page}/", self.sent(offer)).status_code == 404


class TestMails:
    def test_the_offer_says_the_least(self, offer):
        message = OutgoingMessage.objects.get(kind="wait_offer")
        mail = wait_mails.render_wait_offer(message, MONDAY_NOON)
        assert mail.to == "pat@home.example"
        for text in (mail.text, re.sub(r"<[^>]+>", "", mail.html)):
            assert "Wednesday, November 25, 9 am" in text
            assert "1 pm on Monday, November 23 (New York time)" in text
            assert "If anything suddenly gets worse" in text
            without_clinic = text.replace("New Jersey Spine Institute", "").lower()
            assert not [word for word in HEALTH if re.search(rf"\b{word}", without_clinic)]
        assert isinstance(wait_mails.render_wait_offer(message, MONDAY_NOON + HOUR), Skip)
        press(waiting.refuse, offer)
        assert isinstance(wait_mails.render_wait_offer(message, MONDAY_NOON), Skip)

    def test_a_time_taken_back_is_said(self, room, asked, offer, client):
        client.force_login(make_front_desk())
        shown = {"version": offer.version}
        assert client.post(f"/admin/desk/wait/{offer.pk}/stop/", shown).status_code == 302
        mail = wait_mails.render_wait_over(OutgoingMessage.objects.get(kind="wait_over"), MONDAY_NOON)
        assert "we can no longer keep Wednesday, November 25, 9 am" in mail.text

    @pytest.mark.parametrize("email", ["", "pat@home.example"])
    def test_the_desk_gets_a_reference_and_a_link(self, room, email):
        make_clinic(freed_times_need_yes=True)
        room.patient(email=email, reference="R-WAITS")
        room.free(WEDNESDAY_9)
        room.look()
        mail = wait_mails.render_wait_approve(OutgoingMessage.objects.get(kind="wait_approve"), MONDAY_NOON)
        assert (mail.to, mail.subject) == ("desk@clinic.example", "A free time for the wait list: R-WAITS")
        assert ("Please call them" in mail.text) is not email
        assert "Pat" not in mail.text + mail.html


class TestDesk:
    @pytest.fixture
    def ana(self, client):
        client.force_login(make_front_desk())
        return client

    def test_who_waits_and_what_is_under_way(self, room, offer, ana, django_assert_max_num_queries):
        room.patient(MONDAY_NOON + 8 * DAY + 21 * HOUR, reference="R-OTHER", wanted={"parts": ("morning",)})
        with django_assert_max_num_queries(16):
            page = ana.get("/admin/desk/wait/")
        text = words(page)
        for shown in ("R-4K7MX", "R-OTHER", "They were written to", "Wed, Nov 25, 9 am", "morning"):
            assert shown in text
        assert "Waits for your yes" not in text

    def test_saying_yes(self, room, asked, ana):
        make_clinic(freed_times_need_yes=True)
        room.join(asked)
        room.free(WEDNESDAY_9)
        (offer,) = room.look()
        assert "Waits for your yes" in words(ana.get("/admin/desk/wait/"))
        assert "Answer 1 free time" in words(ana.get("/admin/desk/"))
        path = f"/admin/desk/wait/{offer.pk}/approve/"
        assert "They are written to." in words(ana.post(path, {"version": offer.version}, follow=True))
        again = ana.post(path, {"version": offer.version})
        assert again.status_code == 409
        assert "has changed since you opened it" in words(again)
        assert ana.post(path, {"version": "x"}).status_code == 200

    def test_for_a_patient_on_the_phone(self, asked, ana):
        path = f"/admin/desk/requests/{asked.pk}/"
        assert f'href="{path}wait/"' in ana.get(path).content.decode()
        wrong = ana.post(f"{path}wait/", FILLED | {"last_day": "2027-01-01"})
        assert "Choose Monday, November 30 or a day before it" in words(wrong)
        ana.post(f"{path}wait/", FILLED)
        entry = WaitListEntry.objects.get()
        assert ana.post(f"{path}wait/", FILLED | {"version": "7"}).status_code == 409
        assert ana.post(f"{path}wait/", FILLED | {"version": "1", "notice_minutes": "2880"}).status_code == 302
        assert ana.post(f"{path}wait/leave/", {"version": "1"}).status_code == 409
        assert ana.post(f"{path}wait/leave/", {"version": "2"}).status_code == 302
        entry.refresh_from_db()
        assert entry.state == "left"

    def test_where_there_is_nothing_to_wait_for(self, room, ana):
        closed = room.request(kind="call")
        page = ana.get(f"/admin/desk/requests/{closed.pk}/wait/")
        assert "There is no visit to come earlier for." in words(page)
        assert ana.post(f"/admin/desk/requests/{closed.pk}/wait/leave/").status_code == 404
