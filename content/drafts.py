"""A page's draft as the plain values that publishing stores: PageVersion.data, schema 3.

Schema 2 added search_words, terms, the drawings of movements, own.category, own.series and own.also_region; upgraded()
gives older versions their empty values. Schema 3 added the pictures of sections, with their
words there.
"""

import hashlib
import json

from clinic.models import Clinic
from clinic.wall_clock import day_of
from content.anatomy import PageKind
from content.models import Article, Condition, Glossary, InfoPage, Page, PageReview, Treatment
from content.rich_text import sanitise
from content.shapes import shaped
from content.states import TreatmentCategory, Verdict

SCHEMA = 3

MODELS = {
    PageKind.CONDITION: Condition,
    PageKind.TREATMENT: Treatment,
    PageKind.ARTICLE: Article,
    PageKind.INFO: InfoPage,
    PageKind.GLOSSARY: Glossary,
}
PAGE_FIELDS = (
    "kind",
    "language",
    "slug",
    "title",
    "medical_name",
    "tagline",
    "summary",
    "search_description",
    "search_words",
    "no_emergency_card",
    "order",
)
OWN_FIELDS = {
    PageKind.CONDITION: ("region", "also_region", "also_called"),
    PageKind.TREATMENT: (
        "category",
        "rating",
        "is_offered",
        "good_for",
        "feels_like",
        "visits",
        "done_by",
        "cost_note",
    ),
    PageKind.ARTICLE: ("key_points", "series"),
    PageKind.INFO: ("is_model_text",),
    PageKind.GLOSSARY: (),
}
# What schema 2 added to `own`, with its value for a page of schema 1.
ADDED_OWN = {
    PageKind.CONDITION: {"also_region": ""},
    PageKind.TREATMENT: {"category": TreatmentCategory.THERAPY},
    PageKind.ARTICLE: {"series": ""},
}
SECTION_FIELDS = (
    "key",
    "heading",
    "body",
    "unlikely_if",
    "do",
    "dont",
    "number",
    "number_text",
    "number_note",
    "drawing",
    "image_alt",
    "caption",
)
# Not the focal point: a section shows the whole picture.
PICTURE_FIELDS = (
    "id",
    "digest",
    "alt",
    "is_decorative",
    "credit",
    "width",
    "height",
    "widths",
    "trashed_at",
)
PICTURE = tuple(f"image__{name}" for name in PICTURE_FIELDS)
SOURCE_FIELDS = ("number", "citation", "year", "url")
RATED_FIELDS = ("treatment_id", "name", "rating", "text")
TERM_FIELDS = ("name", "also", "meaning")
MOVEMENT_FIELDS = ("name", "drawing", "leave_out_if", "why", "swap_for", "fine_again")
ROWS = {
    "sections": SECTION_FIELDS,
    "sources": SOURCE_FIELDS,
    "rated_treatments": RATED_FIELDS,
    "movements": MOVEMENT_FIELDS,
    "terms": TERM_FIELDS,
}
# upgraded() gives these their values.
LATER = {"search_words", "image_alt", "also_region", "category", "series"}
REVIEW_FIELDS = ("reviewer", "last_reviewed", "next_review")
NOT_CHECKED = {*REVIEW_FIELDS, "author", "order", "search_words"}
PERSON_FIELDS = ("name", "credentials", "slug", "licence_type", "licence_number", "degree")


def draft_data(page_id):
    """Everything a reader of the page will see, as JSON values. Raises Page.DoesNotExist. At most 9 queries.

    Flags are keys, related pages are ids: what they say is read from the live library and the live pages. Persons are
    copied, because the record must still name them when they have left. Who checked the text is not a matter of the
    draft: see reviewed().
    """
    kind = PageKind(Page.objects.values_list("kind", flat=True).get(pk=page_id))
    page = MODELS[kind].objects.select_related("author").get(pk=page_id)
    data = _values(page, PAGE_FIELDS) | {
        "own": _values(page, OWN_FIELDS[kind]),
        "flags": list(page.red_flags.order_by("group", "order", "pk").values_list("key", flat=True)),
        "related": list(page.related.order_by("pk").values_list("pk", flat=True)),
        "author": _person(page.author),
        "sections": [_with_picture(row) for row in _clean(page.sections.values(*SECTION_FIELDS, *PICTURE), "body")],
        "sources": list(page.sources.values(*SOURCE_FIELDS)),
        "rated_treatments": [],
        "movements": [],
        "terms": [],
    }
    if kind == PageKind.CONDITION:
        data["rated_treatments"] = _clean(page.rated_treatments.values(*RATED_FIELDS), "text")
    if kind == PageKind.ARTICLE:
        data["movements"] = list(page.movements.values(*MOVEMENT_FIELDS))
    if kind == PageKind.GLOSSARY:
        data["terms"] = list(page.terms.values(*TERM_FIELDS))
    return reviewed(page_id, with_one_line_break(data))


