"""Visits that a change has stranded: nobody is there to see the patient. They are listed, and never cancelled."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.availability import work_plans
from booking.models import Appointment, Schedule
from booking.states import AppointmentState
from booking.working_time import WorkPlan, works_at
from clinic.intervals import Interval, intersect
from clinic.wall_clock import day_of

# Minimum necessary (45 CFR 164.502(b)): whom to call, not what about.
NOT_NEEDED = ("note", "access_needs", "insurance", "condition", "reason_other", "recent_surgery")
UPCOMING = (AppointmentState.PROPOSED, AppointmentState.BOOKED)


class Stranded(models.TextChoices):
    """Why a visit cannot be as it was agreed, the strongest reason first."""

    CLINICIAN_GONE = "clinician_gone", _("the clinician no longer sees patients")
    PLACE_GONE = "place_gone", _("we no longer see patients there")
    CLOSED = "closed", _("the place is closed then")
    TIME_OFF = "time_off", _("the clinician is away then")
    NOT_WORKING = "not_working", _("the clinician does not work there then")


@dataclass(frozen=True)
class StrandedVisit:
    appointment: Appointment
    why: Stranded


def needs_rebooking(*, site):
    """Every upcoming visit that is stranded at `site.now`, earliest first, with why. Six queries.

    What staff agreed on outside working hours on purpose counts only when the place is closed, or somebody is gone or
    away. A clinician without any working hours on record works whenever staff say so.
    """
    visits = list(
        Appointment.objects.filter(state__in=UPCOMING, start__gt=site.now)
        .select_related("practitioner", "location", "type", "request")
        .defer(*(f"request__{name}" for name in NOT_NEEDED))
        .order_by("start", "pk")
    )
    owners = dict(
        Schedule.objects.filter(practitioner__in={visit.practitioner_id for visit in visits}).values_list(
            "practitioner_id", "pk"
        )
    )
    plans = work_plans(owners.values()) if visits else {}
    found = [
        (visit, why_stranded(visit, plans.get(owners.get(visit.practitioner_id), WorkPlan()), site)) for visit in visits
    ]
    return [StrandedVisit(visit, why) for visit, why in found if why]


def why_stranded(visit, plan, site):
    """The Stranded reason of one visit, None when it can be as agreed."""
    zone = site.opening.zone
    if not visit.practitioner.is_active:
        return Stranded.CLINICIAN_GONE
    if not visit.location.is_active:
        return Stranded.PLACE_GONE
    shown = Interval(*(instant.astimezone(zone).replace(tzinfo=None) for instant in (visit.start, visit.end)))
    days = day_of(visit.start, zone), day_of(visit.end, zone)
    closed = [w for closure in site.opening.closures_at(visit.location_id) for w in closure.walls(*days)]
    if intersect([shown], closed):
        return Stranded.CLOSED
    if intersect([shown], [away.walls for away in plan.away]):
        return Stranded.TIME_OFF
    agreed = visit.outside_hours or not plan.location_ids
    if not agreed and not works_at(
        plan, opening=site.opening, location_id=visit.location_id, start=visit.start, end=visit.end
    ):
        return Stranded.NOT_WORKING
    return None
