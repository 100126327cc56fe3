"""Every state and every allowed move, as tables. Appointment states are FHIR R4 AppointmentStatus codes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    RECEIVED = "received", _("waiting for our answer")
    OFFERED = "offered", _("we offered times, waiting for the patient")
    ANSWERED = "answered", _("answered")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn by the patient")
    EXPIRED = "expired", _("expired")


# What the desk has to answer, and what is not closed: an offer waits for the patient, not for us.
OPEN_REQUEST_STATES = (RequestState.RECEIVED,)
UNDECIDED_REQUEST_STATES = (RequestState.RECEIVED, RequestState.OFFERED)

# Closed requests whose patients have to hear from us. Who withdrew told us.
STATES_TO_TELL = (RequestState.ANSWERED, RequestState.DECLINED, RequestState.EXPIRED)

REQUEST_MOVES = {
    RequestState.RECEIVED: {
        RequestState.OFFERED,
        RequestState.ANSWERED,
        RequestState.DECLINED,
        RequestState.WITHDRAWN,
        RequestState.EXPIRED,
    },
    # Back to the desk when none of the offered times suits.
    RequestState.OFFERED: {
        RequestState.RECEIVED,
        RequestState.ANSWERED,
        RequestState.DECLINED,
        RequestState.WITHDRAWN,
        RequestState.EXPIRED,
    },
    RequestState.ANSWERED: set(),
    RequestState.DECLINED: set(),
    RequestState.WITHDRAWN: set(),
    RequestState.EXPIRED: set(),
}


class AppointmentState(models.TextChoices):
    PROPOSED = "proposed", _("offered or asked for")
    BOOKED = "booked", _("booked")
    ARRIVED = "arrived", _("arrived")
    FULFILLED = "fulfilled", _("seen")
    NOSHOW = "noshow", _("did not come")
    CANCELLED = "cancelled", _("cancelled")


# While an appointment is in one of these it owns its time in the ledger.
HOLDING_STATES = (
    AppointmentState.PROPOSED,
    AppointmentState.BOOKED,
    AppointmentState.ARRIVED,
    AppointmentState.FULFILLED,
)

APPOINTMENT_MOVES = {
    AppointmentState.PROPOSED: {AppointmentState.BOOKED, AppointmentState.CANCELLED},
    AppointmentState.BOOKED: {AppointmentState.ARRIVED, AppointmentState.NOSHOW, AppointmentState.CANCELLED},
    # Back one step: a slip of the finger is undone the same day (docs/decisions/0007-moves-in-the-database.md).
    AppointmentState.ARRIVED: {AppointmentState.FULFILLED, AppointmentState.BOOKED},
    AppointmentState.FULFILLED: {AppointmentState.ARRIVED},
    AppointmentState.NOSHOW: {AppointmentState.BOOKED},
    AppointmentState.CANCELLED: set(),
}
UNDONE = {
    AppointmentState.ARRIVED: AppointmentState.BOOKED,
    AppointmentState.FULFILLED: AppointmentState.ARRIVED,
    AppointmentState.NOSHOW: AppointmentState.BOOKED,
}

# FHIR R4. A visit's state is its code, https://hl7.org/fhir/R4/valueset-appointmentstatus.html
FHIR_APPOINTMENT_STATUS = {state: state.value for state in AppointmentState}
# A request is a ServiceRequest, https://hl7.org/fhir/R4/valueset-request-status.html: “completed” because what it asked
# for, an answer, was given; that answer, where it is a visit, is an Appointment of its own.
FHIR_SERVICE_REQUEST_STATUS = {
    RequestState.RECEIVED: "active",
    RequestState.OFFERED: "active",
    RequestState.ANSWERED: "completed",
    RequestState.DECLINED: "revoked",
    RequestState.WITHDRAWN: "revoked",
    RequestState.EXPIRED: "revoked",
}


class RequestKind(models.TextChoices):
    VISIT = "visit", _("asks for a visit")
    CALL = "call", _("asks to be called")


class Channel(models.TextChoices):
    WEB = "web", _("on the site")
    PHONE = "phone", _("by phone")
    DESK = "desk", _("at the desk")


class SafetyOutcome(models.TextChoices):
    """The group of a safety answer: all that is ever stored of it. An emergency is never stored.

    Of an answer that was changed, or an emergency at an offered time, the mark `call_first` stays, the same for all.
    """

    NONE = "none", _("none of the signs")
    SAME_DAY = "same_day", _("told to see a doctor today")


class CallOutcome(models.TextChoices):
    """How a safety call-back ended. Without one it stays open."""

    SENT_TO_EMERGENCY = "sent_to_emergency", _("sent to the emergency room")
    SEES_DOCTOR_TODAY = "sees_doctor_today", _("sees a doctor today")
    ALREADY_SEEN = "already_seen", _("a doctor has already checked it")
    NO_ANSWER = "no_answer", _("not reached after three calls")
    NO_SIGN = "no_sign", _("answered by mistake, no sign on the phone")


class DeclineReason(models.TextChoices):
    """Kind reasons, each with a next step for the patient (texts: templates/emails/declined.*)."""

    NO_TIME_SOON = "no_time_soon", _("no time soon enough")
    OTHER_CARE_FIRST = "other_care_first", _("another doctor should see this first")
    NOT_OUR_FIELD = "not_our_field", _("not something we treat")
    NEEDS_REFERRAL = "needs_referral", _("the plan wants a referral first")
    OUT_OF_NETWORK = "out_of_network", _("we do not take this plan")
    NOT_REACHED = "not_reached", _("could not reach the patient")
    DUPLICATE = "duplicate", _("the same request came twice")


class WaitListState(models.TextChoices):
    """Of one person's place on the wait list."""

    WAITING = "waiting", _("waiting")
    MET = "met", _("has an earlier visit")
    LEFT = "left", _("left the list")
    OVER = "over", _("the days that they asked for are over")


