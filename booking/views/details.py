"""The pages between the safety check and sending."""

from django.shortcuts import redirect
from django.urls import reverse

from booking.actions.drafts import discard_draft, keep_answers, send_draft
from booking.actions.holds import release_hold, renew_hold
from booking.forms.form import HONEYPOT_NAME
from booking.forms.kept import call_answers, sent_form, shown_form
from booking.forms.safety import WhoForm
from booking.offers import kinds_for
from booking.states import RequestKind
from booking.steps import first_open_page
from booking.views.pages import COOKIE, DraftPage, typed_text_of
from booking.views.safety import callable_today, show_advice
from clinic.network import client_address, network_key


class Question(DraftPage):
    """Shows one form; keeps what is valid; goes on to the first page without an answer."""

    def get(self, request):
        return self.show(self.page, form=shown_form(self.page, **self.context()))

    def post(self, request):
        form = sent_form(self.page, request.POST, **self.context())
        if not form.is_valid():
            return self.show(self.page, form=form)
        return self.accept(form)

    def accept(self, form):
        self.draft = keep_answers(draft=self.draft, page=self.page, answers=form.cleaned_data)
        if "time" in self.draft.data:
            self.draft = renew_hold(draft=self.draft, now=self.now, known_site=self.site)
        return self.to_open_page()

    def context(self):
        return {"draft": self.draft, "site": self.site, "now": self.now}

    def typed(self):
        return typed_text_of(self.page, self.request, site=self.site, now=self.now)


class Who(Question):
    page = "who"

    def accept(self, form):
        if form.cleaned_data["who"] == WhoForm.CHILD:
            discard_draft(draft=self.draft)
            response = redirect("booking:call_us")
            response.delete_cookie(COOKIE, path=self.request.path, samesite="Lax")
            self.draft = None
            return response
        return super().accept(form)


class Reason(Question):
    page = "reason"


class When(Question):
    """Days and parts of days: for whom no open time suits, and where none are offered."""

    page = "when"

    def accept(self, form):
        self.draft = release_hold(draft=self.draft)
        return super().accept(form)

    def back_url(self):
        if self.draft and first_open_page(self.draft) != "review" and kinds_for(self.draft):
            return reverse("booking:time", args=[self.draft.pk])
        return super().back_url()


class Contact(Question):
    page = "contact"


class Prepare(Question):
    page = "prepare"


class CallDetails(Question):
    """The last page of the short way. After “see a doctor today” only while we can still call."""

    page = "call"

    def answer_draft(self, request):
        # Whichever way they came, from here on it is a call that they ask for.
        self.kind = RequestKind.CALL
        return super().answer_draft(request)

    def get(self, request):
        if self.draft.is_safety_call and not callable_today(self):
            return redirect("booking:second_check", self.draft.pk)
        return super().get(request)

    def accept(self, form):
        if self.draft.is_safety_call and not callable_today(self):
            return show_advice(self, too_late=True)
        send_draft(
            draft=self.draft,
            answers=call_answers(self.draft, form),
            now=self.now,
            network_key=network_key(client_address(self.request)),
            honeypot=form.cleaned_data[HONEYPOT_NAME],
            known_site=self.site,
        )
        return redirect("booking:done", self.draft.pk)
