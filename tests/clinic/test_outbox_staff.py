"""What staff see of the outbox and may do to it, what is thrown away, and what is never written down."""

import datetime
import logging

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core import mail

from clinic import claims, heartbeat, outbox
from clinic.delivery import Outcome, Verdict
from clinic.models import OutgoingMessage
from clinic.outbox import OutgoingMail
from clinic.states import MessageReason, MessageState
from tests.factories import MONDAY_NOON
from tests.messages import letter, make_message, to_one_mailbox

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
CANARY = "canary-4711@home.example"


def fail_to_send(monkeypatch, outcome):
    monkeypatch.setattr(outbox, "send", lambda email, should_stop: outcome)


class TestStaff:
    @pytest.fixture
    def failed(self, letters, monkeypatch):
        letters.render = lambda message, now: {}["name"]
        message = make_message()
        outbox.deliver_due(now=MONDAY_NOON)
        letters.render = letter
        return message

    @pytest.fixture
    def staff(self, db):
        return get_user_model().objects.create_user("dana")

    def test_a_failed_message_can_be_sent_again_even_after_its_time(self, failed, staff):
        later = MONDAY_NOON + 10 * DAY

        assert outbox.requeue(pk=failed.pk, by=staff, now=later) is True
        assert outbox.deliver_due(now=later).sent == 1

        failed.refresh_from_db()
        assert (failed.state, failed.reason, failed.error_class) == ("sent", "", "")
        [entry] = LogEntry.objects.all()
        assert (entry.user, entry.object_id) == (staff, str(failed.pk))

    def test_a_settled_message_stays_closed(self, failed, staff):
        assert outbox.settle(pk=failed.pk, by=staff, now=MONDAY_NOON) is True

        failed.refresh_from_db()
        assert (failed.state, failed.reason) == ("skipped", "settled")
        assert outbox.health(MONDAY_NOON).failed == 0
        assert outbox.requeue(pk=failed.pk, by=staff, now=MONDAY_NOON) is False

    @pytest.mark.parametrize("act", [outbox.requeue, outbox.settle])
    def test_only_failed_messages_can_be_answered(self, letters, staff, act):
        message = make_message()
        assert act(pk=message.pk, by=staff, now=MONDAY_NOON) is False
        outbox.deliver_due(now=MONDAY_NOON)
        assert act(pk=message.pk, by=staff, now=MONDAY_NOON) is False
        message.refresh_from_db()
        assert message.state == MessageState.SENT
        assert not LogEntry.objects.exists()


class TestPurge:
    def test_only_what_was_finished_more_than_ninety_days_ago_goes(self, letters):
        done = {"token": None, "finished_at": MONDAY_NOON}
        for n, state in enumerate(MessageState):
            message = make_message(n)
            if state == MessageState.SENDING:
                claims.claim(message.pk, now=MONDAY_NOON)
            elif state != MessageState.QUEUED:
                OutgoingMessage.objects.filter(pk=message.pk).update(state=state, **done)

        assert outbox.purge_finished(now=MONDAY_NOON + 90 * DAY) == 0
        assert outbox.purge_finished(now=MONDAY_NOON + 90 * DAY + MINUTE) == 3
        assert set(OutgoingMessage.objects.values_list("state", flat=True)) == {"queued", "sending"}


class TestHealth:
    def test_all_is_well(self, letters, settings, django_assert_num_queries):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        heartbeat.beat("worker", now=MONDAY_NOON - MINUTE)
        make_message(due_at=MONDAY_NOON + HOUR)

        with django_assert_num_queries(2):
            health = outbox.health(MONDAY_NOON)

        assert health == outbox.Health(None, 0, True, MINUTE)
        assert not health.is_overdue

    def test_tries_do_not_make_a_message_younger(self, letters, monkeypatch):
        fail_to_send(monkeypatch, Outcome(Verdict.LATER, MessageReason.PUT_OFF, "SMTPSenderRefused", 451))
        make_message()
        for minutes in range(17):
            outbox.deliver_due(now=MONDAY_NOON + minutes * MINUTE)

        assert outbox.health(MONDAY_NOON + 15 * MINUTE).is_overdue is False
        assert outbox.health(MONDAY_NOON + 16 * MINUTE).oldest_due_age == 16 * MINUTE
        assert outbox.health(MONDAY_NOON + 16 * MINUTE).is_overdue is True

    def test_what_waits_for_its_turn_at_a_mailbox_is_not_late(self, letters):
        letters.render = to_one_mailbox
        for n in range(4):
            make_message(n)
        outbox.deliver_due(now=MONDAY_NOON)

        assert outbox.health(MONDAY_NOON + 30 * MINUTE).oldest_due_age is None

    def test_failures_a_silent_worker_and_mail_that_stays_here_are_told(self, letters):
        letters.render = lambda message, now: {}["name"]
        make_message()
        outbox.deliver_due(now=MONDAY_NOON)

        assert outbox.health(MONDAY_NOON) == outbox.Health(None, 1, False, None)


class TestSecrets:
    """Neither a log nor the table may hold an address or a text."""

    @pytest.mark.parametrize("where", ["render", "address", "follow_up", "send"])
    def test_no_error_text_reaches_the_log_or_the_row(self, letters, caplog, monkeypatch, where):
        caplog.set_level(logging.DEBUG)

        def raise_canary(*args, **kwargs):
            raise ValueError(f"cannot write to {CANARY}")

        if where == "render":
            letters.render = raise_canary
        elif where == "address":
            letters.render = lambda message, now: OutgoingMail(to=f"{CANARY}, {CANARY}", subject=CANARY, text=CANARY)
        elif where == "follow_up":
            letters.follow_up = raise_canary
        else:
            monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", raise_canary)
        make_message()
        outbox.deliver_due(now=MONDAY_NOON)

        said = "".join(
            f"{record.getMessage()}{record.args}{record.exc_text}{record.exc_info}" for record in caplog.records
        )
        [row] = OutgoingMessage.objects.values()
        assert "message" in said
        assert "canary" not in said
        assert "canary" not in str(row)

    def test_the_row_keeps_no_address_after_a_success(self, letters):
        letters.render = lambda message, now: OutgoingMail(to=CANARY, subject=CANARY, text=CANARY)
        make_message()
        outbox.deliver_due(now=MONDAY_NOON)

        assert len(mail.outbox) == 1
        assert "canary" not in str(OutgoingMessage.objects.values())
