"""Check the answers, send them, and read what happens next."""

from django.shortcuts import redirect

from booking.actions.drafts import send_draft
from booking.drafts import sent_request
from booking.forms.kept import filled_honeypot, kept_forms, visit_answers
from booking.forms.review import asked_for_rows, review_rows
from booking.local_times import moment_text, zone_text
from booking.states import SafetyOutcome
from booking.steps import first_open_page
from booking.views.pages import DraftPage, RequestPage
from clinic.network import client_address, network_key


class Review(DraftPage):
    page = "review"

    def get(self, request):
        forms = self.forms()
        return self.back_to_problem(forms) or self.show("review", rows=review_rows(self.draft, forms))

    def post(self, request):
        forms = self.forms()
        problem = self.back_to_problem(forms)
        if problem:
            return problem
        send_draft(
            draft=self.draft,
            answers=visit_answers(self.draft, forms),
            now=self.now,
            network_key=network_key(client_address(request)),
            honeypot=filled_honeypot(self.draft),
        )
        return redirect("booking:done", self.draft.pk)

    def forms(self):
        return kept_forms(self.draft, site=self.site, now=self.now)

    def back_to_problem(self, forms):
        """To the first page whose answer is no longer possible: a time is over, a place was closed."""
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
            return redirect(f"booking:{first_open_page(self.draft)}", self.draft.pk)
        return RequestPage.answer(self, request)

    def get(self, request):
        zone = self.site.clinic.zone
        return self.show(
            "done",
            sent=self.sent,
            rows=asked_for_rows(self.sent, site=self.site),
            is_safety_call=self.sent.safety_outcome == SafetyOutcome.SAME_DAY,
            is_late=self.now > self.sent.reply_by,
            reply_by=moment_text(self.sent.reply_by, now=self.now, zone=zone),
            zone=zone_text(zone),
        )
