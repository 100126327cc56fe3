import datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import queue
from booking.actions import answering
from booking.models import AppointmentRequest
from clinic.models import OutgoingMessage
from clinic.site import load_site
from clinic.states import MessageState
from tests.booking.staff_at_work import SAFETY, TOMORROW_9, Desk
from tests.factories import MONDAY_NOON, make_practitioner

HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk(User)


def load(now=MONDAY_NOON):
    site = load_site(now=now)
    return queue.load_desk(now=now, opening=site.opening, zone=site.clinic.zone)


def headline(now=MONDAY_NOON):
    site = load_site(now=now)
    return queue.headline(now=now, opening=site.opening, zone=site.clinic.zone)


def references(rows):
    return [row.request.reference for row in rows]


def mail_of(kind, record, **fields):
    OutgoingMessage.objects.filter(kind=kind, record_id=record.pk).update(**fields)


def test_safety_calls_stand_apart_and_the_oldest_promise_comes_first(desk):
    desk.request(reference="R-LATER", reply_by=MONDAY_NOON + 3 * HOUR)
    desk.request(reference="R-FIRST", reply_by=MONDAY_NOON + HOUR)
    desk.request(reference="R-CALL2", reply_by=MONDAY_NOON + 30 * MINUTE, **SAFETY)
    desk.request(reference="R-CALL1", reply_by=MONDAY_NOON - 5 * MINUTE, **SAFETY)
    waits = load()
    assert references(waits.safety_calls) == ["R-CALL1", "R-CALL2"]
    assert references(waits.waiting) == ["R-FIRST", "R-LATER"]
    assert waits.safety_calls[0].promise.words == "overdue by 5 min"


def test_what_was_answered_waits_no_more(desk):
    asked = desk.request()
    desk.press(answering.decline, asked, reason="not_our_field")
    assert load().waiting == []


def test_lists_do_not_even_load_what_they_must_not_show(desk):
    desk.request(note="a secret note", access_needs="a ramp", insurance="PPO", is_new_patient=True)
    (row,) = load().waiting
    unread = {"note", "access_needs", "insurance", "condition_id", "recent_surgery", "network_key", "mailbox_key"}
    assert unread <= row.request.get_deferred_fields()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_reads_in_a_fixed_number_of_queries(desk, rows):
    for n in range(rows):
        desk.request(reference=f"R-{n}")
        desk.request(reference=f"S-{n}", **SAFETY)
        told = desk.request(reference=f"T-{n}", email="")
        desk.confirm(told, start=MONDAY_NOON + (n + 1) * HOUR)
        failed = desk.request(reference=f"F-{n}")
        desk.press(answering.decline, failed, reason="duplicate")
        mail_of("declined", failed, state=MessageState.FAILED, reason="refused", finished_at=MONDAY_NOON)
    site = load_site(now=MONDAY_NOON)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        waits = queue.load_desk(now=MONDAY_NOON, opening=site.opening, zone=site.clinic.zone)
        assert len(waits.waiting) == len(waits.safety_calls) == len(waits.failures) == rows
        assert len(waits.untold) == 2 * rows
        assert sum(len(column.visits) for column in waits.today) == rows
        for row in waits.waiting + waits.safety_calls:
            list(row.request.windows.all())
    # Two lists with their windows, one of them with kept times, the untold with visits and mails, those that ended,
    # today, failures and whom they are about.
    assert len(queries) == 12


class TestNotTold:
    """Confirmed is not told. Out of the list lead a mail that left, a phone call, or three tries: nothing else."""

    def test_without_an_address_at_once(self, desk):
        asked = desk.request(email="")
        visit = desk.confirm(asked)
        (row,) = load().untold
        assert (row.request, row.visit, row.why) == (asked, visit, "No e-mail address given")

    def test_whoever_asked_for_calls_gets_no_mail(self, desk):
        desk.confirm(desk.request(contact_by="phone"))
        assert [row.why for row in load().untold] == ["Asked us to call, not to write"]

    def test_a_mail_on_its_way_is_only_counted_until_it_takes_too_long(self, desk):
        desk.confirm(desk.request())
        waits = load(MONDAY_NOON + 14 * MINUTE)
        assert (waits.untold, waits.mails_on_their_way) == ([], 1)
        waits = load(MONDAY_NOON + 15 * MINUTE)
        assert [row.why for row in waits.untold] == ["The e-mail has not left yet"]
        assert waits.mails_on_their_way == 0

    def test_a_mail_that_failed_says_why_and_when(self, desk):
        asked = desk.request()
        visit = desk.confirm(asked)
        mail_of("confirmed", visit, state=MessageState.FAILED, reason="refused", finished_at=MONDAY_NOON + MINUTE)
        (row,) = load(MONDAY_NOON + 2 * MINUTE).untold
        assert row.why == "The e-mail failed: the mail server refused it for good"
        assert row.failed_at == MONDAY_NOON + MINUTE

    def test_told_by_phone_leaves_the_list(self, desk):
        asked = desk.request(email="")
        desk.confirm(asked)
        asked.refresh_from_db()
        desk.press(answering.mark_told, asked, how="phone")
        assert load().untold == []

    def test_two_tries_do_not_three_do(self, desk):
        asked = desk.request(email="")
        desk.confirm(asked)
        desk.try_to_reach(asked, 3)
        assert len(load().untold) == 1
        asked.refresh_from_db()
        desk.press(answering.mark_told, asked, how="attempts")
        assert load().untold == []

    def test_a_decline_must_be_told_too(self, desk):
        asked = desk.request(email="")
        desk.press(answering.decline, asked, reason="no_time_soon")
        (row,) = load().untold
        assert (row.request, row.visit) == (asked, None)

    def test_a_visit_called_off_puts_them_back(self, desk):
        asked = desk.request(email="")
        visit = desk.confirm(asked)
        asked.refresh_from_db()
        desk.press(answering.mark_told, asked, how="phone")
        desk.cancel(visit)
        assert [row.visit.state for row in load().untold] == ["cancelled"]

    def test_whoever_called_it_off_knows(self, desk):
        asked = desk.request(email="")
        desk.cancel(desk.confirm(asked), patient_knows=True)
        assert load().untold == []

    def test_who_withdrew_or_was_called_knows(self, desk):
        desk.press(answering.withdraw, desk.request(email=""))
        desk.press(answering.close_call, desk.request(email="", kind="call"))
        assert load().untold == []

    def test_who_has_waited_longest_comes_first(self, desk):
        for name, minutes in (("R-SECND", 2), ("R-FIRST", 1), ("R-THIRD", 3)):
            desk.press(
                answering.decline,
                desk.request(reference=name, email=""),
                reason="duplicate",
                now=MONDAY_NOON + minutes * MINUTE,
            )
        assert references(load(MONDAY_NOON + HOUR).untold) == ["R-FIRST", "R-SECND", "R-THIRD"]


