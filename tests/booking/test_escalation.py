"""A time that was asked for and not answered in time is kept longer and escalated, and never freed in silence."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from booking import queue
from booking.actions import answering, escalation
from booking.models import Appointment, AppointmentRequest, BusySlot
from clinic.models import Closure, OutgoingMessage
from clinic.site import load_site
from tests.booking.staff_at_work import (
    HOUR,
    TOMORROW_9,
    Desk,
    actions,
    assert_ledger_equals_visits,
    everything,
)
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = pytest.mark.django_db

PROMISED = MONDAY_NOON + 4 * HOUR  # Monday 4 pm; the clinic closes at 6
DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)
WEDNESDAY_9 = TOMORROW_9 + DAY
UTC = datetime.UTC


@pytest.fixture
def desk(django_user_model):
    desk = Desk(django_user_model)
    make_clinic(reply_within_hours=4)
    return desk


@pytest.fixture
def kept(desk):
    return desk.propose(desk.request(), start=WEDNESDAY_9)


def watch(visit, now):
    """What one round did, with the visit and its request as they are afterwards."""
    done = escalation.watch_unanswered(now=now)
    visit.refresh_from_db()
    visit.request.refresh_from_db()
    return done.extended, done.passed


def mails():
    return list(OutgoingMessage.objects.order_by("pk").values_list("kind", flat=True))


def test_until_the_promised_answer_nothing_happens(kept):
    before = everything()
    assert watch(kept, PROMISED - datetime.timedelta(seconds=1)) == (0, 0)
    assert everything() == before
    assert mails() == []


def test_then_it_is_kept_for_as_long_again_and_the_desk_and_the_patient_are_told(kept):
    assert watch(kept, PROMISED) == (1, 0)
    # Two hours of Monday are left, and two of Tuesday from half past seven.
    assert kept.extended_until == kept.kept_until == MONDAY_NOON + 21.5 * HOUR
    assert (kept.state, kept.request.state, kept.request.escalated_at) == ("proposed", "received", PROMISED)
    assert kept.request.reply_by == PROMISED, "the promise that was broken stays on record"
    assert actions(appointment_id=kept.pk) == ["extended"]
    assert sorted(mails()) == ["answer_late", "unanswered"]
    assert_ledger_equals_visits()


def test_again_and_again_with_one_mail_to_the_desk_each_time_and_one_to_the_patient_in_all(kept):
    now = PROMISED
    for _ in range(3):
        assert watch(kept, now) == (1, 0)
        assert watch(kept, now) == watch(kept, kept.extended_until - MINUTE) == (0, 0), "once each"
        now = kept.extended_until
    assert mails().count("unanswered") == 3
    assert mails().count("answer_late") == 1
    assert kept.request.escalated_at == PROMISED


def test_never_past_the_start_of_the_visit(desk):
    kept = desk.propose(desk.request(), start=TOMORROW_9)
    watch(kept, PROMISED + HOUR)
    assert kept.extended_until == TOMORROW_9


def test_at_the_start_of_the_visit_it_ends_kindly(desk, kept):
    assert watch(kept, WEDNESDAY_9) == (0, 1)
    assert (kept.state, kept.request.state) == ("cancelled", "received"), "a person still owes them an answer"
    assert not BusySlot.objects.exists()
    assert actions(appointment_id=kept.pk) == ["time_passed"]
    assert sorted(mails()) == ["time_passed", "unanswered"]
    assert watch(kept, WEDNESDAY_9 + DAY) == (0, 0)
    desk.confirm(kept.request, start=WEDNESDAY_9 + 2 * HOUR, now=WEDNESDAY_9 + HOUR)
    assert_ledger_equals_visits()


def test_a_worker_that_was_stopped_for_days_frees_nothing_and_keeps_from_now(desk):
    """The time stays the patient's all the while; what counts is when somebody looks again."""
    kept = desk.propose(desk.request(), start=TOMORROW_9 + 7 * DAY)
    back = TOMORROW_9 + 2 * DAY
    assert BusySlot.objects.count() == 1
    assert watch(kept, back) == (1, 0)
    assert kept.extended_until == back + 4 * HOUR
    assert mails().count("unanswered") == 1


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # Friday 5 pm in New York: an hour is left, three of Monday from half past seven.
        (datetime.datetime(2026, 12, 4, 22, tzinfo=UTC), datetime.datetime(2026, 12, 7, 15, 30, tzinfo=UTC)),
        # The same over the weekend in which the clocks go back, and forward: half past ten on the wall.
        (datetime.datetime(2027, 11, 5, 21, tzinfo=UTC), datetime.datetime(2027, 11, 8, 15, 30, tzinfo=UTC)),
        (datetime.datetime(2027, 3, 12, 22, tzinfo=UTC), datetime.datetime(2027, 3, 15, 14, 30, tzinfo=UTC)),
        # Christmas is closed: Thursday 4 pm, two hours, then Monday.
        (datetime.datetime(2026, 12, 24, 21, tzinfo=UTC), datetime.datetime(2026, 12, 28, 14, 30, tzinfo=UTC)),
    ],
)
def test_weekends_clock_changes_and_closures(desk, now, until):
    Closure.objects.create(first_day=datetime.date(2026, 12, 25), last_day=datetime.date(2026, 12, 25), reason="x")
    kept = desk.propose(desk.request(), start=until + 7 * DAY)
    assert watch(kept, now) == (1, 0)
    assert kept.extended_until == until


