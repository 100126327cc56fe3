"""A Sample as the person gets it: its mail, and the text message beside it, where there is one of its kind.

Both are written by the outbox's own render functions, on records in a transaction that is always rolled back.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from clinic.mail import OutgoingMail, Skip, Wait
from clinic.models import Clinic, OutgoingMessage
from clinic.outbox import KINDS, TEXT_KINDS
from clinic.states import MessageChannel
from clinic.text_backend import is_on
from clinic.text_segments import segments
from njspine.previews.records import Records

# Newer than every message, so that none is taken for one that a later mail replaced.
NEWEST = 2**62


class NothingToShow(Exception):
    """The render function would not send this mail now. The text says why, in its own words."""


@dataclass(frozen=True)
class ShownText:
    """A text message as it could leave, or `why_not`. It costs the clinic as much as its `segments`."""

    to: str = ""
    body: str = ""
    why_not: str = ""

    @property
    def segments(self):
        return segments(self.body)


@dataclass(frozen=True)
class Shown:
    """`text` is None for a kind of which no text message exists."""

    mail: OutgoingMail
    text: ShownText | None = None


def show(sample, *, now):
    """The Shown of a Sample as of `now`. Leaves nothing behind. Raises NothingToShow."""
    if not Clinic.objects.exists():
        raise NothingToShow(gettext("nobody has entered the clinic yet"))
    with transaction.atomic():
        try:
            made = sample.make(Records(now=now))
            record, key = made if isinstance(made, tuple) else (made, f"{sample.kind}:{made.pk}")
            message = OutgoingMessage(pk=NEWEST, kind=sample.kind, record_id=record.pk, key=key)
            mail = KINDS[sample.kind].render(message, now)
            text = _text(message, now)
        finally:
            transaction.set_rollback(True)
    if isinstance(mail, Skip):
        raise NothingToShow(mail.reason)
    return Shown(mail, text)


def mail_of(sample, *, now):
    """The OutgoingMail of a Sample alone. As show()."""
    return show(sample, now=now).mail


def _text(mail, now):
    """The text message of the same kind about the same record; at night the one that leaves in the morning."""
    if mail.kind not in TEXT_KINDS:
        return None
    if not is_on():
        return ShownText(why_not=gettext("This site sends no text messages yet."))
    message = OutgoingMessage(
        pk=NEWEST,
        kind=mail.kind,
        record_id=mail.record_id,
        key=f"{MessageChannel.TEXT}:{mail.key}",
        channel=MessageChannel.TEXT,
    )
    text = TEXT_KINDS[mail.kind].render(message, now)
    if isinstance(text, Wait):
        text = TEXT_KINDS[mail.kind].render(message, text.until)
    return ShownText(why_not=text.reason) if isinstance(text, Skip) else ShownText(text.to, text.body)
