"""Where a page or a warning sign is used: what would break if it went. Live and draft uses apart."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from content.anatomy import PageKind
from content.drafts import MODELS, readable
from content.editing.links import anchors_in, internal_path, links_in
from content.models import LiveLink, Page, RatedTreatment, Section, page_url
from content.safety import live_library

# Practical pages that templates link to by name: menu, footer, home page and the request's last page. The glossary
# stands there too. tests/content/test_where_used.py reads the templates and keeps this true.
IN_TEMPLATES = frozenset(
    {
        "accessibility",
        "costs",
        "good-faith-estimate",
        "nondiscrimination",
        "notice-of-privacy-practices",
        "privacy",
        "referral",
        "visit",
    }
)


@dataclass(frozen=True)
class Use:
    """One use. `title` and `url` (of the admin; "" for a fixed place of the site) say where, `sentence` says it all.

    `kind`: related, rated, text, flag, check, redirect or site. `is_live`: patients meet it now.
    """

    kind: str
    title: str
    url: str
    is_live: bool
    sentence: str


def where_used(page):
    """Every Use of a Page (of any kind), live ones first. Six queries."""
    paths = _paths(page)
    uses = [*_on_live_pages(page, paths), *_in_drafts(page, paths), *_in_templates(page)]
    for redirect in page.redirects.all():
        uses.append(
            Use(
                "redirect",
                redirect.path,
                reverse("admin:content_redirect_change", args=[redirect.pk]),
                page.live_version_id is not None,
                _("The old address %(path)s leads to it.") % {"path": redirect.path},
            )
        )
    return _in_order(uses)


def where_flag_used(flag):
    """Every Use of a RedFlag, live ones first. Three queries."""
    live = Page.objects.published().annotate(text=Cast("live_version__data", TextField()))
    rows = live.filter(text__contains=f'"{flag.key}"').values_list("pk", "kind", "live_title", "live_version__data")
    shows = _("“%(title)s” shows it. Patients see that now.")
    uses = [
        _of_page("flag", pk, kind, title, shows, True) for pk, kind, title, data in rows if flag.key in data["flags"]
    ]
    shows = _("The draft of “%(title)s” shows it.")
    drafts = flag.pages.kept().order_by("pk").values_list("pk", "kind", "title")
    uses += [_of_page("flag", pk, kind, title, shows, False) for pk, kind, title in drafts]
    live_flag = next((known for known in live_library().flags if known.key == flag.key), None)
    if live_flag is not None and live_flag.in_check:
        uses.append(_fixed("check", _("The safety check asks for it before every request.")))
    if live_flag is not None:
        uses.append(_fixed("site", _("The page of emergency signs lists it.")))
    return _in_order(uses)


def _on_live_pages(page, paths):
    names_it = LiveLink.objects.filter(from_page=OuterRef("pk"), to_page=page.pk)
    links_to_it = Q()
    for path in paths:
        links_to_it |= Q(text__contains=path.rstrip("/"))
    rows = (
        Page.objects.published()
        .exclude(pk=page.pk)
        .annotate(text=Cast("live_version__data", TextField()), names_it=Exists(names_it))
        .filter(Q(names_it=True) | links_to_it)
        .order_by("pk")
        .values_list("pk", "kind", "live_title", "live_version__data")
    )
    for pk, kind, title, data in rows:
        data = readable(data)
        if page.pk in data["related"]:
            yield _of_page("related", pk, kind, title, _("“%(title)s” sends readers on to it."), True)
        if any(rated["treatment_id"] == page.pk for rated in data["rated_treatments"]):
            yield _of_page("rated", pk, kind, title, _("“%(title)s” rates it as a treatment."), True)
        if any(_leads_to(link.href, paths) for link in links_in(data)):
            yield _of_page("text", pk, kind, title, _("A text of “%(title)s” links to it."), True)


def _in_drafts(page, paths):
    others = Page.objects.kept().exclude(pk=page.pk).order_by("pk")
    for row in others.filter(related=page.pk).values_list("pk", "kind", "title"):
        yield _of_page("related", *row, _("The draft of “%(title)s” sends readers on to it."), False)
    rated = RatedTreatment.objects.filter(treatment=page.pk, condition__trashed_at=None).order_by("condition")
    names = ("condition", "condition__kind", "condition__title")
    for row in dict.fromkeys(rated.values_list(*names)):
        yield _of_page("rated", *row, _("The draft of “%(title)s” rates it as a treatment."), False)
    for row in dict.fromkeys(_drafts_with_links(page, paths)):
        yield _of_page("text", *row, _("A text in the draft of “%(title)s” links to it."), False)


def _drafts_with_links(page, paths):
    for model, column, owner in ((Section, "body", "page"), (RatedTreatment, "text", "condition")):
        holds = Q()
        for path in paths:
            holds |= Q(**{f"{column}__contains": path.rstrip("/")})
        rows = model.objects.filter(holds, **{f"{owner}__trashed_at": None}).exclude(**{owner: page.pk})
        names = (owner, f"{owner}__kind", f"{owner}__title", column)
        for pk, kind, title, html in rows.order_by(owner).values_list(*names):
            if any(_leads_to(href, paths) for href, _words in anchors_in(html)):
                yield pk, kind, title


def _in_templates(page):
    is_named = page.kind == PageKind.GLOSSARY or (
        page.kind == PageKind.INFO and {page.slug, page.live_slug} & IN_TEMPLATES
    )
    if is_named:
        yield _fixed("site", _("The menu or the foot of every page links to it by its address."))


def _paths(page):
    """Addresses under which texts may name the page: the live one and the draft's."""
    return {page_url(page.kind, slug) for slug in (page.slug, page.live_slug) if slug}


def _leads_to(href, paths):
    path = unquote(urlsplit(internal_path(href)).path)
    return path in paths or f"{path}/" in paths


def _of_page(kind, pk, page_kind, title, sentence, is_live):
    model = MODELS[PageKind(page_kind)]._meta.model_name
    url = reverse(f"admin:content_{model}_change", args=[pk])
    return Use(kind, title, url, is_live, sentence % {"title": title})


def _fixed(kind, sentence):
    return Use(kind, _("the site itself"), "", True, sentence)


def _in_order(uses):
    return tuple(sorted(dict.fromkeys(uses), key=lambda use: (not use.is_live, use.kind, use.title)))
