"""A clinic with open times, and a patient who chooses one of them."""

import datetime
import re

from booking.models import AppointmentType
from clinic.models import Location, Practitioner
from tests.booking.patient import Patient, contact, make_site, reason
from tests.factories import MONDAY_NOON, make_hours, make_practitioner, make_type

T = datetime.time
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
WEDNESDAY_9 = MONDAY_NOON + 45 * HOUR
BUTTON = re.compile(r'(?s)<button type="submit" name="time" value="([0-9a-z.]+)"[^>]*>(.*?)</button>')


def make_open_site(**kind):
    """Robin and Jordan see first visits of an hour at Here, weekdays from 9 to 5; staff answer within 4 hours."""
    make_site(reply_within_hours=4)
    here = Location.objects.get(name="Here")
    people = list(Practitioner.objects.order_by("name"))
    for person in people:
        make_hours(person, here, T(9), T(17))
    return make_type(
        **{"name": "First visit", "duration_minutes": 60, "for_new_patients": True, "practitioners": people} | kind
    )


def new_clinician():
    """Somebody who works at Here like the others."""
    person = make_practitioner()
    make_hours(person, Location.objects.get(name="Here"), T(9), T(17))
    return person


class Chooser(Patient):
    def to_times(self, **answers):
        """Up to the page of open times."""
        self.begin()
        self.pass_checks()
        self.post("reason", reason(**answers))
        return self.get("time")

    def choose(self, start=WEDNESDAY_9, *, person="Jordan Example", kind=None, place="Here"):
        """Presses the button of a time. `person` None: whoever is free."""
        return self.post("time", {"time": key(start, person=person, kind=kind, place=place)})

    def finish(self):
        """The pages between the choice and the last one."""
        self.post("contact", contact())
        return self.post("prepare", {})

    def send(self):
        """As the page shows it: with the time that stands on it."""
        found = re.search(r'<input type="hidden" name="time" value="([0-9.]+)"', self.get("review").content.decode())
        return self.post("review", {"time": found[1]} if found else {})


def key(start=WEDNESDAY_9, *, person="Jordan Example", kind=None, place="Here"):
    kind = kind or AppointmentType.objects.first()
    who = Practitioner.objects.get(name=person).pk if person else "any"
    minutes = int(start.timestamp()) // 60
    return f"{minutes}.{kind.pk}.{who}.{Location.objects.get(name=place).pk}"


def buttons(response):
    """(value, words) of every time on the page, in order."""
    found = BUTTON.findall(response.content.decode())
    return [(value, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", words)).strip()) for value, words in found]
