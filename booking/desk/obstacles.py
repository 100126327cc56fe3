"""What lies in the way of a visit that was refused, so that whoever books over it knows what they do."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.models import BusySlot, Schedule
from booking.states import SlotKind

WHAT = {
    SlotKind.BOOKING: _("a visit"),
    SlotKind.PROPOSAL: _("kept for a patient until we answer"),
    SlotKind.HOLD: _("a patient is just choosing it"),
    SlotKind.BLOCK: _("blocked"),
}


@dataclass(frozen=True)
class Obstacle:
    """A stretch of taken time. `request_id` and `reference` are None and empty where no patient stands behind it."""

    slot: BusySlot
    what: str
    request_id: int | None
    reference: str


def taken_by(form, *, type=None, besides=None):
    """The Obstacles to what stands in a PlaceForm, earliest first: the clinician's, and where rooms are needed theirs.

    `type` is the visit's when the form does not ask for it; `besides` is a visit that does not count: its own.
    """
    typed = form.cleaned_data
    type = type or typed.get("type")
    if not (type and typed.get("start") and form.offers_overbooking):
        return []
    schedules = Schedule.objects.filter(practitioner=typed["practitioner"])
    if type.needs_room:
        schedules |= Schedule.objects.filter(room__location=typed["location"], room__is_active=True)
    start, end = typed["start"] - type.before, typed["start"] + type.duration + type.after
    rows = BusySlot.objects.filter(schedule__in=schedules, start__lt=end, end__gt=start)
    rows = rows.exclude(expires_at__lte=timezone.now())
    if besides:
        rows = rows.exclude(appointment=besides)
    rows = rows.select_related("schedule__practitioner", "schedule__room", "appointment__request").order_by("start")
    return [_obstacle(row) for row in rows]


def _obstacle(row):
    asked = row.appointment and row.appointment.request
    what = row.label or (_("offered to a patient") if asked and row.appointment.offered_until else WHAT[row.kind])
    return Obstacle(row, what, asked and asked.pk, asked.reference if asked else "")
