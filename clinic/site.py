"""The facts that every page shows, read once a request."""

from dataclasses import dataclass

from django.utils import timezone

from clinic.hours import OpenState
from clinic.models import Clinic, Location


@dataclass(frozen=True)
class Site:
    clinic: Clinic
    locations: list
    open_state: OpenState


def load_site(*, now):
    """The clinic, its active locations with hours, and whether it is open at the instant `now`."""
    raise NotImplementedError


def site_of(request):
    """The request's Site, loaded on first use."""
    if not hasattr(request, "clinic_site"):
        request.clinic_site = load_site(now=timezone.now())
    return request.clinic_site
