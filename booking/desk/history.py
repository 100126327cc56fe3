"""What happened to a request, as sentences for the person who picks it up."""

import datetime
from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.models import ContactAttempt
from booking.states import AppointmentState, CallOutcome, Channel, DeclineReason

SOMEBODY = gettext_lazy("The system")
# Nobody but the patient does these without an account of ours: by the link in the mails.
PATIENT = gettext_lazy("The patient")
BY_PATIENT = {"cancelled", "rescheduled", "withdrawn"} | {
    *("joined_wait_list", "changed_wait_list", "left_wait_list", "wait_accepted", "wait_refused")
}

# Every action that booking.actions writes has its sentence here; a test reads the code and misses none.
SENTENCES = {
    "received": gettext_lazy("The request came in %(channel)s."),
    "asked_for_time": gettext_lazy("The patient chose a time. It is kept until we answer."),
    "extended": gettext_lazy("Nobody answered in time. The time is kept longer, and the desk was told."),
    "time_passed": gettext_lazy("The time that they asked for began without our answer. It is free again."),
    "promise_near": gettext_lazy("Little time was left to answer. The desk was told."),
    "unanswered": gettext_lazy("Nobody answered in time. The desk was told."),
    "expired": gettext_lazy(
        "Nobody answered, and it was too late for what they asked. The request ended with an apology."
    ),
    "booked_on_site": gettext_lazy("The patient booked a visit on the site."),
    "claimed": gettext_lazy("%(who)s took it on."),
    "released": gettext_lazy("%(who)s gave it back."),
    "attempt": gettext_lazy("%(who)s tried to reach them: %(result)s."),
    "confirmed": gettext_lazy("%(who)s booked a visit."),
    "declined": gettext_lazy("%(who)s declined: %(reason)s."),
    "offered": gettext_lazy("%(who)s offered times, %(times)s in all."),
    "accepted": gettext_lazy("The patient chose one of the times that we offered. The visit is booked."),
    "none_suits": gettext_lazy("None of the times that we offered suits the patient."),
    "call_first": gettext_lazy("The patient chose a time that we offered. Call them before you book it."),
    "offer_withdrawn": gettext_lazy("%(who)s took the offer back."),
    "offer_over": gettext_lazy("Nobody took the times that we offered. They are free again."),
    "withdrawn": gettext_lazy("%(who)s wrote down that no visit is needed any more."),
    "call_closed": gettext_lazy("%(who)s closed the call%(outcome)s."),
    "texts_stopped": gettext_lazy("%(who)s wrote down that they want no more text messages."),
    "told": gettext_lazy("They were told %(how)s."),
    "cancelled": gettext_lazy("%(who)s called the visit off."),
    "running_late": gettext_lazy("The patient is on the way, about %(minutes)s minutes late."),
    "links_revoked": gettext_lazy("%(who)s ended the links in the patient's mails."),
    "rescheduled": gettext_lazy("%(who)s moved the visit."),
    "overbooked": gettext_lazy("%(who)s booked it over another visit or a block, with a reason."),
    "let_go": gettext_lazy("A time that was kept for them is free again."),
    "arrived": gettext_lazy("They arrived."),
    "fulfilled": gettext_lazy("They were seen."),
    "noshow": gettext_lazy("They did not come."),
    "undone": gettext_lazy("%(who)s took back: %(state)s."),
    "joined_wait_list": gettext_lazy("%(who)s put them on the wait list."),
    "changed_wait_list": gettext_lazy("%(who)s changed what they wait for."),
    "left_wait_list": gettext_lazy("%(who)s took them off the wait list."),
    "wait_asked": gettext_lazy("A time on the wait list came free for them, and the desk was asked."),
    "wait_offered": gettext_lazy("A time on the wait list came free, and was offered to them."),
    "wait_accepted": gettext_lazy("%(who)s took the time from the wait list."),
    "wait_refused": gettext_lazy("%(who)s did not want the time from the wait list."),
    "wait_expired": gettext_lazy("The time from the wait list is over without an answer."),
    "wait_stopped": gettext_lazy("%(who)s took the time from the wait list back."),
    "wait_ended": gettext_lazy("They are off the wait list: there is nothing to wait for any more."),
    "blocked": gettext_lazy("%(who)s blocked time."),
    "unblocked": gettext_lazy("%(who)s gave blocked time back."),
}
HOW = {
    "email": gettext_lazy("by e-mail"),
    "phone": gettext_lazy("by phone"),
    "site": gettext_lazy("on the site"),
    "attempts": gettext_lazy("nothing: three tries in vain"),
}
RESULTS = dict(ContactAttempt._meta.get_field("result").choices)


@dataclass(frozen=True)
class Sentence:
    at: datetime.datetime
    text: str
    start: datetime.datetime | None = None


def sentences(events):
    """One Sentence an event, in the order given. An action without a sentence shows its code rather than nothing."""
    return [
        Sentence(event.at, _text(event), parse_datetime(event.detail["start"]) if "start" in event.detail else None)
        for event in events
    ]


def _text(event):
    if event.action not in SENTENCES:
        return event.action
    detail = event.detail
    outcome = dict(CallOutcome.choices).get(detail.get("outcome"), "")
    return SENTENCES[event.action] % {
        "who": event.user_label or (PATIENT if event.action in BY_PATIENT else SOMEBODY),
        "minutes": detail.get("minutes", ""),
        "times": detail.get("times", ""),
        "channel": dict(Channel.choices).get(detail.get("channel"), ""),
        "result": RESULTS.get(detail.get("result"), ""),
        "reason": dict(DeclineReason.choices).get(detail.get("reason"), ""),
        "outcome": _(": %(outcome)s") % {"outcome": outcome} if outcome else "",
        "state": dict(AppointmentState.choices).get(detail.get("state"), ""),
        "how": HOW.get(detail.get("how"), ""),
    }
