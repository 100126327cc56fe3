"""The desk hears before a promise breaks, and each time that one without a kept time is broken; the patient once."""

import datetime

import pytest

from booking.actions import answering
from booking.actions.warning import escalate_silence, warn, warn_of_promises, watch_silence
from booking.endings import is_near
from booking.models import AppointmentRequest
from booking.promise import Promise
from clinic.models import Closure, OutgoingMessage
from clinic.outbox import KINDS
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, actions, everything
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = pytest.mark.django_db

MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
PROMISED = MONDAY_NOON + 4 * HOUR  # Monday 4 pm; the clinic closes at 6
UTC = datetime.UTC


@pytest.fixture
def desk(django_user_model):
    desk = Desk(django_user_model)
    make_clinic(reply_within_hours=4, call_back_within_minutes=30)
    return desk


def kinds():
    return list(OutgoingMessage.objects.order_by("pk").values_list("kind", flat=True))


def safety_call(desk, **fields):
    promised = {"reply_by": MONDAY_NOON + 30 * MINUTE}
    return desk.request(**{"safety_outcome": "same_day", "kind": "call"} | promised | fields)


def first_minute(job, since, until):
    """The first minute in which the job has something to do."""
    moment = since
    while moment < until:
        if job(now=moment):
            return moment
        moment += 5 * MINUTE
    return None


@pytest.mark.parametrize(
    ("left", "total", "is_safety_call", "near"),
    [
        (31, 240, False, False),
        (30, 240, False, True),
        (16, 60, False, False),
        (15, 60, False, True),
        (16, 30, True, False),
        (15, 30, True, True),
        (0, 30, True, True),
    ],
)
def test_the_last_quarter_or_half_hour_whichever_is_later(left, total, is_safety_call, near):
    assert is_near(Promise(left=left, total=total, is_late=False), is_safety_call=is_safety_call) is near


def test_a_broken_promise_is_not_near():
    assert not is_near(Promise(left=0, total=60, is_late=True), is_safety_call=False)


class TestNear:
    def test_once_in_time(self, desk):
        asked = desk.request()
        assert first_minute(warn_of_promises, MONDAY_NOON, PROMISED) == PROMISED - 30 * MINUTE
        assert warn_of_promises(now=PROMISED - 10 * MINUTE) == 0
        asked.refresh_from_db()
        assert asked.warned_at == PROMISED - 30 * MINUTE
        assert (kinds(), actions(request_id=asked.pk)) == (["promise_near"], ["promise_near"])
        message = OutgoingMessage.objects.get()
        assert message.not_after == PROMISED
        mail = KINDS["promise_near"].render(message, PROMISED - 20 * MINUTE)
        assert (mail.to, mail.subject) == ("desk@clinic.example", f"Answer soon: request {asked.reference}")

    def test_a_safety_call_back_at_half_of_it(self, desk):
        asked = safety_call(desk)
        found = first_minute(warn_of_promises, MONDAY_NOON, PROMISED)
        assert found == MONDAY_NOON + 15 * MINUTE
        mail = KINDS["promise_near"].render(OutgoingMessage.objects.get(), found)
        assert mail.subject == f"Urgent, answer soon: request {asked.reference}"

    @pytest.mark.parametrize(
        ("received", "promised", "near"),
        [
            # Friday 5 pm to Monday 8:30: the night and the weekend are no time. An hour is promised: its last quarter.
            (
                datetime.datetime(2026, 12, 4, 22, 30, tzinfo=UTC),
                datetime.datetime(2026, 12, 7, 13, 0, tzinfo=UTC),
                datetime.datetime(2026, 12, 7, 12, 45, tzinfo=UTC),
            ),
            # Over the weekends in which the clocks change: the same on the wall.
            (
                datetime.datetime(2027, 11, 5, 21, 30, tzinfo=UTC),
                datetime.datetime(2027, 11, 8, 13, 0, tzinfo=UTC),
                datetime.datetime(2027, 11, 8, 12, 45, tzinfo=UTC),
            ),
            (
                datetime.datetime(2027, 3, 12, 22, 30, tzinfo=UTC),
                datetime.datetime(2027, 3, 15, 12, 0, tzinfo=UTC),
                datetime.datetime(2027, 3, 15, 11, 45, tzinfo=UTC),
            ),
            # Christmas is closed.
            (
                datetime.datetime(2026, 12, 24, 22, 30, tzinfo=UTC),
                datetime.datetime(2026, 12, 28, 13, 0, tzinfo=UTC),
                datetime.datetime(2026, 12, 28, 12, 45, tzinfo=UTC),
            ),
        ],
    )
    def test_counted_while_the_clinic_is_open(self, desk, received, promised, near):
        Closure.objects.create(first_day=datetime.date(2026, 12, 25), last_day=datetime.date(2026, 12, 25), reason="x")
        desk.request(received_at=received, reply_by=promised)
        assert warn_of_promises(now=near - MINUTE) == warn_of_promises(now=received) == 0
        assert warn_of_promises(now=near) == 1

    def test_what_was_answered_or_is_late_is_left_alone(self, desk):
        declined, late = desk.request(), desk.request(reply_by=PROMISED - HOUR)
        desk.press(answering.decline, declined, reason="duplicate")
        before = everything()
        assert warn_of_promises(now=PROMISED - 5 * MINUTE) == 0
        assert not warn(request_id=declined.pk, now=PROMISED - 5 * MINUTE)
        assert not warn(request_id=late.pk, now=PROMISED - 5 * MINUTE)
        assert everything() == before

    def test_a_mail_that_leaves_after_the_answer_or_the_promise_is_skipped(self, desk):
        asked = desk.request()
        warn_of_promises(now=PROMISED - 5 * MINUTE)
        message = OutgoingMessage.objects.get()
        assert KINDS["promise_near"].render(message, PROMISED).reason == "the time is over"
        asked.refresh_from_db()
        desk.press(answering.decline, asked, reason="duplicate")
        assert KINDS["promise_near"].render(message, PROMISED - MINUTE).reason == "answered already"


