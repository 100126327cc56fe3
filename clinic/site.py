"""The facts that every page shows, read once a request."""

import datetime
from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from clinic.hours import ClosedTime, Opening, OpenState, WeeklyStretch
from clinic.models import Clinic, Closure, Location
from clinic.wall_clock import day_of

# How long a request has waited is counted in opening time, so days that were closed lately still matter.
CLOSURES_REMEMBERED_FOR = datetime.timedelta(days=60)


@dataclass(frozen=True)
class Site:
    """The clinic as it stood at `now` (an instant). `today` is a date in the clinic's zone."""

    clinic: Clinic
    locations: list[Location]
    opening: Opening
    now: datetime.datetime
    today: datetime.date

    @cached_property
    def open_state(self) -> OpenState:
        """Whether it is open, in words. Worked out on first use: most presses only lead on and never show it."""
        return self.opening.state_at(self.now)


def load_site(*, now):
    """The clinic, its active locations with hours, and whether it is open at the instant `now`. Four queries at most.

    Before anybody has entered the clinic, a nameless one that is not saved, so that staff can sign in and enter it.
    """
    clinic = Clinic.objects.first() or Clinic(name=gettext("This clinic"), phone=settings.CLINIC_PHONE, facts_version=0)
    today = day_of(now, clinic.zone)
    locations = list(Location.objects.active().with_hours())
    closures = Closure.objects.filter(
        Q(location=None) | Q(location__is_active=True), last_day__gte=today - CLOSURES_REMEMBERED_FOR
    )
    opening = Opening(
        zone=clinic.zone,
        weekly={
            location.pk: tuple(WeeklyStretch(h.weekday, h.opens, h.closes) for h in location.opening_hours.all())
            for location in locations
        },
        closures=tuple(
            ClosedTime(c.first_day, c.last_day, c.reason, c.location_id, c.from_time, c.until_time) for c in closures
        ),
    )
    return Site(clinic, locations, opening, now, today)


def site_at(known, *, now):
    """The Site as the database has it at the instant `now`: `known` where it still holds, else loaded anew.

    Every change of a fact moves `Clinic.facts_version` in its own transaction (clinic/models/fact.py), so one query for
    that number inside the caller's transaction tells as much as reading everything again. `known` may be None.
    """
    if known is None or day_of(now, known.clinic.zone) != known.today:
        return load_site(now=now)
    clinic = known.clinic
    if not Clinic.objects.filter(pk=clinic.pk, facts_version=clinic.facts_version).exists():
        return load_site(now=now)
    return replace(known, now=now)


def site_of(request):
    """The request's Site, loaded on first use."""
    if not hasattr(request, "clinic_site"):
        request.clinic_site = load_site(now=timezone.now())
    return request.clinic_site
