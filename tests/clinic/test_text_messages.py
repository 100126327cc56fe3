"""Text messages below booking: the backend's ends, STOP, the answers of phones, files, checks."""

import datetime
import io
import stat
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from hypothesis import given as for_all
from hypothesis import strategies as st

from clinic import outbox, text_messages
from clinic.checks import check_text_backend, check_texts_leave
from clinic.mail import Wait
from clinic.models import OutgoingMessage, TextStop
from clinic.outbox import OutgoingText
from clinic.states import MessageReason, MessageState
from clinic.text_backend import TextPutOff, TextRefused, TextStopped, TextUnreachable
from clinic.text_files import purge_text_files
from clinic.text_segments import is_gsm, segments, to_gsm
from tests import texts
from tests.factories import MONDAY_NOON, make_clinic
from tests.messages import KIND, make_message

NUMBER = "+12015550123"
BODY = "canary text"
MINUTE = datetime.timedelta(minutes=1)
FILES = "clinic.text_files.TextBackend"


@pytest.fixture
def phones(letters, settings, monkeypatch):
    monkeypatch.setattr(outbox, "TEXT_KINDS", {})
    outbox.register_text(KIND, lambda message, now: OutgoingText(to=NUMBER, body=BODY))
    texts.switch_on(settings)


def make_text(record_id=1, **arguments):
    return make_message(record_id, channel="text", **arguments)


def test_each_channel_has_its_own_message_once(phones, mailoutbox):
    for _ in range(2):
        make_message()
        make_text()
    done = outbox.deliver_due(now=MONDAY_NOON)

    assert list(OutgoingMessage.objects.order_by("pk").values_list("key", "channel")) == [
        ("letter:1", "email"),
        ("text:letter:1", "text"),
    ]
    assert (done.sent, len(mailoutbox)) == (2, 1)
    [(to, body, message_id)] = texts.given
    assert (to, body) == (NUMBER, BODY)
    assert message_id == OutgoingMessage.objects.get(channel="text").message_id


@pytest.mark.parametrize(
    ("error", "state", "reason", "code", "words"),
    [
        (TextRefused(30003), "failed", "refused", 30003, "the text provider refused it for good"),
        (TextPutOff(429), "queued", "put_off", 429, "the text provider asked to try later"),
        (TextUnreachable(), "queued", "unreachable", None, "the text provider could not be reached"),
        (TextStopped(99999), "skipped", "stopped", None, "they asked for no more text messages"),
        (KeyError(NUMBER), "queued", "unknown", None, "no answer of the text provider, it may have arrived"),
        (TimeoutError(NUMBER), "queued", "unknown", None, "no answer of the text provider, it may have arrived"),
    ],
)
def test_what_a_backend_raises(phones, settings, log_lines, capfd, error, state, reason, code, words):
    texts.switch_on(settings, error)
    make_text()
    outbox.deliver_due(now=MONDAY_NOON)

    message = OutgoingMessage.objects.get()
    assert (message.state, message.reason, message.smtp_code, message.reason_text) == (state, reason, code, words)
    assert message.error_class == type(error).__name__
    assert text_messages.is_stopped(NUMBER) is (reason == "stopped")
    written = "".join([*log_lines, *capfd.readouterr()])
    assert NUMBER not in written
    assert BODY not in written


def test_nobody_knows_three_times_and_it_is_left_to_staff(phones, settings):
    texts.switch_on(settings, RuntimeError())
    message = make_text()
    for tried in range(1, 5):
        outbox.deliver_due(now=MONDAY_NOON + tried * 10 * MINUTE)
    message.refresh_from_db()

    assert (message.state, message.reason, message.attempts) == ("failed", "unknown", 3)
    assert outbox.health(MONDAY_NOON).failed == 1


def test_a_backend_that_hangs_is_left_behind(phones, monkeypatch):
    let_go = threading.Event()
    texts.behaviour.append(let_go.wait)
    monkeypatch.setattr(text_messages, "HARD_LIMIT", 0.05)
    make_text()
    outbox.deliver_due(now=MONDAY_NOON)
    let_go.set()

    message = OutgoingMessage.objects.get()
    assert (message.state, message.error_class, message.unknown_tries) == ("queued", "TimeoutError", 1)


def test_a_dead_provider_does_not_keep_mail_waiting(phones, settings, monkeypatch, mailoutbox):
    monkeypatch.setattr(outbox, "MOST_A_ROUND", 2)
    texts.switch_on(settings, TextUnreachable())
    for number in range(3):
        make_text(number)
    make_message(9)
    done = outbox.deliver_due(now=MONDAY_NOON)

    assert (len(mailoutbox), done.later, done.unreachable, done.more) == (1, 1, {"text"}, False)


@pytest.mark.parametrize("how", ["off", "stopped", "stopped under an older key"])
def test_off_and_stop_hold_when_it_leaves(phones, settings, how):
    make_text()
    if how == "off":
        settings.TEXT_BACKEND = ""
    else:
        text_messages.stopped(NUMBER, now=MONDAY_NOON)
    if "older" in how:
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    outbox.deliver_due(now=MONDAY_NOON)

    message = OutgoingMessage.objects.get()
    assert (message.state, message.reason) == ("skipped", how.split()[0])
    assert texts.given == []


