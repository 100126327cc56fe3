"""The one place that talks to the mail server."""

import contextlib
import socket
import threading
import time

from django.conf import settings
from django.core.mail import get_connection

from clinic.delivery import Outcome, Stage, Verdict, outcome_of

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
        is_over_time = time.monotonic() > deadline
        if (is_over_time or should_stop()) and (outcome := attempt.abandon(even_the_text=is_over_time)):
            return outcome
    return attempt.outcome


class _Attempt(threading.Thread):
    """One try on a thread of its own, because a socket timeout bounds only the silence between two bytes."""

    def __init__(self, email):
        super().__init__(name="mail", daemon=True)
        self.email = email
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.abandoned = False
        self.stage = Stage.OPENING
        self.connection = None
        self.outcome = None

    def run(self):
        try:
            self.connection = get_connection()
            self.connection.open()
            self._watch(getattr(self.connection, "connection", None))
            self.connection.send_messages([self.email])
            self.outcome = Outcome(Verdict.SENT)
        except Exception as error:  # noqa: BLE001  an error that escaped the thread would be printed with its text
            self.outcome = outcome_of(error, stage=self.stage)
        finally:
            # First the word that it went, then the good-bye: a crash in between costs the recipient a second copy.
            self.over.set()
            if self.connection is not None:
                _close(self.connection)

    def abandon(self, *, even_the_text):
        """Give up waiting: an Outcome, or None to go on waiting. What was not handed over by now never will be."""
        with self.lock:
            if self.outcome is not None or (self.stage is Stage.TEXT and not even_the_text):
                return self.outcome
            self.abandoned = True
            _hang_up(self.connection)
            return outcome_of(TimeoutError(), stage=self.stage)

    def _watch(self, smtp):
        """Notes how far this connection comes; a backend that speaks no SMTP may hand over as soon as it is asked."""
        if smtp is None:
            self._reach(Stage.TEXT)
            return
        self._reach(Stage.SENDER)
        for name, stage in (("rcpt", Stage.RECIPIENT), ("data", Stage.TEXT)):
            setattr(smtp, name, self._noting(stage, getattr(smtp, name)))

    def _noting(self, stage, command):
        def note_and_say(*arguments, **options):
            self._reach(stage)
            return command(*arguments, **options)

        return note_and_say

    def _reach(self, stage):
        with self.lock:
            if self.abandoned:
                raise TimeoutError
            self.stage = stage


def _hang_up(connection):
    """Ends a talk in the middle of a word, so that the text does not arrive after somebody has decided about it."""
    smtp = getattr(connection, "connection", None)
    if getattr(smtp, "sock", None) is not None:
        with contextlib.suppress(OSError):
            smtp.sock.shutdown(socket.SHUT_RDWR)


def _close(connection):
    # The mail is accepted or it is not; what goes wrong at the good-bye changes nothing.
    with contextlib.suppress(Exception):
        connection.close()
