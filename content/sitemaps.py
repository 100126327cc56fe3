"""Live pages for search engines."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse

from content.anatomy import PageKind
from content.models import Page, SafetyVersion, page_url


class PageSitemap(Sitemap):
    """Every live page, with the date of its last real change: the publishing, not the saving."""

    def items(self):
        return Page.objects.published().order_by("pk").values("kind", "live_slug", "live_since")

    def location(self, item):
        return page_url(item["kind"], item["live_slug"])

    def lastmod(self, item):
        return item["live_since"]


class IndexSitemap(Sitemap):
    """The three lists and the emergency page: as new as the newest thing on them, absent while nothing is on them."""

    def items(self):
        newest = dict(Page.objects.published().values_list("kind").annotate(Max("live_since")).order_by())
        signs = SafetyVersion.objects.aggregate(Max("published_at"))["published_at__max"]
        dated = [
            ("content:get_help_now", signs),
            ("content:conditions", newest.get(PageKind.CONDITION)),
            ("content:treatments", newest.get(PageKind.TREATMENT)),
            ("content:articles", newest.get(PageKind.ARTICLE)),
        ]
        return [item for item in dated if item[1]]

    def location(self, item):
        return reverse(item[0])

    def lastmod(self, item):
        return item[1]
