"""Every way in which a mail server may break: each message arrives once after it is sound again, or staff see it.

A message that it may have kept arrives once more, with the same Message-ID. One message's trouble holds up no other;
the server's trouble holds up all, in their order, and costs none of them a try.
"""

import contextlib
import datetime
from collections import Counter

import pytest

from clinic import outbox, transport
from clinic.models import OutgoingMessage
from tests.factories import MONDAY_NOON
from tests.mail_server import CERTIFICATE, crowded_server, free_port, greeting_server, mail_server
from tests.messages import make_message

pytestmark = [pytest.mark.fault, pytest.mark.django_db]
SECOND, MINUTE = datetime.timedelta(seconds=1), datetime.timedelta(minutes=1)
SOON = datetime.timedelta(seconds=30)  # njspine.worker looks again while the server is away
FIRST = "pat3@home.example"


def nobody_there():
    return contextlib.nullcontext(free_port())


def server(**answers):
    return lambda: mail_server(**answers)


def for_first(**answers):
    return lambda: mail_server(only_for=FIRST, **answers)


def greets(greeting, **more):
    return lambda: greeting_server(greeting, **more)


NO_SERVER = {
    "refuses the connection": nobody_there,
    "hangs at the connection": crowded_server,
    "hangs at the greeting": greets(b""),
    "drips its greeting": greets(b"2", drips=True),
    "drips after half a greeting": greets(b"220-hello\r\n220", drips=True),
    "greets with 421": greets(b"421 canary busy\r\n"),
    "greets with 554": greets(b"554 canary\r\n"),
    "greets with garbage": greets(b"\xff\x00canary\r\n"),
    "greets with an endless line": greets(b"2" * 100_000),
    "hangs up at EHLO": server(ehlo=None),
    "hangs at EHLO": server(silent_at="ehlo"),
    "refuses EHLO": server(ehlo="421 canary"),
    "sender 421": server(mail="421 canary"),
    "sender 450": server(mail="450 canary"),
    "sender 452": server(mail="452 canary full"),
    "sender 550": server(mail="550 canary"),
    "sender garbage": server(mail="canary?"),
    "hangs up after MAIL": server(mail=None),
    "hangs at MAIL": server(silent_at="mail"),
    "drips at MAIL": server(drips_at="mail"),
}
NO_ENCRYPTION = {
    "has no encryption": server(starttls="502 canary"),
    "says 454 to STARTTLS": server(encrypts=True, starttls="454 canary"),
    "says go on and speaks no TLS": server(encrypts=True, starttls="220 canary\r\n250 canary"),
    "hangs up at STARTTLS": server(encrypts=True, starttls=None),
    "hangs at STARTTLS": server(encrypts=True, silent_at="starttls"),
    "shows a bad certificate": server(encrypts=True),
}
PUT_OFF = {
    "recipient 421": for_first(rcpt="421 canary"),
    "recipient 450": for_first(rcpt="450 canary"),
    "recipient 451": for_first(rcpt="451 canary"),
    "recipient garbage": for_first(rcpt="canary?"),
    "recipient negative": for_first(rcpt="-12 canary"),
    "hangs up after RCPT": for_first(rcpt=None),
    "hangs at RCPT": for_first(silent_at="rcpt"),
    "drips at RCPT": for_first(drips_at="rcpt"),
    "DATA 451": for_first(begin="451 canary"),
    "text 421": for_first(data="421 canary"),
    "text 450": for_first(data="450 canary"),
    "text 451": for_first(data="451 canary"),
    "text 452": for_first(data="452 canary"),
}
IN_DOUBT = {
    "hangs up at DATA": for_first(begin=None),
    "hangs at DATA": for_first(silent_at="begin"),
    "hangs up after the text": for_first(data=None),
    "takes the text, never says yes": for_first(silent_at="data"),
    "drips after the text": for_first(drips_at="data"),
    "garbage after the text": for_first(data="canary?"),
    "says 299 after the text": for_first(data="299 canary"),
}
REFUSED = {
    "recipient 550": for_first(rcpt="550 canary"),
    "recipient 553": for_first(rcpt="553 canary"),
    "DATA 554": for_first(begin="554 canary"),
    "text 550": for_first(data="550 canary"),
    "text 552": for_first(data="552 canary"),
    "text 554": for_first(data="554 canary"),
}
AT_THE_END = {
    "250, then hangs up": server(quit=None),
    "250, then silence": server(silent_at="quit"),
    "250, then garbage": server(quit="canary?"),
}


@pytest.fixture(scope="module")
def sound():
    with mail_server(encrypts=True) as server:
        yield server


@pytest.fixture
def to(settings, monkeypatch, letters, sound):
    """Sends through this server, or this port, from now on; without one through the sound server."""
    sound.accepted.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"

    def use(server=sound):
        settings.EMAIL_PORT = getattr(server, "port", server)
        answers = getattr(server, "answers", None)
        # Little patience with who never ends, so that a busy machine is not taken for one.
        is_patient = answers and not (answers.silent_at or answers.drips_at)
        settings.EMAIL_TIMEOUT = 20 if is_patient else 0.4
        monkeypatch.setattr(transport, "HARD_LIMIT", 60 if is_patient else 0.8)

    return use


