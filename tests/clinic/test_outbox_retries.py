"""When a message is tried again, given up, or held back because its mailbox got enough."""

import datetime

from django.core import mail

from clinic import claims, outbox
from clinic.channels import CHANNELS
from clinic.delivery import Outcome, Verdict, retry_delay
from clinic.models import OutgoingMessage
from clinic.outbox import OutgoingMail
from clinic.states import MessageReason, MessageState
from tests.factories import MONDAY_NOON, make_clinic
from tests.messages import letter, make_message, to_one_mailbox

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def fail_to_send(monkeypatch, outcome):
    monkeypatch.setattr(outbox, "send", lambda email, should_stop: outcome)


class TestTryingAgain:
    def later(self, **fields):
        return Outcome(
            **{"verdict": Verdict.LATER, "reason": MessageReason.PUT_OFF, "error_class": "SMTPDataError"} | fields
        )

    def test_the_wait_grows_with_every_try_and_never_gives_up_by_count(self, letters, monkeypatch):
        fail_to_send(monkeypatch, self.later(smtp_code=451))
        message = make_message()
        now, waits = MONDAY_NOON, []
        while now < MONDAY_NOON + 2 * DAY:
            assert outbox.deliver_due(now=now).later == 1
            message.refresh_from_db()
            assert (message.state, message.smtp_code) == (MessageState.QUEUED, 451)
            waits.append(message.due_at - now)
            assert outbox.deliver_due(now=message.due_at - datetime.timedelta(seconds=1)).later == 0
            now = message.due_at

        assert waits == [retry_delay(attempts=n, seed=message.message_id) for n in range(1, len(waits) + 1)]
        assert len(waits) > 40

    def test_it_gives_up_after_three_days_and_staff_are_told(self, letters, monkeypatch):
        fail_to_send(monkeypatch, self.later(smtp_code=451))
        message = make_message()
        now = MONDAY_NOON
        while message.state == MessageState.QUEUED:
            outbox.deliver_due(now=now)
            message.refresh_from_db()
            now = message.due_at

        assert message.finished_at == MONDAY_NOON + 3 * DAY
        assert (message.state, message.reason) == ("failed", "gave_up")
        assert (message.error_class, message.smtp_code) == ("SMTPDataError", 451)
        assert letters.followed_up == [("failed", 1, "failed")]

    def test_what_nobody_tried_in_time_is_skipped_and_its_app_is_told(self, letters):
        message = make_message(not_after=MONDAY_NOON + HOUR)

        assert outbox.deliver_due(now=MONDAY_NOON + HOUR).skipped == 1

        message.refresh_from_db()
        assert (message.state, message.reason) == ("skipped", "expired")
        assert mail.outbox == []
        assert letters.followed_up == [("failed", 1, "skipped")]

    def test_a_dead_server_ends_the_round_after_one_message(self, letters, monkeypatch):
        dead = self.later(verdict=Verdict.UNREACHABLE, reason=MessageReason.UNREACHABLE)
        fail_to_send(monkeypatch, dead)
        messages = [make_message(n) for n in (1, 2, 3)]

        done = outbox.deliver_due(now=MONDAY_NOON)

        assert (done.later, done.unreachable) == (1, {"email"})
        for message in messages:
            message.refresh_from_db()
        assert [message.reason for message in messages] == ["unreachable", "", ""]
        # The try said nothing about the message: it is still the first, at once, and its back-off has not begun.
        assert {(message.attempts, message.due_at) for message in messages} == {(0, MONDAY_NOON)}

    def test_three_tries_that_nobody_knows_about_are_enough(self, letters, monkeypatch):
        fail_to_send(
            monkeypatch,
            self.later(verdict=Verdict.UNKNOWN, reason=MessageReason.UNKNOWN, error_class="TimeoutError"),
        )
        message = make_message()
        states = []
        for _ in range(3):
            outbox.deliver_due(now=message.due_at)
            message.refresh_from_db()
            states.append((message.state, message.reason, message.unknown_tries))

        assert states[:2] == [("queued", "unknown", 1), ("queued", "unknown", 2)]
        assert states[2][:2] == ("failed", "unknown")
        assert letters.followed_up == [("failed", 1, "failed")]


class TestMailboxLimit:
    def deliver(self, count, *, now=MONDAY_NOON):
        for n in range(count):
            make_message(n, now=now, key=f"letter:{now}:{n}")
        return outbox.deliver_due(now=now)

    def test_three_an_hour_the_others_wait(self, letters):
        letters.render = to_one_mailbox

        done = self.deliver(20)

        assert (done.sent, done.later) == (3, 17)
        waiting = OutgoingMessage.objects.filter(state=MessageState.QUEUED)
        assert {(m.reason, m.due_at, m.attempts) for m in waiting} == {("limit", MONDAY_NOON + HOUR, 0)}

    def test_five_a_day_whatever_is_tried(self, letters):
        letters.render = to_one_mailbox
        self.deliver(20)
        sent_by_hour = []
        for hour in range(1, 25):
            outbox.deliver_due(now=MONDAY_NOON + hour * HOUR)
            sent_by_hour.append(len(mail.outbox))

        assert sent_by_hour == [5] * 23 + [8]

    def test_one_that_cannot_wait_any_longer_is_skipped(self, letters):
        letters.render = to_one_mailbox
        self.deliver(3)
        message = make_message(99, not_after=MONDAY_NOON + 10 * MINUTE)

        assert outbox.deliver_due(now=MONDAY_NOON).later == 1
        message.refresh_from_db()
        assert message.due_at == message.not_after
        assert outbox.deliver_due(now=MONDAY_NOON + 10 * MINUTE).skipped == 1
        message.refresh_from_db()
        assert (message.state, message.reason) == ("skipped", "expired")

    def test_other_mailboxes_and_the_front_desk_are_not_held_up(self, letters):
        make_clinic(staff_email="desk@clinic.example")
        letters.render = to_one_mailbox
        self.deliver(5)
        letters.render = lambda message, now: OutgoingMail(to="Desk@clinic.example", subject="New", text="New")
        assert self.deliver(10, now=MONDAY_NOON + MINUTE).sent == 10
        letters.render = letter
        assert self.deliver(10, now=MONDAY_NOON + 2 * MINUTE).sent == 10

    def test_what_surely_did_not_go_does_not_count(self, letters, monkeypatch):
        letters.render = to_one_mailbox
        with monkeypatch.context() as patch:
            fail_to_send(patch, Outcome(Verdict.FAILED, MessageReason.REFUSED, "SMTPRecipientsRefused", 550))
            assert self.deliver(10).failed == 10

        assert self.deliver(5, now=MONDAY_NOON + MINUTE).sent == 3

    def test_what_may_have_gone_counts(self, letters, monkeypatch):
        letters.render = to_one_mailbox
        with monkeypatch.context() as patch:
            fail_to_send(patch, Outcome(Verdict.UNKNOWN, MessageReason.UNKNOWN, "TimeoutError"))
            self.deliver(2)

        assert self.deliver(5, now=MONDAY_NOON + datetime.timedelta(seconds=10)).sent == 1

    def test_a_message_in_another_workers_hands_counts(self, letters):
        letters.render = to_one_mailbox
        self.deliver(2)
        other = make_message(50)
        claimed = claims.claim(other.pk, now=MONDAY_NOON)
        assert outbox._take_turn(claimed, CHANNELS["email"], "victim@home.example", MONDAY_NOON) is None

        assert self.deliver(1, now=MONDAY_NOON + MINUTE).sent == 0
