"""/admin/mails/: every mail as the person gets it, made of made-up records. Nothing is written, nothing is sent."""

import base64
import hashlib
from html.parser import HTMLParser

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from njspine.previews.samples import SAMPLE_BY_SLUG, SAMPLES, Reader
from njspine.previews.showing import NothingToShow, mail_of, show

SEE = "clinic.view_outgoingmessage"
SCHEMES = {"light": _("Light"), "dark": _("Dark")}
# What the reader's program decides; a preview decides it for it.
READERS_CHOICE = '<meta name="color-scheme" content="light dark">'


@require_safe
def mail_list(request):
    _guard(request)
    groups = [(reader, [sample for sample in SAMPLES if sample.reader == reader]) for reader in Reader]
    return _page(request, "list", {"title": _("Mails that we send"), "groups": groups})


@require_safe
def mail_preview(request, slug):
    _guard(request)
    sample, scheme = _sample(slug), _scheme(request)
    shown, why_not = None, ""
    try:
        shown = show(sample, now=timezone.now())
    except NothingToShow as nothing:
        why_not = str(nothing)
    request.csp_frames = True
    context = {
        "title": sample.title,
        "sample": sample,
        "mail": shown and shown.mail,
        "text": shown and shown.text,
        "why_not": why_not,
        "scheme": scheme,
        "schemes": SCHEMES.items(),
    }
    return _page(request, "preview", context)


@require_safe
def mail_html(request, slug):
    """The HTML part alone, for the frames of the preview: no script, no picture, no form, and of styles only those
    that stand in it, each named by its hash, so that no policy of ours ever says 'unsafe-inline'."""
    _guard(request)
    try:
        mail = mail_of(_sample(slug), now=timezone.now())
    except NothingToShow as nothing:
        raise Http404 from nothing
    html = mail.html.replace(READERS_CHOICE, f'<meta name="color-scheme" content="{_scheme(request)}">')
    return HttpResponse(
        html, headers={"Content-Security-Policy": policy_of(mail.html), "X-Frame-Options": "SAMEORIGIN"}
    )


MAILS = [
    ("mails/", mail_list, "mail_list"),
    ("mails/<slug:slug>/", mail_preview, "mail_preview"),
    ("mails/<slug:slug>/html/", mail_html, "mail_html"),
]


class StyleAttributes(HTMLParser):
    """Collects the values of all style attributes, as a browser reads them."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found |= {value for name, value in attrs if name == "style" and value}


def policy_of(html):
    """The Content-Security-Policy of one mail. CSP 3 matches style attributes by hash where it says 'unsafe-hashes':
    the word sounds worse than it is, a style that is not in the list does not apply."""
    styles = StyleAttributes()
    styles.feed(html)
    hashes = sorted(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in styles.found)
    allowed = " ".join(["'unsafe-hashes'", *hashes]) if hashes else "'none'"
    return (
        f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
    )


def _guard(request):
    if not request.user.has_perm(SEE):
        raise PermissionDenied


def _sample(slug):
    if slug not in SAMPLE_BY_SLUG:
        raise Http404
    return SAMPLE_BY_SLUG[slug]


def _scheme(request):
    asked = request.GET.get("scheme", "")
    return asked if asked in SCHEMES else "light"


def _page(request, template, context):
    frame = admin.site.each_context(request) | {"subtitle": None}
    return TemplateResponse(request, f"admin/mails/{template}.html", frame | context)
