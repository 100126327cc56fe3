"""The life of a message: asked for in a transaction, claimed, sent, marked. The mail server: tests/faults."""

import datetime
import uuid

import pytest
from django.core import mail
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from clinic import claims, outbox
from clinic.delivery import Outcome, Verdict
from clinic.models import OutgoingMessage
from clinic.outbox import OutgoingMail, Skip
from clinic.states import MessageState
from tests.factories import MONDAY_NOON, make_clinic
from tests.messages import KIND, letter, make_message

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


class TestEnqueue:
    def test_a_row_waits_with_its_message_id_fixed(self, letters):
        message = make_message()

        assert message.state == MessageState.QUEUED
        assert message.message_id.endswith("@clinic.example>")
        assert (message.created_at, message.first_due_at, message.due_at) == (MONDAY_NOON,) * 3
        assert message.not_after == MONDAY_NOON + 3 * DAY
        assert mail.outbox == []

    def test_a_known_key_makes_no_second_row_and_leaves_the_transaction_usable(self, letters):
        with transaction.atomic():
            first = make_message()
            again = make_message(record_id=2, key="letter:1")
            make_clinic(name="Written after it")

        assert again == first
        assert again.record_id == 1
        assert OutgoingMessage.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_what_is_rolled_back_leaves_no_message(self, letters):
        with transaction.atomic():
            make_message()
            transaction.set_rollback(True)

        assert not OutgoingMessage.objects.exists()
        assert not outbox.deliver_due(now=MONDAY_NOON).sent

    @pytest.mark.django_db(transaction=True)
    def test_outside_a_transaction_it_is_refused(self, letters):
        with pytest.raises(TransactionManagementError):
            outbox.enqueue(kind=KIND, record_id=1, key="letter:1", now=MONDAY_NOON)

    def test_it_expires_three_days_after_it_is_due_or_earlier(self, letters):
        due = MONDAY_NOON + 10 * DAY

        assert make_message(1, due_at=due).not_after == due + 3 * DAY
        assert make_message(2, due_at=due, not_after=due + HOUR).not_after == due + HOUR
        assert make_message(3, due_at=due, not_after=due + 30 * DAY).not_after == due + 3 * DAY

    def test_what_could_never_leave_in_time_is_refused(self, letters):
        with pytest.raises(ValueError, match="due before it expires"):
            make_message(due_at=MONDAY_NOON, not_after=MONDAY_NOON - MINUTE)

    def test_two_apps_cannot_share_a_kind(self, letters):
        with pytest.raises(ValueError, match="letter"):
            outbox.register(KIND, letter)


