"""A draft or an old version in the very templates that patients get: for the form's frames and for signed links."""

import re
from dataclasses import replace

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.site import site_of
from clinic.wall_clock import day_of
from content import listing
from content.anatomy import PageKind
from content.drafts import MODELS, readable
from content.editing.preview_links import version_of
from content.models import page_url
from content.rendering import emergency_card, flags_by_area
from content.safety import library_at, live_library
from content.states import FlagGroup, VersionKind
from content.views import page_context

# Links that lead away from the page in its frame; those within it stay.
LEADS_AWAY = re.compile(r'<(a|form)\b(?=[^>]*\s(?:href|action)="(?!#))')


def page_values(page, data, *, site, at=None):
    """The context of a page's templates for any of its versions.

    `at`: the instant whose warning signs and glossary are shown, and from which dates count; None for today's.
    """
    data = readable(data, page.kind)
    path = page_url(page.kind, data["slug"]) if data["slug"] else "/"
    now = at or site.now
    if at:
        site = replace(site, now=at, today=day_of(at, site.clinic.zone))
    context = page_context(
        data,
        site=site,
        library=library_at(at) if at else live_library(),
        links=listing.pages_linked_from(data, page.pk),
        terms=listing.terms_at(page.language, at) if at else listing.live_terms(page.language),
        place=None if at else listing.place_in_series(page.pk, data["own"].get("series", "")),
        changes=() if at else listing.changes(page.pk, site.clinic.zone),
        url=absolute(path),
        path=path,
        slug=data["slug"],
    )
    zone = site.clinic.zone
    first = page.first_published_at or now
    return context | {
        "page_template": f"content/{PageKind(page.kind).value}.html",
        "published_on": min(first, now).astimezone(zone).date(),
        "updated_on": now.astimezone(zone).date(),
    }


def preview_html(request, page, data, *, strip, at=None, note="", link=None):
    """A whole page as patients get it, under a strip that says what it is. `link`: (address, words) in the strip."""
    context = page_values(page, data, site=site_of(request), at=at)
    # A print names the page's own address: that of a preview would be a key to it.
    context |= {"strip": strip, "strip_note": note, "strip_link": link, "own_address": context["url"]}
    return render_to_string("content/preview.html", context, request=request)


def signs_html(request, library, *, strip):
    """The page of the emergency signs with another library than the live one."""
    context = {
        "card": emergency_card(library.of_group(FlagGroup.EMERGENCY)),
        "same_day": flags_by_area(library.of_group(FlagGroup.SAME_DAY)),
        "soon": library.of_group(FlagGroup.SOON),
        "own_address": absolute(reverse("content:get_help_now")),
        "strip": strip,
        "strip_note": "",
        "strip_link": None,
    }
    return render_to_string("content/preview_signs.html", context, request=request)


def framed(request, html):
    """An answer that only a frame of this site may show; what leads away from the page opens beside it."""
    request.csp_framed = True
    # Of the two headers, old browsers know only this one.
    headers = {"Cache-Control": "no-store", "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(LEADS_AWAY.sub(r'<\1 target="_blank"', html), headers=headers)


def absolute(path):
    """An address that works outside of this site."""
    return settings.SITE_URL + path


def strip_for(version, page):
    """What the strip above a version says: what it is, and whether patients see it. In the current time zone."""
    when = date_format(timezone.localtime(version.created_at), "F j, Y, g:i A")
    if version.kind == VersionKind.SAVED:
        return _("Preview of the draft saved %(when)s. Patients do not see this.") % {"when": when}
    if version.pk == page.live_version_id:
        return _("The page as it was published %(when)s. This is what patients see now.") % {"when": when}
    return _("The page as it was published %(when)s. Patients do not see this version now.") % {"when": when}


@require_safe
def shared_preview(request, token):
    """What the holder of a signed link sees. Every reason why a link does not open gets the same answer."""
    version = version_of(token, now=timezone.now())
    if version is None:
        response = render(request, "content/preview_gone.html", {"own_address": absolute("/")}, status=404)
    else:
        model = MODELS[PageKind(version.page.kind)]._meta
        # Asks whoever is not signed in to do so first.
        check = reverse(f"admin:{model.app_label}_{model.model_name}_change", args=[version.page_id])
        with timezone.override(site_of(request).clinic.zone):
            html = preview_html(
                request,
                version.page,
                version.data,
                strip=strip_for(version, version.page),
                note=_("You see it because somebody at the clinic sent you the link. Please do not pass it on."),
                link=(check, _("Sign in to say that you checked it")),
            )
        response = HttpResponse(html)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
