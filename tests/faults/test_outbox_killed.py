"""Workers killed without warning, at the worst moments."""

from collections import Counter
from itertools import cycle, islice

import pytest
from django.db import connection

from clinic.models import OutgoingMessage
from clinic.states import MessageState
from tests.factories import MONDAY_NOON, make_clinic
from tests.mail_server import mail_server
from tests.messages import make_message
from tests.outbox_workers import run_workers

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def sleep_through_the_lease(what):
    """Copies of each message that arrived."""
    make_clinic()
    for n in range(3):
        make_message(n)
    with mail_server() as server:
        run_workers(what, MONDAY_NOON.isoformat(), database=connection, port=server.port)
    assert not OutgoingMessage.objects.exclude(state=MessageState.SENT).exists()
    return sorted(Counter(mail["Message-ID"] for mail in server.accepted).values())


def test_a_worker_that_wakes_after_its_lease_sends_nothing_again():
    assert sleep_through_the_lease("sleep") == [1, 1, 1]


def test_without_the_look_at_its_token_it_would():
    """Negative control."""
    assert sleep_through_the_lease("sleep-unguarded") == [1, 1, 2]


def kill_workers(points, *, messages):
    """Copies of each message that arrived, after one worker was killed at each of the points."""
    make_clinic()
    wanted = {make_message(n).message_id for n in range(messages)}
    with mail_server() as server:
        run_workers("die", MONDAY_NOON.isoformat(), *points, database=connection, port=server.port)
    copies = Counter(mail["Message-ID"] for mail in server.accepted)
    assert set(copies) == wanted
    assert not OutgoingMessage.objects.exclude(state=MessageState.SENT).exists()
    return copies


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.proof)])
def test_killed_between_the_servers_yes_and_the_mark_costs_one_copy_each_and_loses_nothing(kills):
    copies = kill_workers(["accepted"] * kills, messages=kills + 5)

    assert copies.total() - len(copies) == kills
    assert max(copies.values()) == 2


@pytest.mark.parametrize("kills", [2, pytest.param(60, marks=pytest.mark.proof)])
def test_killed_before_or_after_that_costs_nothing(kills):
    copies = kill_workers(islice(cycle(["claimed", "marked"]), kills), messages=kills + 5)

    assert set(copies.values()) == {1}
