"""A patient with a browser: walks through the pages of a request, and remembers what came back."""

import datetime
import re
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from booking.models import RequestDraft
from content.models import Condition
from content.safety import live_library
from tests.content.factories import make_condition, publish_flags
from tests.factories import make_clinic, make_location, make_practitioner

COOKIE = "request"
FORM = "application/x-www-form-urlencoded"


def make_site(**clinic):
    """A clinic with two places and two clinicians, one condition, and a published safety library."""
    make_clinic(**clinic)
    here, there = make_location(name="Here"), make_location(name="There")
    make_practitioner(name="Robin Sample", locations=[here, there])
    make_practitioner(name="Jordan Example", locations=[here])
    publish_flags()
    make_condition(published=True, slug="sciatica", title="Sciatica")


def none_of_these():
    return f"none-{live_library().version}"


def reason(**changes):
    return {
        "reason": str(Condition.objects.get(slug="sciatica").pk),
        "returning": "no",
        "recent_surgery": "no",
    } | changes


def when(**changes):
    return {"first_available": "on", "location": "any", "practitioner": "any"} | changes


def contact(**changes):
    answers = {"patient_name": "Pat Testcase", "phone": "201-555-0123", "email": "pat@example.com"}
    return answers | {"contact_by": "either", "voicemail_ok": "yes"} | changes


def call(**changes):
    return {"patient_name": "Pat Testcase", "phone": "201-555-0123", "voicemail_ok": "no"} | changes


def form_body(data):
    """As a browser sends a form; what UTF-8 cannot say goes out as the bad bytes that a program would send."""
    return urlencode(data, doseq=True, encoding="utf-8", errors="surrogatepass")


class Patient:
    def __init__(self):
        self.client = Client()
        self.path = None
        self.answers = []

    def get(self, page):
        return self._remember(self.client.get(self.url(page)))

    def post(self, page, data=None):
        return self._remember(self.client.post(self.url(page), form_body(data or {}), content_type=FORM))

    def url(self, page):
        return page if page.startswith("/") else self.path if page == "who" else f"{self.path}{page.replace('_', '-')}/"

    def begin(self, who="me", **extra):
        """Through the first page; the path of the new draft is known from here on."""
        return self.enter(self.post(reverse("booking:start"), {"who": who} | extra))

    def enter(self, response):
        found = re.match(r"(/appointments/[0-9a-f-]{36}/)", response.headers.get("Location", ""))
        if found:
            self.path = found[1]
        return response

    def pass_checks(self):
        self.post("first_check", {"signs": none_of_these()})
        return self.post("second_check", {"signs": none_of_these()})

    def fill(self, **changed_pages):
        """All pages up to, not including, the last one. Keyword arguments replace what is sent to a page."""
        if self.path is None:
            self.begin()
        self.pass_checks()
        pages = {"reason": reason(), "when": when(), "contact": contact(), "prepare": {}} | changed_pages
        for page, data in pages.items():
            response = self.post(page, data)
            assert response.status_code == 302, response.context["form"].errors
        return response

    def send(self):
        return self.post("review")

    @property
    def draft(self):
        return RequestDraft.objects.get(pk=self.path.split("/")[2])

    def _remember(self, response):
        self.answers.append(response)
        return response


def text_of(response):
    """The words of a page, white space as one space."""
    page = re.sub(r"(?s)<(script|style|title).*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def main_of(response):
    return re.search(r"(?s)<main.*?</main>", response.content.decode())[0]


def at(instant, **difference):
    return instant + datetime.timedelta(**difference)
