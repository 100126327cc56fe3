"""What a real mail server may do to a message, and what becomes of it."""

import datetime
import logging
import threading

import pytest

from clinic import outbox, transport
from clinic.outbox import OutgoingMail
from clinic.states import MessageState
from tests.factories import MONDAY_NOON
from tests.mail_server import free_port, greeting_server, mail_server
from tests.messages import make_message

pytestmark = [pytest.mark.fault, pytest.mark.django_db]
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def to_port(settings):
    """Sends mail to this port of this machine from now on; a silent server is given up on soon."""

    def use(port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.5

    return use


def deliver(message, *, now=MONDAY_NOON):
    done = outbox.deliver_due(now=now)
    message.refresh_from_db()
    return done


def test_an_accepted_message_arrives_whole(letters, to_port):
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    letters.render = lambda message, now: OutgoingMail(
        to="pat@home.example",
        subject="We got your request – naïve",
        text="Línea\n",
        html="<p>Línea</p>",
        attachments=(("visit.ics", calendar, "text/calendar; method=REQUEST"),),
    )
    message = make_message()
    with mail_server() as server:
        to_port(server.port)
        assert deliver(message).sent == 1

    [mail] = server.accepted
    assert mail["X-Envelope-To"] == "pat@home.example"
    assert mail["Message-ID"] == message.message_id
    assert mail["Subject"] == "We got your request – naïve"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(["plain"]).get_content().strip() == "Línea"
    assert mail.get_body(["html"]).get_content().strip() == "<p>Línea</p>"
    [attachment] = mail.iter_attachments()
    assert attachment.get_filename() == "visit.ics"
    assert attachment.get_content_type() == "text/calendar"
    assert attachment.get_param("method") == "REQUEST"
    assert attachment.get_content().replace("\n", "\r\n") == calendar or attachment.get_content() == calendar
    assert message.state == MessageState.SENT


@pytest.mark.parametrize(
    ("answers", "state", "reason", "error", "code"),
    [
        ({"rcpt": "450 Mailbox busy"}, "queued", "put_off", "SMTPRecipientsRefused", 450),
        ({"rcpt": "421 Closing"}, "queued", "put_off", "SMTPRecipientsRefused", 421),
        ({"rcpt": "550 No such user"}, "failed", "refused", "SMTPRecipientsRefused", 550),
        ({"data": "421 Closing"}, "queued", "put_off", "SMTPDataError", 421),
        ({"data": "451 Try later"}, "queued", "put_off", "SMTPDataError", 451),
        ({"data": "554 Looks like spam"}, "failed", "refused", "SMTPDataError", 554),
        ({"data": None}, "queued", "unknown", "SMTPServerDisconnected", None),
        ({"silent_at": "data"}, "queued", "unknown", "SMTPServerDisconnected", None),
    ],
)
def test_what_its_answer_means(letters, to_port, answers, state, reason, error, code):
    message = make_message()
    with mail_server(**answers) as server:
        to_port(server.port)
        done = deliver(message)

    assert (message.state, message.reason, message.error_class, message.smtp_code) == (state, reason, error, code)
    assert not done.unreachable
    assert server.accepted == []
    assert letters.followed_up == ([("failed", 1, "failed")] if state == "failed" else [])


def test_a_server_that_reads_everything_and_never_says_yes_is_asked_three_times(letters, to_port):
    """It may have kept the message each time: the copies carry one Message-ID, and staff hear of it."""
    message = make_message()
    with mail_server(data=None) as server:
        to_port(server.port)
        for _ in range(5):
            deliver(message, now=message.due_at)

    assert (message.state, message.reason) == ("failed", "unknown")
    assert [mail["Message-ID"] for mail in server.read] == [message.message_id] * 3


@pytest.mark.parametrize("greeting", [b"", b"421 Too busy\r\n", b"554 Go away\r\n", b"hello?\r\n"])
def test_a_server_that_does_not_greet_stops_the_round(letters, to_port, greeting):
    messages = [make_message(n) for n in (1, 2)]
    with greeting_server(greeting) as port:
        to_port(port)
        done = deliver(messages[0])

    assert (done.later, done.unreachable) == (1, {"email"})
    assert (messages[0].state, messages[0].reason) == ("queued", "unreachable")
    messages[1].refresh_from_db()
    assert messages[1].attempts == 0


def test_a_server_that_is_not_there_stops_the_round_and_gets_all_mail_when_it_is_back(letters, to_port):
    messages = [make_message(n) for n in (1, 2, 3)]
    to_port(free_port())
    assert deliver(messages[0]).unreachable == {"email"}

    with mail_server() as server:
        to_port(server.port)
        assert deliver(messages[0], now=MONDAY_NOON + 5 * MINUTE).sent == 3

    assert len(server.accepted) == 3


def test_a_server_without_the_encryption_that_we_insist_on_gets_nothing(letters, to_port, settings):
    settings.EMAIL_USE_TLS = True
    message = make_message()
    with mail_server() as server:
        to_port(server.port)
        assert deliver(message).unreachable == {"email"}

    assert (message.reason, message.error_class) == ("unreachable", "SMTPNotSupportedError")
    assert server.read == []


def test_one_message_cannot_hold_up_the_worker_for_ever(letters, to_port, settings, monkeypatch):
    """A server that keeps whispering never runs into the timeout of a socket."""
    monkeypatch.setattr(transport, "HARD_LIMIT", 0.3)
    message = make_message()
    with mail_server(silent_at="data") as server:
        to_port(server.port)
        settings.EMAIL_TIMEOUT = 60
        deliver(message)

    assert (message.state, message.reason, message.error_class) == ("queued", "unknown", "TimeoutError")


def test_a_worker_told_to_stop_leaves_a_server_that_does_not_greet_at_once(letters, to_port, settings):
    told = threading.Event()
    message = make_message()
    with greeting_server() as port:
        to_port(port)
        settings.EMAIL_TIMEOUT = 60
        threading.Timer(0.2, told.set).start()
        outbox.deliver_due(now=MONDAY_NOON, should_stop=told.is_set)

    message.refresh_from_db()
    assert (message.state, message.reason) == ("queued", "unreachable")


def test_what_was_given_up_before_it_was_handed_over_never_arrives(letters, to_port, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()
    really_open = transport.get_connection

    def open_slowly():
        connection = really_open()
        connect = connection.open

        def wait_and_connect():
            entered.set()
            go_on.wait(10)
            return connect()

        connection.open = wait_and_connect
        return connection

    monkeypatch.setattr(transport, "get_connection", open_slowly)
    message = make_message()
    with mail_server() as server:
        to_port(server.port)
        outbox.deliver_due(now=MONDAY_NOON, should_stop=entered.is_set)
        [sending] = [thread for thread in threading.enumerate() if thread.name == "mail"]
        go_on.set()
        sending.join(10)

    message.refresh_from_db()
    assert message.reason == "unreachable"
    assert server.read == []


def test_neither_addresses_nor_answers_reach_the_log(letters, to_port, caplog):
    caplog.set_level(logging.DEBUG)
    letters.render = lambda message, now: OutgoingMail(
        to="canary-4711@home.example", subject="canary-4712", text="canary-4713"
    )
    for n, answers in enumerate(
        ({}, {"rcpt": "550 canary-4711@home.example unknown"}, {"data": "451 canary-4714"}, {"data": None})
    ):
        make_message(n)
        with mail_server(**answers) as server:
            to_port(server.port)
            outbox.deliver_due(now=MONDAY_NOON)

    ours = [record for record in caplog.records if not record.name.startswith(("mail.", "asyncio"))]
    assert len([record for record in ours if record.name.startswith("clinic")]) == 3
    for record in ours:
        assert "canary" not in f"{record.getMessage()}{record.args}{record.exc_info}"


def test_a_rude_good_bye_does_not_undo_an_accepted_message(letters, to_port, monkeypatch):
    def drop(smtp):
        smtp.close()
        raise ConnectionResetError

    monkeypatch.setattr("smtplib.SMTP.quit", drop)
    message = make_message()
    with mail_server() as server:
        to_port(server.port)
        assert deliver(message).sent == 1

    assert message.state == MessageState.SENT
