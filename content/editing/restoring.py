"""An older version as the draft again, and a page as the draft of a new one. Never anything that patients see.

What a version refers to may be gone: a warning sign, a page, a picture, a person, the address. That is left out, and
named in a sentence, so that nobody believes to have everything back.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.models import Image, Practitioner
from content.anatomy import PageKind, section_kind
from content.drafts import MODELS, PERSON_FIELDS, draft_data
from content.editing.labels import label
from content.editing.mending import mended
from content.editing.saving import keep_draft
from content.errors import NotRestorable
from content.models import (
    FlagArea,
    FlagGroup,
    Movement,
    Page,
    RatedTreatment,
    RedFlag,
    Section,
    Source,
    Term,
    Treatment,
)
from content.wording import is_blank

LONGEST_TITLE = Page._meta.get_field("title").max_length
LONGEST_SLUG = Page._meta.get_field("slug").max_length


@dataclass(frozen=True)
class Restored:
    """`version` holds the draft as it is now; `notes` are sentences on what could not be brought back."""

    version: object
    notes: tuple[str, ...]


@transaction.atomic
def restore(*, page, version, by, now):
    """Write an older version of `page` into its draft and return Restored. What patients see stays as it is.

    Locks the page. The draft that was there stays in the history. Raises NotRestorable when `version` is of another
    page or the record of a removal, or when the page is in the trash.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    if version.page_id != page.pk or not version.data or page.trashed_at is not None:
        raise NotRestorable
    keep_draft(page=page, by=by, now=now)
    notes = _write(MODELS[PageKind(page.kind)].objects.get(pk=page.pk), mended(version.data, page.kind))
    why = _("Version %(number)s brought back as the draft.") % {"number": version.number}
    return Restored(keep_draft(page=page, by=by, now=now, why=why), tuple(notes))


