"""Open times as patients read them: days as a list, the times of one clinician and place side by side. Pure."""

import datetime
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.local_times import zone_text
from booking.slots import to_minutes
from clinic.hours_text import long_date_text, time_text
from clinic.wall_clock import DAY, day_of

DAYS_A_PAGE = 7
ANY = "any"


@dataclass(frozen=True)
class Choice:
    """One button. `name` is what is read out after the time: zone, day, clinician and place."""

    key: str
    clock: str
    name: str
    is_kept: bool = False


@dataclass(frozen=True)
class Group:
    person: str
    place: str
    choices: list[Choice]


@dataclass(frozen=True)
class Day:
    """A day with its times, or with the `note` that says why there are none."""

    date: datetime.date
    title: str
    summary: str
    groups: list[Group]
    note: str = ""


@dataclass(frozen=True)
class Words:
    """What the choices need to be put into words: names by key, one kind of visit, the clinic's zone and today.

    `merged`: the patient leaves the clinician to us, so a time stands once however many could do it.
    """

    kind_id: int
    people: dict[int, str]
    places: dict[int, str]
    zone: object
    today: datetime.date
    merged: bool = False
    kept_key: str = ""

    def person(self, time):
        return _("whoever is free") if self.merged else self.people[time.practitioner_id]

    def choice(self, time):
        local = time.start.astimezone(self.zone)
        name = _("%(zone)s, %(day)s, with %(person)s, %(place)s") % {
            "zone": zone_text(self.zone),
            "day": self.day(time),
            "person": self.person(time),
            "place": self.places[time.location_id],
        }
        key = choice_key(time.start, self.kind_id, ANY if self.merged else time.practitioner_id, time.location_id)
        return Choice(key, time_text(local.time()), name, is_kept=key == self.kept_key)

    def day(self, time):
        return long_date_text(day_of(time.start, self.zone), today=self.today)


def choice_key(start, kind_id, person, location_id):
    return f"{to_minutes(start)}.{kind_id}.{person}.{location_id}"


def once_each(times):
    """Every start and place once, with whichever clinician comes first."""
    return list({(time.start, time.location_id): time for time in reversed(times)}.values())[::-1]


def days_from(first_day, times, *, words, opening, days=DAYS_A_PAGE):
    """The Days from the first one on; days on which the clinic is never open and nobody works are left out.

    `times` are OpenTimes in order; `opening` is a clinic.hours.Opening.
    """
    by_day = {day: list(group) for day, group in groupby(times, key=lambda time: day_of(time.start, words.zone))}
    found = (_day(first_day + DAY * n, by_day, words, opening) for n in range(days))
    return [day for day in found if day]


def _day(date, by_day, words, opening):
    title = long_date_text(date, today=words.today)
    times = by_day.get(date)
    if times:
        return Day(date, title, _summary(times, words), _groups(times, words))
    if not opening.without_closures().walls(date, date):
        return None
    if opening.walls(date, date):
        return Day(date, title, "", [], _("No open times"))
    reason = next((closure.reason for closure in opening.closures if closure.walls(date, date)), "")
    return Day(date, title, "", [], _("Closed for %(reason)s") % {"reason": reason} if reason else _("Closed"))


def _summary(times, words):
    first = time_text(times[0].start.astimezone(words.zone).time())
    text = ngettext("%(n)d time, at %(first)s", "%(n)d times, from %(first)s", len(times))
    return text % {"n": len(times), "first": first}


def _groups(times, words):
    """In the order of the first time of each."""
    found = {}
    for time in times:
        found.setdefault((words.person(time), words.places[time.location_id]), []).append(words.choice(time))
    return [Group(person, place, choices) for (person, place), choices in found.items()]
