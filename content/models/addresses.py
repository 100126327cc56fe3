"""Where addresses lead that pages had once, addresses that lead nowhere, and links that lead out of the site."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Redirect(models.Model):
    """An old address of this site. To a page it always leads to where that page is now, so chains never form."""

    path = models.CharField(_("old address"), max_length=200, unique=True, help_text=_("Like /conditions/lumbago/."))
    to_page = models.ForeignKey(
        "content.Page", models.CASCADE, null=True, blank=True, related_name="redirects", verbose_name=_("to the page")
    )
    to_path = models.CharField(
        _("or to the address"), max_length=200, blank=True, help_text=_("An address of this site, like /insurance/.")
    )
    is_automatic = models.BooleanField(_("made when the address changed"), default=False, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_page__isnull=False, to_path="") | (Q(to_page__isnull=True) & ~Q(to_path="")),
                name="redirect_leads_to_one_place",
                violation_error_message=_("Choose a page or give an address, not both."),
            ),
        ]

    def __str__(self):
        return self.path


class MissingAddress(models.Model):
    """An address of this site that visitors asked for and that leads nowhere. Counted, never who asked."""

    path = models.CharField(_("address"), max_length=200, unique=True)
    times = models.PositiveIntegerField(_("times asked for"), default=1)
    first_day = models.DateField(_("first asked for"))
    last_day = models.DateField(_("last asked for"))
    is_ignored = models.BooleanField(_("ignore it"), default=False)

    class Meta:
        verbose_name = _("missing address")
        verbose_name_plural = _("missing addresses")
        ordering = ["-times", "path"]

    def __str__(self):
        return self.path


class ExternalLink(models.Model):
    """A link out of the site as it was when last tried. Dead only after failing on two different days."""

    url = models.URLField(_("link"), max_length=400, unique=True)
    checked_at = models.DateTimeField(_("last tried"), null=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    error = models.CharField(_("error"), max_length=60, blank=True)
    failing_since = models.DateTimeField(_("fails since"), null=True)
    is_dead = models.BooleanField(_("dead"), default=False)

    class Meta:
        verbose_name = _("link to another site")
        verbose_name_plural = _("links to other sites")
        ordering = ["-is_dead", "url"]

    def __str__(self):
        return self.url
