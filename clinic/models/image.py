"""Pictures: portraits and page images alike."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Image(models.Model):
    """A picture that was re-encoded when it came in. Files are named by content hash and never change."""

    digest = models.CharField(_("content hash"), max_length=64, unique=True, editable=False)
    alt = models.CharField(
        _("what the picture shows"),
        max_length=200,
        blank=True,
        help_text=_("For people who cannot see it. One short sentence."),
    )
    is_decorative = models.BooleanField(
        _("only decoration"), default=False, help_text=_("Tick when the picture adds nothing to the words beside it.")
    )
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    widths = models.JSONField(default=list, editable=False, help_text=_("Pixel widths that exist as AVIF and JPEG."))
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True) | ~Q(alt=""),
                name="image_has_words_or_is_decorative",
                violation_error_message=_("Say what the picture shows, or tick “only decoration”."),
            )
        ]

    def __str__(self):
        return self.alt or self.digest[:12]
