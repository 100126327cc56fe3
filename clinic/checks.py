"""What `manage.py check` says about mail."""

from django.conf import settings
from django.core.checks import Error, Warning

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
