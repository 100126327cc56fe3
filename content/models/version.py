"""What was public, when, and by whom. Internet advertising is kept three years in New Jersey (N.J.A.C. 13:39A-8.7)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PageVersion(models.Model):
    """A whole page as it was published. Rows are added, never changed."""

    page = models.ForeignKey("content.Page", models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.PositiveSmallIntegerField(help_text=_("Shape of `data`, see content/publishing.py."))
    data = models.JSONField()
    why = models.CharField(_("what changed and why"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("page version")
        verbose_name_plural = _("page versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint("page", "number", name="page_version_number_once")]

    def __str__(self):
        return f"{self.page_id}#{self.number}"
