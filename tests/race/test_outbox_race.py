"""Two workers on the same messages."""

from collections import Counter

import pytest
from django.db import connection

from clinic.models import OutgoingMessage
from clinic.states import MessageState
from tests.factories import MONDAY_NOON, make_clinic
from tests.mail_server import mail_server
from tests.messages import make_message
from tests.outbox_workers import run_workers

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def race(what, *, messages):
    """Copies of each message that arrived."""
    make_clinic()
    for n in range(messages):
        make_message(n)
    with mail_server() as server:
        run_workers(what, MONDAY_NOON.isoformat(), database=connection, port=server.port)
    assert not OutgoingMessage.objects.exclude(state=MessageState.SENT).exists()
    return Counter(mail["Message-ID"] for mail in server.accepted)


@pytest.mark.parametrize("messages", [30, pytest.param(500, marks=pytest.mark.proof)])
def test_each_message_is_sent_once(messages):
    copies = race("race", messages=messages)

    assert len(copies) == messages
    assert set(copies.values()) == {1}


def test_two_workers_together_send_one_mailbox_no_more_than_its_share():
    make_clinic()
    for n in range(20):
        make_message(n)
    with mail_server() as server:
        run_workers("race-for-one-mailbox", MONDAY_NOON.isoformat(), database=connection, port=server.port)

    # Both may wait for each other, never both go: what is missing to three leaves an hour later.
    assert 1 <= len(server.accepted) <= 3
    assert set(OutgoingMessage.objects.exclude(state=MessageState.SENT).values_list("reason", flat=True)) == {"limit"}


def test_without_the_conditional_update_they_double():
    """The negative control: if this finds no double, the test above proves nothing."""
    copies = race("race-unguarded", messages=30)

    assert max(copies.values()) > 1
