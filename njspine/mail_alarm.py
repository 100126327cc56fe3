"""What stands on every admin page while mail does not really leave: people who wait for it must be called instead."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.promise import minutes_in_words

# The worker looks for mail every few seconds; silence this long means that it does not run.
WORKER_MAY_BE_SILENT_FOR = datetime.timedelta(minutes=5)
TWO_DAYS = datetime.timedelta(days=2)


@dataclass(frozen=True)
class MailAlarm:
    title: str
    text: str


def alarm_for(health):
    """The one alarm that explains the others, or None. `health` is what clinic.outbox.health() returns."""
    if not health.mail_leaves:
        return MailAlarm(
            _("Mail does not leave this machine."),
            _("Tell every patient by phone. Whoever runs this site must name a mail server in EMAIL_URL."),
        )
    if health.worker_silent_for is None:
        return MailAlarm(
            _("No mail is being sent."),
            _("The worker has never run here. Start “manage.py work”, and tell patients by phone until then."),
        )
    if health.worker_silent_for > WORKER_MAY_BE_SILENT_FOR:
        return MailAlarm(
            _("No mail is being sent."),
            _("The worker has been silent for %(time)s. Start it again, and tell patients by phone until then.")
            % {"time": _span(health.worker_silent_for)},
        )
    if health.is_overdue:
        return MailAlarm(
            _("Mail is stuck."),
            _("The oldest message has waited for %(time)s. Tell patients by phone until it moves again.")
            % {"time": _span(health.oldest_due_age)},
        )
    if health.failed:
        return MailAlarm(
            ngettext("%(count)d message could not be sent.", "%(count)d messages could not be sent.", health.failed)
            % {"count": health.failed},
            _("The desk and the list of outgoing messages say which. Tell those people by phone, then settle it."),
        )
    return None


def _span(duration):
    if duration >= TWO_DAYS:
        return _("%(days)d days") % {"days": duration.days}
    return minutes_in_words(int(duration.total_seconds() // 60))
