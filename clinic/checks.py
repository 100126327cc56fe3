"""What `manage.py check` says about mail and text messages."""

from django.conf import settings
from django.core.checks import Error, Warning
from django.core.exceptions import ImproperlyConfigured

from clinic import text_backend
from clinic.transport import HARD_LIMIT, mail_leaves


def check_mail_leaves(app_configs, **kwargs):
    """For `check --deploy`: a clinic whose mail goes nowhere looks healthy, and patients hear nothing."""
    if mail_leaves():
        return []
    return [
        Warning(
            "Mail stays on this machine: no patient and nobody at the front desk gets any.",
            hint="Set EMAIL_URL to your mail server, like smtp+tls://user:password@mail.example:587",
            id="clinic.W001",
        )
    ]


def check_mail_timeout(app_configs, **kwargs):
    """Without a timeout one silent mail server stops all mail."""
    timeout = getattr(settings, "EMAIL_TIMEOUT", None)
    if timeout and timeout < HARD_LIMIT:
        return []
    return [
        Error(
            f"EMAIL_TIMEOUT must be set, to less than {HARD_LIMIT:.0f} seconds.",
            hint="15 to 20 seconds suit every mail server.",
            id="clinic.E001",
        )
    ]


def check_text_backend(app_configs, **kwargs):
    """A name that leads nowhere would be found out by the first patient who waits for a text."""
    if not text_backend.is_on():
        return []
    try:
        text_backend.load_backend()
    except ImproperlyConfigured as error:
        hint = "Name a class, like clinic.text_files.TextBackend, or leave it empty. See docs/text-messages.md."
        return [Error(str(error), hint=hint, id="clinic.E002")]
    except Exception as error:  # noqa: BLE001  a backend that misses its account says so in its own way
        message = f"The text backend cannot be made: {type(error).__name__}."
        return [Error(message, hint="Look for the settings that it needs.", id="clinic.E003")]
    return []


def check_texts_leave(app_configs, **kwargs):
    """For `check --deploy`: patients would agree to texts that reach nobody."""
    if not text_backend.is_on() or check_text_backend(app_configs) or text_backend.load_backend().leaves:
        return []
    return [
        Warning(
            "Text messages stay on this machine, and the form offers them to patients.",
            hint="Name the backend of your provider in TEXT_BACKEND, or leave it empty.",
            id="clinic.W002",
        )
    ]
