import ast
from pathlib import Path

import pytest

from booking.actions import answering
from booking.desk.history import SENTENCES, sentences
from booking.models import AppointmentEvent
from tests.booking.staff_at_work import TOMORROW_9
from tests.factories import MONDAY_NOON

ACTIONS = Path(answering.__file__).parent


def recorded_actions():
    """First argument of every events.record() in booking/actions."""
    for path in ACTIONS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record" and node.args:
                yield node.args[0].value


def test_every_action_has_its_sentence():
    assert set(recorded_actions()) == set(SENTENCES)


@pytest.mark.django_db
def test_a_request_reads_as_a_story(desk):
    asked = desk.request(email="")
    answering.claim(request_id=asked.pk, by=desk.ben, now=MONDAY_NOON)
    desk.try_to_reach(asked, result="voicemail")
    visit = desk.confirm(asked)
    asked.refresh_from_db()
    desk.press(answering.mark_told, asked, how="phone")
    desk.cancel(visit)
    told = sentences(AppointmentEvent.objects.filter(request_id=asked.pk))
    assert [sentence.text for sentence in told] == [
        "ben took it on.",
        "ana tried to reach them: left a message: clinic and number only.",
        "ana booked a visit.",
        "They were told by phone.",
        "ana called the visit off.",
    ]
    assert told[2].start == TOMORROW_9


def test_an_action_from_later_code_shows_its_name():
    assert [s.text for s in sentences([AppointmentEvent(at=MONDAY_NOON, action="moved")])] == ["moved"]


def test_details_that_no_code_knows_any_more_break_nothing():
    event = AppointmentEvent(at=MONDAY_NOON, action="declined", user_label="sky", detail={"reason": "gone"})
    assert [s.text for s in sentences([event])] == ["sky declined: ."]
