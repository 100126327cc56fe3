from booking.models.appointment import Appointment, BusySlot
from booking.models.event import AppointmentEvent
from booking.models.request import AppointmentRequest, ContactAttempt, PreferredWindow, RequestDraft
from booking.models.schedule import AppointmentType, Break, ExtraHours, Room, Schedule, TimeOff, WorkingHours
from booking.models.waiting import WaitListEntry, WaitListOffer

__all__ = [
    "Appointment",
    "AppointmentEvent",
    "AppointmentRequest",
    "AppointmentType",
    "Break",
    "BusySlot",
    "ContactAttempt",
    "ExtraHours",
    "PreferredWindow",
    "RequestDraft",
    "Room",
    "Schedule",
    "TimeOff",
    "WaitListEntry",
    "WaitListOffer",
    "WorkingHours",
]
