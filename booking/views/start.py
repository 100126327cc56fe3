"""The ways in, and the page for whom this is not made."""

from django.shortcuts import redirect

from booking.actions.drafts import pass_first_check, start_draft
from booking.drafts import read_changed_answer_marker
from booking.forms.safety import SignsForm, WhoForm
from booking.states import RequestKind
from booking.steps import first_open_page
from booking.views.pages import RequestPage, keep_open
from content.models import Condition
from content.safety import live_library
from content.states import FlagGroup

CHECKED_GROUPS = (FlagGroup.EMERGENCY, FlagGroup.SAME_DAY)


def can_check(library):
    """Whether there is a safety check to ask. Without one there is no request: the phone has a person at its end."""
    return all(library.check(group) for group in CHECKED_GROUPS)


class WayIn(RequestPage):
    """A page that makes a draft. Closed while there is no safety check to ask."""

    def answer(self, request, **kwargs):
        self.library = live_library()
        if not can_check(self.library):
            return self.show("closed", status=503)
        return super().answer(request, **kwargs)

    def open_draft(self, **values):
        return start_draft(now=self.now, kind=self.kind, **values)

    def into(self, draft, secret):
        response = redirect(f"booking:{first_open_page(draft)}", draft.pk)
        keep_open(response, draft.pk, secret)
        return response


class Start(WayIn):
    """/appointments/: who needs the visit. `?condition=` is carried over once, by POST."""

    page = "who"

    def get(self, request):
        return self.show("who", form=WhoForm(initial={"condition": published_slug(request.GET.get("condition", ""))}))

    def post(self, request):
        form = WhoForm(request.POST)
        if not form.is_valid():
            return self.show("who", form=form)
        who = form.cleaned_data["who"]
        if who == WhoForm.CHILD:
            return redirect("booking:call_us")
        slug = published_slug(form.cleaned_data["condition"] or "")
        return self.into(*self.open_draft(data={"who": {"who": who, "condition": slug}}))


class CallMe(WayIn):
    """/appointments/call-me/: the same first list, then a name and a number."""

    page = "first_check"
    kind = RequestKind.CALL

    def get(self, request):
        return self.show("first_check", form=self.form())

    def post(self, request):
        form = self.form(request.POST)
        if form.is_yes:
            return self.show_emergency()
        if not form.is_valid():
            return self.show("first_check", form=form)
        draft, secret = self.open_draft()
        return self.into(pass_first_check(draft=draft, version=self.library.version), secret)

    def form(self, *data):
        return SignsForm(*data, library=self.library, group=FlagGroup.EMERGENCY)


class CallUs(RequestPage):
    """For a child under 18. Nothing is stored."""

    page = "who"

    def get(self, request):
        return self.show("call_us")


class Again(WayIn):
    """A new draft for somebody who had to stop, or changes an answer. It remembers that an answer was yes."""

    def post(self, request):
        marker = read_changed_answer_marker(request.POST.get("marker", ""))
        if marker is None:
            return redirect("booking:start")
        self.kind = RequestKind(marker["kind"])
        data = {"who": {"who": marker["who"]}} if marker["who"] else {}
        return self.into(*self.open_draft(data=data, safety_changed=True))

    def get(self, request):
        return redirect("booking:start")


def published_slug(slug):
    """The slug, if a published condition has it; else an empty string."""
    if not slug or "\0" in slug:
        return ""
    return slug if Condition.objects.published().filter(live_slug=slug).exists() else ""
