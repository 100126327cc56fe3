from booking.models.appointment import Appointment, BusySlot
from booking.models.desk import AccessKind, AccessRecord, CalendarFeed, DeskNote, PlanOfCare
from booking.models.event import AppointmentEvent
from booking.models.request import AppointmentRequest, ContactAttempt, PreferredWindow, RequestDraft
from booking.models.schedule import AppointmentType, Break, ExtraHours, Room, Schedule, TimeOff, WorkingHours
from booking.models.waiting import WaitListEntry, WaitListOffer

__all__ = [
    "AccessKind",
    "AccessRecord",
    "Appointment",
    "AppointmentEvent",
    "AppointmentRequest",
    "AppointmentType",
    "Break",
    "BusySlot",
    "CalendarFeed",
    "ContactAttempt",
    "DeskNote",
    "ExtraHours",
    "PlanOfCare",
    "PreferredWindow",
    "RequestDraft",
    "Room",
    "Schedule",
    "TimeOff",
    "WaitListEntry",
    "WaitListOffer",
    "WorkingHours",
]
