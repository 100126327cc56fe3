"""Check the answers, send them, and read what happens next."""

from django.shortcuts import redirect
from django.urls import reverse

from booking.actions.drafts import send_draft
from booking.drafts import sent_request
from booking.errors import NotOffered, TimeTaken, TooBusy, TooManyKept
from booking.forms.kept import filled_honeypot, kept_forms, visit_answers
from booking.forms.review import asked_for_rows, kept_visit, review_rows
from booking.local_times import moment_text, start_text, zone_text
from booking.offers import kinds_for
from booking.patient_links import link_token
from booking.states import AppointmentState, RequestState, SafetyOutcome
from booking.views.pages import DraftPage, RequestPage
from booking.views.times import show_times
from booking.wanted_time import wanted_time
from clinic.network import client_address, network_key


class Review(DraftPage):
    page = "review"
    wanted = None

    def get(self, request):
        forms = self.forms()
        return self.back_to_problem(forms) or self.show_answers(forms)

    def post(self, request):
        forms = self.forms()
        problem = self.back_to_problem(forms)
        if problem:
            return problem
        if self.wanted and request.POST.get("time") != self.wanted.key:
            return self.show_answers(forms, changed=True)
        try:
            send_draft(
                draft=self.draft,
                answers=visit_answers(self.draft, forms, self.wanted),
                now=self.now,
                network_key=network_key(client_address(request)),
                honeypot=filled_honeypot(self.draft),
                wanted=self.wanted,
                known_site=self.site,
            )
        except (TimeTaken, NotOffered, TooManyKept, TooBusy) as error:
            kinds = kinds_for(self.draft)
            if not kinds:
                return redirect("booking:when", self.draft.pk)
            near = self.wanted and self.wanted.start
            return show_times(self, kinds, problem=str(error), near=near, may_keep=False, status=409)
        return redirect("booking:done", self.draft.pk)

    def show_answers(self, forms, *, changed=False):
        rows = review_rows(self.draft, forms, self.wanted, site=self.site)
        at_once = bool(self.wanted) and self.wanted.type.booked_at_once
        return self.show("review", rows=rows, wanted=self.wanted, at_once=at_once, changed=changed)

    def forms(self):
        return kept_forms(self.draft, site=self.site, now=self.now)

    def back_to_problem(self, forms):
        """To the first page whose answer is no longer possible: a time is over, a place was closed."""
        if "time" in self.draft.data and forms["reason"].is_valid():
            self.wanted = wanted_time(self.draft)
            if self.wanted is None or self.wanted.type not in kinds_for(self.draft):
                return redirect("booking:time", self.draft.pk)
        for page, form in forms.items():
            if not form.is_valid():
                return redirect(f"booking:{page}", self.draft.pk)
        return None


class Done(DraftPage):
    """The confirmation. Opens as long as its draft lives, survives reload and Back, prints."""

    page = "done"

    def answer_draft(self, request):
        self.sent = sent_request(self.draft.pk)
        if self.sent is None:
            return self.to_open_page()
        return RequestPage.answer(self, request)

    def get(self, request):
        zone = self.site.clinic.zone
        visit = kept_visit(self.sent)
        return self.show(
            "done",
            sent=self.sent,
            rows=asked_for_rows(self.sent, visit, site=self.site),
            visit=visit,
            visit_start=start_text(visit.start, zone=zone, today=self.site.today) if visit else "",
            is_offered=self.sent.state == RequestState.OFFERED,
            manage_url=reverse("booking:manage", args=[link_token(self.sent)]),
            is_booked=bool(visit) and visit.state != AppointmentState.PROPOSED,
            is_safety_call=self.sent.safety_outcome == SafetyOutcome.SAME_DAY,
            is_late=self.now > self.sent.reply_by,
            reply_by=moment_text(self.sent.reply_by, now=self.now, zone=zone),
            zone=zone_text(zone),
        )
