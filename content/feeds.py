"""/feed/: what is new or changed on the pages that patients read, as Atom (RFC 4287)."""

import unicodedata
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from clinic.caching import public_page
from clinic.site import site_of
from content.anatomy import PageKind
from content.models import Page, page_url
from content.stamps import content_stamp

MOST_ENTRIES = 40


class LatestPages(Feed):
    """The live pages, changed last first. Every address is absolute, so a forged Host header changes nothing.

    An entry's id is a tag URI (RFC 4151) of the day the page was first published and its number in the database: it
    stays the same when title and address change. A page that is changed moves up with its own id and a later `updated`.
    """

    feed_type = Atom1Feed

    def get_object(self, request):
        return site_of(request).clinic

    def title(self, clinic):
        return _("%(clinic)s: new and changed pages") % {"clinic": printable(clinic.name)}

    def subtitle(self, clinic):
        return _("Pages on back and neck pain, with the reason of every change.")

    def author_name(self, clinic):
        return printable(clinic.name)

    def link(self, clinic):
        return f"{settings.SITE_URL}/"

    def feed_url(self, clinic):
        return settings.SITE_URL + reverse("content:feed")

    def feed_guid(self, clinic):
        return self.feed_url(clinic)

    def items(self, clinic):
        rows = Page.objects.published().order_by("-live_since", "-pk")
        return rows.values(
            "pk",
            "kind",
            "live_slug",
            "live_title",
            "live_since",
            "first_published_at",
            number=F("live_version__number"),
            why=F("live_version__why"),
            description=KeyTextTransform("search_description", "live_version__data"),
        )[:MOST_ENTRIES]

    def item_title(self, item):
        return printable(item["live_title"])

    def item_link(self, item):
        return settings.SITE_URL + page_url(item["kind"], item["live_slug"])

    def item_guid(self, item):
        return tag_uri(item["first_published_at"], f"page/{item['pk']}")

    def item_description(self, item):
        # Readers take a summary for HTML.
        description = escape(printable(item["description"] or ""))
        if item["number"] == 1 or not item["why"]:
            return description
        why = escape(printable(item["why"]))
        return _("%(description)s What changed: %(why)s") % {"description": description, "why": why}

    def item_pubdate(self, item):
        return item["first_published_at"]

    def item_updateddate(self, item):
        return item["live_since"]

    def item_categories(self, item):
        return [str(PageKind(item["kind"]).label)]


@public_page(content_stamp)
def feed(request):
    response = LatestPages()(request)
    # For feed readers: a search result should lead to a page.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def tag_uri(instant, specific):
    """A tag URI of this site: tag:clinic.example,2026-11-23:page/17."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{instant:%Y-%m-%d}:{specific}"


def printable(text):
    """`text` without what XML 1.0 cannot hold: one such character would cost the whole feed."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Cn") else char for char in text)