def test_one_that_waits_for_morning_is_not_late_and_costs_no_try(phones, monkeypatch):
    morning = MONDAY_NOON + 60 * MINUTE
    monkeypatch.setattr(outbox, "TEXT_KINDS", {})
    outbox.register_text(KIND, lambda message, now: Wait(morning, MessageReason.QUIET))
    message = make_text()
    outbox.deliver_due(now=MONDAY_NOON)
    message.refresh_from_db()

    assert (message.state, message.due_at, message.attempts) == (MessageState.QUEUED, morning, 0)
    assert outbox.health(MONDAY_NOON + 30 * MINUTE).oldest_due_age is None


def test_one_phone_gets_three_an_hour(phones):
    for number in range(4):
        make_text(number)
    outbox.deliver_due(now=MONDAY_NOON)

    assert len(texts.given) == 3
    assert OutgoingMessage.objects.get(state="queued").reason_text == "too many messages to one phone"


@pytest.mark.django_db
def test_stop_and_start_as_often_as_one_likes():
    assert [text_messages.stopped(NUMBER, now=MONDAY_NOON) for _ in range(2)] == [True, False]
    with transaction.atomic():
        assert NUMBER not in str(list(TextStop.objects.values()))
    assert text_messages.stopped_since(NUMBER) == MONDAY_NOON
    assert [text_messages.started(NUMBER) for _ in range(2)] == [True, False]
    assert not text_messages.is_stopped(NUMBER)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        *(
            (word, "stop")
            for word in ["STOP", "stop.", " Stop All ", "STOPALL", "unsubscribe", "Cancel", "END", "quit"]
        ),
        *((word, "stop") for word in ["Cancel", "revoke", "Opt-out", "Please stop texting me!", "STOP STOP"]),
        *((word, "start") for word in ["START", "unstop"]),
        *((word, "help") for word in ["HELP", "help?"]),
        *((word, "") for word in ["", "thanks", "Can I cancel my visit?", "I start work at 9", "\0\ud800", "x" * 9999]),
    ],
)
def test_words(body, word):
    assert text_messages.read_word(body) == word


@pytest.mark.django_db
def test_what_phones_answer(settings):
    make_clinic()
    texts.switch_on(settings)
    client = Client(enforce_csrf_checks=True)

    def answer(text, signature="right"):
        data = {"from": NUMBER, "text": text}
        return client.post("/texts/inbound/", data, headers={"X-Signature": signature}).status_code

    assert answer("STOP", "wrong") == 403
    assert not text_messages.is_stopped(NUMBER)
    assert (answer("STOP"), text_messages.is_stopped(NUMBER)) == (204, True)
    assert (answer("HELP"), text_messages.is_stopped(NUMBER)) == (204, True)
    assert (answer("START"), text_messages.is_stopped(NUMBER)) == (204, False)
    assert client.get("/texts/inbound/").status_code == 405
    for backend in ("", FILES):
        settings.TEXT_BACKEND = backend
        assert answer("STOP") == 404
    assert not text_messages.is_stopped(NUMBER)


@pytest.mark.django_db
def test_the_command(monkeypatch):
    def run(typed, *arguments):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        call_command("stop_texts", *arguments, stdout=io.StringIO())

    with pytest.raises(CommandError, match="line 2"):
        run(f"{NUMBER}\nnonsense\n")
    assert not text_messages.is_stopped(NUMBER)
    run("201-555-0123\n\n")
    assert text_messages.is_stopped(NUMBER)
    run(NUMBER, "--start")
    assert not text_messages.is_stopped(NUMBER)


def test_files_hold_the_text_and_the_log_does_not(phones, settings, tmp_path, log_lines):
    settings.TEXT_BACKEND, settings.TEXT_DIR = FILES, tmp_path / "texts"
    assert purge_text_files(now=MONDAY_NOON) == 0
    make_text()
    outbox.deliver_due(now=MONDAY_NOON)

    [path] = settings.TEXT_DIR.iterdir()
    assert path.read_text() == f"To: {NUMBER}\n\n{BODY}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert NUMBER not in "".join(log_lines)
    assert purge_text_files(now=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=8)) == 1


@pytest.mark.parametrize(
    ("backend", "ids"),
    [
        ("", []),
        (texts.PATH, []),
        (FILES, ["clinic.W002"]),
        ("no.such.Backend", ["clinic.E002"]),
        ("clinic.text_files.purge_text_files", ["clinic.E002"]),
        ("clinic.text_segments.segments", ["clinic.E002"]),
    ],
)
def test_checks(settings, backend, ids):
    settings.TEXT_BACKEND = backend

    assert [found.id for check in (check_text_backend, check_texts_leave) for found in check(None)] == ids


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *[("", 0), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2)],
        *[("я" * 70, 1), ("я" * 71, 2), ("я" * 134, 2), ("я" * 135, 3), ("🙂" * 35, 1), ("🙂" * 66, 2), ("🙂" * 67, 3)],
        # An extended letter that would be split goes whole into the next one.
        *[("a" * 152 + "€" + "a" * 151, 2), ("a" * 152 + "€" + "a" * 152, 3)],
    ],
)
def test_segments(text, count):
    assert segments(text) == count


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("Clínica de la Ñ", "Clinica de la Ñ"),
        ("“Söhne” – Spine’s", '"Söhne" - Spine\'s'),
        ("척추 클리닉", ""),
        ("a\nb", "a b"),
    ],
)
def test_what_gsm_can_spell(name, spelled):
    assert to_gsm(name) == spelled


@for_all(st.text(max_size=80))
def test_whatever_it_spells_is_gsm(text):
    assert is_gsm(to_gsm(text))
