"""Reminders: when they are due, and that each leaves once."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from booking.actions.reminding import ask_for_reminders
from booking.messages.visits import render_reminder
from booking.models import AppointmentType
from booking.reminders import days_before, hours_before
from clinic.mail import Skip
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import TOMORROW_9, Desk
from tests.factories import MONDAY_NOON

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")
VISIT_AT = TOMORROW_9 + 7 * DAY


def local(*parts):
    return datetime.datetime(*parts, tzinfo=NEW_YORK)


class TestWhen:
    @pytest.mark.parametrize(
        ("start", "due"),
        [
            (local(2026, 11, 25, 14), local(2026, 11, 23, 14)),
            # Clocks go back on November 1 and forward on March 14: the hour on the wall is the same.
            (local(2026, 11, 2, 9), local(2026, 10, 31, 9)),
            (local(2027, 3, 15, 9), local(2027, 3, 13, 9)),
            (local(2026, 11, 25, 7, 30), local(2026, 11, 23, 8)),
            (local(2026, 11, 25, 21, 30), local(2026, 11, 24, 8)),
        ],
    )
    def test_two_days_before_by_the_clock_on_the_wall(self, start, due):
        assert days_before(start, 2, zone=NEW_YORK) == due

    @pytest.mark.parametrize(
        ("start", "due"),
        [
            (local(2026, 11, 25, 14), local(2026, 11, 25, 12)),
            (local(2026, 11, 25, 9, 30), local(2026, 11, 25, 8)),
            (local(2026, 11, 25, 9), local(2026, 11, 25, 8)),
            (local(2026, 11, 25, 8, 30), local(2026, 11, 24, 20)),
            (local(2026, 11, 25, 7), local(2026, 11, 24, 20)),
        ],
    )
    def test_two_hours_before_but_not_at_night(self, start, due):
        assert hours_before(start, 2, zone=NEW_YORK) == due

    @pytest.mark.parametrize("hour", range(24))
    @pytest.mark.parametrize("day", [local(2026, 11, 1), local(2027, 3, 14), local(2026, 11, 25)])
    def test_nobody_is_woken(self, day, hour):
        start = day.replace(hour=hour)
        for due in (days_before(start, 2, zone=NEW_YORK), hours_before(start, 2, zone=NEW_YORK)):
            assert 8 <= due.astimezone(NEW_YORK).hour < 21
            assert due < start


@pytest.mark.django_db
class TestOnce:
    @pytest.fixture
    def desk(self, django_user_model):
        return Desk(django_user_model)

    @pytest.fixture
    def visit(self, desk):
        return desk.confirm(desk.request(), start=VISIT_AT)

    def reminders(self):
        return OutgoingMessage.objects.filter(kind="reminder")

    def test_each_when_its_time_has_come(self, visit):
        asked = {}
        moment = MONDAY_NOON
        while moment < VISIT_AT:
            if ask_for_reminders(now=moment):
                asked[self.reminders().latest("pk").key.rpartition(":")[2]] = VISIT_AT - moment
            moment += HOUR / 2
        assert asked == {"days": 2 * DAY, "hours": HOUR}

    def test_running_twice_or_with_a_clock_that_jumps_asks_once(self, visit):
        for now in (VISIT_AT - DAY, VISIT_AT - DAY, VISIT_AT - DAY - HOUR, VISIT_AT - 2 * DAY, VISIT_AT - DAY):
            ask_for_reminders(now=now)
        assert self.reminders().count() == 1

    def test_after_a_pause_only_the_newest_leaves(self, visit):
        assert ask_for_reminders(now=VISIT_AT - HOUR * 3 / 4) == 1
        assert self.reminders().get().key.endswith(":hours")

    def test_a_worker_that_comes_back_at_night_waits_for_the_morning(self, visit):
        assert ask_for_reminders(now=VISIT_AT - DAY - 6 * HOUR) == 0
        assert ask_for_reminders(now=VISIT_AT - DAY - HOUR) == 1

    def test_too_late_is_too_late(self, visit):
        assert ask_for_reminders(now=VISIT_AT - HOUR / 2) == 0

    def test_who_has_just_been_told_needs_none(self, desk):
        desk.confirm(desk.request(), start=TOMORROW_9)
        assert ask_for_reminders(now=MONDAY_NOON + HOUR) == 0

    @pytest.mark.parametrize("contact", [{"email": ""}, {"contact_by": "phone"}])
    def test_who_takes_no_mail_gets_none(self, desk, contact):
        desk.confirm(desk.request(**contact), start=VISIT_AT)
        assert ask_for_reminders(now=VISIT_AT - DAY) == 0

    def test_a_kind_of_visit_may_have_none(self, visit):
        AppointmentType.objects.update(remind_days_before=0, remind_hours_before=0)
        assert ask_for_reminders(now=VISIT_AT - DAY) == 0

    @pytest.mark.parametrize("visits", [1, 3])
    def test_it_asks_the_database_a_fixed_number_of_times(self, desk, visits, django_assert_num_queries):
        for n in range(visits):
            desk.confirm(desk.request(), start=VISIT_AT + n * HOUR)
        with django_assert_num_queries(4):
            ask_for_reminders(now=VISIT_AT - 3 * DAY)

    def test_it_says_when_where_and_with_whom(self, visit):
        ask_for_reminders(now=VISIT_AT - DAY)
        mail = render_reminder(self.reminders().get(), VISIT_AT - DAY)
        assert mail.subject == f"Reminder: your visit on Tuesday, December 1 ({visit.request.reference})"
        assert "When: Tuesday, December 1, 9 am (New York time)" in mail.text
        assert "/appointments/mine/" in mail.text

    def test_a_visit_that_moved_is_not_remembered_at_its_old_time(self, desk, visit):
        ask_for_reminders(now=VISIT_AT - DAY)
        desk.move(visit, start=VISIT_AT + 3 * DAY)
        assert isinstance(render_reminder(self.reminders().get(), VISIT_AT - DAY), Skip)
        assert ask_for_reminders(now=VISIT_AT + 2 * DAY) == 1

    def test_a_visit_called_off_is_not_remembered(self, desk, visit):
        ask_for_reminders(now=VISIT_AT - DAY)
        desk.cancel(visit)
        assert isinstance(render_reminder(self.reminders().get(), VISIT_AT - DAY), Skip)
