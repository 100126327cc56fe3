"""Outgoing messages. Rules and reasons: clinic/outbox.py."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("not needed any more")
    FAILED = "failed", _("failed")


class OutgoingMessage(models.Model):
    """One message to one person. Holds no text and no address: both are read from the record when it is sent."""

    key = models.CharField(max_length=120, unique=True, help_text=_("What it is about and why, once: “received:17”."))
    kind = models.CharField(max_length=40)
    record_id = models.PositiveBigIntegerField(help_text=_("Primary key of the record that the message is about."))
    message_id = models.CharField(max_length=120, help_text=_("The same for every try, so that a copy is recognised."))
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.QUEUED)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(help_text=_("Never sent later than this, not even from a restored backup."))
    attempts = models.PositiveIntegerField(default=0)
    token = models.UUIDField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=80, blank=True)
    error_class = models.CharField(max_length=80, blank=True)
    smtp_code = models.PositiveSmallIntegerField(null=True)
    recipient_key = models.CharField(
        max_length=64, blank=True, db_index=True, help_text=_("Keyed hash of the address, to count mails to one mailbox.")
    )

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "due_at"], name="message_due")]

    def __str__(self):
        return self.key
