"""Trash instead of delete: what somebody wrote is never gone, and nothing in the trash is seen by patients."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from content.drafts import MODELS
from content.editing.saving import keep_draft
from content.models import Page, RedFlag
from content.publishing import unpublish
from content.states import FlagGroup, VersionKind

SLUG_LENGTH = 80


class StillPublic(Exception):
    """Patients read the page, and whoever wants it in the trash may not take pages off the site."""


class AddressTaken(Exception):
    """Another page has this address now; `free` is one that nobody has."""

    def __init__(self, free):
        super().__init__(free)
        self.free = free


class NotTrashable(Exception):
    """A warning sign that the site cannot do without; `sentences` say why."""

    def __init__(self, sentences):
        super().__init__(f"{len(sentences)} reasons")
        self.sentences = sentences


@transaction.atomic
def trash_page(*, page, by, may_take_off, why, now):
    """Put `page` into the trash.

    - keeps the draft as a version, and takes a live page off the site, which cancels what is planned
    - closes an open request for a check
    - leaves its address to other pages; restore_page() gives it back

    Raises StillPublic for a live page unless `may_take_off`. What is in the trash already stays as it is.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    if page.trashed_at is not None:
        return
    if page.live_version_id is not None and not may_take_off:
        raise StillPublic
    keep_draft(page=page, by=by, now=now)
    unpublish(page=page, by=by, why=why, now=now)
    page.review_requests.filter(closed_at=None).update(closed_at=now)
    page.refresh_from_db()
    page.slug = _free_slug(page, f"{page.slug[:60]}-in-trash")
    page.trashed_at, page.trashed_by = now, by
    page.save(update_fields=["slug", "trashed_at", "trashed_by"])
    _note(MODELS[page.kind].objects.get(pk=page.pk), by, "Moved to the trash.")


@transaction.atomic
def restore_page(*, page, slug, by, now):
    """Take `page` out of the trash as a draft at the address `slug`. Patients do not see it before it is published.

    Raises AddressTaken. A page that is not in the trash stays as it is.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    if page.trashed_at is None:
        return
    page.slug, page.trashed_at, page.trashed_by = slug, None, None
    try:
        with transaction.atomic():
            page.save(update_fields=["slug", "trashed_at", "trashed_by"])
    except IntegrityError as error:
        raise AddressTaken(_free_slug(page, slug)) from error
    keep_draft(page=page, by=by, now=now)
    _note(MODELS[page.kind].objects.get(pk=page.pk), by, "Restored from the trash.")


@transaction.atomic
def trash_flag(*, flag, by, now):
    """Put a warning sign into the trash. Patients keep reading it until the warning signs are published again.

    Raises NotTrashable when the site would be left without an emergency sign somewhere.
    """
    # All of them: two editors must not each take away the last but one.
    flags = list(RedFlag.objects.select_for_update().order_by("pk"))
    flag = next(known for known in flags if known.pk == flag.pk)
    if flag.trashed_at is not None:
        return
    if sentences := reasons_to_keep(flag):
        raise NotTrashable(sentences)
    flag.trashed_at, flag.trashed_by = now, by
    flag.save(update_fields=["trashed_at", "trashed_by"])
    _note(flag, by, "Moved to the trash.")


@transaction.atomic
def restore_flag(*, flag, by):
    """Take a warning sign out of the trash. Patients read it when the warning signs are published again."""
    flag = RedFlag.objects.select_for_update().get(pk=flag.pk)
    if flag.trashed_at is not None:
        flag.trashed_at = flag.trashed_by = None
        flag.save(update_fields=["trashed_at", "trashed_by"])
        _note(flag, by, "Restored from the trash.")


def reasons_to_keep(flag):
    """Sentences on why a warning sign may not go into the trash. Two queries."""
    if flag.group != FlagGroup.EMERGENCY:
        return []
    left = RedFlag.objects.kept().filter(group=FlagGroup.EMERGENCY).exclude(pk=flag.pk).values_list("key", "in_check")
    left = dict(left)
    if not left:
        return [_("It is the last emergency sign. The site is never without one: write another one first.")]
    sentences = []
    if flag.in_check and not any(left.values()):
        sentences.append(_("The safety check before a request would ask for no emergency sign any more."))
    live = Page.objects.published().order_by("live_title", "pk")
    sentences += [
        _("The live page “%(title)s” would be left without an emergency sign.") % {"title": title}
        for title, keys in live.values_list("live_title", "live_version__data__flags")
        if flag.key in keys and left.keys().isdisjoint(keys)
    ]
    return sentences


def address_before_trash(page):
    """The slug that a page in the trash had. One query."""
    versions = page.versions.exclude(kind=VersionKind.OFF).order_by("-number")
    return versions.values_list("data__slug", flat=True).first() or page.slug


def free_address(page):
    """The slug that a page in the trash had, or the next one to it that nobody has."""
    return _free_slug(page, address_before_trash(page))


def _free_slug(page, wanted):
    same = Page.objects.of_kind(page.kind).filter(language=page.language).exclude(pk=page.pk)
    taken = set(same.filter(slug__startswith=wanted[:70]).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted[: SLUG_LENGTH - 6]}-{number}"
    return slug


def _note(record, by, message):
    if by is not None:
        LogEntry.objects.log_actions(by.pk, [record], CHANGE, change_message=message, single_object=True)