def reviewed(page_id, data):
    """The same page, naming the clinician and the dates of the check that covers exactly this text, if there is one.

    Of several answers to one text the newest counts. At most two queries.
    """
    data = data | dict.fromkeys(REVIEW_FIELDS)
    review = newest_review(page_id, data)
    if review is None or review.verdict != Verdict.APPROVED or review.practitioner is None:
        return data
    return data | {
        "reviewer": _person(review.practitioner),
        "last_reviewed": _date(day_of(review.created_at, Clinic.objects.get().zone)),
        "next_review": _date(review.next_review),
    }


def newest_review(page_id, data):
    """The newest PageReview of exactly this text, or None. One query."""
    rows = PageReview.objects.filter(page=page_id, digest=text_digest(data)).select_related("practitioner")
    return rows.order_by("-created_at", "-pk").first()


def upgraded(data):
    """A published version of any schema, with what later schemas added as its empty value."""
    if not data:
        return data
    return with_one_line_break(
        {"search_words": "", "terms": []}
        | data
        | {"own": ADDED_OWN.get(data["kind"], {}) | data["own"]}
        | {
            "movements": [{"drawing": ""} | movement for movement in data["movements"]],
            "sections": [{"image": None, "image_alt": ""} | section for section in data["sections"]],
        }
    )


def readable(data, kind=None):
    """A version of any schema for staff to look at, compare and go on from, even when it was damaged since.

    `kind`: that of its page; None for what the version says itself. See content/shapes.py; never for what is public.
    """
    said = data.get("kind") if isinstance(data, dict) else None
    kind = kind or (said if said in PageKind.values else PageKind.INFO)
    return upgraded(shaped(data, kind, page_fields=PAGE_FIELDS, own_fields=OWN_FIELDS, rows=ROWS, later=LATER))


def with_one_line_break(value):
    """The same values with every line break as one character: browsers send two for what was stored as one."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, list):
        return [with_one_line_break(part) for part in value]
    if isinstance(value, dict):
        return {name: with_one_line_break(part) for name, part in value.items()}
    return value


def text_digest(data):
    """SHA-256 of what a clinician checks: everything patients read, and no dates, names, order or search words."""
    return _digest({name: value for name, value in readable(data).items() if name not in NOT_CHECKED})


def draft_digest(page_id):
    """SHA-256 of the whole saved draft: a form that was opened on another one must not overwrite it."""
    return _digest(without_review(draft_data(page_id)))


def is_same_draft(one, other):
    """Whether two versions, of any schema, say the same, whoever has checked them since."""
    return without_review(readable(one)) == without_review(readable(other))


def without_review(data):
    """What editors write: everything but who checked it, and when."""
    return {name: value for name, value in data.items() if name not in REVIEW_FIELDS}


def _digest(data):
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _with_picture(row):
    """A section with its picture as a copy of what the library says, so that a version shows what was public then."""
    picture = {name: row.pop(f"image__{name}") for name in PICTURE_FIELDS}
    # Versions are plain JSON, and all that the gate asks is whether.
    picture["is_in_trash"] = picture.pop("trashed_at") is not None
    return row | {"image": picture if picture["digest"] else None}


def _values(record, names):
    return {name: getattr(record, name) for name in names}


def _clean(rows, rich):
    # Whatever raw SQL or a restored backup left in the draft: what is published is clean.
    return [row | {rich: sanitise(row[rich])} for row in rows]


def _person(practitioner):
    return None if practitioner is None else _values(practitioner, PERSON_FIELDS)


def _date(value):
    return None if value is None else value.isoformat()
