import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import outbox
from clinic.models import OutgoingMessage
from clinic.states import MessageState
from tests.factories import MONDAY_NOON, make_clinic
from tests.messages import make_message

LIST = reverse("admin:clinic_outgoingmessage_changelist")
# Session, user, permissions, the desk's banners, and four for the list and its filters.
QUERIES = 13


@pytest.fixture
def messages(db):
    """One failed, one waiting."""
    make_clinic()
    failed, waiting = make_message(1), make_message(2)
    OutgoingMessage.objects.filter(pk=failed.pk).update(
        state=MessageState.FAILED, finished_at=MONDAY_NOON, reason="refused", smtp_code=550
    )
    return failed, waiting


def staff(client, *permissions):
    user = get_user_model().objects.create_user("dana", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def answer(client, action, messages, method="post"):
    data = {"action": action, "_selected_action": [message.pk for message in messages]}
    return getattr(client, method)(LIST, data, follow=True)


def test_the_list_tells_what_failed_and_why(client, messages):
    page = staff(client, "view_outgoingmessage").get(LIST, {"state__exact": "failed"})

    assert "letter:1" in page.text
    assert "the mail server refused it for good" in page.text
    assert "letter:2" not in page.text


def test_a_message_can_be_read_and_nothing_else(client, messages):
    client = staff(
        client, "view_outgoingmessage", "change_outgoingmessage", "add_outgoingmessage", "delete_outgoingmessage"
    )
    pk = messages[0].pk

    assert client.get(reverse("admin:clinic_outgoingmessage_change", args=[pk])).status_code == 200
    assert client.post(reverse("admin:clinic_outgoingmessage_change", args=[pk]), {"state": "sent"}).status_code == 403
    assert client.get(reverse("admin:clinic_outgoingmessage_add")).status_code == 403
    assert client.post(reverse("admin:clinic_outgoingmessage_delete", args=[pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("action", "state", "reason"), [("send_again", "queued", ""), ("settle", "skipped", "settled")]
)
def test_only_failed_messages_are_answered(client, messages, action, state, reason):
    failed, waiting = messages

    page = answer(staff(client, "view_outgoingmessage", "requeue_outgoingmessage"), action, messages)

    failed.refresh_from_db()
    waiting.refresh_from_db()
    assert (failed.state, failed.reason) == (state, reason)
    assert (waiting.state, waiting.attempts, waiting.due_at) == ("queued", 0, MONDAY_NOON)
    assert "1 message changed." in page.text
    assert "The others stay." in page.text


def test_reading_is_not_enough_to_answer(client, messages):
    answer(staff(client, "view_outgoingmessage"), "send_again", messages)

    messages[0].refresh_from_db()
    assert messages[0].state == "failed"


def test_a_link_cannot_answer(client, messages):
    answer(staff(client, "view_outgoingmessage", "requeue_outgoingmessage"), "send_again", messages, method="get")

    messages[0].refresh_from_db()
    assert messages[0].state == "failed"


def test_the_list_takes_the_same_queries_for_one_and_three(client, messages):
    OutgoingMessage.objects.filter(pk=messages[1].pk).delete()
    client = staff(client, "view_outgoingmessage", "requeue_outgoingmessage")
    counts = []
    for more in ([], [2, 3]):
        for n in more:
            make_message(n)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))

    assert counts == [QUERIES, QUERIES]


def test_health_counts_it(messages):
    assert outbox.health(MONDAY_NOON).failed == 1
