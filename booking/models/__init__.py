from booking.models.appointment import Appointment, AppointmentType, BusySlot, Schedule
from booking.models.event import AppointmentEvent
from booking.models.request import AppointmentRequest, ContactAttempt, PreferredWindow, RequestDraft

__all__ = [
    "Appointment",
    "AppointmentEvent",
    "AppointmentRequest",
    "AppointmentType",
    "BusySlot",
    "ContactAttempt",
    "PreferredWindow",
    "RequestDraft",
    "Schedule",
]
