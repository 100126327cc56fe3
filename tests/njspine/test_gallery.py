"""The gallery of components: for builders alone, and nothing that pages are made of is missing in it."""

import re
from collections import Counter

import pytest
from django.conf import settings

from njspine.gallery.views import apart
from tests.factories import make_clinic, make_location

TEMPLATES = settings.BASE_DIR / "templates"
# Parts that are no component: they stand in the head, hold no look of their own, or are a page's whole text.
NO_COMPONENT = {
    "booking/_signs.html",
    "booking/_wait_fields.html",  # the fields of a form, which stand under “Forms”
    "booking/_windows.html",
    "clinic/_license.html",
    "clinic/_picture.html",
    "content/_column.html",
    "content/_crumbs.html",
    "content/_head.html",
    "content/_help.html",
    "content/_honeypot.html",
    "content/_photo.html",
    "content/_preview_strip.html",
    "content/_search_count.html",
    "content/_search_notes.html",
    "content/_search_starts.html",
    "content/_series.html",
    "content/_share.html",
    "content/_request_link.html",
}


@pytest.fixture
def page(client, settings, db):
    settings.DEBUG = True
    make_clinic(is_sample=True)
    make_location()
    return client.get("/_components/")


def test_it_is_not_there_for_anybody_else(client, db):
    assert client.get("/_components/").status_code == 404


def test_it_holds_every_component(page):
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    shown = {template.name for template in page.templates}
    folders = ("_components", "booking", "clinic", "content")
    parts = {
        f"{folder}/{path.name}"
        for folder in folders
        for path in (TEMPLATES / folder).glob("*.html")
        if folder == "_components" or path.name.startswith("_")
    }
    assert parts - shown == NO_COMPONENT
    drawings = {f"content/drawings/{path.name}" for path in (TEMPLATES / "content/drawings").glob("*.html")}
    assert drawings <= shown


def classes_of(html):
    words = " ".join(re.findall(r'class="([^"]*)"', html))
    return set(re.findall(r"[\w-]+", re.sub(r"\{[%{].*?[%}]\}", " ", words)))


def test_its_own_markup_is_that_of_pages():
    """What has no template of its own is written here once more: with classes that pages still use."""
    own = "".join(path.read_text() for path in (TEMPLATES / "gallery").glob("*.html"))
    pages = "".join(path.read_text() for path in TEMPLATES.rglob("*.html") if path.parent.name != "gallery")
    assert {name for name in classes_of(own) if not name.startswith("gallery")} <= classes_of(pages)


def test_two_of_a_kind_have_ids_of_their_own(page):
    ids = Counter(re.findall(r' id="([^"]+)"', page.content.decode()))
    assert [name for name, times in ids.items() if times > 1] == []
    assert apart('<h1 class="a">x</h1>', "g-") == '<h1 aria-level="4" class="a">x</h1>'
    assert apart('<h2 id="a">x</h2><p aria-labelledby="a b"><a href="#a">', "g-") == (
        '<h2 id="g-a">x</h2><p aria-labelledby="g-a g-b"><a href="#g-a">'
    )
