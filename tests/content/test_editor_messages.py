"""Mails to staff about their own work: neutral subjects, no text of a page, and none to who has left."""

import datetime

import pytest
from django.db import transaction

from clinic.mail import OutgoingMail, Skip
from clinic.models import OutgoingMessage
from clinic.outbox import KINDS
from content.editing import messages
from content.editing.planning import plan_publish, run_due_plans
from content.editing.reviewing import approve, ask_for_check, want_changes, withdraw
from content.models import Page, RedFlag
from content.safety_publishing import propose
from content.safety_publishing import withdraw as withdraw_proposal
from tests.content.factories import make_clinician, make_condition, make_info
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_publisher

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
SECRET = "zqsecretx"


@pytest.fixture(autouse=True)
def clinic():
    return make_clinic()


@pytest.fixture
def page():
    return make_condition(published=True, title="Sciatica", summary=f"{SECRET} text.")


@pytest.fixture
def doctor():
    return make_clinician()


def mail(kind):
    message = OutgoingMessage.objects.get(kind=kind)
    return KINDS[kind].render(message, MONDAY_NOON)


def a_failed_plan(page):
    pip = make_publisher(email="pip@clinic.example")
    Page.objects.update(title="New title")
    plan_publish(page=page, at=MONDAY_NOON + DAY, by=pip, why="Later", now=MONDAY_NOON)
    make_clinic(pages_need_review=True)
    run_due_plans(now=MONDAY_NOON + DAY)


def a_question(page):
    return ask_for_check(page=page, of=None, note=SECRET, by=make_editor(email="eddy@clinic.example"), now=MONDAY_NOON)


def a_proposal():
    RedFlag.objects.filter(key="bladder").update(text=SECRET)
    return propose(by=make_publisher(first_name="Pip"), why=SECRET, now=MONDAY_NOON)


def make_mail(kind, page, doctor):
    if kind == messages.PLAN_FAILED:
        a_failed_plan(page)
    elif kind == messages.SIGNS_PROPOSED:
        a_proposal()
    else:
        asked = a_question(page)
        if kind == messages.CHECK_ANSWERED:
            want_changes(page=page, version=asked.version, by=doctor, note=SECRET, now=MONDAY_NOON)
    return mail(kind)


@pytest.mark.parametrize(
    ("kind", "to", "subject", "link"),
    [
        (messages.PLAN_FAILED, "pip@", "A planned change could not be done", "/admin/content/condition/{pk}/change/"),
        (messages.CHECK_ASKED, "rae@", "A page waits for your check", "/admin/content/condition/{pk}/check/"),
        (messages.CHECK_ANSWERED, "eddy@", "A clinician has checked a page", "/admin/content/condition/{pk}/change/"),
        (messages.SIGNS_PROPOSED, "rae@", "Warning signs wait for a second person", "/admin/content/redflag/proposal/"),
    ],
)
def test_each_says_what_happened_and_where_to_go(page, doctor, kind, to, subject, link):
    made = make_mail(kind, page, doctor)
    assert isinstance(made, OutgoingMail)
    assert made.to == f"{to}clinic.example"
    assert made.subject == subject
    for text in (made.text, made.html):
        assert link.format(pk=page.pk) in text
        assert SECRET not in text


def test_a_yes_and_a_no_are_told_apart(page, doctor):
    asked = a_question(page)
    due = MONDAY_NOON.date() + DAY
    approve(page=page, version=asked.version, by=doctor, next_review=due, now=MONDAY_NOON)
    assert "found it right" in mail(messages.CHECK_ANSWERED).text
    assert "asks for changes" not in mail(messages.CHECK_ANSWERED).text


def test_what_no_longer_waits_is_not_sent(page, doctor):
    a_question(page)
    withdraw(page=page, by=None, now=MONDAY_NOON)
    assert mail(messages.CHECK_ASKED) == Skip(messages.ANSWERED)
    proposal = a_proposal()
    withdraw_proposal(pk=proposal.pk, by=proposal.proposed_by, now=MONDAY_NOON)
    assert mail(messages.SIGNS_PROPOSED) == Skip(messages.ANSWERED)


def test_nobody_who_has_left_or_has_no_address(page, doctor):
    a_failed_plan(page)
    user = Page.objects.get().planned_changes.get().by
    user.email = ""
    user.save()
    assert mail(messages.PLAN_FAILED) == Skip(messages.NO_ADDRESS)
    user.is_active = False
    user.save()
    assert mail(messages.PLAN_FAILED) == Skip(messages.NOT_STAFF)
    user.delete()
    assert mail(messages.PLAN_FAILED) == Skip(messages.NOT_STAFF)


def test_practical_pages_have_their_own_form(doctor):
    page = make_info()
    ask_for_check(page=page, of=None, note="", by=None, now=MONDAY_NOON)
    assert f"/admin/content/infopage/{page.pk}/check/" in mail(messages.CHECK_ASKED).text


def test_one_mail_a_person_however_often_they_are_named(page):
    pip = make_publisher()
    with transaction.atomic():
        messages.tell(messages.PLAN_FAILED, page, [pip, None, pip], now=MONDAY_NOON)
    assert OutgoingMessage.objects.count() == 1
