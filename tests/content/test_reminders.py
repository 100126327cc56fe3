"""Whoever looks after a page, and every clinical reviewer, hears in time: one mail a day at most, and none too late."""

import datetime

import pytest
from django.conf import settings
from django.core import mail

from clinic.models import OutgoingMessage
from clinic.outbox import deliver_due
from content.editing.reminders import remind
from content.models import Page
from content.publishing import unpublish
from njspine.worker import Worker
from tests.content.factories import make_due, publish_flags
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = MONDAY_NOON.date()
DAY = datetime.timedelta(days=1)
MORNING = MONDAY_NOON.replace(hour=12)  # 7 am in New York


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MORNING, tick=False)
    make_clinic(is_sample=False)
    publish_flags()


@pytest.fixture
def eddy():
    return make_editor(email="eddy@clinic.example")


@pytest.fixture
def rae():
    return make_reviewer(email="rae@clinic.example")


def mails(now=MORNING):
    """{address: text} of what leaves at `now`, after the day's round."""
    mail.outbox.clear()
    remind(now=now)
    deliver_due(now=now)
    return {letter.to[0]: letter for letter in mail.outbox}


class TestWho:
    def test_who_looks_after_it_and_every_reviewer(self, eddy, rae):
        make_due(0, owner=eddy, title="Heat")
        assert set(mails()) == {"eddy@clinic.example", "rae@clinic.example"}

    def test_an_owner_hears_of_their_own_pages_only(self, eddy, rae):
        make_due(0, owner=eddy, title="Heat")
        make_due(0, title="Massage")
        told = mails()
        assert "Massage" not in told["eddy@clinic.example"].body
        assert "Massage" in told["rae@clinic.example"].body
        assert "Heat" in told["rae@clinic.example"].body

    def test_somebody_who_left_is_not_written_to_and_the_others_are(self, rae):
        gone = make_editor("gone", email="gone@clinic.example", is_active=False)
        make_due(0, owner=gone)
        assert set(mails()) == {"rae@clinic.example"}

    def test_without_reviewers_the_publishers_hear(self):
        make_publisher(email="pip@clinic.example")
        make_front_desk(email="sky@clinic.example")
        make_due(0)
        assert set(mails()) == {"pip@clinic.example"}

    def test_nobody_to_write_to_is_no_error(self):
        make_reviewer(email="")
        make_due(0)
        assert mails() == {}

    def test_one_who_leaves_before_the_mail_does(self, eddy):
        make_due(0, owner=eddy)
        remind(now=MORNING)
        eddy.is_active = False
        eddy.save()
        mail.outbox.clear()
        deliver_due(now=MORNING)
        assert mail.outbox == []
        assert OutgoingMessage.objects.get().reason == "nobody to write to"


class TestWhen:
    @pytest.mark.parametrize(("days", "told"), [(31, 0), (30, 1), (29, 0), (1, 0), (0, 1), (-1, 0), (-30, 1), (-31, 0)])
    def test_thirty_days_before_on_the_day_and_thirty_after(self, rae, days, told):
        remind(now=MORNING - DAY)
        make_due(days)
        assert len(mails()) == told

    def test_one_mail_a_day_however_many_pages_and_rounds(self, rae):
        for days in (30, 0, -30):
            make_due(days)
        assert len(mails()) == 1
        for minutes in (0, 10, 600):
            assert mails(MORNING + datetime.timedelta(minutes=minutes)) == {}
        assert OutgoingMessage.objects.count() == 1

    def test_a_page_a_whole_year_long(self, rae):
        make_due(60)
        days = [number for number in range(400) if mails(MORNING + number * DAY)]
        assert days == [30, 60, 90]

    def test_a_worker_that_was_stopped_for_months_sends_one_mail(self, rae):
        make_due(31, title="Heat")
        make_due(40, title="Massage")
        remind(now=MORNING)
        told = mails(MORNING + 100 * DAY)
        assert list(told) == ["rae@clinic.example"]
        assert "Heat: 69 days overdue" in told["rae@clinic.example"].body
        assert "Massage: 60 days overdue" in told["rae@clinic.example"].body
        assert mails(MORNING + 101 * DAY) == {}

    def test_the_very_first_round_tells_what_is_overdue_already(self, rae):
        make_due(-200)
        assert len(mails()) == 1

    def test_not_before_seven_in_the_clinic_s_morning(self, rae):
        make_due(0)
        assert mails(MORNING - datetime.timedelta(minutes=1)) == {}
        assert len(mails(MORNING)) == 1

    @pytest.mark.parametrize("change", [datetime.date(2027, 3, 14), datetime.date(2027, 11, 7)])
    def test_once_a_day_when_the_clocks_change(self, rae, change):
        days = (change - TODAY).days
        start = datetime.datetime.combine(change - DAY, datetime.time(0), datetime.UTC)
        remind(now=start)
        make_due(days, title="Heat")
        sent = [hours for hours in range(72) if mails(start + datetime.timedelta(hours=hours))]
        assert len(sent) == 1

    def test_two_workers_at_once_send_one(self, rae, monkeypatch):
        make_due(0)
        monkeypatch.setattr("clinic.heartbeat.silent_for", lambda name, *, now: None)
        assert remind(now=MORNING) == remind(now=MORNING) == 1
        assert OutgoingMessage.objects.count() == 1


class TestTheMail:
    def test_it_names_pages_links_to_the_admin_and_has_a_neutral_subject(self, rae):
        page = make_due(0, title="Pain & <i>heat</i>")
        make_due(-30, title="Massage")
        letter = mails()["rae@clinic.example"]
        html = letter.alternatives[0][0]
        assert letter.subject == "Pages due for a check"
        assert f"{settings.SITE_URL}/admin/content/treatment/{page.pk}/change/" in letter.body
        assert "Pain & <i>heat</i>" in letter.body
        assert "Pain &amp; &lt;i&gt;heat&lt;/i&gt;" in html
        assert "30 days overdue" in html
        assert "/admin/content/board/" in html
        assert "Nothing changes by itself." in letter.body

    def test_what_was_settled_meanwhile_is_not_told(self, rae):
        page = make_due(0)
        remind(now=MORNING)
        unpublish(page=page, by=None, why="", now=MORNING)
        mail.outbox.clear()
        deliver_due(now=MORNING)
        assert mail.outbox == []
        assert OutgoingMessage.objects.get().reason == "nothing is due any more"

    def test_nothing_unpublishes_itself(self, rae):
        page = make_due(-1000)
        mails()
        assert Page.objects.published().filter(pk=page.pk).exists()


def test_the_worker_does_it(rae):
    make_due(0)
    job = next(job for job in Worker().jobs if job.name == "pages due")
    assert job.run(MORNING) == ("1 people reminded", 600.0)
    assert job.run(MORNING) == ("", 600.0)
    assert OutgoingMessage.objects.get().key == f"pages_due:{rae.pk}:{TODAY}"