class TestDelivery:
    def test_it_is_sent_with_what_its_record_says_then(self, letters):
        message = make_message()

        done = outbox.deliver_due(now=MONDAY_NOON)

        [sent] = mail.outbox
        message.refresh_from_db()
        assert (done.sent, str(done)) == (1, "1 sent")
        assert sent.to == ["pat1@home.example"]
        assert sent.extra_headers["Message-ID"] == message.message_id
        assert (message.state, message.finished_at, message.attempts) == (MessageState.SENT, MONDAY_NOON, 1)
        assert (message.token, message.reason, message.error_class) == (None, "", "")
        assert letters.followed_up == [("sent", 1, MessageState.SENT)]

    def test_it_is_sent_once(self, letters):
        make_message()

        outbox.deliver_due(now=MONDAY_NOON)
        done = outbox.deliver_due(now=MONDAY_NOON + DAY)

        assert len(mail.outbox) == 1
        assert str(done) == ""

    def test_it_does_not_leave_before_it_is_due(self, letters):
        make_message(due_at=MONDAY_NOON + HOUR)

        assert outbox.deliver_due(now=MONDAY_NOON + HOUR - MINUTE).sent == 0
        assert outbox.deliver_due(now=MONDAY_NOON + HOUR).sent == 1

    def test_the_longest_waiting_goes_first(self, letters):
        for record_id, minutes in ((1, 3), (2, 1), (3, 2)):
            make_message(record_id, due_at=MONDAY_NOON + minutes * MINUTE)

        outbox.deliver_due(now=MONDAY_NOON + HOUR)

        assert [email.to for email in mail.outbox] == [[f"pat{n}@home.example"] for n in (2, 3, 1)]

    def test_what_is_not_needed_any_more_is_skipped(self, letters):
        letters.render = lambda message, now: Skip("cancelled")
        message = make_message()

        assert outbox.deliver_due(now=MONDAY_NOON).skipped == 1

        message.refresh_from_db()
        assert (message.state, message.reason, message.finished_at) == (MessageState.SKIPPED, "cancelled", MONDAY_NOON)
        assert mail.outbox == []
        assert letters.followed_up == []

    def test_a_message_that_cannot_be_rendered_fails_alone(self, letters):
        letters.render = lambda message, now: letter(message, now) if message.record_id != 1 else {}["name"]
        broken, sound = make_message(1), make_message(2)

        done = outbox.deliver_due(now=MONDAY_NOON)

        broken.refresh_from_db()
        sound.refresh_from_db()
        assert (done.failed, done.sent) == (1, 1)
        assert (broken.state, broken.reason, broken.error_class) == ("failed", "cannot_render", "KeyError")
        assert sound.state == MessageState.SENT
        assert letters.followed_up == [("failed", 1, "failed"), ("sent", 2, "sent")]

    @pytest.mark.parametrize(
        "address", ["", "nobody", "a@x.example,b@y.example", "a@x.example\nBcc: b@y.example", "Pat <pat@home.example>"]
    )
    def test_an_address_that_is_none_fails_without_reaching_the_server(self, letters, address):
        letters.render = lambda message, now: OutgoingMail(to=address, subject="Hello", text="Hello")
        message = make_message()

        assert outbox.deliver_due(now=MONDAY_NOON).failed == 1

        message.refresh_from_db()
        assert (message.reason, message.error_class) == ("cannot_render", "ValidationError")
        assert mail.outbox == []

    def test_a_database_error_while_rendering_is_not_the_messages_fault(self, letters):
        def away(message, now):
            raise OperationalError("server closed the connection")

        letters.render = away
        message = make_message()

        assert outbox.deliver_due(now=MONDAY_NOON).later == 1

        message.refresh_from_db()
        assert message.state == MessageState.QUEUED

    def test_a_kind_that_only_newer_code_knows_waits(self, letters):
        message = make_message(kind="from_next_release")

        assert outbox.deliver_due(now=MONDAY_NOON).later == 1

        message.refresh_from_db()
        assert (message.state, message.error_class) == (MessageState.QUEUED, "UnknownKind")

    def test_a_follow_up_that_breaks_does_not_undo_the_mark(self, letters):
        def write_and_break(message, now):
            make_clinic(name="Written by the follow-up")
            raise ZeroDivisionError

        letters.follow_up = write_and_break
        message = make_message()

        outbox.deliver_due(now=MONDAY_NOON)

        message.refresh_from_db()
        assert message.state == MessageState.SENT
        assert make_clinic().name != "Written by the follow-up"

    def test_a_worker_that_is_told_to_stop_takes_no_new_message(self, letters):
        make_message(1)
        make_message(2)

        outbox.deliver_due(now=MONDAY_NOON, should_stop=lambda: len(mail.outbox) == 1)

        assert len(mail.outbox) == 1

    def test_a_round_ends_long_before_its_leases_do(self, letters, monkeypatch):
        monkeypatch.setattr(outbox, "ROUND_LASTS", -1.0)
        make_message()

        done = outbox.deliver_due(now=MONDAY_NOON)

        assert (done.sent, done.more) == (0, True)
        assert datetime.timedelta(seconds=120.0) < claims.LEASE / 2

    @pytest.mark.django_db(transaction=True)
    def test_no_transaction_is_open_while_mail_travels(self, letters, monkeypatch):
        inside = []
        really_send = outbox.send

        def send(email, should_stop):
            inside.append(connection.in_atomic_block or not connection.get_autocommit())
            return really_send(email, should_stop=should_stop)

        monkeypatch.setattr(outbox, "send", send)
        make_message()
        outbox.deliver_due(now=MONDAY_NOON)

        assert inside == [False]

    @pytest.mark.django_db(transaction=True)
    def test_it_refuses_to_run_inside_a_transaction(self, letters):
        make_message()

        with pytest.raises(RuntimeError), transaction.atomic():
            outbox.deliver_due(now=MONDAY_NOON)


