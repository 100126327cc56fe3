"""Who wants no text messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextStop(models.Model):
    """A phone that answered STOP. Nothing is ever sent to it again until it answers START."""

    number_key = models.CharField(max_length=64, unique=True, help_text=_("Keyed hash of the number."))
    stopped_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("phone without text messages")
        verbose_name_plural = _("phones without text messages")
        ordering = ["-stopped_at", "pk"]

    def __str__(self):
        return f"stop {self.pk}"
