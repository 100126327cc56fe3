"""Pages that patients read. Thin: fetch the live version, let rendering.py make values of it, place them."""

from urllib.parse import quote, urlencode

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.caching import public_page
from clinic.models import Practitioner
from clinic.site import site_of
from content import listing
from content.anatomy import PageKind
from content.drafts import upgraded
from content.models import Page, page_url
from content.page_heads import help_head, index_head, page_head
from content.rendering import clinic_facts, emergency_card, flags_by_area, page_view
from content.safety import live_library
from content.stamps import content_stamp
from content.states import FlagGroup

LANGUAGE = "en"  # of pages without a prefix in their address
HOME = (_("Home"), "home")
INDEXES = {
    PageKind.CONDITION: (_("Conditions"), "content:conditions"),
    PageKind.TREATMENT: (_("Treatments"), "content:treatments"),
    PageKind.ARTICLE: (_("Articles"), "content:articles"),
}


@public_page(content_stamp)
def condition(request, slug):
    return _page(request, PageKind.CONDITION, slug)


@public_page(content_stamp)
def treatment(request, slug):
    return _page(request, PageKind.TREATMENT, slug)


@public_page(content_stamp)
def article(request, slug):
    return _page(request, PageKind.ARTICLE, slug)


@public_page(content_stamp)
def info(request, slug):
    return _page(request, PageKind.INFO, slug)


@public_page(content_stamp)
def glossary(request):
    page = get_object_or_404(Page.objects.published().of_kind(PageKind.GLOSSARY), language=LANGUAGE)
    return _page(request, PageKind.GLOSSARY, page.live_slug)


@public_page(content_stamp)
def conditions(request):
    return _index(request, PageKind.CONDITION, "regions", listing.conditions_by_region())


@public_page(content_stamp)
def treatments(request):
    return _index(request, PageKind.TREATMENT, "categories", listing.treatments_by_category())


@public_page(content_stamp)
def articles(request):
    return _index(request, PageKind.ARTICLE, "groups", listing.articles_by_series())


@public_page(content_stamp)
def get_help_now(request):
    library = live_library()
    context = {
        "head": help_head(request),
        "card": emergency_card(library.of_group(FlagGroup.EMERGENCY)),
        "same_day": flags_by_area(library.of_group(FlagGroup.SAME_DAY)),
        "soon": library.of_group(FlagGroup.SOON),
    }
    return render(request, "content/get_help_now.html", context)


def _page(request, kind, slug):
    live = Page.objects.published().select_related("live_version")
    page = get_object_or_404(live, kind=kind, language=LANGUAGE, live_slug=slug)
    clinic = site_of(request).clinic
    data = upgraded(page.live_version.data)
    context = page_context(
        data,
        site=site_of(request),
        library=live_library(),
        links=listing.linked_pages(page.pk),
        terms=listing.live_terms(LANGUAGE),
        place=listing.place_in_series(page.pk, data["own"].get("series", "")),
        changes=listing.changes(page.pk, clinic.zone),
        url=settings.SITE_URL + request.path,
        path=request.path,
        slug=slug,
    )
    dates = {
        "published_on": page.first_published_at.astimezone(clinic.zone).date(),
        "updated_on": page.live_since.astimezone(clinic.zone).date(),
    }
    shown = {"crumbs": context["crumbs"], "profiles": context["profiles"]}
    head = page_head(request, page, context["page"], data, **shown, **dates)
    return render(request, f"content/{kind.value}.html", context | dates | {"head": head})


def page_context(data, *, site, library, links, terms, place, changes, url, path, slug):
    """What the templates of a page place, but for its head and its dates.

    `data` as content.drafts.upgraded gives it, `links` and the rest as content.listing does; `url` is absolute.
    """
    view = page_view(
        data,
        library=library,
        facts=clinic_facts(site.clinic),
        urls={pk: entry.url for pk, entry in links.items()},
        terms=terms,
    )
    elsewhere = {rated["url"] for rated in view.rated_treatments} | _beside(place)
    return {
        "page": view,
        "slug": slug,
        "url": url,
        "crumbs": [*_crumbs(HOME, INDEXES.get(data["kind"])), (view.title, path)],
        "place": place,
        "related": [entry for entry in links.values() if entry.url not in elsewhere],
        "changes": changes,
        "mail_url": _mail_url(view.title, url),
        "is_overdue": bool(view.review.next_review and view.review.next_review < site.today),
        "glossary_url": page_url(PageKind.GLOSSARY, "") if terms else "",
        "profiles": _profiles(view.review),
        "hide_phone_on_small": view.card is not None,
    }


def _mail_url(title, url):
    """An e-mail without an addressee that holds the page's address (RFC 6068: spaces as %20, never +)."""
    return "mailto:?" + urlencode({"subject": title, "body": url}, quote_via=quote)


def _beside(place):
    """Addresses that the links of a series show already."""
    return {entry.url for entry in (place.before, place.after) if entry} if place else set()


def _index(request, kind, name, groups):
    """The list of a kind of page: (heading, entries) groups, which the template knows by `name`."""
    crumbs = _crumbs(HOME, INDEXES[kind])
    head = index_head(request, kind, groups, crumbs=crumbs)
    return render(request, f"content/{kind.value}s.html", {"head": head, "crumbs": crumbs, name: groups})


def _crumbs(*steps):
    return [(name, reverse(address)) for name, address in filter(None, steps)]


def _profiles(review):
    """Slugs of the named people who have a page on the team's list now."""
    slugs = [person["slug"] for person in (review.author, review.reviewer) if person]
    return set(Practitioner.objects.active().filter(slug__in=slugs).values_list("slug", flat=True)) if slugs else set()
