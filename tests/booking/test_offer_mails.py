"""The mails about times that we offer: which, until when, and what comes after."""

import pytest

from booking import queue
from booking.actions import offering, telling
from booking.messages import offers
from booking.messages.desk import render_by_link
from booking.messages.writing import ANSWERED, CHANGED, OVER, link_to_manage
from clinic.mail import OutgoingMail, Skip
from clinic.models import OutgoingMessage
from tests.booking.staff_at_work import HOUR, TOMORROW_9, Desk
from tests.booking.test_offering import UNTIL, accept, offer
from tests.factories import MONDAY_NOON

pytestmark = pytest.mark.django_db

RENDER = {"offered": offers.render_offered, "offer_over": offers.render_offer_over, "by_link": render_by_link}


@pytest.fixture
def desk(django_user_model):
    return Desk(django_user_model)


@pytest.fixture
def asked(desk):
    return desk.request(reference="R-4K7MX")


def mail(kind, now=MONDAY_NOON):
    """What the newest message of this kind renders to."""
    message = OutgoingMessage.objects.filter(kind=kind).latest("pk")
    return RENDER[kind](message, now)


def test_the_times_with_zone_and_place_and_until_when(desk, asked):
    offer(desk, asked)
    asked.refresh_from_db()
    sent = mail("offered")
    assert sent.subject == "Times to choose from (R-4K7MX)"
    for part in (sent.text, sent.html):
        assert "We keep 3 times for you. Choose one." in part
        for start in (
            "9 am on Tuesday, November 24",
            "10 am on Tuesday, November 24",
            "9 am on Wednesday, November 25",
        ):
            assert f"{start} (New York time)" in part
        assert "7 am on Tuesday, November 24 (New York time)" in part
        assert desk.location.street in part
        assert desk.practitioner.name in part
        assert "Nothing is booked until you choose." in part
        assert link_to_manage(asked) in part
        assert "If anything suddenly gets worse" in part


def test_one_time_reads_as_one(desk, asked):
    offer(desk, asked, [TOMORROW_9])
    assert "We keep a time for you." in mail("offered").text


def test_what_no_longer_holds_is_not_sent(desk, asked):
    visits = offer(desk, asked)
    first = OutgoingMessage.objects.get(kind="offered")
    assert offers.render_offered(first, UNTIL) == Skip(OVER)
    offer(desk, asked, [TOMORROW_9 + 5 * HOUR])
    assert offers.render_offered(first, MONDAY_NOON) == Skip(CHANGED)
    assert isinstance(mail("offered"), OutgoingMail)
    desk.confirm(asked, start=visits[0].start)
    assert mail("offered") == Skip(ANSWERED)


def test_the_mail_leaves_only_while_the_times_are_kept(desk, asked):
    offer(desk, asked)
    assert OutgoingMessage.objects.get(kind="offered").not_after == UNTIL


def test_when_it_is_over_it_says_what_to_do_next(desk, asked):
    offer(desk, asked)
    offering.end_offers(now=UNTIL)
    sent = mail("offer_over", UNTIL)
    for part in (sent.text, sent.html):
        assert "Call us at" in part
        assert "https://clinic.example/appointments/" in part
        assert "your request is closed" in part


def test_taken_back_it_says_that_we_answer_again(desk, asked):
    offer(desk, asked)
    now = MONDAY_NOON + HOUR
    offering.withdraw_offer(request_id=asked.pk, version=asked.version, by=desk.ana, now=now)
    sent = mail("offer_over", now)
    for part in (sent.text, sent.html):
        assert "Please do not come at any of them." in part
        assert "We look for another time and answer by" in part
        assert "closed" not in part
    asked.refresh_from_db()
    offer(desk, asked, now=now)
    assert mail("offer_over", now) == Skip(ANSWERED)


def test_the_desk_gets_a_reference_and_a_link_alone(desk, asked):
    visits = offer(desk, asked)
    accept(asked, visits[0])
    sent = mail("by_link")
    assert "A patient chose one of the times that we offered." in sent.text
    for hidden in (asked.patient_name, "pat@home", "0171"):
        assert hidden not in sent.text


def test_whom_the_end_of_an_offer_has_reached(desk, asked):
    """The mail tells them; until it has left it is on its way. An offer taken back leaves an answer to come."""
    offer(desk, asked)
    asked.refresh_from_db()
    offering.withdraw_offer(request_id=asked.pk, version=asked.version, by=desk.ana, now=MONDAY_NOON)
    telling.offer_over_mail_left(OutgoingMessage.objects.get(kind="offer_over"), MONDAY_NOON)
    asked.refresh_from_db()
    assert asked.told_at is None
    offer(desk, asked)
    offering.end_offers(now=UNTIL)
    message = OutgoingMessage.objects.filter(kind="offer_over").latest("pk")
    assert queue.untold_people(now=message.created_at) == ([], 1)
    (row,) = queue.untold_people(now=message.created_at + HOUR)[0]
    assert (row.was_offered, row.why) == (True, "The e-mail has not left yet")
    telling.offer_over_mail_left(message, UNTIL)
    asked.refresh_from_db()
    assert (asked.told_at, asked.told_how) == (UNTIL, "email")
    assert (queue.untold_people(now=UNTIL + HOUR), queue.recently_ended(now=UNTIL + HOUR)) == (([], 0), [])
