"""What the page of open times is asked for: a week, a place and a clinician in the address; a time by POST."""

import datetime
import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from booking.errors import NotOffered
from booking.slots import to_instant
from booking.timetable import ANY, choice_key

# Keys of nine digits fit every database; minutes of eight reach the year 2160.
CHOICE = re.compile(r"([0-9]{1,8})\.([0-9]{1,9})\.(any|[0-9]{1,9})\.([0-9]{1,9})", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class Narrowing:
    """Which open times to show. None: all. `practitioner` ANY: merged, the clinician is left to us."""

    place: int | None = None
    practitioner: int | str | None = None
    week: datetime.date | None = None

    @classmethod
    def of(cls, query, *, places, people):
        """What the address says; what makes no sense in it, or no longer does, is as if it were not there."""
        person = query.get("practitioner", "")
        return cls(
            place=_one_of(query.get("place", ""), places),
            practitioner=ANY if person == ANY else _one_of(person, people),
            week=_date(query.get("week", "")),
        )

    @property
    def is_merged(self):
        return self.practitioner == ANY

    def query(self, **changes):
        """The query string, with its question mark; empty when nothing is narrowed."""
        now = replace(self, **changes)
        parts = {"place": now.place, "practitioner": now.practitioner, "week": now.week and now.week.isoformat()}
        text = urlencode({name: value for name, value in parts.items() if value is not None})
        return f"?{text}" if text else ""


@dataclass(frozen=True)
class ReadChoice:
    start: datetime.datetime
    kind_id: int
    practitioner_id: int | None
    location_id: int

    @property
    def key(self):
        return choice_key(self.start, self.kind_id, self.practitioner_id or ANY, self.location_id)


def read_choice(text):
    """The time that a button stands for; raises NotOffered for anything that is no button of ours."""
    found = CHOICE.fullmatch(text)
    if not found:
        raise NotOffered
    minutes, kind_id, person, location_id = found.groups()
    return ReadChoice(to_instant(int(minutes)), int(kind_id), None if person == ANY else int(person), int(location_id))


def _one_of(text, keys):
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) and int(text) in keys else None


def _date(text):
    if not DATE.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
