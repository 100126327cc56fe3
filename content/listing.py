"""What lists of pages show: live columns and live versions only, each list in one query."""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from content.anatomy import PageKind
from content.models import Page, page_url
from content.rendering import RatingView, rating_view
from content.states import Region

# What only its kind of page has, in the live version.
OWN = KeyTransform("own", "live_version__data")
LIST_FIELDS = ("pk", "kind", "live_slug", "live_title", "live_tagline")


@dataclass(frozen=True)
class Entry:
    """One line of a list. `also_called` and `rating` only where the kind of page has them."""

    kind: str
    title: str
    tagline: str
    url: str
    also_called: str = ""
    rating: RatingView | None = None
    is_offered: bool = True


def conditions_by_region():
    """[(Region, entries)] in the order of the body, regions without a page left out."""
    rows = list(_rows(PageKind.CONDITION, region=_own("region"), names=_own("also_called")))
    groups = [
        (region, [_entry(row, also_called=row["names"]) for row in rows if row["region"] == region])
        for region in Region
    ]
    return [group for group in groups if group[1]]


def treatments():
    rows = _rows(PageKind.TREATMENT, rating=_own("rating"), offered=KeyTransform("is_offered", OWN))
    return [_entry(row, rating=rating_view(row["rating"]), is_offered=row["offered"]) for row in rows]


def articles():
    return [_entry(row) for row in _rows(PageKind.ARTICLE)]


def linked_pages(page_id):
    """Entries by page id of all live pages that the live page names, or that name it."""
    rows = (
        Page.objects.published()
        .filter(Q(live_links_from__from_page=page_id) | Q(live_links__to_page=page_id))
        .exclude(pk=page_id)
        .in_live_order()
        .values(*LIST_FIELDS)
        .distinct()
    )
    return {row["pk"]: _entry(row) for row in rows.order_by("kind", "live_order", "live_title", "pk")}


def _own(name):
    return KeyTextTransform(name, OWN)


def _rows(kind, **own):
    return Page.objects.published().of_kind(kind).in_live_order().values(*LIST_FIELDS, **own)


def _entry(row, **own):
    return Entry(row["kind"], row["live_title"], row["live_tagline"], page_url(row["kind"], row["live_slug"]), **own)
