"""What happened, in order. No foreign keys: history never blocks a deletion. No personal data: it may stay."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppointmentEvent(models.Model):
    """One thing that happened to a request or a visit. Rows are added, never changed."""

    at = models.DateTimeField(_("when"))
    action = models.CharField(_("what"), max_length=40)
    request_id = models.PositiveBigIntegerField(null=True, db_index=True)
    appointment_id = models.PositiveBigIntegerField(null=True, db_index=True)
    user_id = models.PositiveBigIntegerField(null=True)
    user_label = models.CharField(
        _("who"), max_length=150, blank=True, help_text=_("Empty: the patient, or the system.")
    )
    detail = models.JSONField(default=dict, help_text=_("Codes and instants only."))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.action} {self.request_id or ''} {self.appointment_id or ''}".strip()
