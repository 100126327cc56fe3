"""The one place that talks to the mail server."""

import contextlib
import threading
import time

from django.conf import settings
from django.core.mail import get_connection

from clinic.delivery import Outcome, Verdict, outcome_of

# Backends after which a mail is "sent" but stays on this machine.
STAYS_HERE = {
    "clinic.mail_files.EmailBackend",
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
    "django.core.mail.backends.filebased.EmailBackend",
    "django.core.mail.backends.locmem.EmailBackend",
}

# EMAIL_TIMEOUT bounds one answer of the server; this bounds the whole message, well inside the outbox's lease.
HARD_LIMIT = 120.0
LOOK_EVERY = 0.1


def mail_leaves():
    """Whether mail reaches people, or is only kept on this machine."""
    return settings.EMAIL_BACKEND not in STAYS_HERE


def send(email, *, should_stop=lambda: False):
    """Hand one composed mail to the mail server: an Outcome, within HARD_LIMIT seconds, never an exception.

    `should_stop` ends a try that has not handed anything over yet, so that a worker leaves in seconds although a dead
    server keeps it waiting.
    """
    attempt = _Attempt(email)
    attempt.start()
    deadline = time.monotonic() + HARD_LIMIT
    while not attempt.over.wait(LOOK_EVERY):
        if time.monotonic() > deadline or (should_stop() and not attempt.handing_over):
            return attempt.abandon()
    return attempt.outcome


class _Attempt(threading.Thread):
    """One try on a thread of its own, because a socket timeout bounds only the silence between two bytes."""

    def __init__(self, email):
        super().__init__(name="mail", daemon=True)
        self.email = email
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.abandoned = False
        self.handing_over = False
        self.outcome = None

    def run(self):
        connection = None
        try:
            connection = get_connection()
            connection.open()
            with self.lock:
                if self.abandoned:
                    return
                self.handing_over = True
            connection.send_messages([self.email])
            self.outcome = Outcome(Verdict.SENT)
        except Exception as error:  # noqa: BLE001  an error that escaped the thread would be printed with its text
            self.outcome = outcome_of(error, handing_over=self.handing_over)
        finally:
            # First the word that it went, then the good-bye: a crash in between costs the recipient a second copy.
            self.over.set()
            if connection is not None:
                _close(connection)

    def abandon(self):
        """Give up waiting. What was not handed over by now never will be."""
        with self.lock:
            self.abandoned = True
            return outcome_of(TimeoutError(), handing_over=self.handing_over)


def _close(connection):
    # The mail is accepted or it is not; what goes wrong at the good-bye changes nothing.
    with contextlib.suppress(Exception):
        connection.close()
