"""The safety library: warning signs that pages, /get-help-now/ and the request's safety check all read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FlagGroup(models.TextChoices):
    """What to do about a sign. Any one is enough; they are never counted."""

    EMERGENCY = "emergency", _("emergency, now")
    SAME_DAY = "same_day", _("a doctor today")
    SOON = "soon", _("a doctor soon")


class FlagArea(models.TextChoices):
    """Headings under which /get-help-now/ lists the signs."""

    BELOW_WAIST = "below_waist", _("Below the waist")
    NECK_HEAD_ARMS = "neck_head_arms", _("Neck, head and arms")
    WITH_SOMETHING_ELSE = "with_something_else", _("Back pain with something else")
    AFTER_SURGERY = "after_surgery", _("After spine surgery or an injection")
    CHILD = "child", _("A child")


class RedFlag(models.Model):
    """One warning sign. The rows are the draft; patients read the newest SafetyVersion."""

    key = models.SlugField(_("short name"), max_length=40, unique=True)
    group = models.CharField(_("what to do"), max_length=10, choices=FlagGroup)
    area = models.CharField(_("area"), max_length=20, choices=FlagArea)
    text = models.CharField(_("sign, in plain words"), max_length=240, help_text=_("Ends a list: lower case, no full stop."))
    in_check = models.BooleanField(
        _("asked before a request"), default=False, help_text=_("Short list only: long mixed lists confuse.")
    )
    source = models.CharField(_("source and year"), max_length=200, blank=True)
    is_verified = models.BooleanField(
        _("source seen"), default=False, help_text=_("A warning without a seen source stays in until a clinician decides.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("warning sign")
        verbose_name_plural = _("warning signs")
        ordering = ["group", "order", "pk"]

    def __str__(self):
        return self.text


class SafetyVersion(models.Model):
    """The whole library as patients read it from `published_at` on. Rows are added, never changed."""

    number = models.PositiveIntegerField(unique=True)
    data = models.JSONField()
    why = models.CharField(_("what changed and why"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("safety library version")
        verbose_name_plural = _("safety library versions")
        ordering = ["-number"]
        get_latest_by = "number"

    def __str__(self):
        return f"#{self.number}"
