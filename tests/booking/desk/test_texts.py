"""Text messages at the desk: asked of a caller where they are sent, shown on the request, ended by a press."""

import pytest

from booking.models import AppointmentRequest
from clinic import text_messages
from clinic.models import OutgoingMessage
from tests import texts
from tests.booking.desk.test_caller import CALLER, typed
from tests.booking.desk.test_desk_page import text_of
from tests.factories import MONDAY_NOON

NUMBER = "+12015550123"
PRESS = "They want no more texts"


@pytest.mark.parametrize("is_on", [True, False])
def test_a_caller_is_asked_where_they_are_sent(page, desk, settings, is_on):
    if is_on:
        texts.switch_on(settings)
    assert ("They also want reminders by text message" in text_of(page.get(CALLER))) is is_on
    page.post(CALLER, typed(texts_ok="on"))

    assert AppointmentRequest.objects.get().text_agreed_at == (MONDAY_NOON if is_on else None)


def test_a_press_ends_them_for_the_number(page, desk, settings):
    texts.switch_on(settings)
    asked = desk.request(phone=NUMBER, text_agreed_at=MONDAY_NOON)
    address = f"/admin/desk/requests/{asked.pk}/"
    assert "Agreed Mon, Nov 23, noon" in text_of(page.get(address))
    shown = text_of(page.post(f"{address}stop_texts/", follow=True))

    assert text_messages.is_stopped(NUMBER)
    assert "No more text messages go there." in shown
    assert "Ended Mon, Nov 23, noon. Their phone can answer START to get them again." in shown
    assert "wrote down that they want no more text messages." in shown
    assert PRESS not in shown


def test_nothing_is_shown_of_who_never_agreed(page, desk):
    asked = desk.request(phone=NUMBER)
    assert PRESS not in text_of(page.get(f"/admin/desk/requests/{asked.pk}/"))


def test_a_text_that_failed_says_that_it_was_one(page, desk):
    visit = desk.confirm(desk.request(phone=NUMBER, text_agreed_at=MONDAY_NOON))
    OutgoingMessage.objects.create(
        key="text:x",
        kind="reminder",
        channel="text",
        record_id=visit.pk,
        message_id="<x@x>",
        state="failed",
        reason="refused",
        created_at=MONDAY_NOON,
        first_due_at=MONDAY_NOON,
        due_at=MONDAY_NOON,
        not_after=MONDAY_NOON,
        finished_at=MONDAY_NOON,
    )
    shown = text_of(page.get("/admin/desk/"))
    assert "A reminder of a visit text message" in shown
    assert "The text provider refused it for good" in shown
