"""Our own error pages. The common ones use the site's templates; when those fail too, plain text assembled here does.

500 and 503 never touch a template or the database: they are what is left when both are broken.
"""

import logging
import sys
from dataclasses import dataclass
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.caching import LONGEST_SECONDS
from clinic.site import site_of
from content.address_rules import words_of_address
from content.addresses import destination
from content.missing_addresses import count_missing
from content.search.finding import search
from content.views import LANGUAGE
from njspine.kept_text import TOKEN, carried, kept
from njspine.last_known import last_known

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 120
# Addresses that never change (they are printed on leaflets); reverse() needs a URL configuration that still loads.
HOME, GET_HELP_NOW, ADMIN = "/", "/get-help-now/", "/admin/"
MOST_SUGGESTIONS = 3

EMERGENCY = _(
    'If anything suddenly gets worse, do not wait for us: call {} or see the <a href="{}">emergency signs</a>.'
)


@dataclass(frozen=True)
class Words:
    title: str
    lines: tuple


@dataclass(frozen=True)
class Lost:
    words: str
    suggestions: tuple


BAD_REQUEST = Words(
    _("We could not read that"),
    (_("Something was damaged on its way to us. Please go back and try again."),),
)
FORBIDDEN = Words(
    _("This page is not open to you"),
    (_("Only some of our staff can open it. If you should be one of them, ask whoever manages the accounts."),),
)
FORBIDDEN_AFTER_SENDING = Words(
    FORBIDDEN.title,
    (
        *FORBIDDEN.lines,
        _("Nothing was saved. What you typed is kept on this page: somebody who may can sign in here and go on."),
    ),
)
NOT_FOUND = Words(
    _("We cannot find that page"),
    (
        _("The address may be mistyped, or the page may have moved."),
        _("Search for it, use the menu above, or call us: we are glad to help."),
    ),
)
NOT_ALLOWED = Words(
    _("That does not work here"),
    (_("This address works only when a form on our site sends to it. Please start from the page with the form."),),
)
TOO_LARGE = Words(
    _("That is too large for us to take"),
    (
        _("Nothing was sent. Go back: what you typed should still be there."),
        _("Please shorten the text, or choose a smaller picture, and send again."),
    ),
)
NOT_FROM_OUR_PAGE = Words(
    _("This was not sent yet"),
    (
        _("The page was open for a long time, or your browser blocks cookies, so we could not be sure it was you."),
        _("If you see this again, please allow cookies for this site, or call us."),
    ),
)
SERVER_ERROR = Words(
    _("Something went wrong on our side"),
    (_("It is not your fault. Please try again in a few minutes, or call us."),),
)
SERVER_ERROR_AFTER_SENDING = Words(
    SERVER_ERROR.title,
    (
        _("It is not your fault. Please count what you sent as not received."),
        _("Call us, or send it again below. Sending twice does no harm."),
    ),
)
UNAVAILABLE = Words(
    _("Our records cannot be reached right now"),
    (_("Please try again in a few minutes, or call us."),),
)
UNAVAILABLE_AFTER_SENDING = Words(
    UNAVAILABLE.title,
    (
        _("Nothing was sent: your answers did not reach us."),
        _("Call us, or send them again below in a few minutes. Sending twice does no harm."),
    ),
)


def bad_request(request, exception=None):
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return page(request, HTTPStatus.BAD_REQUEST, BAD_REQUEST)


def permission_denied(request, exception=None):
    form = kept(request) if request.path.startswith(ADMIN) else None
    if form is None:
        return page(request, HTTPStatus.FORBIDDEN, FORBIDDEN)
    resend = sign_in_form(form, token=get_token(request), label=_("Sign in as somebody who may"))
    return page(request, HTTPStatus.FORBIDDEN, FORBIDDEN_AFTER_SENDING, resend=resend)


def page_not_found(request, exception=None):
    """404; or 301 to where the page of an old address is now, which is asked only here, when nothing else answered."""
    if url := moved_to(request):
        response = HttpResponsePermanentRedirect(url)
        # Browsers keep a 301 for ever unless told otherwise, and an editor may need the address again.
        response.headers["Cache-Control"] = f"public, max-age={LONGEST_SECONDS}"
        return response
    words = words_of_address(request.path)
    count(request)
    return page(request, HTTPStatus.NOT_FOUND, NOT_FOUND, lost=Lost(words, suggestions(request, words)))


def method_not_allowed(request, allowed):
    response = page(request, HTTPStatus.METHOD_NOT_ALLOWED, NOT_ALLOWED)
    response["Allow"] = ", ".join(allowed)
    return response


def too_large(request):
    return page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)


def csrf_failure(request, reason=""):
    # The browser's own word that our page sent this form; a stranger's page gets no working "Send again".
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    resend = ""
    if ours and request.path.startswith(ADMIN):
        resend = resend_of_staff(request, token=get_token(request))
    elif ours:
        resend = resend_form(request, token=get_token(request))
    return page(request, HTTPStatus.FORBIDDEN, NOT_FROM_OUR_PAGE, resend=resend)


