"""The door to a provider of text messages: what a backend must be, and what its exceptions mean.

Nothing here may tell a number or a text to a log: whatever a backend raises, only its class and its code are kept.
docs/text-messages.md says how to write one.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.utils.module_loading import import_string

from clinic.delivery import Outcome, Verdict
from clinic.states import MessageReason

# Seconds that a backend may use for one text.
TIMEOUT = 20.0
LARGEST_CODE = 32767


@dataclass(frozen=True)
class OutgoingText:
    """A text ready to go. `to` is the number as +12015550123."""

    to: str
    body: str


@dataclass(frozen=True)
class InboundText:
    """What a phone sent us. `number` as +12015550123."""

    number: str
    body: str


class TextError(Exception):
    """`code` is the provider's number of the error, for staff to look up. Give these no text: it may hold a number."""

    def __init__(self, code=None):
        super().__init__()
        self.code = code


class TextUnreachable(TextError):
    """The provider could not be reached: surely nothing was handed over, and nothing else is worth trying now."""


class TextPutOff(TextError):
    """The provider did not take it now and may later, as with “too many requests”."""


class TextRefused(TextError):
    """The provider will never take it: no such number, a landline, a wrong account."""


class TextStopped(TextError):
    """The provider knows that this phone answered STOP. It is then remembered here too."""


class InboundRefused(TextError):
    """What came in carries no valid signature of the provider."""


class TextBackend:
    """Hands texts to one provider. Subclass it, and name the subclass in TEXT_BACKEND.

    One instance is made for each text, without arguments; read accounts and keys from settings or the environment.
    """

    # Whether texts reach phones, or are only kept on this machine.
    leaves = True
    # Whether parse_inbound() verifies a signature: only then does /texts/inbound/ exist.
    receives = False

    def send(self, to, body, message_id, timeout):
        """Hand over one text within `timeout` seconds; returning means that the provider has taken it.

        `message_id` is the same for every try of one message: use it as the provider's idempotency key. Raise
        TextUnreachable, TextPutOff, TextRefused or TextStopped; anything else means that nobody knows whether it
        arrived, and leads to at most two more tries.
        """
        raise NotImplementedError

    def parse_inbound(self, request):
        """The InboundText in a provider's POST, after its signature was verified. Raises InboundRefused."""
        raise NotImplementedError

    def answer_inbound(self, text):
        """The HttpResponse that the provider wants. `text` is our answer to HELP, else empty.

        The default answers nothing: American providers confirm STOP and START themselves.
        """
        return HttpResponse(status=204)


def is_on():
    """Whether this installation sends texts at all."""
    return bool(settings.TEXT_BACKEND)


def load_backend():
    """A new instance of the backend. Raises ImproperlyConfigured when TEXT_BACKEND names none."""
    try:
        found = import_string(settings.TEXT_BACKEND)
    except ImportError:
        raise ImproperlyConfigured("TEXT_BACKEND names no class that can be imported.") from None
    if not isinstance(found, type) or not issubclass(found, TextBackend):
        raise ImproperlyConfigured("TEXT_BACKEND must name a subclass of clinic.text_backend.TextBackend.")
    return found()


def outcome_of(error):
    """What an exception of a backend means."""
    name = type(error).__name__
    code = getattr(error, "code", None)
    code = code if isinstance(code, int) and 0 <= code <= LARGEST_CODE else None
    if isinstance(error, TextUnreachable | ImproperlyConfigured):
        return Outcome(Verdict.UNREACHABLE, MessageReason.UNREACHABLE, name, code)
    if isinstance(error, TextPutOff):
        return Outcome(Verdict.LATER, MessageReason.PUT_OFF, name, code)
    if isinstance(error, TextRefused):
        return Outcome(Verdict.FAILED, MessageReason.REFUSED, name, code)
    if isinstance(error, TextStopped):
        return Outcome(Verdict.SKIPPED, MessageReason.STOPPED, name, code)
    return Outcome(Verdict.UNKNOWN, MessageReason.UNKNOWN, name)
