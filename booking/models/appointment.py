"""Visits, and the ledger that never gives a time twice."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.states import HOLDING_STATES, AppointmentState, SlotKind


class AppointmentType(models.Model):
    """What kind of visit it is, and how long it takes."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), unique=True)
    duration_minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    for_new_patients = models.BooleanField(_("a first visit"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("appointment type")
        verbose_name_plural = _("appointment types")
        ordering = ["order", "name"]

    def __str__(self):
        return self.name


class Schedule(models.Model):
    """The time of one clinician. The row that every booking locks first, in primary-key order."""

    practitioner = models.OneToOneField(
        "clinic.Practitioner", models.PROTECT, related_name="schedule", verbose_name=_("clinician")
    )

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")

    def __str__(self):
        return f"schedule {self.pk}"


class Appointment(models.Model):
    """A visit. Who it is for stands in its request alone."""

    request = models.ForeignKey(
        "booking.AppointmentRequest", models.SET_NULL, null=True, related_name="appointments", verbose_name=_("request")
    )
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    practitioner = models.ForeignKey("clinic.Practitioner", models.PROTECT, related_name="+", verbose_name=_("clinician"))
    location = models.ForeignKey("clinic.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    state = models.CharField(_("state"), max_length=9, choices=AppointmentState, default=AppointmentState.BOOKED)
    version = models.PositiveIntegerField(default=1, editable=False, help_text=_("Counts changes, for compare-and-set."))
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["start", "pk"]
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="appointment_ends_after_start")]

    def __str__(self):
        return f"visit {self.pk}"

    @property
    def holds_time(self):
        return self.state in HOLDING_STATES


class BusySlot(models.Model):
    """The ledger: one row per schedule and stretch of time taken. Free time is computed, never stored."""

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="busy_slots")
    start = models.DateTimeField()
    end = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=SlotKind)
    appointment = models.ForeignKey(Appointment, models.CASCADE, null=True, related_name="busy_slots")
    label = models.CharField(_("what for"), max_length=80, blank=True)
    overbooked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    overbooked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("busy time")
        verbose_name_plural = _("busy times")
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="busy_slot_ends_after_start"),
            models.CheckConstraint(
                condition=Q(overbooked_by__isnull=True, overbooked_reason="")
                | (Q(overbooked_by__isnull=False) & ~Q(overbooked_reason="")),
                name="overbooking_needs_person_and_reason",
            ),
        ]

    def __str__(self):
        return f"busy {self.pk}"
