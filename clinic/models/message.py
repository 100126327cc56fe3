"""Outgoing messages. Rules and reasons: clinic/outbox.py."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.states import OPEN_MESSAGE_STATES, REASONS_OF_TEXTS, MessageChannel, MessageReason, MessageState


class OutgoingMessageQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OPEN_MESSAGE_STATES)

    def finished(self):
        return self.exclude(state__in=OPEN_MESSAGE_STATES)

    def due(self, now):
        """Messages to try at `now`, longest wanted first; one whose sender died comes back when its lease ends."""
        return self.open().filter(due_at__lte=now).order_by("first_due_at", "pk")

    def handed_to(self, recipient_key, *, since):
        """What went, or may have gone, to one mailbox after `since`."""
        return self.filter(recipient_key=recipient_key, handed_over_at__gt=since)


class OutgoingMessage(models.Model):
    """One message to one person. Holds no text and no address: both are read from the record when it is sent."""

    key = models.CharField(
        _("about"), max_length=120, unique=True, help_text=_("What it is about and why, once: “received:17”.")
    )
    kind = models.CharField(_("kind"), max_length=40)
    channel = models.CharField(
        _("by"), max_length=5, choices=MessageChannel, default=MessageChannel.EMAIL, editable=False
    )
    record_id = models.PositiveBigIntegerField(help_text=_("Primary key of the record that the message is about."))
    message_id = models.CharField(max_length=300, help_text=_("The same for every try, so that a copy is recognized."))
    state = models.CharField(_("state"), max_length=8, choices=MessageState, default=MessageState.QUEUED)
    created_at = models.DateTimeField(_("made"))
    first_due_at = models.DateTimeField(_("wanted"), help_text=_("When it should have left. Tries do not move it."))
    due_at = models.DateTimeField(
        _("next try"), help_text=_("While it is being sent: when another worker may take over.")
    )
    not_after = models.DateTimeField(
        _("not after"), help_text=_("Never sent later than this, not even from a restored backup.")
    )
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    unknown_tries = models.PositiveSmallIntegerField(
        default=0, help_text=_("Tries after which nobody knows whether it arrived.")
    )
    token = models.UUIDField(
        null=True, editable=False, help_text=_("Who is sending it: only the holder may finish it.")
    )
    handed_over_at = models.DateTimeField(
        null=True, help_text=_("When the mail server last got, or may have got, the text.")
    )
    finished_at = models.DateTimeField(_("finished"), null=True)
    reason = models.CharField(_("reason"), max_length=80, blank=True)
    error_class = models.CharField(_("error"), max_length=80, blank=True)
    smtp_code = models.PositiveSmallIntegerField(_("answer of the mail server"), null=True)
    recipient_key = models.CharField(
        max_length=64, blank=True, help_text=_("Keyed hash of the address, to count mails to one mailbox.")
    )

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ["-created_at", "-pk"]
        permissions = [("requeue_outgoingmessage", _("Can send a failed message again, or settle it"))]
        indexes = [
            models.Index(fields=["state", "due_at"], name="message_due"),
            models.Index(fields=["recipient_key", "handed_over_at"], name="message_mailbox"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN_MESSAGE_STATES, finished_at__isnull=True)
                | (~Q(state__in=OPEN_MESSAGE_STATES) & Q(finished_at__isnull=False)),
                name="message_finished_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.SENDING, token__isnull=False)
                | (~Q(state=MessageState.SENDING) & Q(token__isnull=True)),
                name="message_being_sent_has_token",
            ),
            models.CheckConstraint(condition=Q(not_after__gte=F("first_due_at")), name="message_can_leave_in_time"),
        ]

    def __str__(self):
        return self.key

    @property
    def reason_text(self):
        """The reason in words; an app's own reason as it stands."""
        words = dict(MessageReason.choices)
        if self.channel == MessageChannel.TEXT:
            words |= REASONS_OF_TEXTS
        return words.get(self.reason, self.reason)