class WaitOfferState(models.TextChoices):
    """Of one freed time on its way to one person on the wait list."""

    PENDING = "pending", _("waits for a yes from the desk")
    OFFERED = "offered", _("offered, waiting for the patient")
    ACCEPTED = "accepted", _("taken")
    DECLINED = "declined", _("not wanted")
    EXPIRED = "expired", _("over without an answer")
    STOPPED = "stopped", _("stopped by the desk")


WAIT_OFFER_MOVES = {
    WaitOfferState.PENDING: {WaitOfferState.OFFERED, WaitOfferState.EXPIRED, WaitOfferState.STOPPED},
    WaitOfferState.OFFERED: {
        WaitOfferState.ACCEPTED,
        WaitOfferState.DECLINED,
        WaitOfferState.EXPIRED,
        WaitOfferState.STOPPED,
    },
    WaitOfferState.ACCEPTED: set(),
    WaitOfferState.DECLINED: set(),
    WaitOfferState.EXPIRED: set(),
    WaitOfferState.STOPPED: set(),
}
OPEN_WAIT_OFFER_STATES = (WaitOfferState.PENDING, WaitOfferState.OFFERED)


class SlotKind(models.TextChoices):
    """Why a stretch of a schedule is taken."""

    HOLD = "hold", _("held while somebody fills in the request")
    PROPOSAL = "proposal", _("offered or asked for")
    BOOKING = "booking", _("booked")
    BLOCK = "block", _("blocked by staff")


# A visit's time in the ledger belongs to its appointment; other time belongs to nobody's visit.
VISIT_SLOT_KINDS = (SlotKind.PROPOSAL, SlotKind.BOOKING)
OTHER_SLOT_KINDS = (SlotKind.HOLD, SlotKind.BLOCK)


class DayPart(models.TextChoices):
    """Parts of a day a patient may prefer, in the clinic's zone. Bounds: booking/windows.py."""

    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")
    EVENING = "evening", _("evening")


class MailKind(models.TextChoices):
    """The mails that booking sends (booking/messages/)."""

    RECEIVED = "received", _("we have your request")
    NEW_REQUEST = "new_request", _("a new request, to the desk")
    CONFIRMED = "confirmed", _("your visit is booked")
    DECLINED = "declined", _("we cannot offer a visit")
    VISIT_CANCELLED = "visit_cancelled", _("your visit is canceled")
    UNANSWERED = "unanswered", _("nobody has answered in time, to the desk")
    ANSWER_LATE = "answer_late", _("our answer is late")
    TIME_PASSED = "time_passed", _("the time that we kept has passed")
    REMINDER = "reminder", _("a reminder of a visit")
    BY_LINK = "by_link", _("a patient has changed something, to the desk")
    OFFERED = "offered", _("times to choose from")
    OFFER_OVER = "offer_over", _("the offered times are over")
    MOVED = "moved", _("your visit has a new time")
    PREPARATION = "preparation", _("what to bring and how to get there")
    REQUEST_EXPIRED = "request_expired", _("your request has ended without an answer")
    URGENT_REQUEST = "urgent_request", _("an urgent request, to the desk")
    PROMISE_NEAR = "promise_near", _("a promise is about to pass, to the desk")
    NOT_DELIVERED = "not_delivered", _("a message has not arrived, to the desk")
    WAIT_OFFER = "wait_offer", _("a time has come free")
    WAIT_OVER = "wait_over", _("the time that had come free is gone")
    WAIT_APPROVE = "wait_approve", _("a free time waits for a yes, to the desk")
