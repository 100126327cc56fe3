"""/helpful/<kind>/<slug>/: the small form behind “Was this page helpful?”. The only pages here that set a cookie."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from clinic.network import client_address, network_key
from content.errors import TooManyAnswers
from content.feedback import WITHIN, keep_feedback
from content.forms import FeedbackForm
from content.models import Page
from content.views import LANGUAGE

# What the button sends when the answers are shown once more because the hidden field was filled.
SURE = "sure"


class AboutPage(View):
    """About one live page; in no cache and no search engine."""

    template = None

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def setup(self, request, kind, slug):
        super().setup(request, kind=kind, slug=slug)
        live = Page.objects.published().select_related("live_version")
        self.page = get_object_or_404(live, kind=kind, language=LANGUAGE, live_slug=slug)

    def show(self, *, status=200, **context):
        context |= {"about": {"title": self.page.live_title, "url": self.page.get_absolute_url()}}
        return render(self.request, self.template, context, status=status)


class Helpful(AboutPage):
    """A link brings the answer along in `?answer=`; only Send counts it."""

    template = "content/helpful.html"

    def get(self, request, **kwargs):
        return self.show(form=FeedbackForm(initial={"answer": request.GET.get("answer", "")}))

    def post(self, request, **kwargs):
        form = FeedbackForm(request.POST)
        if not form.is_valid():
            return self.show(form=form)
        if form.has_honeypot and SURE not in request.POST:
            return self.show(form=form.without_honeypot(send_name=SURE), must_repeat=True)
        try:
            keep_feedback(
                page=self.page,
                is_helpful=form.cleaned_data["answer"] == "yes",
                comment=form.cleaned_data["comment"],
                network_key=network_key(client_address(request)),
                now=timezone.now(),
            )
        except TooManyAnswers:
            response = self.show(form=form, is_too_many=True, status=429)
            response.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
            return response
        return redirect(reverse("content:helpful_thanks", kwargs=self.kwargs))

    def show(self, *, form, must_repeat=False, is_too_many=False, status=200):
        return super().show(form=form, must_repeat=must_repeat, is_too_many=is_too_many, status=status)


class Thanks(AboutPage):
    """What follows a sent answer. Says nothing of what was sent, and may be reloaded."""

    template = "content/helpful_thanks.html"

    def get(self, request, **kwargs):
        return self.show()
