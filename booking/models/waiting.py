"""The wait list: who would come earlier, and the freed times on their way to them."""

import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.constraints import OnlyMoves
from booking.models.appointment import Appointment
from booking.models.schedule import AppointmentType
from booking.states import OPEN_WAIT_OFFER_STATES, WAIT_OFFER_MOVES, WaitListState, WaitOfferState


class WaitListEntry(models.Model):
    """Somebody who would take a freed time. Who they are stands in their request alone.

    `visit` is the visit that they would give up for it, None when they have none yet.
    """

    request = models.ForeignKey("booking.AppointmentRequest", models.CASCADE, related_name="wait_list")
    visit = models.ForeignKey(Appointment, models.SET_NULL, null=True, blank=True, related_name="+")
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    practitioner = models.ForeignKey(
        "clinic.Practitioner",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("clinician"),
        help_text=_("Empty: anybody."),
    )
    location = models.ForeignKey(
        "clinic.Location",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("location"),
        help_text=_("Empty: any place."),
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    parts = models.JSONField(_("parts of the day"), default=list, help_text=_("Of DayPart. Empty: all."))
    notice_minutes = models.PositiveIntegerField(
        _("can come within (minutes)"),
        default=1440,
        validators=[MaxValueValidator(14 * 1440)],
        help_text=_("How much notice they need at least, from the mail to the visit."),
    )
    state = models.CharField(_("state"), max_length=7, choices=WaitListState, default=WaitListState.WAITING)
    created_at = models.DateTimeField(
        _("on the list since"), help_text=_("Fair order: who has waited longest is first.")
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("place on the wait list")
        verbose_name_plural = _("wait list")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="wait_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(state=WaitListState.WAITING, closed_at__isnull=True)
                | (~Q(state=WaitListState.WAITING) & Q(closed_at__isnull=False)),
                name="wait_closed_has_time",
            ),
            models.UniqueConstraint(
                "request", condition=Q(state=WaitListState.WAITING), name="wait_list_one_place_a_request"
            ),
        ]

    def __str__(self):
        return f"wait {self.pk}"

    @property
    def notice(self):
        return datetime.timedelta(minutes=self.notice_minutes)


class WaitListOffer(models.Model):
    """One freed time, held by a proposed visit, on its way to one person. An entry has at most one at a time."""

    entry = models.ForeignKey(WaitListEntry, models.CASCADE, related_name="offers")
    visit = models.OneToOneField(Appointment, models.CASCADE, related_name="wait_offer")
    state = models.CharField(_("state"), max_length=8, choices=WaitOfferState, default=WaitOfferState.PENDING)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("made"))
    offered_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("until"))
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("freed time offered")
        verbose_name_plural = _("freed times offered")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN_WAIT_OFFER_STATES, closed_at__isnull=True)
                | (~Q(state__in=OPEN_WAIT_OFFER_STATES) & Q(closed_at__isnull=False)),
                name="wait_offer_closed_has_time",
            ),
            models.UniqueConstraint(
                "entry", condition=Q(state__in=OPEN_WAIT_OFFER_STATES), name="wait_offer_one_at_a_time"
            ),
            OnlyMoves.of(WAIT_OFFER_MOVES, name="wait_offer_only_moves", field="state"),
        ]

    def __str__(self):
        return f"offer {self.pk}"
