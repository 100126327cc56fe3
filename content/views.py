"""Pages that patients read. Thin: fetch the live version, let rendering.py make values of it, place them."""

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.caching import public_page
from clinic.models import Practitioner
from clinic.site import site_of
from content import listing
from content.anatomy import PageKind
from content.drafts import upgraded
from content.models import Page
from content.rendering import clinic_facts, emergency_card, page_view
from content.safety import live_library
from content.stamps import content_stamp
from content.states import FlagGroup
from content.structured_data import breadcrumbs, web_page

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
    return _index(request, PageKind.CONDITION, {"regions": listing.conditions_by_region()})


@public_page(content_stamp)
def treatments(request):
    return _index(request, PageKind.TREATMENT, {"entries": listing.treatments()})


@public_page(content_stamp)
def articles(request):
    return _index(request, PageKind.ARTICLE, {"entries": listing.articles()})


@public_page(content_stamp)
def get_help_now(request):
    library = live_library()
    context = {
        "card": emergency_card(library.of_group(FlagGroup.EMERGENCY), by_area=True),
        "same_day": library.of_group(FlagGroup.SAME_DAY),
    }
    return render(request, "content/get_help_now.html", context)


def _page(request, kind, slug):
    live = Page.objects.published().select_related("live_version")
    page = get_object_or_404(live, kind=kind, language=LANGUAGE, live_slug=slug)
    clinic = site_of(request).clinic
    links = listing.linked_pages(page.pk)
    view = page_view(
        upgraded(page.live_version.data),
        library=live_library(),
        facts=clinic_facts(clinic),
        urls={pk: entry.url for pk, entry in links.items()},
    )
    rated = {rated["url"] for rated in view.rated_treatments}
    dates = {
        "published_on": page.first_published_at.astimezone(clinic.zone).date(),
        "updated_on": page.live_since.astimezone(clinic.zone).date(),
    }
    url = settings.SITE_URL + request.path
    crumbs = [*_crumbs(HOME, INDEXES.get(kind)), (view.title, request.path)]
    context = {
        "page": view,
        "slug": slug,
        "url": url,
        "crumbs": crumbs,
        "related": [entry for entry in links.values() if entry.url not in rated],
        "profiles": _profiles(view.review),
        "hide_phone_on_small": view.card is not None,
        "structured_data": [
            breadcrumbs(settings.SITE_URL, crumbs),
            web_page(view, url=url, language=get_language(), **dates),
        ],
    }
    return render(request, f"content/{kind.value}.html", context | dates)


def _index(request, kind, entries):
    crumbs = _crumbs(HOME, INDEXES[kind])
    context = {
        "crumbs": crumbs,
        "url": settings.SITE_URL + request.path,
        "structured_data": [breadcrumbs(settings.SITE_URL, crumbs)],
    }
    return render(request, f"content/{kind.value}s.html", context | entries)


def _crumbs(*steps):
    return [(name, reverse(address)) for name, address in filter(None, steps)]


def _profiles(review):
    """Slugs of the named people who have a page on the team's list now."""
    slugs = [person["slug"] for person in (review.author, review.reviewer) if person]
    return set(Practitioner.objects.active().filter(slug__in=slugs).values_list("slug", flat=True)) if slugs else set()