class TestSilence:
    def test_at_the_promise_and_once_more_and_the_patient_once(self, desk):
        asked = desk.request()
        found, moment = [], MONDAY_NOON
        while moment < PROMISED + 2 * DAY:
            if watch_silence(now=moment):
                found.append(moment)
                assert watch_silence(now=moment) == 0, "twice at once"
            moment += 30 * MINUTE
        # Two hours of Monday are left, and two of Tuesday from half past seven.
        assert found == [PROMISED, MONDAY_NOON + 21.5 * HOUR]
        asked.refresh_from_db()
        assert (asked.state, asked.escalated_at) == ("received", PROMISED)
        assert sorted(kinds()) == ["answer_late", "unanswered", "unanswered"]
        assert actions(request_id=asked.pk) == ["unanswered", "unanswered"]

    def test_a_safety_call_back_as_long_as_it_is_open(self, desk):
        asked = safety_call(desk)
        times = sum(watch_silence(now=MONDAY_NOON + n * MINUTE) for n in range(0, 181, 5))
        assert times == 6, "every half hour"
        assert kinds().count("answer_late") == 1
        asked.refresh_from_db()
        late = OutgoingMessage.objects.get(kind="answer_late")
        mail = KINDS["answer_late"].render(late, MONDAY_NOON + HOUR)
        assert "Do not wait for our call: see a doctor or urgent care today." in mail.text

    def test_a_worker_that_was_away_catches_up_once(self, desk):
        desk.request()
        assert watch_silence(now=PROMISED + 30 * DAY) == 1
        assert watch_silence(now=PROMISED + 30 * DAY + MINUTE) == 0

    def test_a_kept_time_is_watched_elsewhere_until_it_has_passed(self, desk):
        kept = desk.propose(desk.request(), start=TOMORROW_9)
        before = everything()
        assert watch_silence(now=PROMISED) == 0
        assert not escalate_silence(request_id=kept.request_id, now=PROMISED)
        assert everything() == before

    def test_what_was_answered_meanwhile_is_left_alone(self, desk):
        asked = desk.request()
        desk.press(answering.decline, asked, reason="duplicate")
        before = everything()
        assert not escalate_silence(request_id=asked.pk, now=PROMISED)
        assert not escalate_silence(request_id=10**6, now=PROMISED)
        assert everything() == before

    def test_without_a_mailbox_the_desk_alone_is_told(self, desk):
        desk.request(email="")
        watch_silence(now=PROMISED)
        assert kinds() == ["unanswered"]

    def test_the_mails_say_what_is_open(self, desk):
        desk.request(reference="R-4K7MX", kind="call")
        watch_silence(now=PROMISED)
        late, unanswered = (OutgoingMessage.objects.get(kind=kind) for kind in ("answer_late", "unanswered"))
        text = KINDS["answer_late"].render(late, PROMISED).text
        assert "We promised to call you by 4 pm on Monday, November 23 (New York time). We still owe you" in text
        text = KINDS["unanswered"].render(unanswered, PROMISED).text
        assert "Nobody has answered R-4K7MX.\n" in text
        assert "Please answer now, or call them." in text

    def test_the_desk_shows_it_on_top(self, desk, client, time_machine):
        desk.request(reference="R-4K7MX", first_available=True)
        watch_silence(now=PROMISED)
        time_machine.move_to(PROMISED + MINUTE, tick=False)
        desk.ana.is_staff = desk.ana.is_superuser = True
        desk.ana.save()
        client.force_login(desk.ana)
        text = client.get("/admin/desk/").content.decode()
        assert "1 person</b> got no answer in time." in text
        assert "The time that they asked for has passed" not in text
        text = client.get(f"/admin/desk/requests/{AppointmentRequest.objects.get().pk}/").content.decode()
        assert "Answer now, or call them." in text
