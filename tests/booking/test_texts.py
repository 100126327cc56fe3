"""Texts about a visit: who gets them, when, what they say, and how they end."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.actions import by_link, texting
from booking.actions.reminding import ask_for_reminders
from booking.messages.texts import BOOKED, CANCELLED, MOVED, REMINDER, fit, when_text
from booking.models import AppointmentRequest
from clinic import outbox, text_messages
from clinic.models import Clinic, OutgoingMessage
from clinic.text_segments import is_gsm, segments
from njspine.worker import Worker
from tests import texts
from tests.booking.staff_at_work import TOMORROW_9, Desk, actions
from tests.factories import MONDAY_NOON

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
NIGHT, MORNING = MONDAY_NOON + 10 * HOUR, MONDAY_NOON + 20 * HOUR  # 10 pm and 8 am in New York
LATER = TOMORROW_9 + 7 * DAY
NUMBER = "+12015550123"
AGREED = {"phone": NUMBER, "text_agreed_at": MONDAY_NOON}


@pytest.fixture
def desk(db, django_user_model, settings):
    texts.switch_on(settings)
    settings.SITE_URL = "https://www.clinic.example"
    return Desk(django_user_model)


def deliver(now=MONDAY_NOON):
    """What leaves as texts at `now`."""
    texts.given.clear()
    outbox.deliver_due(now=now)
    return [body for _to, body, _id in texts.given]


def text_rows():
    return OutgoingMessage.objects.filter(channel="text").order_by("pk")


class TestWhoGetsThem:
    def test_mail_and_text_once_each(self, desk, mailoutbox):
        visit = desk.confirm(desk.request(**AGREED), start=LATER)
        [body] = deliver()
        assert len(mailoutbox) == 1
        assert body.startswith(
            "New Jersey Spine Institute: your visit is booked for Tue, Dec 1, 9 am (New York time). Change it: "
        )
        assert texts.given[0][0] == NUMBER
        for now in (LATER - 2 * DAY, LATER - 2 * DAY, LATER - DAY):
            ask_for_reminders(now=now)
        [body] = deliver(LATER - DAY)
        assert "reminder of your visit on Tue, Dec 1, 9 am (New York time)" in body
        assert len(mailoutbox) == 2
        assert ask_for_reminders(now=visit.start - HOUR) == 2

    @pytest.mark.parametrize(
        ("fields", "channels"),
        [
            ({"email": "", **AGREED}, ["text"]),
            ({"contact_by": "phone", **AGREED}, ["text"]),
            ({"phone": NUMBER}, ["email"]),
            ({"phone_extension": "7", **AGREED}, ["email"]),
            ({"phone": "", "text_agreed_at": MONDAY_NOON}, ["email"]),
            ({"email": "", "phone": NUMBER}, []),
        ],
    )
    def test_by_what_they_agreed_to(self, desk, fields, channels):
        desk.confirm(desk.request(**fields), start=LATER)
        OutgoingMessage.objects.all().delete()

        assert ask_for_reminders(now=LATER - 2 * DAY) == len(channels)
        assert list(OutgoingMessage.objects.values_list("channel", flat=True)) == channels

    def test_through_the_worker_into_a_file(self, desk, settings, tmp_path, log_lines):
        settings.TEXT_BACKEND, settings.TEXT_DIR = "clinic.text_files.TextBackend", tmp_path
        desk.confirm(desk.request(**AGREED), start=LATER)
        Worker().send_mail(MONDAY_NOON)

        [path] = tmp_path.iterdir()
        assert path.read_text().startswith(f"To: {NUMBER}\n\nNew Jersey Spine Institute: your visit is booked for ")
        assert text_rows().get().state == "sent"
        assert not any(NUMBER in line or "appointments/mine" in line for line in log_lines)

    def test_off_means_no_row(self, desk, settings):
        settings.TEXT_BACKEND = ""
        visit = desk.confirm(desk.request(**AGREED), start=LATER)
        ask_for_reminders(now=LATER - 2 * DAY)
        desk.cancel(visit)

        assert OutgoingMessage.objects.exists()
        assert not text_rows().exists()

    def test_a_text_marks_nobody_as_told_and_no_mail_as_old(self, desk, mailoutbox):
        request = desk.request(**AGREED)
        desk.confirm(request, start=LATER)
        OutgoingMessage.objects.filter(channel="email").update(due_at=LATER)
        assert len(deliver()) == 1
        request.refresh_from_db()
        assert request.told_at is None
        OutgoingMessage.objects.filter(channel="email").update(due_at=MONDAY_NOON)
        deliver()
        request.refresh_from_db()
        assert (len(mailoutbox), request.told_how) == (1, "email")


class TestLookedAtWhenItLeaves:
    @pytest.mark.parametrize("how", ["agreeing", "stop", "desk", "number", "withdrawn"])
    def test_between_asking_and_sending(self, desk, how):
        request = desk.request(**AGREED)
        desk.confirm(request, start=LATER)
        rows = AppointmentRequest.objects.filter(pk=request.pk)
        if how == "agreeing":
            rows.update(text_agreed_at=None)
        elif how == "stop":
            text_messages.stopped(NUMBER, now=MONDAY_NOON)
        elif how == "desk":
            for _ in range(2):
                texting.stop_texts(request_id=request.pk, by=desk.ana, now=MONDAY_NOON)
            assert actions(request_id=request.pk).count("texts_stopped") == 1
        elif how == "number":
            rows.update(phone="")
        else:
            rows.delete()

        assert deliver() == []
        assert text_rows().get().state == "skipped"

    def test_moved_and_cancelled_before_it_left(self, desk):
        visit = desk.confirm(desk.request(**AGREED), start=LATER)
        desk.move(visit, start=LATER + HOUR)
        desk.cancel(visit)

        [body] = deliver()
        assert "your visit on Tue, Dec 1, 10 am (New York time) is canceled. Details: " in body

    @pytest.mark.parametrize(("start", "leaves_at_night"), [(LATER, False), (TOMORROW_9, True)])
    def test_nobody_is_woken_but_for_a_visit_within_a_day(self, desk, start, leaves_at_night):
        visit = desk.confirm(desk.request(**AGREED), start=start, now=NIGHT)
        assert deliver(NIGHT) == []
        desk.cancel(visit, now=NIGHT)

        assert len(deliver(NIGHT + HOUR / 60)) == leaves_at_night
        assert deliver(MORNING - HOUR / 60) == []
        assert len(deliver(MORNING)) == (not leaves_at_night)

    def test_six_for_a_visit_the_last_of_them_a_cancellation(self, desk):
        visit = desk.confirm(desk.request(**AGREED), start=LATER)
        now, bodies = MONDAY_NOON, deliver()
        for hours in range(1, 7):
            now = MONDAY_NOON + (hours % 3) * HOUR * 3 + (hours // 3) * DAY
            desk.move(visit, start=LATER + hours * HOUR, now=now)
            bodies += deliver(now)
        assert len(bodies) == 5
        now += DAY
        desk.cancel(visit, now=now)
        assert len(deliver(now)) == 1


class TestWhatTheySay:
    def test_nothing_of_the_person(self, desk):
        visit = desk.confirm(desk.request(**AGREED, patient_name="Canaryname", note="canarynote"), start=LATER)
        [body] = deliver()
        desk.cancel(visit)
        for text in (body, *deliver()):
            assert "canary" not in text.lower()
            assert desk.practitioner.name not in text
            assert "https://www.clinic.example/appointments/mine/" in text
            assert text.endswith("Reply STOP to end texts.")
            assert (is_gsm(text), segments(text)) == (True, 2)

    def test_a_patient_who_cancels_by_the_link_gets_one_too(self, desk):
        request = desk.request(**AGREED)
        visit = desk.confirm(request, start=LATER)
        deliver()
        ids = {"request_id": request.pk, "appointment_id": visit.pk}
        by_link.cancel_visit(**ids, version=visit.version, now=MONDAY_NOON)
        assert len(deliver()) == 1

    @given(
        name=st.text(max_size=120) | st.text("abc é’척", max_size=120),
        start=st.datetimes(
            datetime.datetime(2026, 1, 1), datetime.datetime(2029, 1, 1), timezones=st.just(datetime.UTC)
        ),
        words=st.sampled_from([BOOKED, MOVED, REMINDER, CANCELLED]),
    )
    def test_never_more_than_two_segments_and_nothing_but_the_name_is_shortened(self, name, start, words):
        when = when_text(start, now=MONDAY_NOON, zone=Clinic(name="x").zone)
        link = "https://appointments.a-rather-long-clinic-name.example/appointments/mine/" + "x" * 68 + "/"
        body = fit(words, clinic_name=name, values={"when": when, "link": link})

        assert (is_gsm(body), segments(body) <= 2) == (True, True)
        assert f"{when}" in body
        assert link in body
        said = body[: body.rindex(str(words).removeprefix("%(clinic)s")[:6])]
        assert any(character.isalnum() for character in said)
