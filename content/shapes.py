"""A version's values in the shape that every reader of versions relies on, whatever became of them in the meantime.

Versions are kept for years; a restored backup or raw SQL may have damaged one. Staff must still be able to look at it,
compare it and go on from it. What patients read is never passed through here: a live page without its warning signs
must not look like a page. Pure; sound values come back equal.
"""

import datetime
import re

from content.anatomy import DRAWINGS, PageKind, Rating
from content.states import TreatmentCategory

SLUG = re.compile(r"[-a-zA-Z0-9_]+")
DIGEST = re.compile(r"[0-9a-f]{8,64}")
LARGEST = 2**63 - 1


def text(value):
    if not isinstance(value, str):
        return ""
    # No page and no database takes a lone surrogate; PostgreSQL takes no NUL.
    return value if value.isascii() and "\0" not in value else value.replace("\0", "").encode(errors="replace").decode()


def slug(value):
    return value if isinstance(value, str) and SLUG.fullmatch(value) else ""


def flag(value):
    return value is True


def day(value):
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return None


def number(value, *, most=LARGEST, empty=None):
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    return value if is_number else empty


def of_100(value):
    return number(value, most=100)


def count(value):
    return number(value, empty=0)


def one_of(*choices, empty=""):
    return lambda value: value if isinstance(value, str) and value in choices else empty


def person(value):
    known = row(value, {}) if isinstance(value, dict) else {}
    known = {name: text(part) for name, part in known.items()}
    return known if known.get("name") and SLUG.fullmatch(known.get("slug", "")) else None


def picture(value):
    if not isinstance(value, dict) or not isinstance(value.get("digest"), str) or not DIGEST.fullmatch(value["digest"]):
        return None
    widths = value.get("widths")
    widths = [width for width in widths if number(width)] if isinstance(widths, list) else []
    sizes = {name: number(value.get(name)) for name in ("id", "width", "height")}
    if not widths or not all(sizes.values()):
        return None
    words = {name: text(value.get(name)) for name in ("alt", "credit")}
    return value | sizes | words | {"widths": widths, "is_decorative": flag(value.get("is_decorative"))}


# Every other value is text.
VALUES = {
    "slug": slug,
    "no_emergency_card": flag,
    "is_offered": flag,
    "is_model_text": flag,
    "order": count,
    "rating": one_of(*Rating.values),
    "category": one_of(*TreatmentCategory.values, empty=TreatmentCategory.THERAPY.value),
    "drawing": one_of(*DRAWINGS),
    "treatment_id": number,
    "last_reviewed": day,
    "next_review": day,
}
NUMBERS = {"sections": of_100, "sources": count}


def row(value, names, **special):
    """The dict `value` with each of `names` in its shape."""
    return value | {name: special.get(name, VALUES.get(name, text))(value.get(name)) for name in names}


def entries(value, kind):
    """The entries of that type of what should be a list."""
    found = value if isinstance(value, list) else []
    return [entry for entry in found if isinstance(entry, kind) and not isinstance(entry, bool)]


def shaped(data, kind, *, page_fields, own_fields, rows, later):
    """`data`, any JSON value, as a version of a page of that PageKind: the field tables are those of content/drafts.py.

    What a schema added later (`later`: names of rows' values) is left to the upgrade.
    """
    data = data if isinstance(data, dict) else {}
    own = data.get("own")
    own = own if isinstance(own, dict) else {}
    names = [name for name in own_fields[PageKind(kind)] if name in own or name not in later]
    shape = row(data, [name for name in page_fields if name in data or name not in later])
    shape |= {"kind": PageKind(kind).value, "language": text(data.get("language")) or "en", "own": row(own, names)}
    shape |= {name: day(data.get(name)) for name in ("last_reviewed", "next_review")}
    shape |= {name: person(data.get(name)) for name in ("author", "reviewer")}
    shape["flags"] = entries(data.get("flags"), str)
    shape["related"] = [pk for pk in entries(data.get("related"), int) if number(pk)]
    for name, columns in rows.items():
        special = {"number": NUMBERS.get(name, text)}
        shape[name] = [
            row(one, [column for column in columns if column in one or column not in later], **special)
            for one in entries(data.get(name), dict)
        ]
    for section in shape["sections"]:
        section["image"] = picture(section.get("image"))
    return shape
