"""The time that somebody chose while filling in a request, and whether it is held for them."""

import datetime
from dataclasses import dataclass

from booking.models import AppointmentType, BusySlot
from booking.states import SlotKind
from booking.timetable import choice_key
from clinic.models import Location, Practitioner


@dataclass(frozen=True)
class WantedTime:
    """A start (UTC) for one kind of visit. `is_any`: the patient left the clinician to us; this one was picked."""

    type: AppointmentType
    practitioner: Practitioner
    location: Location
    start: datetime.datetime
    chosen_at: datetime.datetime
    is_any: bool = False

    @property
    def end(self):
        return self.start + self.type.duration

    @property
    def taken(self):
        """What it takes in the ledger: the visit with its buffers."""
        return {"start": self.start - self.type.before, "end": self.end + self.type.after}

    @property
    def key(self):
        """Names the choice, so that a page can tell whether it is still the one that was shown."""
        return choice_key(self.start, self.type.pk, self.practitioner.pk, self.location.pk)

    def to_keep(self):
        """Plain JSON values for a draft."""
        return {
            "type": self.type.pk,
            "practitioner": self.practitioner.pk,
            "location": self.location.pk,
            "start": self.start.isoformat(),
            "chosen_at": self.chosen_at.isoformat(),
            "is_any": self.is_any,
        }


def wanted_time(draft):
    """The WantedTime that the draft keeps; None when there is none, or a row that it names was deleted."""
    kept = draft.data.get("time")
    if not kept:
        return None
    type = AppointmentType.objects.filter(pk=kept["type"]).first()
    practitioner = Practitioner.objects.filter(pk=kept["practitioner"]).first()
    location = Location.objects.filter(pk=kept["location"]).first()
    if not (type and practitioner and location):
        return None
    return WantedTime(
        type=type,
        practitioner=practitioner,
        location=location,
        start=datetime.datetime.fromisoformat(kept["start"]),
        chosen_at=datetime.datetime.fromisoformat(kept["chosen_at"]),
        is_any=kept["is_any"],
    )


def held_until(draft, *, now):
    """The instant at which this draft's hold ends; None when nothing is held for it any more."""
    live = BusySlot.objects.filter(draft=draft.pk, kind=SlotKind.HOLD, expires_at__gt=now)
    return live.order_by("expires_at").values_list("expires_at", flat=True).first()


def is_taken(wanted, *, draft, now):
    """Whether the chosen clinician has somebody else at that time."""
    others = BusySlot.objects.filter(
        schedule__practitioner=wanted.practitioner.pk, start__lt=wanted.taken["end"], end__gt=wanted.taken["start"]
    )
    return others.exclude(expires_at__lte=now).exclude(draft=draft.pk).exists()
