"""Links in texts: all that a draft or a version holds, and whether those within the site lead anywhere."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from clinic.models import Practitioner
from content.anatomy import PageKind
from content.drafts import draft_data, readable
from content.errors import Problem
from content.models import Page, Redirect, page_url
from content.rendering import TAKEN_IDS, ClinicFacts, page_view
from content.safety import Library

WEB = ("http", "https")
PAGE_VIEWS = {f"content:{kind.value}": kind for kind in PageKind}
# Ids of a page hold nothing about the clinic.
NO_FACTS = ClinicFacts(emergency_number="", phone="", phone_href="", is_sample=False)


@dataclass(frozen=True)
class Link:
    """A link as it was written. `field` is that of the form (`sections-3-body`), `text` what readers press."""

    field: str
    href: str
    text: str

    @property
    def path(self):
        """The address within this site, with query and fragment; "" for a link that leaves the site or dials."""
        return internal_path(self.href)

    @property
    def external(self):
        """The address on another site, without its fragment; "" for every other link."""
        return "" if self.path else external_url(self.href)


def links_in(data):
    """Every Link of a draft or version (PageVersion.data of any schema): rich texts first, then the sources."""
    data = readable(data)
    if not data:
        return []
    found = []
    for group, column in (("sections", "body"), ("rated_treatments", "text")):
        for index, row in enumerate(data[group]):
            found += [Link(f"{group}-{index}-{column}", href, text) for href, text in anchors_in(row[column])]
    return found + [
        Link(f"sources-{index}-url", source["url"], source["citation"])
        for index, source in enumerate(data["sources"])
        if source["url"]
    ]


def anchors_in(html):
    """(href, words) of every link of rich text, in order."""
    reader = _Anchors()
    reader.feed(html)
    reader.close()
    return [(href, " ".join(text.split())) for href, text in reader.found]


class _Anchors(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.is_open = False

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.is_open = True
            self.found.append((dict(attrs).get("href") or "", ""))

    def handle_endtag(self, tag):
        if tag == "a":
            self.is_open = False

    def handle_data(self, data):
        if self.is_open:
            href, text = self.found[-1]
            self.found[-1] = (href, text + data)


def internal_path(href):
    """The part after the host of a link into this site, also when it is written with the host; "" for others."""
    if href.startswith("/") and not href.startswith(("//", "/\\")):
        return href
    try:
        parts = urlsplit(href)
        is_ours = parts.scheme in WEB and parts.hostname == settings.SITE_HOST
        is_ours = is_ours and (parts.port or None) == (urlsplit(settings.SITE_URL).port or None)
    except ValueError:
        return ""
    if not is_ours:
        return ""
    tail = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    return (parts.path or "/") + tail


def external_url(href):
    """A link to another site without its fragment; "" for other schemes and for what no browser could open."""
    try:
        parts = urlsplit(href)
        can_open = parts.scheme in WEB and parts.hostname and parts.port != 0
    except ValueError:  # a port or a host that is none
        return ""
    return parts._replace(fragment="").geturl() if can_open else ""


@dataclass(frozen=True)
class Known:
    """Where links may lead: live pages as {(kind, slug): id}, drafts alike, people's slugs, and old addresses.

    `together` are ids of pages of which the saved draft counts as live.
    """

    live: dict
    drafts: set
    people: set
    old: set
    together: frozenset = frozenset()
    ids: dict = field(default_factory=dict)

    def ids_of(self, page_id):
        """The anchors of a live page; its version is read when a link names one of them."""
        if page_id not in self.ids:
            live = Page.objects.values_list("live_version__data", flat=True)
            self.ids[page_id] = ids_in(draft_data(page_id) if page_id in self.together else live.get(pk=page_id))
        return self.ids[page_id]


def known_addresses(*, together=()):
    """Everything within the site that a link may lead to. Three queries.

    `together`: ids of pages whose drafts go live in one transaction, so that each may link to the others.
    """
    rows = list(Page.objects.kept().values_list("pk", "kind", "slug", "live_version", "live_slug"))
    together = frozenset(together)
    live = {(kind, live_slug): pk for pk, kind, _slug, version, live_slug in rows if version}
    return Known(
        live=live | {(kind, slug): pk for pk, kind, slug, _version, _live_slug in rows if pk in together},
        drafts={(kind, slug) for pk, kind, slug, version, _live_slug in rows if not version and pk not in together},
        together=together,
        people=set(Practitioner.objects.active().values_list("slug", flat=True)),
        old=set(Redirect.objects.values_list("path", flat=True)),
    )


def ids_in(data):
    """Every place of a page that a link may name after #."""
    view = page_view(readable(data), library=Library(), facts=NO_FACTS)
    ids = {*TAKEN_IDS, *(section.id for section in view.sections)}
    ids |= {f"s{source['number']}" for source in view.sources}
    for _letter, letter_id, terms in view.letters:
        ids |= {letter_id, *(term["id"] for term in terms)}
    return ids


