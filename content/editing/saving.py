"""Keeping what was saved: every saved draft is a version of its page, so nothing that somebody typed is ever lost."""

from django.db import transaction
from django.db.models import Max

from content.drafts import SCHEMA, draft_data, is_same_draft
from content.models import Page, PageVersion
from content.states import VersionKind


@transaction.atomic
def keep_draft(*, page, by, now, why=""):
    """The newest version of `page`, which says what the saved draft says: an existing one, or a new SAVED one.

    Locks the page. `why` is one optional line for the history.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    data = draft_data(page.pk)
    newest = page.versions.order_by("-number").first()
    if newest is not None and is_same_draft(newest.data, data):
        return newest
    return PageVersion.objects.create(
        page=page,
        number=next_number(page.versions),
        kind=VersionKind.SAVED,
        schema=SCHEMA,
        data=data,
        why=why.strip(),
        by=by,
        created_at=now,
    )


def next_number(versions):
    """The number after the highest one of these versions; 1 for the first. Call it with their owner locked."""
    return (versions.aggregate(last=Max("number"))["last"] or 0) + 1
