"""What the front desk keeps beside requests and visits: notes, plans of care, feeds, and who has looked at what."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_PER_WEEK = 5
MOST_VISITS = 36


class DeskNote(models.Model):
    """A word among colleagues about one request: never about health. It goes when the request goes."""

    request = models.ForeignKey("booking.AppointmentRequest", models.CASCADE, related_name="desk_notes")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    text = models.CharField(
        _("note"), max_length=500, help_text=_("For colleagues at the desk. Nothing about symptoms or treatment.")
    )

    class Meta:
        verbose_name = _("desk note")
        verbose_name_plural = _("desk notes")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"note {self.pk}"


class PlanOfCare(models.Model):
    """Visits that were planned together, as “2 a week, 6 weeks”. Each of them is an ordinary visit."""

    request = models.ForeignKey("booking.AppointmentRequest", models.SET_NULL, null=True, related_name="plans_of_care")
    per_week = models.PositiveSmallIntegerField(
        _("visits a week"), validators=[MinValueValidator(1), MaxValueValidator(MOST_PER_WEEK)]
    )
    count = models.PositiveSmallIntegerField(
        _("visits in all"), validators=[MinValueValidator(2), MaxValueValidator(MOST_VISITS)]
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("plan of care")
        verbose_name_plural = _("plans of care")
        ordering = ["created_at", "pk"]

    def __str__(self):
        return f"plan {self.pk}"


class CalendarFeed(models.Model):
    """The secret address at which a clinician's own calendar reads their visits. A new one ends the one before."""

    practitioner = models.OneToOneField("clinic.Practitioner", models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True, help_text=_("The address itself is shown once."))
    created_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    last_read_at = models.DateTimeField(_("last read"), null=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["created_at", "pk"]

    def __str__(self):
        return f"feed {self.pk}"


class AccessKind(models.TextChoices):
    VIEW = "view", _("looked at")
    SEARCH = "search", _("searched")
    EXPORT = "export", _("exported")
    PRINT = "print", _("printed")
    FEED = "feed", _("changed a calendar feed")


class AccessRecord(models.Model):
    """Who looked at whom, and when. Never what was typed or read. Rows are added, never changed.

    45 CFR 164.312(b): activity in systems with health information is recorded and examined. No foreign keys: a record
    outlives what it is about.
    """

    at = models.DateTimeField(_("when"), db_index=True)
    kind = models.CharField(_("what"), max_length=8, choices=AccessKind)
    user_id = models.PositiveBigIntegerField(null=True)
    user_label = models.CharField(_("who"), max_length=150, blank=True)
    request_id = models.PositiveBigIntegerField(null=True)
    page = models.CharField(_("where"), max_length=40, help_text=_("A code: which page or list it was."))
    count = models.PositiveIntegerField(_("how many people"), default=1)

    class Meta:
        verbose_name = _("record of looking")
        verbose_name_plural = _("records of looking")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["request_id", "at"], name="access_of_a_request"),
            models.Index(fields=["user_id", "at"], name="access_by_a_person"),
        ]

    def __str__(self):
        return f"{self.kind} {self.page} {self.request_id or ''}".strip()
