"""The sitemap: every public page under the site's own address, whichever host the question came in by."""

from types import SimpleNamespace
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.urls import reverse
from django.views.decorators.cache import cache_control

from clinic.models import Practitioner
from content.sitemaps import IndexSitemap, PageSitemap


class OneAddress:
    """Absolute addresses from SITE_URL: a forged Host header must not reach a search engine."""

    def get_urls(self, page=1, site=None, protocol=None):
        address = urlsplit(settings.SITE_URL)
        return super().get_urls(page, SimpleNamespace(domain=address.netloc), address.scheme)


class Pages(OneAddress, PageSitemap):
    pass


class Indexes(OneAddress, IndexSitemap):
    pass


class FactPages(OneAddress, Sitemap):
    """Pages made of the clinic's facts, which carry no date of their own."""

    def items(self):
        names = ["home", "clinic:team", "clinic:locations", "clinic:insurance", "clinic:contact"]
        people = Practitioner.objects.active().values_list("slug", flat=True)
        return [reverse(name) for name in names] + [reverse("clinic:practitioner", args=[slug]) for slug in people]

    def location(self, item):
        return item


@cache_control(public=True, max_age=3_600)
def sitemap_xml(request):
    return sitemap(request, sitemaps={"facts": FactPages, "indexes": Indexes, "pages": Pages})
