"""What was public, when, and by whom. Internet advertising is kept three years in New Jersey (N.J.A.C. 13:39A-8.7)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from content.constraints import AppendOnly
from content.errors import AppendOnlyError
from content.states import VersionKind


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnlyError

    def bulk_update(self, objs, fields, batch_size=None):
        raise AppendOnlyError

    def delete(self):
        raise AppendOnlyError


class AppendOnlyModel(models.Model):
    """Rows are added, never changed. When a user is deleted, only the reference to that user is emptied."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args, **kwargs):
        raise AppendOnlyError


class PageVersionQuerySet(AppendOnlyQuerySet):
    def public(self):
        """What patients could read once, or still can: never a saved draft, never the record of a removal."""
        return self.filter(kind=VersionKind.PUBLISHED)


class PageVersion(AppendOnlyModel):
    """A whole page at one moment: as it was published, or as a draft was saved. OFF records a removal, without data.

    Numbers count every version of a page, whatever its kind.
    """

    page = models.ForeignKey("content.Page", models.PROTECT, related_name="versions", verbose_name=_("page"))
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=VersionKind, default=VersionKind.PUBLISHED)
    schema = models.PositiveSmallIntegerField(help_text=_("Shape of `data`, see content/drafts.py."))
    data = models.JSONField(_("the page"))
    why = models.CharField(_("what changed and why"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("when"))

    objects = PageVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("page version")
        verbose_name_plural = _("page versions")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="page_version_number_once"),
            AppendOnly(
                name="page_version_never_changes",
                fields=["page", "number", "kind", "schema", "data", "why", "created_at"],
            ),
        ]

    def __str__(self):
        return f"{self.page_id}#{self.number}"


class SafetyVersion(AppendOnlyModel):
    """The whole safety library as patients read it from `published_at` on."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    data = models.JSONField(_("the warning signs"))
    why = models.CharField(_("what changed and why"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("version of the warning signs")
        verbose_name_plural = _("versions of the warning signs")
        ordering = ["-number"]
        constraints = [
            AppendOnly(name="safety_version_never_changes", fields=["number", "data", "why", "published_at"]),
        ]

    def __str__(self):
        return f"#{self.number}"
