"""What every page of a request does: open the draft, keep the order, stay out of caches and search engines."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from booking.actions.drafts import use_draft
from booking.drafts import LIFETIME, changed_answer_marker, is_sent
from booking.errors import DraftGone
from booking.forms.kept import sent_form
from booking.models import RequestDraft
from booking.offers import kinds_for
from booking.states import RequestKind
from booking.steps import first_open_page, may_open, page_before, progress
from booking.views.kept_time import kept_time_of
from clinic.site import site_of

COOKIE = "request"
PAGES_WITH_A_TIME = {"time", "when", "contact", "prepare", "review"}


class RequestPage(View):
    """A page of a request. `page` is its URL name."""

    page = None
    kind = RequestKind.VISIT

    def dispatch(self, request, *args, **kwargs):
        self.now = timezone.now()
        response = self.answer(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def answer(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    @property
    def site(self):
        return site_of(self.request)

    def show(self, template, *, status=200, **context):
        context |= {
            "back_url": self.back_url(),
            "draft_id": self.kwargs.get("draft_id"),
            "kind": self.kind,
            "kept_time": self.kept_time(),
            "steps": progress(self.kind, self.page),
        }
        return render(self.request, f"booking/{template}.html", context, status=status)

    def back_url(self):
        return reverse("home")

    def kept_time(self):
        """The KeptTime of a request in which a time was chosen."""
        return None

    def show_emergency(self, *, who=""):
        """The answer itself, not a redirect: no address may tell what somebody ticked."""
        return self.show("emergency", marker=changed_answer_marker(kind=self.kind, who=who), again=None)


class DraftPage(RequestPage):
    """A page of one draft, opened by id and secret together."""

    draft = None

    def answer(self, request, draft_id, **kwargs):
        try:
            self.draft = use_draft(draft_id=draft_id, secret=request.COOKIES.get(COOKIE, ""), now=self.now)
            self.kind = RequestKind(self.draft.kind)
            response = self.answer_draft(request)
        except DraftGone:
            return self.answer_gone(request, draft_id)
        if self.draft:
            keep_open(response, self.draft.pk, request.COOKIES[COOKIE])
        return response

    def answer_draft(self, request):
        """Sends on whoever has sent the request already, or skipped a question."""
        if is_sent(self.draft.pk):
            return redirect("booking:done", self.draft.pk)
        if not may_open(self.draft, self.page):
            return self.to_open_page()
        return super().answer(request)

    def answer_gone(self, request, draft_id):
        """Unknown, old, deleted and somebody else's drafts look alike, but what was typed just now is shown.

        A cookie outlives its draft only when an emergency sign deleted it: both last LIFETIME. Starting again then
        must not lose that an answer was yes.
        """
        changed = request.COOKIES.get(COOKIE) and not RequestDraft.objects.filter(pk=draft_id).exists()
        return self.show(
            "gone",
            status=410,
            typed=self.typed() if request.method == "POST" else [],
            marker=changed_answer_marker(kind=self.kind) if changed and not is_sent(draft_id) else "",
        )

    def typed(self):
        """(label, text) of what this POST holds."""
        return []

    def to_open_page(self):
        return redirect(f"booking:{open_page(self.draft)}", self.draft.pk)

    def kept_time(self):
        if self.draft is None or self.page not in PAGES_WITH_A_TIME:
            return None
        return kept_time_of(self.draft, site=self.site, now=self.now)

    def back_url(self):
        if self.draft is None:
            return reverse("home")
        if self.page != "review" and first_open_page(self.draft) == "review":
            return reverse("booking:review", args=[self.draft.pk])
        before = page_before(self.kind, "when" if self.page == "time" else self.page)
        if before == "when" and "time" in self.draft.data:
            before = "time"
        return reverse(f"booking:{before}", args=[self.draft.pk]) if before else reverse("home")


def open_page(draft):
    """The first page that still needs an answer. Open times come before the question when somebody could come."""
    page = first_open_page(draft)
    return "time" if page == "when" and kinds_for(draft) else page


def keep_open(response, draft_id, secret):
    """Sets the cookie that opens this draft, for this draft's path only, as long as the draft lives unused."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=LIFETIME,
        path=reverse("booking:who", args=[draft_id]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def typed_text_of(page, request, *, site, now):
    """(label, text) of the text fields of a page whose draft is gone."""
    who = "other" if "asked_by_name" in request.POST else "me"
    draft = RequestDraft(data={"who": {"who": who}})
    return sent_form(page, request.POST, draft=draft, site=site, now=now).typed()
