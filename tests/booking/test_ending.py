"""A request whose time has passed without our answer ends with one honest message, and never in silence."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from booking import queue
from booking.actions import answering, ending, escalation
from booking.actions.ending import end_requests, expire
from booking.actions.warning import watch_silence
from booking.endings import ENDS_AFTER_PROMISE, all_passed_at
from booking.models import AppointmentRequest, PreferredWindow
from clinic.models import OutgoingMessage
from clinic.outbox import KINDS, deliver_due
from clinic.site import load_site
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk, actions, assert_ledger_equals_visits, everything
from tests.factories import MONDAY_NOON, make_clinic

MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
PROMISED = MONDAY_NOON + 4 * HOUR
NEW_YORK = ZoneInfo("America/New_York")
WEDNESDAY = datetime.date(2026, 11, 25)
THURSDAY_0 = datetime.datetime(2026, 11, 26, tzinfo=NEW_YORK)  # midnight in the clinic


def local(*parts):
    return datetime.datetime(*parts, tzinfo=NEW_YORK)


class TestWhenAllHasPassed:
    @pytest.mark.parametrize(
        ("days", "starts", "open_ended", "at"),
        [
            ([WEDNESDAY], [], False, THURSDAY_0),
            ([WEDNESDAY, datetime.date(2026, 11, 24)], [], False, THURSDAY_0),
            ([datetime.date(2026, 11, 20)], [], False, PROMISED),
            ([], [TOMORROW_9], False, TOMORROW_9),
            ([WEDNESDAY], [], True, PROMISED + ENDS_AFTER_PROMISE),
            ([], [], True, PROMISED + ENDS_AFTER_PROMISE),
            ([], [], False, PROMISED + ENDS_AFTER_PROMISE),
            # The days on which the clocks change end at their own midnight.
            ([datetime.date(2027, 3, 14)], [], False, local(2027, 3, 15)),
            ([datetime.date(2027, 11, 7)], [], False, local(2027, 11, 8)),
        ],
    )
    def test_all_passed_at(self, days, starts, open_ended, at):
        found = all_passed_at(
            reply_by=PROMISED, window_days=days, asked_starts=starts, is_open_ended=open_ended, zone=NEW_YORK
        )
        assert found == at


@pytest.fixture
def desk(django_user_model):
    desk = Desk(django_user_model)
    make_clinic(reply_within_hours=4)
    return desk


def ask(desk, *days, **fields):
    request = desk.request(**fields)
    for day in days:
        PreferredWindow.objects.create(request=request, day=day, part="morning")
    return request


def run(*, until, since=PROMISED, step=HOUR):
    """The worker, every hour; when something ended."""
    ended, moment = [], since
    while moment <= until:
        escalation.watch_unanswered(now=moment)
        watch_silence(now=moment)
        if end_requests(now=moment):
            ended.append(moment)
            assert end_requests(now=moment) == 0, "twice at once"
        moment += step
    return ended


def state(request):
    request.refresh_from_db()
    return request.state


def expired_mails():
    return OutgoingMessage.objects.filter(kind="request_expired")


@pytest.mark.django_db
class TestItEnds:
    def test_when_its_last_day_is_over_with_one_mail(self, desk):
        asked = ask(desk, WEDNESDAY, reference="R-4K7MX")
        assert run(until=THURSDAY_0 + 4 * HOUR) == [THURSDAY_0]
        assert (state(asked), asked.closed_at, asked.told_at) == ("expired", THURSDAY_0, None)
        assert actions(request_id=asked.pk) == ["unanswered", "unanswered", "expired"]
        text = KINDS["request_expired"].render(expired_mails().get(), THURSDAY_0).text
        assert "We are sorry: we failed you." in text
        assert (
            "We promised an answer by 4 pm on Monday, November 23 (New York time), and did not keep our word." in text
        )
        assert "call us at (201) 555-0142 and say R-4K7MX" in text
        assert "https://clinic.example/appointments/" in text
        assert "call 911 or see https://clinic.example/get-help-now/" in text

    def test_a_chosen_time_after_it_has_begun_and_the_desk_had_its_chances(self, desk):
        kept = desk.propose(desk.request(), start=TOMORROW_9)
        (ended,) = run(until=PROMISED + DAY)
        # Kept longer at the promise, passed on Tuesday at nine: four open hours later it is over.
        assert ended == TOMORROW_9 + 4 * HOUR
        assert actions(request_id=kept.request_id) == ["extended", "time_passed", "expired"]
        assert_ledger_equals_visits()

    @pytest.mark.parametrize("fields", [{"first_available": True}, {"kind": "call"}])
    def test_what_has_no_end_after_two_weeks(self, desk, fields):
        asked = ask(desk, **fields)
        assert run(until=PROMISED + 15 * DAY, step=8 * HOUR) == [PROMISED + ENDS_AFTER_PROMISE]
        assert state(asked) == "expired"

    def test_a_worker_that_was_away_warns_the_desk_twice_before(self, desk):
        ask(desk, WEDNESDAY)
        back = local(2026, 12, 14, 9)
        # At once, four open hours later, and four more.
        assert run(since=back, until=back + 2 * DAY) == [back + 8 * HOUR]
        assert OutgoingMessage.objects.filter(kind="unanswered").count() == 2

    def test_killed_in_between_it_ends_later_whole(self, desk, monkeypatch):
        asked = ask(desk, WEDNESDAY)
        run(until=PROMISED + DAY)
        before = everything()

        def die(*args, **kwargs):
            raise KeyboardInterrupt

        with monkeypatch.context() as killed:
            killed.setattr(ending.telling, "enqueue_to_patient", die)
            with pytest.raises(KeyboardInterrupt):
                end_requests(now=THURSDAY_0)
        assert everything() == before
        assert end_requests(now=THURSDAY_0 + HOUR) == 1
        assert (state(asked), expired_mails().count()) == ("expired", 1)


@pytest.mark.django_db
class TestItStays:
    @pytest.fixture
    def asked(self, desk):
        """Over, but for what a test adds."""
        asked = ask(desk, WEDNESDAY)
        run(until=PROMISED + DAY)
        asked.refresh_from_db()
        return asked

    def test_or_it_would_have_ended(self, asked):
        assert expire(request_id=asked.pk, now=THURSDAY_0)

    @pytest.mark.parametrize("fields", [{"email": ""}, {"contact_by": "phone"}])
    def test_without_a_mailbox_until_a_person_closes_it(self, desk, fields):
        asked = ask(desk, WEDNESDAY, **fields)
        assert run(until=PROMISED + 16 * DAY, step=8 * HOUR) == []
        assert (state(asked), asked.escalated_at) == ("received", PROMISED)

    def test_a_safety_call_back_for_ever(self, desk):
        asked = ask(desk, WEDNESDAY, kind="call", safety_outcome="same_day")
        assert run(until=PROMISED + 16 * DAY, step=8 * HOUR) == []
        assert state(asked) == "received"

    def test_while_the_desk_was_told_once(self, desk):
        asked = ask(desk, WEDNESDAY)
        watch_silence(now=PROMISED)
        assert not expire(request_id=asked.pk, now=THURSDAY_0 + 90 * DAY)

    def test_while_somebody_is_at_it(self, desk, asked):
        answering.claim(request_id=asked.pk, by=desk.ana, now=THURSDAY_0 - MINUTE)
        assert end_requests(now=THURSDAY_0) == 0
        answering.release(request_id=asked.pk, by=desk.ana, now=THURSDAY_0)
        desk.try_to_reach(asked, now=THURSDAY_0)
        assert end_requests(now=THURSDAY_0 + 6 * DAY) == 0
        assert end_requests(now=THURSDAY_0 + 8 * DAY) == 1

    def test_answered_this_very_moment(self, desk, asked, monkeypatch):
        """Read as open, and answered before it is written."""

        def meanwhile(*args):
            desk.press(answering.decline, asked, reason="duplicate")
            return True

        monkeypatch.setattr(ending, "is_over", meanwhile)
        assert not expire(request_id=asked.pk, now=THURSDAY_0)
        assert (state(asked), expired_mails().count()) == ("declined", 0)

    def test_answered_before(self, desk, asked):
        desk.confirm(asked)
        before = everything()
        assert not expire(request_id=asked.pk, now=THURSDAY_0)
        assert everything() == before

    @pytest.mark.parametrize("rows", [1, 3])
    def test_its_queries_are_counted(self, desk, rows, django_assert_num_queries):
        for _ in range(rows):
            ask(desk, WEDNESDAY)
        run(until=PROMISED + DAY)
        with django_assert_num_queries(8):
            assert end_requests(now=THURSDAY_0 - MINUTE) == 0


@pytest.mark.django_db(transaction=True)
class TestTheyKnow:
    def load(self, now):
        site = load_site(now=now)
        return queue.load_desk(now=now, opening=site.opening, zone=site.clinic.zone)

    def test_the_mail_that_left_told_them(self, desk):
        asked = ask(desk, WEDNESDAY)
        run(until=THURSDAY_0, step=4 * HOUR)
        deliver_due(now=THURSDAY_0 + MINUTE)
        assert [one.subject for one in mail.outbox if "sorry" in one.subject] == [
            f"Your request {asked.reference}: we are sorry"
        ]
        asked.refresh_from_db()
        assert (asked.told_at, asked.told_how) == (THURSDAY_0 + MINUTE, "email")
        waits = self.load(THURSDAY_0 + HOUR)
        assert (waits.untold, waits.ended) == ([], [asked])
        assert self.load(THURSDAY_0 + 15 * DAY).ended == []

    def test_whom_it_does_not_reach_must_be_called(self, desk, client, time_machine):
        asked = ask(desk, WEDNESDAY)
        run(until=THURSDAY_0, step=4 * HOUR)
        expired_mails().update(state="failed", reason="refused", finished_at=THURSDAY_0)
        time_machine.move_to(THURSDAY_0 + HOUR, tick=False)
        (row,) = self.load(THURSDAY_0 + HOUR).untold
        assert (row.request, row.visit, row.why) == (
            asked,
            None,
            "The e-mail failed: the mail server refused it for good",
        )
        desk.ana.is_staff = desk.ana.is_superuser = True
        desk.ana.save()
        client.force_login(desk.ana)
        text = client.get("/admin/desk/").content.decode()
        assert "Not told: call them" in text
        page = client.get(f"/admin/desk/requests/{asked.pk}/").content.decode()
        assert "They do not know yet." in page
        assert "The request ended with an apology." in page
        asked = AppointmentRequest.objects.get()
        desk.press(answering.mark_told, asked, how="phone", now=THURSDAY_0 + HOUR)
        assert self.load(THURSDAY_0 + HOUR).untold == []
        assert "Told by phone" in client.get("/admin/desk/").content.decode()