def internal_problem(path, known, *, own=None):
    """One sentence on why a link within the site leads nowhere, or "".

    `path` begins with a slash and may hold a query and a fragment; `own` is (address, ids) of the page that holds the
    link, which may name itself before it is live.
    """
    parts = urlsplit(path)
    address = _with_slash(unquote(parts.path))
    if own and address == own[0]:
        return _no_such_place(path) if parts.fragment and parts.fragment not in own[1] else ""
    try:
        match = resolve(address)
    except Resolver404:
        return "" if address in known.old else _nothing_there(path)
    if match.app_names[:1] == ["admin"]:
        return _("The link to %(address)s leads to the staff pages. Patients cannot open those.") % {"address": path}
    if match.view_name in PAGE_VIEWS:
        return _page_problem(path, address, parts.fragment, PAGE_VIEWS[match.view_name], match.kwargs, known)
    if "draft_id" in match.kwargs:
        return _("The link to %(address)s leads into somebody's own request. Link to /appointments/ instead.") % {
            "address": path
        }
    is_gone = match.view_name == "clinic:practitioner" and match.kwargs["slug"] not in known.people
    return _nothing_there(path) if is_gone and address not in known.old else ""


def broken_links(data, *, known=None):
    """A Problem for each link within the site that leads nowhere, for the gate and the reports.

    Three queries without `known`, and one more for each page of which a link names a place (#).
    """
    inside = [(link, link.path) for link in links_in(data) if link.path]
    if not inside:
        return []
    known = known or known_addresses()
    own = (page_url(data["kind"], data["slug"]), ids_in(data)) if data["slug"] else None
    found = ((link.field, internal_problem(path, known, own=own)) for link, path in inside)
    return [Problem(name, text) for name, text in dict.fromkeys(found) if text]


def external_links():
    """{url: ids of the pages that hold it} over every draft that is not in the trash and every live version."""
    found = {}
    for page_id, links in _links_of_all_pages():
        for link in links:
            if link.external:
                found.setdefault(link.external, set()).add(page_id)
    return found


def _links_of_all_pages():
    """(page id, links) of drafts and live versions. Four queries, however many pages there are."""
    kept = Page.objects.kept().order_by("pk")
    for pk, data in kept.published().values_list("pk", "live_version__data"):
        yield pk, links_in(data)
    cited = kept.filter(sources__url__gt="")
    for pk, url, citation in cited.values_list("pk", "sources__url", "sources__citation"):
        yield pk, [Link("sources", url, citation)]
    texts = kept.filter(sections__body__contains="<a ").values_list("pk", "sections__body")
    rated = kept.filter(condition__rated_treatments__text__contains="<a ")
    for pk, html in [*texts, *rated.values_list("pk", "condition__rated_treatments__text")]:
        yield pk, [Link("text", href, text) for href, text in anchors_in(html)]


def _page_problem(path, address, fragment, kind, kwargs, known):
    slug = kwargs.get("slug")
    live = next((pk for (its, name), pk in known.live.items() if its == kind and slug in (name, None)), None)
    if live is not None:
        return _no_such_place(path) if fragment and fragment not in known.ids_of(live) else ""
    if address in known.old:
        return ""
    if any(its == kind and slug in (name, None) for its, name in known.drafts):
        return _("The link to %(address)s leads to a page that patients cannot see yet.") % {"address": path}
    return _nothing_there(path)


def _nothing_there(path):
    return _("The link to %(address)s leads nowhere. Correct it, or take it out.") % {"address": path}


def _no_such_place(path):
    return _("The page of the link %(address)s has no such place. Take away what stands after #.") % {"address": path}


def _with_slash(path):
    """As the site answers: an address without its last slash is led to the one with it."""
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"
