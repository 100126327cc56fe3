"""Visits, and the ledger that never gives a time twice."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.constraints import NoOverlap, OnlyMoves
from booking.models.schedule import AppointmentType, Room, Schedule
from booking.states import (
    APPOINTMENT_MOVES,
    HOLDING_STATES,
    OTHER_SLOT_KINDS,
    VISIT_SLOT_KINDS,
    AppointmentState,
    SlotKind,
)


class Appointment(models.Model):
    """A visit. Who it is for stands in its request alone."""

    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text=_("The visit's name in calendars, for life.")
    )
    request = models.ForeignKey(
        "booking.AppointmentRequest", models.SET_NULL, null=True, related_name="appointments", verbose_name=_("request")
    )
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    practitioner = models.ForeignKey(
        "clinic.Practitioner", models.PROTECT, related_name="+", verbose_name=_("clinician")
    )
    location = models.ForeignKey("clinic.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room"))
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    outside_hours = models.BooleanField(
        _("agreed outside working hours"),
        default=False,
        help_text=_("Staff agreed on it on purpose, so it never counts as stranded."),
    )
    state = models.CharField(_("state"), max_length=9, choices=AppointmentState, default=AppointmentState.BOOKED)
    extended_until = models.DateTimeField(
        _("kept longer, until"),
        null=True,
        blank=True,
        help_text=_("A time asked for, when nobody answered in time. Empty: until the answer that was promised."),
    )
    offered_until = models.DateTimeField(
        _("offered until"),
        null=True,
        blank=True,
        help_text=_("A time that we offered: until when the patient may take it. Empty for one that they asked for."),
    )
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
            models.CheckConstraint(
                condition=Q(extended_until__isnull=True)
                | Q(extended_until__lte=F("start"))
                | ~Q(state=AppointmentState.PROPOSED),
                name="appointment_kept_until_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(offered_until__isnull=True)
                | Q(offered_until__lte=F("start"))
                | ~Q(state=AppointmentState.PROPOSED),
                name="appointment_offered_until_it_begins",
            ),
            OnlyMoves.of(APPOINTMENT_MOVES, name="appointment_only_moves", field="state"),
        ]

    def __str__(self):
        return f"visit {self.pk}"

    @property
    def holds_time(self):
        return self.state in HOLDING_STATES

    @property
    def kept_until(self):
        """The instant until which a proposed time is kept. One asked for is then escalated, one offered is freed."""
        return self.offered_until or self.extended_until or self.request.reply_by


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
    # A hold dies with the request that is being typed, and by itself.
    draft = models.ForeignKey("booking.RequestDraft", models.CASCADE, null=True, related_name="holds")
    expires_at = models.DateTimeField(null=True)
    label = models.CharField(_("what for"), max_length=80, blank=True)
    overbooked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    overbooked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("busy time")
        verbose_name_plural = _("busy times")
        ordering = ["start", "pk"]
        # What lies ahead is found without reading the past.
        indexes = [models.Index(fields=["schedule", "end"], name="busy_slot_ahead")]
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
                condition=Q(kind=SlotKind.HOLD, draft__isnull=False, expires_at__isnull=False)
                | (~Q(kind=SlotKind.HOLD) & Q(draft__isnull=True, expires_at__isnull=True)),
                name="busy_slot_hold_ends_and_has_a_draft",
            ),
            models.UniqueConstraint(fields=["draft", "schedule"], name="busy_slot_one_hold_a_draft_and_schedule"),
            models.CheckConstraint(
                condition=Q(overbooked_by__isnull=True, overbooked_reason="")
                | (Q(overbooked_by__isnull=False) & ~Q(overbooked_reason="")),
                name="overbooking_needs_person_and_reason",
            ),
        ]

    def __str__(self):
        return f"busy {self.pk}"