@pytest.fixture
def encrypted(settings, monkeypatch):
    """We insist on encryption; a function that makes the certificate of the sound server a good one."""
    settings.EMAIL_USE_TLS = True
    return lambda: monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


@pytest.fixture(autouse=True)
def quiet_log(log_lines):
    yield
    ours = [line for line in log_lines if " mail.log " not in line]  # aiosmtpd, which tells everything
    told = [line for line in ours if "canary" in line or "home.example" in line]
    assert not told, "what a server says may hold an address"


def three():
    """Their Message-IDs, in the order in which they were wanted: the last made first."""
    return [make_message(n, due_at=MONDAY_NOON - n * SECOND).message_id for n in (3, 2, 1)]


def break_then_mend(fault, to, *, again_at, mend=lambda: None):
    """A round with the fault, one without it: (the first Round, the three states between them, the broken server)."""
    with fault() as broken:
        to(broken)
        done = outbox.deliver_due(now=MONDAY_NOON)
        between = states()
    to()
    mend()
    outbox.deliver_due(now=again_at)
    return done, between, broken


def states():
    """The first message's first."""
    return list(OutgoingMessage.objects.order_by("first_due_at").values_list("state", flat=True))


def ids(mails):
    return [mail["Message-ID"] for mail in mails]


def assert_all_left_at_the_first_look_after(fault, to, sound, **mend):
    wanted = three()
    done, between, broken = break_then_mend(fault, to, again_at=MONDAY_NOON + SOON, **mend)

    assert (done.unreachable, done.later, between) == ({"email"}, 1, ["queued"] * 3)
    assert getattr(broken, "read", []) == []
    assert ids(sound.accepted) == wanted
    assert states() == ["sent"] * 3


@pytest.mark.parametrize("fault", NO_SERVER.values(), ids=NO_SERVER)
def test_what_says_nothing_about_a_message_costs_it_neither_a_try_nor_its_place(fault, to, sound):
    assert_all_left_at_the_first_look_after(fault, to, sound)


@pytest.mark.parametrize("fault", NO_ENCRYPTION.values(), ids=NO_ENCRYPTION)
def test_nothing_leaves_in_the_open(fault, to, sound, encrypted):
    assert_all_left_at_the_first_look_after(fault, to, sound, mend=encrypted)


@pytest.mark.parametrize("fault", PUT_OFF.values(), ids=PUT_OFF)
def test_a_message_that_is_put_off_lets_the_others_by_and_arrives_once(fault, to, sound):
    first, *others = three()
    done, between, broken = break_then_mend(fault, to, again_at=MONDAY_NOON + MINUTE)

    assert (done.unreachable, done.sent, between) == (set(), 2, ["queued", "sent", "sent"])
    assert ids(broken.accepted) == others
    assert ids(sound.accepted) == [first]
    assert states() == ["sent"] * 3


@pytest.mark.parametrize("fault", IN_DOUBT.values(), ids=IN_DOUBT)
def test_a_message_that_may_have_arrived_goes_once_more_with_the_same_name(fault, to, sound):
    first, *others = three()
    done, between, broken = break_then_mend(fault, to, again_at=MONDAY_NOON + MINUTE)

    assert (done.unreachable, done.sent, between) == (set(), 2, ["queued", "sent", "sent"])
    assert OutgoingMessage.objects.get(message_id=first).unknown_tries == 1
    assert Counter(ids(broken.read + sound.accepted))[first] <= 2
    assert (ids(broken.accepted), ids(sound.accepted)) == (others, [first])
    assert states() == ["sent"] * 3


@pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED)
def test_a_message_that_is_refused_fails_alone_and_staff_see_it(fault, to, sound):
    others = three()[1:]
    done, between, broken = break_then_mend(fault, to, again_at=MONDAY_NOON + MINUTE)

    assert (done.failed, done.sent, between) == (1, 2, ["failed", "sent", "sent"])
    assert outbox.health(MONDAY_NOON).failed == 1
    assert (ids(broken.accepted), ids(sound.accepted)) == (others, [])


def test_a_message_that_is_too_large_is_no_reason_to_stop(to, sound):
    """552 is said to the sender's line when the size stands there (RFC 1870)."""
    three()
    done, _between, _broken = break_then_mend(server(mail="552 canary"), to, again_at=MONDAY_NOON + MINUTE)
    assert (done.unreachable, done.failed) == (set(), 3)
    assert outbox.health(MONDAY_NOON).failed == 3


@pytest.mark.parametrize("fault", AT_THE_END.values(), ids=AT_THE_END)
def test_after_the_yes_nothing_counts_any_more(fault, to, sound):
    wanted = three()
    done, _between, broken = break_then_mend(fault, to, again_at=MONDAY_NOON + MINUTE)

    assert done.sent == 3
    assert (ids(broken.accepted), sound.accepted) == (wanted, [])