class TestClaim:
    def test_only_one_worker_gets_it_until_the_lease_ends(self, letters):
        message = make_message()

        assert claims.claim(message.pk, now=MONDAY_NOON) is not None
        assert claims.claim(message.pk, now=MONDAY_NOON) is None
        assert claims.claim(message.pk, now=MONDAY_NOON + claims.LEASE - MINUTE) is None
        assert claims.claim(message.pk, now=MONDAY_NOON + claims.LEASE) is not None

    def test_who_lost_the_lease_cannot_finish(self, letters):
        message = make_message()
        slow = claims.claim(message.pk, now=MONDAY_NOON)
        quick = claims.claim(message.pk, now=MONDAY_NOON + claims.LEASE)
        sent = Outcome(Verdict.SENT)

        assert claims.finish(slow, sent, kind=outbox.KINDS[KIND], now=MONDAY_NOON) is None
        assert letters.followed_up == []
        assert claims.finish(quick, sent, kind=outbox.KINDS[KIND], now=MONDAY_NOON) is Verdict.SENT

    def test_a_message_during_which_three_workers_died_is_left_to_staff(self, letters):
        message = make_message()
        for died in range(3):
            assert claims.claim(message.pk, now=MONDAY_NOON + died * claims.LEASE)

        assert outbox.deliver_due(now=MONDAY_NOON + 3 * claims.LEASE).failed == 1

        message.refresh_from_db()
        assert (message.state, message.reason, message.error_class) == ("failed", "unknown", "Interrupted")

    def test_two_deaths_do_not_stop_it(self, letters):
        message = make_message()
        for died in range(2):
            assert claims.claim(message.pk, now=MONDAY_NOON + died * claims.LEASE)

        assert outbox.deliver_due(now=MONDAY_NOON + 2 * claims.LEASE).sent == 1


class TestMarking:
    """Finishing while the database is away."""

    @pytest.fixture
    def impatient(self, monkeypatch):
        monkeypatch.setattr(claims, "FINISH_EVERY", 0.0)

    @pytest.mark.django_db(transaction=True)
    def test_it_repeats_on_a_fresh_connection(self, letters, impatient):
        failures = iter([OperationalError("gone"), OperationalError("gone")])

        def lose_connection(message, now):
            for error in failures:
                raise error

        letters.follow_up = lose_connection
        message = make_message()

        assert outbox.deliver_due(now=MONDAY_NOON).sent == 1

        message.refresh_from_db()
        assert message.state == MessageState.SENT
        assert letters.followed_up == [("sent", 1, "sent")]
        assert len(mail.outbox) == 1

    @pytest.mark.django_db(transaction=True)
    def test_in_the_end_it_gives_up_and_the_message_comes_back_with_its_lease(self, letters, impatient, monkeypatch):
        monkeypatch.setattr(claims, "FINISH_WITHIN", -1.0)

        def lose_connection(message, now):
            raise OperationalError("gone")

        letters.follow_up = lose_connection
        message = make_message()

        with pytest.raises(OperationalError):
            outbox.deliver_due(now=MONDAY_NOON)
        letters.follow_up = None

        assert outbox.deliver_due(now=MONDAY_NOON + claims.LEASE - MINUTE).sent == 0
        assert outbox.deliver_due(now=MONDAY_NOON + claims.LEASE).sent == 1
        assert [email.extra_headers["Message-ID"] for email in mail.outbox] == [message.message_id] * 2


@pytest.mark.parametrize(
    "broken",
    [
        {"state": MessageState.SENT},
        {"finished_at": MONDAY_NOON},
        {"state": MessageState.SENDING},
        {"token": uuid.UUID(int=1)},
        {"not_after": MONDAY_NOON - MINUTE},
    ],
)
def test_the_database_refuses_a_row_that_contradicts_itself(letters, broken):
    message = make_message()

    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.filter(pk=message.pk).update(**broken)
