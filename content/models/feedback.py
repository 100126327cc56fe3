"""What readers say about a page. No name, no address; a hash of the network is kept for a day to stop floods."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PageFeedback(models.Model):
    """One answer to “Was this page helpful?”. `network_key` is emptied after a day, `comment` after a year."""

    page = models.ForeignKey("content.Page", models.CASCADE, related_name="feedback", verbose_name=_("page"))
    version_number = models.PositiveIntegerField(_("version that was read"))
    is_helpful = models.BooleanField(_("helpful"))
    comment = models.TextField(_("what they wrote"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("received"), db_index=True)
    network_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("Keyed hash of the sender's network.")
    )

    class Meta:
        verbose_name = _("answer about a page")
        verbose_name_plural = _("answers about pages")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["network_key", "created_at"], name="feedback_network")]

    def __str__(self):
        return f"{self.page_id}#{self.pk}"
