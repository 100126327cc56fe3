"""Writes what the search reads. Publishing calls it, so that a page is found from the moment it can be read."""

import secrets

from django.db import transaction

from content.drafts import upgraded
from content.models import Page, SearchEntry, SearchPosting
from content.search.documents import documents_of, weights

MOST_SALT = 2**31


def index_page(page, data):
    """Let the search find `page` by what `data` (PageVersion.data) says, instead of what it said before.

    Call it inside the transaction that makes `data` the live version.
    """
    unindex_page(page)
    documents = list(documents_of(data))
    entries = SearchEntry.objects.bulk_create(
        SearchEntry(
            page_id=page.pk,
            language=data["language"],
            kind=document.kind,
            anchor=document.anchor,
            title=document.title,
            tagline=document.tagline,
            passages=document.stored_passages(),
            salt=secrets.randbelow(MOST_SALT),
        )
        for document in documents
    )
    SearchPosting.objects.bulk_create(
        SearchPosting(entry=entry, stem=stem, word=word, weight=weight)
        for entry, document in zip(entries, documents, strict=True)
        for stem, (weight, word) in weights(document).items()
    )


def unindex_page(page):
    """Let the search forget `page`. Call it inside the transaction that takes the page off the site."""
    # By keys: while a whole site is published in one transaction PostgreSQL knows no sizes yet, and a DELETE that joins
    # then took minutes.
    entries = list(SearchEntry.objects.filter(page_id=page.pk).values_list("pk", flat=True))
    if entries:
        SearchPosting.objects.filter(entry_id__in=entries).delete()
        SearchEntry.objects.filter(pk__in=entries).delete()


def rebuild():
    """Write the whole index again from the live versions; the number of pages. One transaction a page.

    Safe while the site runs: each page is locked as publishing locks it, and is found until its new entries replace
    the old ones.
    """
    for pk in Page.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            page = Page.objects.select_for_update().filter(pk=pk).first()
            if page is None:
                continue
            if page.live_version_id is None:
                unindex_page(page)
            else:
                index_page(page, upgraded(page.live_version.data))
    return Page.objects.published().count()
