"""The safety check: two short lists, before anything is typed."""

from django.shortcuts import redirect

from booking.actions.drafts import (
    answer_doctor_question,
    answer_second_check,
    discard_draft,
    pass_first_check,
    reopen_second_check,
)
from booking.drafts import is_sent
from booking.forms.kept import who_of
from booking.forms.safety import DoctorForm, SignsForm
from booking.local_times import moment_text
from booking.safety_call import can_call_back
from booking.states import SafetyOutcome
from booking.views.pages import DraftPage
from content.safety import live_library
from content.states import FlagGroup


class SignsPage(DraftPage):
    group = None
    template = None

    def form(self, *data, **kwargs):
        return SignsForm(*data, library=self.library, group=self.group, **kwargs)

    def answer(self, request, **kwargs):
        self.library = live_library()
        return super().answer(request, **kwargs)

    def has_sign(self, request):
        return request.method == "POST" and self.form(request.POST).is_yes

    def show_list(self, *, answered_none):
        """A list that was passed before comes up with its “None”, unless its words have changed since."""
        form = self.form()
        if answered_none and self.draft.safety_version == self.library.version:
            form.initial = {"signs": [form.none]}
        return self.show(self.template, form=form)


class FirstCheck(SignsPage):
    """Emergency signs. A yes deletes the draft; only the answer on the screen remains."""

    page = template = "first_check"
    group = FlagGroup.EMERGENCY

    def answer_draft(self, request):
        if self.has_sign(request):
            return self.answer_sign()
        return super().answer_draft(request)

    def answer_sign(self):
        """A request that was sent before stays: somebody will call. The draft behind it holds nothing any more."""
        who = who_of(self.draft)
        if not is_sent(self.draft.pk):
            discard_draft(draft=self.draft)
            self.draft = None
        return self.show_emergency(who=who)

    def get(self, request):
        return self.show_list(answered_none=self.draft.safety_version is not None)

    def post(self, request):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(self.template, form=form)
        self.draft = pass_first_check(draft=self.draft, version=self.library.version)
        return self.to_open_page()

    def answer_gone(self, request, draft_id):
        if self.has_sign(request):
            return self.show_emergency()
        return super().answer_gone(request, draft_id)


class SecondCheck(SignsPage):
    """Same-day signs; after a yes the advice; after a change of mind one question. One address for all of it."""

    page = template = "second_check"
    group = FlagGroup.SAME_DAY

    def answer_draft(self, request):
        if self.has_sign(request) and is_sent(self.draft.pk):
            # The request is made and stays as it is; the advice is what counts now.
            return self.show("today", call_by="", too_late=False)
        return super().answer_draft(request)

    def get(self, request):
        if self.draft.is_safety_call:
            return show_advice(self)
        if self.draft.must_ask_doctor:
            return self.show("doctor", form=DoctorForm())
        if not self.draft.safety_outcome and self.draft.safety_version != self.library.version:
            return redirect("booking:first_check", self.draft.pk)
        return self.show_list(answered_none=self.draft.safety_outcome == SafetyOutcome.NONE)

    def post(self, request):
        if "change" in request.POST:
            reopen_second_check(draft=self.draft)
            return redirect("booking:second_check", self.draft.pk)
        if self.draft.must_ask_doctor and "signs" not in request.POST:
            return self.post_doctor(request)
        form = self.form(request.POST)
        if form.is_yes:
            answer_second_check(draft=self.draft, outcome=SafetyOutcome.SAME_DAY)
            return redirect("booking:second_check", self.draft.pk)
        if self.draft.safety_version != self.library.version:
            return redirect("booking:first_check", self.draft.pk)
        if not form.is_valid():
            return self.show(self.template, form=form)
        self.draft = answer_second_check(draft=self.draft, outcome=SafetyOutcome.NONE)
        return self.to_open_page()

    def post_doctor(self, request):
        form = DoctorForm(request.POST)
        if not form.is_valid():
            return self.show("doctor", form=form)
        self.draft = answer_doctor_question(draft=self.draft, checked=form.cleaned_data["checked"] == "yes")
        return self.to_open_page()


def callable_today(page):
    return can_call_back(page.site.opening, within_minutes=page.site.clinic.call_back_within_minutes, now=page.now)


def show_advice(page, *, too_late=False):
    """“See a doctor today”. A call from us stands second, and only where we can keep the promise."""
    call_by = ""
    if callable_today(page):
        promised = page.site.opening.add_working_minutes(page.now, page.site.clinic.call_back_within_minutes)
        call_by = moment_text(promised, now=page.now, zone=page.site.clinic.zone)
    return page.show("today", call_by=call_by, too_late=too_late)
