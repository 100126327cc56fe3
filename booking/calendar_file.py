"""A visit as a calendar file (iCalendar, RFC 5545) that calendars add, move and strike out by themselves (RFC 5546).

Pure: everything that varies is an argument. The file says when, where and with whom, and never why.
"""

import datetime
import unicodedata
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText, vUri

from clinic.wall_clock import offset_changes

PRODUCT = "-//clinic-site//visits//EN"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
# Around the visit, so that a calendar which moves it by hand still finds the clock changes.
ZONE_KNOWN_FOR = datetime.timedelta(days=370)
ZERO = datetime.timedelta(0)


@dataclass(frozen=True)
class VisitEvent:
    """`start` and `end` are aware instants; `uid` stays for the life of the visit, `sequence` grows with each change.

    `organizer` and `attendee` are (name, e-mail address), `attendee` empty for a file that somebody downloads.
    """

    uid: str
    sequence: int
    start: datetime.datetime
    end: datetime.datetime
    zone: ZoneInfo
    title: str
    place: str
    notes: str
    url: str
    organizer: tuple[str, str]
    attendee: tuple[str, str] | None = None
    is_cancelled: bool = False


def calendar_text(visit, *, stamp):
    """The file as text with CRLF line ends, lines folded at 75 octets. `stamp` is the instant it is written."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", _method(visit))
    calendar.add_component(zone_component(visit.zone, visit.start - ZONE_KNOWN_FOR, visit.start + ZONE_KNOWN_FOR))
    calendar.add_component(_event(visit, stamp))
    return calendar.to_ical().decode()


def content_type(visit):
    """As the part of a mail or the answer of a view names it: calendars read the method from here too."""
    return f"text/calendar; method={_method(visit)}"


def zone_component(zone, first, last):
    """VTIMEZONE of `zone` between two instants, each clock change at its own date: the rules may change by law.

    Onsets are readings of the clock before it is changed, as RFC 5545 section 3.6.5 wants them.
    """
    component = Timezone()
    component.add("tzid", zone.key)
    start = first.astimezone(zone)
    steps = [(start.replace(tzinfo=None), start.utcoffset(), start)]
    for instant, before in offset_changes(first, last, zone):
        steps.append(((instant + before).replace(tzinfo=None), before, instant.astimezone(zone)))
    for onset, before, after in steps:
        observance = TimezoneDaylight() if after.dst() else TimezoneStandard()
        observance.add("dtstart", onset)
        observance.add("tzoffsetfrom", before)
        observance.add("tzoffsetto", after.utcoffset())
        observance.add("tzname", after.tzname())
        component.add_component(observance)
    return component


def _method(visit):
    if visit.attendee is None:
        return PUBLISH
    return CANCEL if visit.is_cancelled else REQUEST


def _event(visit, stamp):
    event = Event()
    event.add("uid", visit.uid)
    event.add("sequence", visit.sequence)
    event.add("dtstamp", stamp.astimezone(datetime.UTC))
    event.add("dtstart", _moment(visit.start, visit.zone))
    event.add("dtend", _moment(visit.end, visit.zone))
    event.add("summary", _words(visit.title))
    event.add("location", _words(visit.place))
    event.add("description", _words(visit.notes))
    event.add("url", vUri(visit.url))
    event.add("status", "CANCELLED" if visit.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if visit.is_cancelled else "OPAQUE")
    event["organizer"] = _person(visit.organizer)
    if visit.attendee:
        # Nobody is asked to answer: the visit is agreed on.
        attendee = _person(visit.attendee)
        attendee.params["partstat"] = vText("ACCEPTED")
        attendee.params["rsvp"] = vText("FALSE")
        event["attendee"] = attendee
    return event


def _moment(instant, zone):
    """A reading of the clinic's clock; UTC for one that the clock shows for the second time, which means the first."""
    local = instant.astimezone(zone)
    return instant.astimezone(datetime.UTC) if local.fold else local


def _words(text):
    # RFC 5545 section 3.1 allows no control characters but the line end, which the writer escapes.
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) != "Cc")


def _person(name_and_address):
    name, address = name_and_address
    person = vCalAddress(f"mailto:{address}")
    if name:
        # Parameter values hold no quotes and no control characters (RFC 5545 section 3.2).
        person.params["cn"] = vText("".join(char for char in name if char.isprintable() and char != '"'))
    return person
