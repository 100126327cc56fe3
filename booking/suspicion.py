"""What makes a request look odd. It is kept and flagged for the front desk, never refused: people look odd too."""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

# Nobody reads the safety check and types a name and a number in less.
FASTEST_PERSON = datetime.timedelta(seconds=8)
WITHIN = datetime.timedelta(hours=1)
# Families and offices share an address on the network, and a mailbox; robots go far beyond.
USUAL_FROM_ONE_NETWORK = 5
USUAL_FROM_ONE_MAILBOX = 2


class SuspectReason(models.TextChoices):
    HONEYPOT = "honeypot", _("filled a field that people do not see")
    TOO_FAST = "too_fast", _("sent faster than a person types")
    NETWORK = "network", _("many requests from one network within an hour")
    MAILBOX = "mailbox", _("many requests with one mailbox within an hour")
    LINKS = "links", _("a web address in the text")


def suspect_reasons(*, honeypot, took, from_network, from_mailbox, has_links):
    """The reasons that apply, in their fixed order.

    `took` is the time from the first page to sending; `from_network` and `from_mailbox` count earlier requests
    within the hour.
    """
    found = {
        SuspectReason.HONEYPOT: honeypot,
        SuspectReason.TOO_FAST: took < FASTEST_PERSON,
        SuspectReason.NETWORK: from_network >= USUAL_FROM_ONE_NETWORK,
        SuspectReason.MAILBOX: from_mailbox >= USUAL_FROM_ONE_MAILBOX,
        SuspectReason.LINKS: has_links,
    }
    return tuple(reason for reason, applies in found.items() if applies)
