"""States of an outgoing message, and why it is in one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("not needed any more")
    FAILED = "failed", _("failed")


class MessageChannel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    TEXT = "text", _("text message")


OPEN_MESSAGE_STATES = (MessageState.QUEUED, MessageState.SENDING)


class MessageReason(models.TextChoices):
    """Why a message waits, was skipped or failed. An app's `render` may skip with short reasons of its own."""

    UNREACHABLE = "unreachable", _("the mail server could not be reached")
    PUT_OFF = "put_off", _("the mail server asked to try later")
    UNKNOWN = "unknown", _("the connection broke, it may have arrived")
    REFUSED = "refused", _("the mail server refused it for good")
    CANNOT_RENDER = "cannot_render", _("the text could not be made")
    LIMIT = "limit", _("too many messages to one mailbox")
    EXPIRED = "expired", _("it would have come too late")
    GAVE_UP = "gave_up", _("tried until it would have come too late")
    SETTLED = "settled", _("settled another way by staff")
    QUIET = "quiet", _("waits until morning")
    OFF = "off", _("text messages are switched off here")
    STOPPED = "stopped", _("they asked for no more text messages")


# What the same reasons mean for a text message.
REASONS_OF_TEXTS = {
    MessageReason.UNREACHABLE: _("the text provider could not be reached"),
    MessageReason.PUT_OFF: _("the text provider asked to try later"),
    MessageReason.UNKNOWN: _("no answer of the text provider, it may have arrived"),
    MessageReason.REFUSED: _("the text provider refused it for good"),
    MessageReason.LIMIT: _("too many messages to one phone"),
}
# A message that waits for one of these is not late.
PATIENT_REASONS = (MessageReason.LIMIT, MessageReason.QUIET)