@transaction.atomic
def copy_page(*, page, by, now):
    """A new page with everything that the draft of `page` says, but for its address, title and checks. Not live.

    Returns (page, Restored). Raises NotRestorable for the glossary, of which there is one, and for a page in the trash.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    if page.kind == PageKind.GLOSSARY or page.trashed_at is not None:
        raise NotRestorable
    found = mended(draft_data(page.pk), page.kind)
    slug, title = found.fields["slug"], found.fields["title"]
    found.fields |= {
        "title": _("%(title)s (copy)") % {"title": title[: LONGEST_TITLE - 20]},
        "slug": _free_slug(page, slug),
        "last_reviewed": None,
        "next_review": None,
    }
    found.people["reviewer"] = None
    copy = MODELS[PageKind(page.kind)].objects.create(
        language=page.language, title=found.fields["title"], slug=found.fields["slug"], owner=by
    )
    notes = _write(copy, found)
    why = _("Copied from “%(title)s”.") % {"title": title}
    return copy, Restored(keep_draft(page=copy, by=by, now=now, why=why), tuple(notes))


@transaction.atomic
def restore_library(*, version, by, now):
    """Write an older SafetyVersion into the draft of the warning signs; sentences on what is worth knowing.

    Signs that it does not have go to the trash, signs that are gone come back without their source. Nothing is
    published. Entries of the version that cannot be read are left out and named.
    """
    rows = {flag.key: flag for flag in RedFlag.objects.select_for_update().order_by("pk")}
    entries = version.data.get("flags") if isinstance(version.data, dict) else None
    kept, made, damaged = set(), 0, 0
    for order, entry in enumerate(entries if isinstance(entries, list) else ()):
        values = _sign(entry)
        if values is None or values["key"] in kept:
            damaged += 1
            continue
        flag = rows.get(values["key"])
        made += flag is None
        flag = flag or RedFlag(key=values["key"])
        for name, value in (values | {"order": order, "trashed_at": None, "trashed_by": None}).items():
            setattr(flag, name, value)
        flag.save()
        kept.add(flag.key)
    gone = [flag for key, flag in rows.items() if key not in kept and flag.trashed_at is None]
    for flag in gone if kept else ():
        flag.trashed_at, flag.trashed_by = now, by
        flag.save(update_fields=["trashed_at", "trashed_by"])
    return tuple(_library_notes(made=made, gone=gone if kept else (), damaged=damaged))


def _library_notes(*, made, gone, damaged):
    if gone:
        yield _("Now in the trash: %(signs)s.") % {"signs": "; ".join(flag.text for flag in gone)}
    if made:
        yield _("Signs that were gone came back without their source. Please enter it again.")
    if damaged:
        yield _("Some entries of that version could not be read and were left out.")


def _sign(entry):
    """The values of a warning sign of a version; None when they are damaged."""
    if not isinstance(entry, dict):
        return None
    values = {name: entry.get(name) for name in ("key", "group", "area", "text", "in_check")}
    is_typed = all(isinstance(values[name], str) for name in ("key", "text")) and isinstance(values["in_check"], bool)
    if not is_typed or values["group"] not in FlagGroup.values or values["area"] not in FlagArea.values:
        return None
    fits = 0 < len(values["key"]) <= 40 and 0 < len(values["text"]) <= 240 and not is_blank(values["text"])
    return values if fits and "\0" not in values["text"] + values["key"] else None


def _write(page, found):
    """Make the draft of `page` say what `found` says; yields sentences on what could not be."""
    notes = []
    _write_fields(page, found, notes)
    _write_links(page, found, notes)
    _write_rows(page, found, notes)
    if found.damaged:
        names = ", ".join(dict.fromkeys(found.damaged))
        notes.append(_("Damaged or no longer allowed, and left out in part: %(names)s.") % {"names": names})
    return notes


def _write_fields(page, found, notes):
    values = dict(found.fields)
    slug = values.pop("slug")
    if not slug or _is_taken(page, slug):
        if slug:
            notes.append(
                _("The address “%(slug)s” belongs to another page now. The present one stays.") % {"slug": slug}
            )
        slug = page.slug
    if is_blank(values["title"]):
        values["title"] = page.title
    for name, person in found.people.items():
        values[name] = _practitioner(name, person, notes)
    reviewed, due = values["last_reviewed"], values["next_review"]
    if values["reviewer"] and not reviewed:
        values["reviewer"] = None
    if reviewed and due and due <= reviewed:
        values["next_review"] = None
    for name, value in (values | {"slug": slug}).items():
        setattr(page, name, value)
    page.save()


def _practitioner(name, person, notes):
    if person is None:
        return None
    slug = person.get("slug")
    row = Practitioner.objects.filter(slug=slug).first() if isinstance(slug, str) and "\0" not in slug else None
    words = {"label": label(name), "name": person.get("name") or slug or ""}
    if row is None:
        notes.append(_("%(label)s: %(name)s is no longer in the team.") % words)
    elif any(getattr(row, column) != person.get(column) for column in PERSON_FIELDS):
        notes.append(_("%(label)s: %(name)s is shown as the team's list has them now.") % words)
    return row


def _write_links(page, found, notes):
    flags = {flag.key: flag for flag in RedFlag.objects.kept().filter(key__in=found.flags)}
    page.red_flags.set(flags.values())
    gone = [key for key in dict.fromkeys(found.flags) if key not in flags]
    if gone:
        notes.append(_("Warning signs that no longer exist: %(signs)s.") % {"signs": ", ".join(gone)})
    pages = Page.objects.kept().exclude(pk=page.pk).in_bulk(found.related)
    page.related.set(pages.values())
    missing = len({pk for pk in found.related if pk != page.pk} - set(pages))
    if missing:
        notes.append(_("Pages under “Read next” that no longer exist: %(count)s.") % {"count": missing})


def _write_rows(page, found, notes):
    page.sections.all().delete()
    pictures = _pictures(found, notes)
    for order, (row, picture) in enumerate(zip(found.rows["sections"], pictures, strict=True)):
        try:
            section_kind(page.kind, row["key"])
        except KeyError:
            name = row["heading"] or row["key"]
            notes.append(_("This kind of page has no part “%(name)s” any more.") % {"name": name})
            continue
        Section.objects.create(page=page, order=order, image=picture, **row)
    page.sources.all().delete()
    Source.objects.bulk_create(Source(page=page, **row) for row in found.rows["sources"])
    if page.kind == PageKind.CONDITION:
        _write_rated(page, found, notes)
    if page.kind == PageKind.ARTICLE:
        page.movements.all().delete()
        rows = enumerate(found.rows["movements"])
        Movement.objects.bulk_create(Movement(article=page, order=order, **row) for order, row in rows)
    if page.kind == PageKind.GLOSSARY:
        page.terms.all().delete()
        once = {row["name"]: row for row in reversed(found.rows["terms"])}
        Term.objects.bulk_create(Term(glossary=page, **row) for row in reversed(once.values()))
        if len(once) < len(found.rows["terms"]):
            notes.append(_("Words that stood there twice were taken once."))


def _pictures(found, notes):
    """The rows of the image library for the sections' pictures, None where there is none."""
    digests = [picture.get("digest") if picture else None for picture in found.pictures]
    asked = [digest for digest in digests if isinstance(digest, str) and "\0" not in digest]
    rows = {image.digest: image for image in Image.objects.filter(digest__in=asked, trashed_at__isnull=True)}
    for picture, digest in zip(found.pictures, digests, strict=True):
        row = rows.get(digest) if isinstance(digest, str) else None
        if picture and row is None:
            name = str(picture.get("alt") or "") or _("without a description")
            notes.append(_("A picture is no longer in the library: %(name)s.") % {"name": name})
        elif picture and any(getattr(row, name) != picture.get(name) for name in ("alt", "is_decorative", "credit")):
            notes.append(_("A picture is described as the library has it now: %(name)s.") % {"name": row})
    return [rows.get(digest) if isinstance(digest, str) else None for digest in digests]


def _write_rated(page, found, notes):
    page.rated_treatments.all().delete()
    treatments = Treatment.objects.kept().in_bulk([pk for pk in found.treatment_ids if pk])
    for order, (row, pk) in enumerate(zip(found.rows["rated_treatments"], found.treatment_ids, strict=True)):
        RatedTreatment.objects.create(condition=page, order=order, treatment=treatments.get(pk), **row)
        if pk and pk not in treatments:
            notes.append(_("The page that “%(name)s” led to no longer exists.") % {"name": row["name"]})


def _is_taken(page, slug):
    return Page.objects.filter(kind=page.kind, language=page.language, slug=slug).exclude(pk=page.pk).exists()


def _free_slug(page, slug):
    stem = f"{slug[: LONGEST_SLUG - 10]}-copy"
    taken = set(
        Page.objects.filter(kind=page.kind, language=page.language, slug__startswith=stem).values_list(
            "slug", flat=True
        )
    )
    number, free = 1, stem
    while free in taken:
        number += 1
        free = f"{stem}-{number}"
    return free
