"""Visits, and the ledger that never gives a time twice."""

import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.constraints import NoOverlap
from booking.states import HOLDING_STATES, OTHER_SLOT_KINDS, VISIT_SLOT_KINDS, AppointmentState, SlotKind

# What a visit may last, in minutes. Buffers and several visits in a row are rows of their own.
SHORTEST_VISIT, LONGEST_VISIT = 5, 480


class AppointmentType(models.Model):
    """What kind of visit it is, and how long it takes."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), unique=True)
    duration_minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(SHORTEST_VISIT), MaxValueValidator(LONGEST_VISIT)]
    )
    for_new_patients = models.BooleanField(_("a first visit"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("appointment type")
        verbose_name_plural = _("appointment types")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(SHORTEST_VISIT, LONGEST_VISIT)),
                name="appointment_type_lasts_a_sane_time",
                violation_error_message=_("A visit lasts between 5 minutes and 8 hours."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def duration(self):
        return datetime.timedelta(minutes=self.duration_minutes)


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
    practitioner = models.ForeignKey(
        "clinic.Practitioner", models.PROTECT, related_name="+", verbose_name=_("clinician")
    )
    location = models.ForeignKey("clinic.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    state = models.CharField(_("state"), max_length=9, choices=AppointmentState, default=AppointmentState.BOOKED)
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text=_("Counts changes, for compare-and-set.")
    )
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="appointment_ends_after_start"),
            models.CheckConstraint(condition=Q(state__in=AppointmentState.values), name="appointment_state_is_known"),
        ]

    def __str__(self):
        return f"visit {self.pk}"

    @property
    def holds_time(self):
        return self.state in HOLDING_STATES


NEVER_TWICE = NoOverlap(
    name="busy_slot_never_twice",
    owner="schedule",
    start="start",
    end="end",
    exempt="overbooked_by",
    violation_error_message=_("This time is already taken."),
)


class BusySlot(models.Model):
    """The ledger: one row per schedule and stretch of time taken, [start, end). Free time is computed, never stored.

    Rows are written in booking/actions/ledger.py alone; whatever else tries, the database refuses an overlap.
    """

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
            NEVER_TWICE,
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="busy_slot_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind__in=VISIT_SLOT_KINDS, appointment__isnull=False)
                | Q(kind__in=OTHER_SLOT_KINDS, appointment__isnull=True),
                name="busy_slot_of_a_visit_names_it",
            ),
            models.UniqueConstraint(fields=["appointment", "schedule"], name="busy_slot_once_a_visit_and_schedule"),
            models.CheckConstraint(
                condition=Q(overbooked_by__isnull=True, overbooked_reason="")
                | (Q(overbooked_by__isnull=False) & ~Q(overbooked_reason="")),
                name="overbooking_needs_person_and_reason",
            ),
        ]

    def __str__(self):
        return f"busy {self.pk}"
