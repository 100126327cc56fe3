"""Text messages: handed over within a time limit, and never again to a phone that answered STOP.

Off until TEXT_BACKEND names a class of clinic/text_backend.py.
"""

import re
import threading

from django.utils import timezone

from clinic.delivery import Outcome, Verdict
from clinic.models import TextStop
from clinic.network import number_keys
from clinic.states import MessageReason
from clinic.text_backend import TIMEOUT, load_backend, outcome_of

# Seconds. What hangs longer is left behind, and nobody knows.
HARD_LIMIT = 60.0

# What people answer, in the words of 47 CFR 64.1200(a)(10) and of the American carriers.
STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT"}
START_WORDS = {"START", "UNSTOP"}
HELP_WORDS = {"HELP", "INFO"}
# Also within a sentence, as “please stop texting me”: the law takes any reasonable way of saying so.
STOP_ANYWHERE = {"STOP", "STOPALL", "UNSUBSCRIBE"}


def send_text(text, *, message_id):
    """Hand one OutgoingText to the provider: an Outcome within HARD_LIMIT seconds, never the backend's exception.

    A phone that the provider knows to have stopped is remembered; database errors in that come through.
    """
    attempt = _Attempt(text, message_id)
    attempt.start()
    if not attempt.over.wait(HARD_LIMIT):
        return Outcome(Verdict.UNKNOWN, MessageReason.UNKNOWN, "TimeoutError")
    if attempt.outcome.reason == MessageReason.STOPPED:
        stopped(text.to, now=timezone.now())
    return attempt.outcome


def stopped(number, *, now):
    """This phone wants no texts. Returns whether that is new; nothing is sent to it until started()."""
    if is_stopped(number):
        return False
    _row, created = TextStop.objects.get_or_create(number_key=number_keys(number)[0], defaults={"stopped_at": now})
    return created


def started(number):
    """This phone asked for texts again. Returns whether it had stopped them."""
    return bool(TextStop.objects.filter(number_key__in=number_keys(number)).delete()[0])


def is_stopped(number):
    return stopped_since(number) is not None


def stopped_since(number):
    """The instant of the STOP that holds, or None. Also one that was written down under an older SECRET_KEY."""
    found = TextStop.objects.filter(number_key__in=number_keys(number)).order_by("stopped_at")
    return found.values_list("stopped_at", flat=True).first()


def read_word(body):
    """“stop”, “start”, “help” or "": what an answer asks of us. In doubt it is stop; other words are not read."""
    words = re.findall(r"[A-Z]+", body.upper()[:1000])
    said = " ".join(words)
    if said in STOP_WORDS or STOP_ANYWHERE.intersection(words):
        return "stop"
    if said in START_WORDS:
        return "start"
    return "help" if said in HELP_WORDS else ""


class _Attempt(threading.Thread):
    """One try on a thread of its own: a backend may hang, whatever it was told of seconds."""

    def __init__(self, text, message_id):
        super().__init__(name="text", daemon=True)
        self.text = text
        self.message_id = message_id
        self.over = threading.Event()
        self.outcome = None

    def run(self):
        try:
            load_backend().send(self.text.to, self.text.body, self.message_id, TIMEOUT)
            self.outcome = Outcome(Verdict.SENT)
        except Exception as error:  # noqa: BLE001  an error that escaped the thread would be printed with its text
            self.outcome = outcome_of(error)
        finally:
            self.over.set()