def test_today_is_the_clinics_day_by_clinician_without_what_was_called_off(desk):
    other = make_practitioner(name="Another Clinician", order=1, locations=[desk.location])
    # 11:30 pm and half past midnight in New York are two dates in UTC, and two days in the clinic too.
    late = MONDAY_NOON.replace(hour=4, minute=30) + DAY
    desk.confirm(desk.request(patient_name="Late"), start=late)
    desk.confirm(desk.request(patient_name="Noon"), start=MONDAY_NOON + HOUR)
    desk.confirm(desk.request(patient_name="Other"), start=MONDAY_NOON + HOUR, practitioner=other)
    desk.confirm(desk.request(patient_name="Tomorrow"), start=late + HOUR)
    desk.cancel(desk.confirm(desk.request(patient_name="Off"), start=MONDAY_NOON + 3 * HOUR))
    columns = {
        column.practitioner.name: [visit.request.patient_name for visit in column.visits] for column in load().today
    }
    assert columns == {desk.practitioner.name: ["Noon", "Late"], "Another Clinician": ["Other"]}


def test_failures_of_a_week_with_the_request_they_are_about(desk):
    asked, old = desk.request(reference="R-ABOUT"), desk.request()
    visit = desk.confirm(asked, start=TOMORROW_9)
    mail_of("confirmed", visit, state=MessageState.FAILED, reason="refused", finished_at=MONDAY_NOON)
    desk.press(answering.decline, old, reason="duplicate")
    mail_of("declined", old, state=MessageState.FAILED, reason="refused", finished_at=MONDAY_NOON - 8 * DAY)
    (failure,) = load().failures
    assert (failure.request_id, failure.reference) == (asked.pk, "R-ABOUT")
    assert (failure.what, failure.why) == ("your visit is booked", "the mail server refused it for good")


class TestHeadline:
    def test_nobody(self, desk):
        assert headline().text == "Nobody waits for an answer."

    def test_the_oldest_in_opening_time(self, desk):
        desk.request(received_at=MONDAY_NOON - 3 * HOUR, reply_by=MONDAY_NOON + HOUR)
        desk.request(received_at=MONDAY_NOON - HOUR, reply_by=MONDAY_NOON + 3 * HOUR)
        assert headline().text == "Oldest unanswered 3 h"
        assert not headline().is_late

    def test_the_night_does_not_count(self, desk):
        desk.request(received_at=MONDAY_NOON - 3 * DAY)
        assert headline().text == "Oldest unanswered 10 h 30 min"

    def test_safety_calls_come_first(self, desk):
        desk.request(received_at=MONDAY_NOON, reply_by=MONDAY_NOON + 30 * MINUTE, **SAFETY)
        assert headline(MONDAY_NOON + 10 * MINUTE).text == "1 safety call waits. Oldest unanswered 10 min"
        assert headline(MONDAY_NOON + HOUR).is_late

    def test_it_is_one_query(self, desk, django_assert_num_queries):
        desk.request()
        site = load_site(now=MONDAY_NOON)
        with django_assert_num_queries(1):
            queue.headline(now=MONDAY_NOON, opening=site.opening, zone=site.clinic.zone)


def test_more_than_can_be_shown_is_counted(desk, monkeypatch):
    monkeypatch.setattr(queue, "SHOWN", 2)
    for n in range(3):
        desk.request(reference=f"R-{n}")
    assert len(load().waiting) == 2
    assert headline().waiting == AppointmentRequest.objects.count() == 3
