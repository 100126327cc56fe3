"""The safety library: warning signs that pages, /get-help-now/ and the request's safety check all read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from content.states import FlagArea, FlagGroup


class RedFlagQuerySet(models.QuerySet):
    def kept(self):
        """The draft of the library: everything that is not in the trash."""
        return self.filter(trashed_at__isnull=True)


class RedFlag(models.Model):
    """One warning sign. The rows are the draft; patients read the newest SafetyVersion."""

    key = models.SlugField(
        _("short name"), max_length=40, unique=True, help_text=_("Pages refer to the sign by it. Never changed later.")
    )
    group = models.CharField(
        _("what to do"), max_length=10, choices=FlagGroup, help_text=_("On which card the sign stands.")
    )
    area = models.CharField(
        _("area"), max_length=20, choices=FlagArea, help_text=_("The heading under which patients find it.")
    )
    text = models.CharField(
        _("sign, in plain words"),
        max_length=240,
        help_text=_("Ends a list: small first letter, no full stop. Like “a foot that drags”."),
    )
    in_check = models.BooleanField(
        _("asked before a request"), default=False, help_text=_("Short list only: long mixed lists confuse.")
    )
    source = models.CharField(
        _("source and year"), max_length=200, blank=True, help_text=_("Like “NICE NG234, 2023”. Only staff see it.")
    )
    is_verified = models.BooleanField(
        _("source seen"),
        default=False,
        help_text=_("A warning without a seen source stays in until a clinician decides."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Small numbers first."))
    trashed_at = models.DateTimeField(_("in the trash since"), null=True, editable=False)
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("put there by"),
    )

    objects = RedFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning sign")
        verbose_name_plural = _("warning signs")
        ordering = ["group", "order", "pk"]
        permissions = [
            ("publish_redflag", _("Can propose warning signs for publishing")),
            ("review_redflag", _("Can agree to warning signs as a clinician")),
        ]

    def __str__(self):
        return self.text