def test_what_was_answered_meanwhile_is_left_alone(desk, kept):
    declined = desk.propose(desk.request(), start=WEDNESDAY_9 + HOUR)
    desk.confirm(kept.request, start=WEDNESDAY_9)
    desk.press(answering.decline, declined.request, reason="duplicate")
    before = everything()
    assert watch(kept, WEDNESDAY_9) == (0, 0)
    assert escalation.escalate(appointment_id=kept.pk, now=WEDNESDAY_9) == ""
    assert everything() == before


def test_staff_can_still_book_it(desk, kept):
    """Their page was opened before the time was kept longer; nothing that they decide on has changed."""
    watch(kept, PROMISED)
    assert desk.confirm(kept.request, start=WEDNESDAY_9, now=PROMISED + HOUR) == kept
    assert_ledger_equals_visits()


def test_without_a_mailbox_the_desk_alone_is_told(desk):
    watch(desk.propose(desk.request(email=""), start=WEDNESDAY_9), PROMISED)
    assert mails() == ["unanswered"]


def test_the_database_refuses_to_keep_it_past_its_start(kept):
    with pytest.raises(IntegrityError, match="kept_until_it_begins"), transaction.atomic():
        Appointment.objects.update(extended_until=WEDNESDAY_9 + MINUTE)


class TestTheDesk:
    @pytest.fixture(autouse=True)
    def clock(self, time_machine):
        time_machine.move_to(PROMISED + MINUTE, tick=False)

    @pytest.fixture
    def page(self, client, desk):
        desk.ana.is_staff = desk.ana.is_superuser = True
        desk.ana.save()
        client.force_login(desk.ana)
        return client

    def test_it_stands_on_top_in_words(self, page, desk, kept):
        AppointmentRequest.objects.update(reference="R-ASKED")
        desk.request(reference="R-OLDER", reply_by=PROMISED - 3 * DAY)
        site = load_site(now=PROMISED)
        load = lambda: queue.load_desk(now=PROMISED, opening=site.opening, zone=site.clinic.zone)  # noqa: E731
        assert [row.request.reference for row in load().waiting] == ["R-OLDER", "R-ASKED"]
        watch(kept, PROMISED)
        assert [row.request.reference for row in load().waiting] == ["R-ASKED", "R-OLDER"]
        text = page.get("/admin/desk/").content.decode()
        assert "1 person</b> got no answer in time." in text
        assert "No answer in time" in text
        assert "kept for them until Tue, Nov 24, 9:30 am" in text

    def test_the_page_of_the_request_says_what_to_do(self, page, kept):
        watch(kept, PROMISED)
        address = f"/admin/desk/requests/{kept.request_id}/"
        text = page.get(address).content.decode()
        assert (
            "They asked for Wed, Nov 25, 9 am. We keep it until Tue, Nov 24, 9:30 am: confirm it, or call them." in text
        )
        assert "Nobody answered in time. The time is kept longer, and the desk was told." in text
        watch(kept, WEDNESDAY_9)
        assert (
            "The time that they asked for has passed. Call them to find another one."
            in page.get(address).content.decode()
        )
        assert "The time that they asked for has passed" in page.get("/admin/desk/").content.decode()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_its_queries_are_counted(self, page, desk, rows, django_assert_num_queries):
        for n in range(rows):
            desk.propose(desk.request(), start=WEDNESDAY_9 + n * HOUR)
        escalation.watch_unanswered(now=PROMISED)
        site = load_site(now=PROMISED)
        with django_assert_num_queries(8):
            waits = queue.load_desk(now=PROMISED, opening=site.opening, zone=site.clinic.zone)
            assert waits.unanswered_times == rows
