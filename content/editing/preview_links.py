"""Links that show one saved version of a page to whoever holds them: for the clinician who is asked to check it.

A link is signed, ends by itself, and ends for all links of its page at once when the page's generation is raised.
"""

import datetime
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from content.models import PageVersion

VALID_FOR = datetime.timedelta(days=14)
SALT = "content.preview_links"
LONGEST_TOKEN = 200


@dataclass(frozen=True)
class PreviewLink:
    """`path` on this site; it opens until the instant `ends_at`."""

    path: str
    ends_at: datetime.datetime


def link_to(version, *, now):
    """A PreviewLink to a PageVersion, good for VALID_FOR from `now` on. Its page must come with the row."""
    ends_at = (now + VALID_FOR).replace(microsecond=0)
    value = f"{version.page_id}.{version.number}.{version.page.preview_generation}.{int(ends_at.timestamp())}"
    return PreviewLink(reverse("content:preview", args=[Signer(salt=SALT).sign(value)]), ends_at)


def version_of(token, *, now):
    """The PageVersion that a link shows at `now`, with its page.

    None when the link is forged, over or revoked, or the page is in the trash.
    """
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        page_id, number, generation, ends_at = map(int, Signer(salt=SALT).unsign(token).split("."))
    except (BadSignature, ValueError):
        return None
    if now.timestamp() >= ends_at:
        return None
    version = PageVersion.objects.select_related("page").filter(page=page_id, number=number).first()
    if version is None or not version.data or version.page.trashed_at is not None:
        return None
    return version if version.page.preview_generation == generation else None
