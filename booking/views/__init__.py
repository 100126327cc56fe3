from booking.views.details import CallDetails, Contact, Prepare, Reason, When, Who
from booking.views.manage import CancelVisit, Manage, RunningLate, VisitCalendar, Withdraw
from booking.views.manage_offer import NoneSuits, TakeOffered
from booking.views.manage_time import MoveVisit
from booking.views.safety import FirstCheck, SecondCheck
from booking.views.sending import Done, Review
from booking.views.start import Again, CallMe, CallUs, Start
from booking.views.times import Time
from booking.views.waiting import LeaveWaitList, RefuseOffer, TakeOffer, WaitList

__all__ = [
    "Again",
    "CallDetails",
    "CallMe",
    "CallUs",
    "CancelVisit",
    "Contact",
    "Done",
    "FirstCheck",
    "LeaveWaitList",
    "Manage",
    "MoveVisit",
    "NoneSuits",
    "Prepare",
    "Reason",
    "RefuseOffer",
    "Review",
    "RunningLate",
    "SecondCheck",
    "Start",
    "TakeOffer",
    "TakeOffered",
    "Time",
    "VisitCalendar",
    "WaitList",
    "When",
    "Who",
    "Withdraw",
]
