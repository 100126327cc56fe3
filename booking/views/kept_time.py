"""What the pages after the choice say of the time that is kept."""

from dataclasses import dataclass

from booking.local_times import start_text
from booking.wanted_time import WantedTime, held_until, is_taken, wanted_time
from clinic.hours_text import time_text


@dataclass(frozen=True)
class KeptTime:
    """`until`: the clock reading at which the hold ends, empty when nothing is held. `is_taken`: somebody has it."""

    wanted: WantedTime
    text: str
    until: str
    is_taken: bool

    @property
    def is_held(self):
        return bool(self.until)


def kept_time_of(draft, *, site, now):
    """The KeptTime of a draft, None when no time was chosen. Four queries, five when nothing is held."""
    wanted = wanted_time(draft)
    if wanted is None:
        return None
    until = held_until(draft, now=now)
    return KeptTime(
        wanted,
        start_text(wanted.start, zone=site.clinic.zone, today=site.today),
        time_text(until.astimezone(site.clinic.zone).time()) if until else "",
        is_taken=until is None and is_taken(wanted, draft=draft, now=now),
    )
