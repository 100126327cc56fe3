"""What lists of pages show: live columns and live versions only, each list in one query."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from content.anatomy import PageKind
from content.glossary import terms_of
from content.models import Page, PageVersion, page_url
from content.rendering import RatingView, rating_view
from content.states import Region, TreatmentCategory, VersionKind

# What only its kind of page has, in the live version.
OWN = KeyTransform("own", "live_version__data")
LIST_FIELDS = ("pk", "kind", "live_slug", "live_title", "live_tagline")
MOST_CHANGES = 5


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
    """[(Region, entries)] in the order of the body, a page under both places where it hurts; empty regions left out."""
    names = {"region": _own("region"), "also": _own("also_region"), "names": _own("also_called")}
    rows = list(_rows(PageKind.CONDITION, **names))
    groups = [
        (region, [_entry(row, also_called=row["names"]) for row in rows if region in (row["region"], row["also"])])
        for region in Region
    ]
    return [group for group in groups if group[1]]


def conditions():
    """Every condition once, in the order of the body."""
    return list(dict.fromkeys(entry for _region, entries in conditions_by_region() for entry in entries))


@dataclass(frozen=True)
class Place:
    """Where an article stands in its series: the `number`th of `total`, with the entries beside it or None."""

    series: str
    number: int
    total: int
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True)
class Change:
    """A version of a page as its readers are told of it: the date in the clinic's zone, and why."""

    number: int
    day: datetime.date
    why: str


def treatments_by_category():
    """[(TreatmentCategory, entries)] in the order in which guidelines come to them, empty ones left out."""
    rows = list(
        _rows(
            PageKind.TREATMENT,
            rating=_own("rating"),
            offered=KeyTransform("is_offered", OWN),
            category=_own("category"),
        )
    )
    groups = [
        (
            category,
            [
                _entry(row, rating=rating_view(row["rating"]), is_offered=row["offered"])
                for row in rows
                # Versions from before there were categories are of the therapies of that time.
                if (row["category"] or TreatmentCategory.THERAPY) == category
            ],
        )
        for category in TreatmentCategory
    ]
    return [group for group in groups if group[1]]


def articles_by_series():
    """[(series, entries)]: the series in the order of their first articles, then what stands alone under ""."""
    rows = _rows(PageKind.ARTICLE, series=_own("series"))
    groups = {}
    for row in rows:
        groups.setdefault(row["series"] or "", []).append(_entry(row))
    return sorted(groups.items(), key=lambda group: group[0] == "")


def place_in_series(page_id, series):
    """The Place of a live article in its series; None outside of one, or when it is the only article in it."""
    if not series:
        return None
    rows = [row for row in _rows(PageKind.ARTICLE, series=_own("series")) if row["series"] == series]
    keys = [row["pk"] for row in rows]
    if page_id not in keys or len(keys) < 2:
        return None
    index = keys.index(page_id)
    before = _entry(rows[index - 1]) if index else None
    after = _entry(rows[index + 1]) if index + 1 < len(rows) else None
    return Place(series, index + 1, len(rows), before, after)


def live_terms(language):
    """The terms of the live glossary in that language, in one query; none while there is no glossary."""
    rows = Page.objects.published().of_kind(PageKind.GLOSSARY).filter(language=language)
    return terms_of(rows.values_list("live_version__data__terms", flat=True).first() or ())


def terms_at(language, instant):
    """The terms of the glossary that was public at that instant, in one query."""
    versions = PageVersion.objects.exclude(kind=VersionKind.SAVED).filter(
        page__kind=PageKind.GLOSSARY, page__language=language, created_at__lte=instant
    )
    data = versions.order_by("-created_at", "-pk").values_list("data", flat=True).first()
    return terms_of(data.get("terms", ())) if data else ()


def changes(page_id, zone):
    """The newest versions of a page that was or is public, newest first; days in `zone`."""
    rows = PageVersion.objects.public().filter(page=page_id).order_by("-number")
    return [
        Change(number, created_at.astimezone(zone).date(), why)
        for number, created_at, why in rows.values_list("number", "created_at", "why")[:MOST_CHANGES]
    ]


def linked_pages(page_id):
    """Entries by page id of all live pages that the live page names, or that name it."""
    return _linked(page_id, Q(live_links_from__from_page=page_id))


def pages_linked_from(data, page_id):
    """The same for a version or draft that is not live: what `data` names, and what names the live page."""
    named = {*data["related"], *(rated["treatment_id"] for rated in data["rated_treatments"])}
    return _linked(page_id, Q(pk__in=named - {None}))


def _linked(page_id, named):
    rows = (
        Page.objects.published()
        .filter(named | Q(live_links__to_page=page_id))
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
