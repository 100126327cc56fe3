"""Versions as they can be written into a draft again: every value of the type and length that its column takes.

Versions are kept for years, and a restored backup or raw SQL may have damaged one. Nothing here raises: what does not
fit is named, and its empty value stands in its place.
"""

import datetime
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import models

from content.anatomy import PageKind
from content.drafts import (
    MODELS,
    MOVEMENT_FIELDS,
    OWN_FIELDS,
    PAGE_FIELDS,
    RATED_FIELDS,
    SECTION_FIELDS,
    SOURCE_FIELDS,
    TERM_FIELDS,
)
from content.editing.labels import label
from content.models import Movement, RatedTreatment, Section, Source, Term
from content.rich_text import RichTextField, sanitise

FIXED = {"kind", "language"}
BASICS = tuple(name for name in PAGE_FIELDS if name not in FIXED)
ROWS = {
    "sections": (Section, SECTION_FIELDS),
    "sources": (Source, SOURCE_FIELDS),
    "rated_treatments": (RatedTreatment, tuple(name for name in RATED_FIELDS if name != "treatment_id")),
    "movements": (Movement, MOVEMENT_FIELDS),
    "terms": (Term, TERM_FIELDS),
}
# Without these a row is none.
NEEDED = {
    "sections": "key",
    "sources": "citation",
    "rated_treatments": "name",
    "movements": "name",
    "terms": "name",
}


@dataclass
class Mended:
    """What can be written: `fields` of the page, of its kind, and its dates; `rows` by list; what they refer to.

    `pictures` stand beside the sections, `treatment_ids` beside the rated treatments. `damaged` are the labels of
    values that did not fit.
    """

    fields: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    flags: list = field(default_factory=list)
    related: list = field(default_factory=list)
    people: dict = field(default_factory=dict)
    pictures: list = field(default_factory=list)
    treatment_ids: list = field(default_factory=list)
    damaged: list = field(default_factory=list)


def mended(data, kind):
    """The Mended of a PageVersion.data of any schema, for a page of that PageKind."""
    data = data if isinstance(data, dict) else {}
    found = Mended()
    model = MODELS[PageKind(kind)]
    own = data.get("own")
    for name, holder in [
        *((name, data) for name in (*BASICS, "last_reviewed", "next_review")),
        *((name, own if isinstance(own, dict) else {}) for name in OWN_FIELDS[PageKind(kind)]),
    ]:
        found.fields[name] = _fitting(model._meta.get_field(name), holder, name, found.damaged)
    for name, (row_model, columns) in ROWS.items():
        found.rows[name] = []
        for row in _list(data, name, dict, found.damaged):
            typed = {c: _fitting(row_model._meta.get_field(c), row, c, found.damaged) for c in columns}
            if typed[NEEDED[name]] in ("", None) or (typed.get("number", 0) is None and name == "sources"):
                found.damaged.append(label(NEEDED[name]))
                continue
            found.rows[name].append(typed)
            if name == "sections":
                picture = row.get("image")
                found.pictures.append(picture if isinstance(picture, dict) else None)
            if name == "rated_treatments":
                found.treatment_ids.append(_id(row.get("treatment_id")))
    found.flags = _list(data, "flags", str, found.damaged)
    found.related = [pk for pk in map(_id, _list(data, "related", int, found.damaged)) if pk]
    for name in ("author", "reviewer"):
        person = data.get(name)
        found.people[name] = person if isinstance(person, dict) else None
    return found


def _list(data, name, kind, damaged):
    """The entries of that type of a list; what else is in it counts as damaged."""
    value = data.get(name, [])
    entries = value if isinstance(value, list) else []
    fitting = [entry for entry in entries if isinstance(entry, kind) and not isinstance(entry, bool)]
    if not isinstance(value, list) or len(fitting) < len(entries):
        damaged.append(label(name))
    return fitting


def _id(value):
    """A number that can be a row's; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else None


def _fitting(column, holder, name, damaged):
    """The value of that name as the column takes it, or the column's empty one. What is absent is not damaged."""
    empty = column.get_default()
    if name not in holder:
        return empty
    value = holder[name]
    fitting = _as_column(column, value, empty)
    if fitting != value and not (isinstance(fitting, datetime.date) and fitting.isoformat() == value):
        damaged.append(label(name))
    return fitting


def _as_column(column, value, empty):
    if value is None and column.null:
        return None
    if isinstance(column, models.BooleanField):
        return value if isinstance(value, bool) else empty
    if isinstance(column, models.DateField):
        return _date(value)
    if isinstance(column, models.IntegerField):
        return _checked(column, value, empty) if isinstance(value, int) and not isinstance(value, bool) else empty
    if not isinstance(value, str):
        return empty
    if isinstance(column, RichTextField):
        return sanitise(value[: column.max_length])
    # PostgreSQL takes no NUL and no lone surrogate.
    text = value.replace("\0", "").encode("utf-8", "replace").decode()
    return _checked(column, text[: column.max_length] if column.max_length else text, empty)


def _checked(column, value, empty):
    if value == empty:
        return value
    try:
        column.clean(value, None)
    except ValidationError:
        return empty
    return value


def _date(value):
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
