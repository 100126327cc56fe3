"""Requests of people who do not exist, through the same door as real ones."""

import datetime

from booking.actions.intake import RequestAnswers, receive_request
from clinic.models import Location, Practitioner
from clinic.site import load_site
from clinic.wall_clock import day_of
from content.models import Condition
from content.safety import live_library
from njspine.sample.files import read_demo_requests

LOOK_AHEAD = datetime.timedelta(days=21)
ROWS = {"condition": Condition, "location": Location, "practitioner": Practitioner}
NOT_ANSWERS = {"hours_ago", "channel", "open_days", *ROWS}


def load_demo_requests(*, now):
    """Receive every request of demo_requests.toml, and return how many. Call it inside a transaction."""
    site = load_site(now=now)
    zone = site.clinic.zone
    version = live_library().version
    days = _open_days(site, zone)
    requests = read_demo_requests()
    for data in requests:
        answers = RequestAnswers(
            safety_version=version,
            windows=tuple((days[n - 1], part) for n, part in data.get("open_days", ())),
            **{name: model.objects.get(slug=data[name]) for name, model in ROWS.items() if name in data},
            **{name: value for name, value in data.items() if name not in NOT_ANSWERS},
        )
        received = now - datetime.timedelta(hours=data["hours_ago"])
        receive_request(answers=answers, channel=data["channel"], now=received)
    return len(requests)


def _open_days(site, zone):
    """The coming days, from tomorrow on, on which the clinic is open."""
    first = site.today + datetime.timedelta(days=1)
    stretches = site.opening.intervals(first, first + LOOK_AHEAD)
    return sorted({day_of(stretch.start, zone) for stretch in stretches})
