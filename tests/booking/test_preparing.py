"""What to bring and how to get there: once, at its time, from the live page; and the mail about a visit that moved."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import vobject

from booking.actions import by_link
from booking.actions.preparing import ask_for_preparations
from booking.actions.reminding import ask_for_reminders
from booking.messages.preparation import render_preparation, short_lists
from booking.messages.visits import render_confirmed, render_moved
from booking.models import Appointment, AppointmentType
from clinic.mail import Skip
from clinic.models import OutgoingMessage
from clinic.outbox import deliver_due
from content.models import Section
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk
from tests.content.factories import make_condition, make_visit_page
from tests.factories import MONDAY_NOON, make_hours

pytestmark = pytest.mark.django_db
DAY, MINUTE = datetime.timedelta(days=1), datetime.timedelta(minutes=1)
VISIT_AT = TOMORROW_9 + 14 * DAY
DUE = VISIT_AT - 3 * DAY
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


@pytest.fixture
def visit(desk):
    return desk.confirm(desk.request(), start=VISIT_AT)


def asked():
    return OutgoingMessage.objects.filter(kind="preparation")


class TestWhen:
    def test_once_when_its_time_has_come_and_before_the_reminder(self, visit):
        moments, moment = [], DUE - DAY
        while moment < VISIT_AT:
            if ask_for_preparations(now=moment):
                moments.append(moment)
                assert ask_for_preparations(now=moment) == 0, "twice at once"
            moment += HOUR
        assert moments == [DUE]
        assert asked().get().not_after == VISIT_AT - 2 * DAY

    @pytest.mark.parametrize("start", [(2026, 12, 9, 7), (2026, 12, 9, 22), (2027, 3, 15, 9), (2027, 3, 16, 7, 30)])
    def test_never_at_night_also_when_the_clocks_change(self, desk, start):
        start = datetime.datetime(*start, tzinfo=NEW_YORK)
        desk.confirm(desk.request(), start=start)
        moment = start - 3 * DAY - 2 * HOUR
        while not ask_for_preparations(now=moment):
            moment += 10 * MINUTE
        assert 8 <= moment.astimezone(NEW_YORK).hour < 21
        assert datetime.timedelta(days=2) < start - moment <= datetime.timedelta(days=3, hours=2)

    def test_a_worker_that_was_away_catches_up_once_until_the_reminder_says_it(self, visit):
        assert ask_for_preparations(now=VISIT_AT - 2 * DAY) == 0
        assert ask_for_preparations(now=VISIT_AT - 2 * DAY - MINUTE) == 1
        assert ask_for_reminders(now=VISIT_AT - 2 * DAY) == 1

    def test_not_to_somebody_who_has_just_been_told(self, desk):
        desk.confirm(desk.request(), start=VISIT_AT, now=DUE - 11 * HOUR)
        assert ask_for_preparations(now=DUE) == 0
        visit = desk.confirm(desk.request(), start=VISIT_AT + HOUR)
        desk.move(visit, start=VISIT_AT + 2 * HOUR, now=DUE - 8 * HOUR)
        assert ask_for_preparations(now=DUE + 2 * HOUR) == 0

    def test_after_a_move_once_for_the_new_time(self, desk, visit):
        ask_for_preparations(now=DUE)
        desk.move(visit, start=VISIT_AT + 7 * DAY)
        assert isinstance(render_preparation(asked().get(), DUE), Skip)
        assert sum(ask_for_preparations(now=DUE + 7 * DAY + n * HOUR) for n in range(5)) == 1

    def test_none_where_there_is_nothing_to_say_or_nobody_to_write_to(self, desk, visit):
        desk.confirm(desk.request(contact_by="phone"), start=VISIT_AT + HOUR)
        desk.cancel(desk.confirm(desk.request(), start=VISIT_AT + 2 * HOUR))
        assert ask_for_preparations(now=DUE + 3 * HOUR) == 1
        OutgoingMessage.objects.filter(kind="preparation").delete()
        AppointmentType.objects.update(prepare_days_before=0)
        assert ask_for_preparations(now=DUE + 3 * HOUR) == 0

    @pytest.mark.parametrize("visits", [1, 3])
    def test_it_asks_the_database_a_fixed_number_of_times(self, desk, visits, django_assert_num_queries):
        for n in range(visits):
            desk.confirm(desk.request(), start=VISIT_AT + n * HOUR)
        with django_assert_num_queries(4):
            ask_for_preparations(now=VISIT_AT - 4 * DAY)


class TestWhatItSays:
    BODY = (
        "<p>Hello.</p><ul><li>a photo ID</li><li>glasses &amp; <strong>shoes</strong></li>"
        "<li>scans of your back</li><li>your Zanzibar report</li><li>call [clinic phone]</li></ul>"
    )

    def test_the_lines_of_the_live_page_without_those_that_tell(self, desk, visit):
        make_condition(published=True, slug="zanzibar", title="Zanzibar")
        page = make_visit_page(self.BODY, heading="What to bring")
        desk.location.directions, desk.location.parking = "Bus 12 stops at the door.", "Park behind the house."
        desk.location.save()
        Section.objects.filter(page=page).update(body="<ul><li>a draft that nobody may read</li></ul>")
        assert short_lists() == [("What to bring", ["a photo ID", "glasses & shoes"])]
        ask_for_preparations(now=DUE)
        mail = render_preparation(asked().get(), DUE)
        assert mail.subject == f"What to bring: your visit on Tuesday, December 8 ({visit.request.reference})"
        assert "What to bring\n- a photo ID\n- glasses & shoes\n" in mail.text
        assert "<li>glasses &amp; shoes</li>" in mail.html
        assert "Bus 12 stops at the door.\nPark behind the house." in mail.text
        assert f"https://clinic.example/locations/#{desk.location.slug}" in mail.text
        assert mail.attachments == ()

    @pytest.mark.parametrize("body", ["<p>No list.</p>", "<ul><li>scans of your spine</li></ul>"])
    def test_without_a_list_it_says_the_usual(self, visit, body):
        make_visit_page(body)
        ask_for_preparations(now=DUE)
        assert "A photo ID, your insurance card if you have one" in render_preparation(asked().get(), DUE).text

    def test_a_heading_that_tells_takes_its_list_along(self, desk):
        make_visit_page("<ul><li>a towel</li></ul>", heading="For your neck")
        assert short_lists() == []


class TestMoved:
    def moved(self):
        return OutgoingMessage.objects.filter(kind="moved").latest("pk")

    def test_it_says_both_times_and_moves_the_calendar(self, desk):
        visit = desk.confirm(desk.request())
        first = render_confirmed(OutgoingMessage.objects.get(kind="confirmed"), MONDAY_NOON)
        deliver_due(now=MONDAY_NOON)
        desk.move(visit)
        mail = render_moved(self.moved(), MONDAY_NOON)
        assert mail.subject == f"New time: your visit on Tuesday, November 24 ({visit.request.reference})"
        assert "New time: Tuesday, November 24, 10 am (New York time)" in mail.text
        assert "Old time: 9 am on Tuesday, November 24 (New York time). Please do not come then." in mail.text
        was, now = (vobject.readOne(one.attachments[0][1]).vevent for one in (first, mail))
        assert (was.uid.value, now.dtstart.value) == (now.uid.value, TOMORROW_9 + HOUR)
        assert int(now.sequence.value) > int(was.sequence.value)
        assert "method=REQUEST" in mail.attachments[0][2]

    def test_the_old_time_is_the_one_that_they_know(self, desk, visit):
        """Moved twice before a mail left, they never had the time in the middle; back again, they have nothing new."""
        deliver_due(now=MONDAY_NOON)
        desk.move(visit, start=VISIT_AT + HOUR)
        middle = self.moved()
        desk.move(visit, start=VISIT_AT + 2 * HOUR)
        assert isinstance(render_moved(middle, MONDAY_NOON), Skip)
        assert "Old time: 9 am" in render_moved(self.moved(), MONDAY_NOON).text
        deliver_due(now=MONDAY_NOON)
        desk.move(visit, start=VISIT_AT + 3 * HOUR)
        assert "Old time: 11 am" in render_moved(self.moved(), MONDAY_NOON).text
        desk.move(visit, start=VISIT_AT + 2 * HOUR)
        assert "Old time" not in render_moved(self.moved(), MONDAY_NOON).text

    def test_a_move_by_the_patient_is_known(self, desk, visit):
        make_hours(desk.practitioner, desk.location, datetime.time(9), datetime.time(18))
        where = {"practitioner": desk.practitioner, "location": desk.location}
        by_link.move_visit(
            request_id=visit.request_id,
            appointment_id=visit.pk,
            version=visit.version,
            start=VISIT_AT + HOUR,
            now=MONDAY_NOON,
            **where,
        )
        assert "Old time: 9 am" in render_moved(self.moved(), MONDAY_NOON).text
        desk.move(Appointment.objects.get(), start=VISIT_AT + 2 * HOUR)
        assert "Old time: 10 am" in render_moved(self.moved(), MONDAY_NOON).text

    def test_the_confirmation_before_it_no_longer_leaves(self, desk, visit):
        desk.move(visit, start=VISIT_AT + HOUR)
        assert isinstance(render_confirmed(OutgoingMessage.objects.get(kind="confirmed"), MONDAY_NOON), Skip)
        deliver_due(now=MONDAY_NOON + MINUTE)
        visit.request.refresh_from_db()
        assert visit.request.told_how == "email"
