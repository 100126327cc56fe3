"""Choosing one of the times that we offer: a short safety check first, then one press books it.

The check is the one of a new request, both lists on one page. Which sign was ticked is never stored, and an emergency
is not stored at all: the times stay kept. Only the one mark that stands for every changed answer, “call first”, stays
on the request, so that the browser's way back and “None” book nothing that no person has asked about.
"""

import contextlib

from django.shortcuts import redirect

from booking.actions import offering
from booking.errors import BookingError
from booking.forms.safety import BothLists
from booking.local_times import moment_text, start_text
from booking.states import RequestState, SafetyOutcome
from booking.views.manage import LinkPage, LinkPress
from booking.views.safety import callable_today
from booking.views.start import can_check
from content.safety import live_library


class TakeOffered(LinkPage):
    """/appointments/mine/<token>/offer/?visit=: the check for one offered time. POST answers it."""

    def answer(self, request, token):
        self.library = live_library()
        return super().answer(request, token)

    def get(self, request, token):
        visit = self.offered(request.GET.get("visit", ""))
        if visit is None:
            return redirect("booking:manage", token)
        return self.show_check(visit, version=self.asked.version)

    def post(self, request, token):
        visit = self.offered(request.POST.get("visit", ""))
        check = BothLists(request.POST, library=self.library)
        if "again" in request.POST and visit:
            return self.show_check(visit, version=self.number("version"))
        # What was ticked counts before anything else, also on a page that is out of date.
        if check.emergency.is_yes:
            if visit:
                offering.talk_first(request_id=self.asked.pk, now=self.now)
            return self.show("emergency", marker="", again=self.sent() if visit else None)
        if check.same_day.is_yes:
            return self.answer_today()
        if visit and not check.is_valid():
            return self.show_check(visit, version=self.number("version"), check=check)
        return self.take()

    def take(self):
        if not can_check(self.library):
            return self.show("closed", status=503)
        press = {**self.sent_press(), "safety_version": self.library.version}
        try:
            if self.request.POST.get("changed") or self.asked.call_first:
                offering.ask_to_call(**press, safety_outcome=SafetyOutcome.NONE, changed=True)
            else:
                offering.accept(**press)
        except BookingError as error:
            self.asked.refresh_from_db()
            return self.show_request(status=409, problem=str(error))
        return redirect("booking:manage", self.token)

    def answer_today(self):
        """The advice comes whatever becomes of the press; a call only where the desk now has to make one."""
        press = {**self.sent_press(), "safety_version": self.library.version}
        # Sent twice, or over: what the record says below is true either way.
        with contextlib.suppress(BookingError):
            offering.ask_to_call(**press, safety_outcome=SafetyOutcome.SAME_DAY)
        self.asked.refresh_from_db()
        waits = self.asked.state == RequestState.RECEIVED and self.asked.safety_outcome == SafetyOutcome.SAME_DAY
        will_call = waits and bool(self.asked.phone) and callable_today(self)
        zone = self.site.clinic.zone
        return self.show(
            "offer_today",
            token=self.token,
            asked=self.asked,
            waits=waits,
            call_by=moment_text(self.asked.reply_by, now=self.now, zone=zone) if will_call else "",
        )

    def show_check(self, visit, *, version, check=None):
        if not can_check(self.library):
            return self.show("closed", status=503)
        return self.show(
            "offer_check",
            token=self.token,
            visit=visit,
            version=version,
            changed=bool(self.request.POST.get("changed")),
            check=check or BothLists(library=self.library),
            start=start_text(visit.start, zone=self.site.clinic.zone, today=self.site.today),
        )

    def offered(self, key):
        """The visit that `key` names and that is offered to this patient now; None for anything else."""
        if self.asked.state != RequestState.OFFERED:
            return None
        return next((visit for visit in self.offered_visits() if str(visit.pk) == key), None)

    def sent_press(self):
        return {
            "request_id": self.asked.pk,
            "appointment_id": self.number("visit"),
            "version": self.number("version"),
            "now": self.now,
        }

    def sent(self):
        """What the form carried, for the way back to it from the emergency page."""
        return {"token": self.token, "visit": self.number("visit"), "version": self.number("version")}


class NoneSuits(LinkPress):
    numbers = ("version",)

    def press(self, *, version):
        offering.none_suits(request_id=self.asked.pk, version=version, now=self.now)
