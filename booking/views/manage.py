"""What the link in a patient's mails opens: when, where and with whom, and what can still be changed. No account.

GET and HEAD change nothing: mail scanners press every link. Each POST carries the version that it acts on, so that a
page sent twice does nothing twice.
"""

from django.http import HttpResponse
from django.shortcuts import redirect

from booking.actions import by_link
from booking.calendar_file import calendar_text, content_type
from booking.errors import BookingError
from booking.local_times import moment_text, start_text
from booking.messages.visits import visit_event
from booking.messages.writing import CALENDAR_FILE, absolute
from booking.models import AppointmentEvent
from booking.patient_links import request_of
from booking.states import AppointmentState, RequestState, SafetyOutcome
from booking.views.pages import RequestPage
from booking.views.wait_part import wait_part
from booking.wait_list import ONLY_KEPT

STANDING = (AppointmentState.BOOKED, AppointmentState.ARRIVED)


class LinkPage(RequestPage):
    """A page of one request, opened by the token in its path. Whatever is wrong with a token, the page is the same."""

    page = "manage"

    def answer(self, request, token):
        self.token = token
        self.asked = request_of(token, now=self.now)
        if self.asked is None:
            return self.show("link_gone", status=404)
        return super().answer(request, token=token)

    def show(self, template, **context):
        # On paper the link would open the visit for whoever finds it, so the page says where the clinic's site is.
        return super().show(template, own_address=absolute("home"), **context)

    def number(self, name):
        """A whole number that the page sent; -1, which is no row and no version, for anything else."""
        typed = self.request.POST.get(name, "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else -1

    def visits(self):
        return list(
            self.asked.appointments.exclude(ONLY_KEPT)
            .select_related("practitioner", "location", "request", "type", "wait_offer")
            .order_by("start", "pk")
        )

    def offered_visits(self):
        """What we offer at this moment, earliest first; freed times of the wait list are another matter."""
        return [
            visit
            for visit in self.visits()
            if visit.state == AppointmentState.PROPOSED
            and visit.offered_until
            and visit.offered_until > self.now
            and not hasattr(visit, "wait_offer")
        ]

    def offer(self):
        """What the page says of an offer: what can be chosen until when, or that it is over; None without one."""
        zone, today = self.site.clinic.zone, self.site.today
        if self.asked.state == RequestState.OFFERED:
            visits = self.offered_visits()
            until = min((visit.offered_until for visit in visits), default=None)
            return {
                "times": [{"row": visit, "start": start_text(visit.start, zone=zone, today=today)} for visit in visits],
                "until": moment_text(until, now=self.now, zone=zone) if until else "",
                "is_over": not visits,
            }
        offered = self.asked.appointments.filter(offered_until__isnull=False, wait_offer__isnull=True)
        if self.asked.state == RequestState.EXPIRED and offered.exists():
            return {"times": [], "until": "", "is_over": True}
        return None

    def show_request(self, *, status=200, problem=""):
        zone, today = self.site.clinic.zone, self.site.today
        visits, offer = self.visits(), self.offer()
        standing = [visit for visit in visits if visit.state in STANDING and visit.end > self.now]
        late = AppointmentEvent.objects.filter(
            action="running_late", appointment_id__in=[visit.pk for visit in standing]
        ).order_by("at")
        context = {
            "token": self.token,
            "asked": self.asked,
            "problem": problem,
            "visits": [
                {
                    "row": visit,
                    "start": start_text(visit.start, zone=zone, today=today),
                    "may_change": visit.state == AppointmentState.BOOKED and visit.start > self.now,
                    "may_be_late": visit.state == AppointmentState.BOOKED
                    and visit.start - by_link.LATE_SAID_WITHIN <= self.now < visit.start,
                    "said_late": [event.detail["minutes"] for event in late if event.appointment_id == visit.pk],
                }
                for visit in standing
            ],
            "called_off": [
                start_text(visit.start, zone=zone, today=today)
                for visit in visits
                if visit.state == AppointmentState.CANCELLED and visit.start > self.now and not visit.offered_until
            ]
            if not standing and self.asked.state == RequestState.ANSWERED
            else [],
            "kept": [
                start_text(visit.start, zone=zone, today=today)
                for visit in visits
                if visit.state == AppointmentState.PROPOSED and visit.start > self.now and not visit.offered_until
            ],
            "offer": offer,
            "is_safety_call": self.asked.safety_outcome == SafetyOutcome.SAME_DAY,
            "is_waiting": self.asked.state == RequestState.RECEIVED,
            "may_ask_again": self.asked.state != RequestState.RECEIVED and not (offer and offer["times"]),
            "reply_by": moment_text(self.asked.reply_by, now=self.now, zone=zone),
            "is_late": self.asked.reply_by <= self.now,
            "late_minutes": by_link.LATE_MINUTES,
            "wait": wait_part(self.asked, site=self.site),
        }
        return self.show("manage", status=status, **context)


class Manage(LinkPage):
    def get(self, request, token):
        return self.show_request()


class LinkPress(LinkPage):
    """A press on the page: POST alone. What it did is what the page then says, so nothing is left to remember."""

    def post(self, request, token):
        try:
            self.press(**{name: self.number(name) for name in self.numbers})
        except BookingError as error:
            self.asked.refresh_from_db()
            return self.show_request(status=409, problem=str(error))
        return redirect("booking:manage", token)


class CancelVisit(LinkPress):
    numbers = ("visit", "version")

    def press(self, *, visit, version):
        by_link.cancel_visit(request_id=self.asked.pk, appointment_id=visit, version=version, now=self.now)


class Withdraw(LinkPress):
    numbers = ("version",)

    def press(self, *, version):
        by_link.withdraw(request_id=self.asked.pk, version=version, now=self.now)


class RunningLate(LinkPress):
    numbers = ("visit", "minutes")

    def press(self, *, visit, minutes):
        if minutes not in by_link.LATE_MINUTES:
            minutes = by_link.LATE_MINUTES[0]
        by_link.running_late(request_id=self.asked.pk, appointment_id=visit, minutes=minutes, now=self.now)


class VisitCalendar(LinkPage):
    """The visit as a file for the patient's own calendar."""

    def get(self, request, token):
        visit = next((one for one in self.visits() if one.state in STANDING and one.end > self.now), None)
        if visit is None:
            return redirect("booking:manage", token)
        event = visit_event(visit, for_download=True)
        answer = HttpResponse(
            calendar_text(event, stamp=self.now), content_type=f"{content_type(event)}; charset=utf-8"
        )
        answer.headers["Content-Disposition"] = f'attachment; filename="{CALENDAR_FILE}"'
        return answer