def server_error(request):
    """500; or 503 when the reason was a database that does not answer."""
    resend = resend_form(request)
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        words = UNAVAILABLE_AFTER_SENDING if resend else UNAVAILABLE
        response = plain_page(HTTPStatus.SERVICE_UNAVAILABLE, words, resend=resend)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    words = SERVER_ERROR_AFTER_SENDING if resend else SERVER_ERROR
    return plain_page(HTTPStatus.INTERNAL_SERVER_ERROR, words, resend=resend)


def moved_to(request):
    """Where an old address leads, without the query: no page of ours needs one, and it may say who sent the visitor."""
    if request.method not in ("GET", "HEAD"):
        return ""
    try:
        return destination(request.path)
    except Error as error:
        logger.warning("no look at old addresses: %s", type(error).__name__)
        return ""


def count(request):
    """Count the address that leads nowhere, when a person asked for it. A GET that writes: a counter, nothing else."""
    if request.method != "GET" or "Sec-Purpose" in request.headers:
        return
    try:
        site = site_of(request)
        user_agent = request.headers.get("User-Agent", "")
        count_missing(path=request.path, user_agent=user_agent, now=site.now, today=site.today)
    except Error as error:
        # Without the address: the log keeps none that people typed.
        logger.warning("a missing address was not counted: %s", type(error).__name__)


def suggestions(request, words):
    """Up to three results of a search for the words; none when the search cannot be asked."""
    if not words or request.method != "GET":
        return ()
    try:
        return search(words, site=site_of(request), language=LANGUAGE, most=MOST_SUGGESTIONS).results
    except Exception as error:  # noqa: BLE001  no guess is worth losing the page for
        logger.warning("no suggestions on the error page: %s", type(error).__name__)
        return ()


def page(request, status, words, *, resend="", lost=None):
    """An error page in the site's own frame; without the frame when that cannot be rendered.

    `lost` is for somebody who followed a wrong address: a search box, and where it may have been meant to lead.
    """
    context = {"words": words, "resend": resend, "lost": lost}
    try:
        return HttpResponse(render_to_string("errors/error.html", context, request=request), status=status)
    except Exception:
        logger.exception("error page %s without its frame", int(status))
        return plain_page(status, words, resend=resend)


def resend_form(request, *, token=None):
    """A form that sends again what the browser just sent, so that nobody types a request twice.

    Empty for the admin, which may hold a password: resend_of_staff() looks more closely.
    """
    if request.method != "POST" or request.path.startswith(ADMIN):
        return ""
    try:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # noqa: BLE001  a body that cannot be read is no reason to lose the error page
        return ""
    if token is not None:
        sent = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"]
        sent.append(("csrfmiddlewaretoken", token))
    return format_html(
        '<form method="post" action="{}">{}<button class="btn">{}</button></form>',
        request.path,
        format_html_join("", '<input type="hidden" name="{}" value="{}">', sent),
        _("Send again"),
    )


def resend_of_staff(request, *, token):
    """As resend_form(), for forms of the admin that hold no password. Of a sign-in form only what it carried."""
    form = carried(request)
    if form is not None:
        return sign_in_form(form, token=token, label=_("Back to the sign-in"))
    form = kept(request)
    if form is None:
        return ""
    lost = format_html("<p>{} {}</p>", _("Choose these files again:"), ", ".join(form.file_names()))
    return format_html(
        '{}<form method="post" action="{}" enctype="multipart/form-data">{}{}<button class="btn">{}</button></form>',
        lost if form.files else "",
        form.path,
        form.original(),
        format_html('<input type="hidden" name="{}" value="{}">', TOKEN, token),
        _("Send again"),
    )


def sign_in_form(form, *, token, label):
    """A button that leads to the sign-in and takes along what was typed."""
    return format_html(
        '<form method="post" action="{}" enctype="multipart/form-data">{}{}<button class="btn">{}</button></form>',
        reverse("admin:login"),
        form.hidden(),
        format_html('<input type="hidden" name="{}" value="{}">', TOKEN, token),
        label,
    )


def plain_page(status, words, *, resend=""):
    """The page of last resort: no template, no database, no request."""
    contact = last_known.contact()
    html = format_html(
        PLAIN,
        language=get_language() or "en",
        title=words.title,
        stylesheet=stylesheet(),
        name=contact.name,
        home=HOME,
        lines=format_html_join("", "<p>{}</p>", ((line,) for line in words.lines)),
        resend=resend,
        call=format_html('<p class="lead">{} <a href="{}">{}</a></p>', _("Call us:"), contact.phone_link, contact.phone)
        if contact.phone
        else "",
        emergency=format_html(str(EMERGENCY), contact.emergency_number, GET_HELP_NOW),
        home_page=_("Home page"),
    )
    return HttpResponse(html, status=status)


def stylesheet():
    try:
        return format_html('<link rel="stylesheet" href="{}">', static("css/site.css"))
    except Exception:  # noqa: BLE001  a missing manifest costs the looks, not the page
        return ""


PLAIN = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
{stylesheet}
</head>
<body>
<header class="top"><div class="wrap"><a class="brand" href="{home}"><span>{name}</span></a></div></header>
<main id="main" class="wrap block flow">
<h1>{title}</h1>
{lines}
{resend}
{call}
<p>{emergency}</p>
<p><a href="{home}">{home_page}</a></p>
</main>
</body>
</html>
"""
